/* Inside of the forecast: one view's, and the sum of many. */
#ifndef BELAY_FORECAST_INSIDE_H
#define BELAY_FORECAST_INSIDE_H

#include <stdint.h>

#include <belay/forecast.h>
#include <belay/views.h>
#include <release.h>

enum forecast_kind {
    FORECAST_NONE,        /* no refresh */
    FORECAST_INCREMENTAL, /* an ordinary one: what changed */
    FORECAST_FULL,
    FORECAST_EMPTY,       /* full, and the view reads empty meanwhile */
    FORECAST_UNKNOWN
};

struct forecast {
    enum forecast_kind kind;
    const char *why;  /* a constant */
    int64_t seconds;  /* -1: there is no run to go by */
    int64_t rows;     /* of the view; -1: not known */
    size_t runs;      /* how many it goes by */
};

/* "none", "incremental", "full", "full, empty meanwhile", "cannot tell" */
const char *forecast_name(enum forecast_kind kind);

/* left: nobody brings it up. history: facts["history"], or NULL. */
struct forecast forecast_of(const json_t *history, struct release release, const struct view *view,
                            bool left);

struct forecast_sum {
    size_t n[FORECAST_UNKNOWN + 1];
    size_t untimed; /* of those that are refreshed */
    int64_t seconds;
    int64_t rows;
};

void forecast_add(struct forecast_sum *sum, const struct forecast *forecast);

/* "10 full, 1 none; 52 s of refreshes as the last ones took, 1200 rows"; appends. */
void forecast_say(const struct forecast_sum *sum, const json_t *history, struct str *ret);

/* forecast_history.c: what is known of one view, an array of these numbers; NULL: nothing. */
enum { HISTORY_ROWS, HISTORY_WHOLE, HISTORY_FORCED, HISTORY_PLAIN, HISTORY_RUNS };
const json_t *history_of(const json_t *history, const char *id);

/* facts["history"]: {"views": {id: the above}, "unread": why the runs could not be read}. New reference.
 * Blocks. */
json_t *history_read(struct session *session, struct release release, const struct views *views);

/* The columns of task_runs that say when a run began to work and whether it was forced, as "started"
 * and "forced"; appends ", … AS started, … AS forced". */
void history_columns(struct release release, struct str *sql);

#endif

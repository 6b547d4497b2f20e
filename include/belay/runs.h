/* Refresh runs of the materialized views: what ran, whether it was forced, and what belay explains. */
#ifndef BELAY_RUNS_H
#define BELAY_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/plan.h>
#include <belay/session.h>

enum run_forced { RUN_FORCED_UNKNOWN, RUN_NOT_FORCED, RUN_FORCED };

struct refresh_run {
    char *id;        /* of the view; its task is "mv-<id>" */
    char *query_id;
    char *database;
    char *name;      /* of the view; of the task when there is no such view now */
    char *state;     /* PENDING, RUNNING, SUCCESS, FAILED, MERGED, SKIPPED */
    enum run_forced forced;
    size_t parts;    /* partitions that it says it wrote */
    bool goes_on;    /* the next run of the view is another part of the same refresh */
    bool whole;      /* part of a refresh that wrote all of the view, and was not forced */
    bool by_hand;    /* REFRESH MATERIALIZED VIEW by somebody */
    char *created;   /* as the server writes it */
    char *started;   /* "" while it waits */
    int64_t seconds; /* from its start, to its end or now; -1: not known */
    char *error;     /* one line; "" when there is none */
    char *expected;  /* what of belay's doing explains it; "" : nothing */
};

struct refresh_runs {
    struct refresh_run *v; /* oldest first */
    size_t n;
    char *since; /* as the server writes it; "" for the open ones */
};

void refresh_runs_done(struct refresh_runs *runs);

/*
 * since: "90s", "30m", "6h", "2d" back from the server's now, or a time as the server writes it. Blocks;
 * needs a live compute node. ERR_USAGE for another since. refresh_runs_done() afterwards, also on
 * failure.
 */
bool refresh_runs_read(struct session *session, const char *since, struct refresh_runs *ret,
                       struct error *err);

/* The runs that run or wait now. */
bool refresh_runs_open(struct session *session, struct refresh_runs *ret, struct error *err);

/* --- \mv cancel ------------------------------------------------------------------------------------ */

/* Cluster, views, and the runs that are open. New reference in ret. Blocks. */
bool runs_gather(struct session *session, json_t **ret, struct error *err);

/* Ends the open refreshes of the named views. Nothing is asked of the cluster. Free with plan_free; NULL
 * with ERR_USAGE for an unknown name, or when FORCE is wanted of a release that has none. */
struct strv;
struct plan *runs_plan_cancel(const char *command, const json_t *facts, const struct strv *names,
                              bool force, struct error *err);

#endif

/* The parts of a report, for the files of report/ only. */
#ifndef BELAY_REPORT_INSIDE_H
#define BELAY_REPORT_INSIDE_H

#include <belay/list.h>
#include <belay/report.h>

/* What the records of a journal say, gathered in one pass. */
struct report_told {
    json_t *steps;    /* step id → {"stage", "title", "action", "undo", "tier", "began", "ended", "ms", …} */
    json_t *order;    /* those ids in the order in which they were begun */
    json_t *bindings; /* slot → value */
    json_t *people;   /* [{"at", "what", "who", "answer"}] */
    json_t *pauses;   /* [{"from", "to"}]: nobody worked on it */
    json_t *settings; /* key → {"value", "observed", "away", "back"} */
    json_t *end;      /* the last "end" record, or NULL */
    json_t *final;    /* the last "final" record, or NULL */
    char *last_at;    /* of the last record */
};

void report_told_init(struct report_told *told);
void report_told_done(struct report_told *told);
/* One record; for journal_skim. */
struct journal_file;
void report_take(void *told, const struct journal_file *file, json_t *record);

/* "2026-11-24T06:36:05Z" as seconds since 1970; -1: it is none. */
int64_t report_seconds(const char *at);

/* What has become of a run, by its last "end" record; NULL: there is none. */
const char *report_state(const json_t *end);

/* Stages with their steps: those of the plan first of all. New reference. */
json_t *report_stages(const struct report_source *source, const struct report_told *told);

/* Parts; json_null() where there is nothing. New references. */
json_t *report_versions(const json_t *facts, const json_t *preflight, const json_t *proof);
json_t *report_backup(const json_t *first, const struct report_told *told);
json_t *report_preflight(const json_t *facts);
json_t *report_proof(const char *dir, const json_t *run, const struct report_told *told);
json_t *report_forecast(const char *dir, const char *run);
json_t *report_night(const char *dir, const json_t *run);

#endif

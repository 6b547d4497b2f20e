/* Work that goes on by itself, as its lists show it. */
#ifndef BELAY_WRITES_JOBS_H
#define BELAY_WRITES_JOBS_H

#include <belay/error.h>
#include <belay/json.h>
#include <belay/session.h>
#include <writes.h>

enum job_state {
    JOB_RUNS,   /* also where the release shows no state */
    JOB_PAUSED,
    JOB_OVER    /* ended, or stopped by an error of its own */
};

/* The row of a kind for this release; NULL: it has no such work. */
const struct writes_pause *job_row(const char *kind, const char *version);

/* All of one kind: [{"kind", "id", "database", "name", "state", "since", "why", "progress"}]. New
 * reference; NULL with the error. Blocks. */
json_t *jobs_read(struct session *session, const struct writes_pause *row, struct error *err);

/* How it is now; the strings are those of jobs_read. */
enum job_state job_state(const struct writes_pause *row, const char *state);

/* "routine load 10234": what tells it from all others; free() it. */
char *job_key(const json_t *job);
/* database.name; free() it. */
char *job_full(const json_t *job);

/* What of this list runs that ends by itself, as writes_read() tells it. New reference; NULL: a person
 * wants out. Blocks. */
json_t *writes_awaited(struct session *session, const struct writes_list *list, struct error *err);

#endif

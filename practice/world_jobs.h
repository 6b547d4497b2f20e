/* ALTER jobs: a change of a table's columns, the build of a synchronous view. */
#ifndef PRACTICE_WORLD_JOBS_H
#define PRACTICE_WORLD_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

/* Starts a job on a table; rollup: the view that it builds, 0: it changes columns. */
bool job_start(struct world *w, int64_t table, int64_t rollup, struct error *err);

bool job_runs(struct world *w, int64_t table);

/* Event handler of world_advance. */
bool job_done(struct world *w, int64_t job, struct error *err);

#endif

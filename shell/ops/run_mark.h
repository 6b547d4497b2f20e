/*
 * A mark in task_runs, bound by slot_newest_refresh: "2026-11-22 15:08:42 id id …", the second of the
 * newest run and the runs of that second, or "-". What was made later is told by both: a server's times
 * have seconds only, and its clock and zone are its own.
 */
#ifndef BELAY_RUN_MARK_H
#define BELAY_RUN_MARK_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/str.h>

/* Appends "CREATE_TIME >= '…'". */
bool run_mark_where(const char *mark, struct str *sql, struct error *err);

/* Was the run of this QUERY_ID there at the mark already? For rows that run_mark_where() lets through. */
bool run_mark_has(const char *mark, const char *query_id);

/* Was a run of this CREATE_TIME made in the second of the mark or before? Never for the mark "-". */
bool run_mark_covers(const char *mark, const char *created);

#endif

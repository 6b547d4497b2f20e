/* Materialized views: state, refresh runs, schedules, MVActiveChecker. */
#ifndef PRACTICE_WORLD_MV_H
#define PRACTICE_WORLD_MV_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/str.h>

struct world;

/* The reason that INACTIVE stores (MaterializedViewExceptions.java). */
#define MV_USER_REASON "user use alter materialized view set status to inactive"

/* Why a statement about a view was refused; text is empty while it was not. */
struct mv_refusal {
    unsigned code;
    const char *sqlstate; /* constant text */
    struct str text;
};
void mv_refusal_done(struct mv_refusal *refusal);
#define AUTO_MV_REFUSAL __attribute__((cleanup(mv_refusal_done))) struct mv_refusal

/* ALTER MATERIALIZED VIEW … INACTIVE. On an inactive view: nothing happens. */
bool mv_inactivate(struct world *w, int64_t mv, struct error *err);

/*
 * … ACTIVE. `refusal` says why when the view's bases do not allow it, or when `cause` (may be NULL)
 * says that its columns do not fit any more.
 */
bool mv_activate(struct world *w, int64_t mv, const char *cause, struct mv_refusal *refusal,
                 struct error *err);

/*
 * What a refresh that begins does first: it activates a view that the FE took down, if its bases
 * allow it. Whether the checker is on does not matter.
 */
bool mv_wake(struct world *w, int64_t mv, struct error *err);

/*
 * Bases that are gone are looked up by name: one of that name may have been made since. ret_new:
 * there was such a base.
 */
bool mv_find_bases(struct world *w, int64_t mv, bool *ret_new, struct error *err);

/* A base object was dropped, renamed or changed: dependants become inactive with that reason. */
bool mv_base_gone(struct world *w, int64_t base, const char *reason, struct error *err);

/* A column of a base was dropped (MaterializedViewExceptions.java). */
bool mv_column_gone(struct world *w, int64_t base, const char *column, struct error *err);

/* Its refreshes failed too often: it becomes inactive, and MVActiveChecker leaves it so. */
bool mv_suspend(struct world *w, int64_t mv, struct error *err);

/* A base got new data: load-triggered dependants run. */
bool mv_base_loaded(struct world *w, int64_t base, struct error *err);

#define MV_FORCE_UNSET (-1)

/* Why a refresh runs and how. */
struct mv_request {
    const char *how; /* create, schedule, load, active, clause (back to plain ASYNC) or hand */
    int force;       /* MV_FORCE_UNSET, 0 or 1 */
    int64_t priority;
    bool sync;       /* by hand: somebody waits for it */
    const char *start, *end; /* by hand: the partitions in this range alone; NULL: all */
};

/* Submits a refresh and writes its query id. */
bool mv_refresh(struct world *w, int64_t mv, const struct mv_request *request,
                char ret_query_id[37], struct error *err);

/*
 * CANCEL REFRESH: ends the refresh that runs, and from some releases on those that wait. With force
 * (CANCEL … FORCE, INACTIVE, a base's end) all are ended, and none leaves a row in task_runs.
 */
bool mv_cancel(struct world *w, int64_t mv, bool force, struct error *err);

/* A refresh clause as ALTER … REFRESH gives it. */
struct mv_clause {
    bool manual;
    const char *start;        /* normalised START text, or NULL */
    int64_t every_n;          /* 0: no EVERY */
    const char *every_unit;
};
bool mv_set_refresh(struct world *w, int64_t mv, const struct mv_clause *clause,
                    struct error *err);

/*
 * The journal entry of a new clause, and of each refresh that wrote its versions. Up to 3.5 it holds no
 * DEFERRED, so that who replays it forgets it (#58585; recorded on 3.3.5 and 3.5.16).
 */
bool mv_journal_refresh(struct world *w, int64_t mv, struct error *err);

/* When EVERY is set: puts the next run of its schedule into the queue. */
bool mv_plan_next_run(struct world *w, int64_t mv, struct error *err);

/*
 * The text of SHOW CREATE MATERIALIZED VIEW; expanded: every column with its database, as errors of
 * ACTIVE show it.
 */
bool mv_ddl(struct world *w, int64_t mv, bool expanded, struct str *ret, struct error *err);

/* A stored query with every column's database, as refresh tasks have it. */
void mv_expanded_query(const char *query, bool one_line, struct str *ret);

/* Where a key lies in a Java hash map of so many places: the FE prints them in that order. */
unsigned mv_hash_place(const char *key, unsigned places);

/* The refresh clause alone. */
bool mv_refresh_clause(struct world *w, int64_t mv, struct str *ret, struct error *err);

/* Another FE leads: its memory counts now, which is the journal but for what its start did. */
bool mv_remember(struct world *w, int64_t fe_id, struct error *err);

/* An FE has started: what it makes of the views by itself, until it leads in its memory alone. */
bool mv_reload(struct world *w, int64_t fe_id, struct error *err);

/* An FE has loaded its views in the background. */
bool mv_reloaded(struct world *w, int64_t fe_id, struct error *err);

/* Event handlers of world_advance. */
bool mv_scheduled(struct world *w, int64_t mv, int64_t at_ms, struct error *err);
bool mv_run_start(struct world *w, int64_t run, struct error *err);
bool mv_run_end(struct world *w, int64_t run, struct error *err);
bool mv_run_cancelled(struct world *w, int64_t run, struct error *err);
/* Notes in the run what it refreshed, and from what. */
bool mv_run_did(struct world *w, int64_t run, struct error *err);
bool mv_check(struct world *w, struct error *err);

/*
 * A new leader's first round, at once. Recorded on 3.5.16: before the first login it woke views on
 * views, and none of those that were still being loaded.
 */
bool mv_first_check(struct world *w, struct error *err);

#endif

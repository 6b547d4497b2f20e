/*
 * The asynchronous materialized views of all databases: their true state, cross-checked, and who
 * stands on whom.
 */
#ifndef BELAY_VIEWS_H
#define BELAY_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/session.h>

/* What a user's INACTIVE stores, in every release (fe-core MaterializedViewExceptions). */
#define REASON_USER "user use alter materialized view set status to inactive"
/* How the reason begins that the FE gives a view whose base view is inactive. */
#define REASON_BASE_VIEW "base-mv inactive:"

struct arena;
struct places;
struct result;
struct str;

struct view {
    const char *id;
    const char *database;
    const char *name;
    const char *full;   /* database.name */
    bool active;
    bool flag_unknown;  /* this release does not show whether it is active (2.5) */
    unsigned level;     /* 0: stands on no view */
    const char *reason; /* as the leader says it now; "" when active */
    const char *refresh; /* ASYNC, MANUAL, … */
    const char *last_state;
    const char *last_finished;
    const char *ddl;    /* as SHOW CREATE gives it, "" when it was not asked for */
    const char *clause; /* its refresh clause, "REFRESH ASYNC EVERY(…)", "" when it is not known */
    struct strv bases;  /* asynchronous views it stands on, database.name … */
    const uint32_t *base_at; /* … and their places in the list */
    struct strv tables; /* everything else it stands on */
    struct strv kinds;  /* what each of the tables is: "", "plain view", "external", "gone", …; empty
                           when the view comes from facts */
    struct strv notes;  /* what is wrong with that: "sales.orders is gone" */
};

struct views {
    struct view *v; /* sorted by database.name */
    size_t n;
    size_t n_sync;  /* synchronous views (ROLLUP): not touched, only counted */
    struct places *index;    /* for views_find() */
    struct arena *arena;    /* its texts are there, or borrowed: from the facts it was made from, */
    struct result *answers; /* or from the answers it was read from */
    size_t n_answers;
};

void views_done(struct views *views);
/* The view "database.name", borrowed; NULL: there is none. */
struct view *views_find(const struct views *views, const char *full);

/* ERR_USAGE: no view has this name; the hint names the one that was probably meant. Returns false. */
bool views_unknown(const struct views *views, const char *name, struct error *err);

/* For who fills v: puts it in order, with an index for views_find(). */
void views_sort(struct views *views);
void views_index(struct views *views); /* the same for a list that is in order already */

/*
 * Reads the list of all databases at the leader, in one query, and believes it only when SHOW PROC
 * '/dbs/…' names the same views: lists can come back empty with success when no compute node lives
 * or privileges are missing (recorded on 3.5.16). ERR_UNKNOWN when it cannot be told, with what to
 * do; so too while the leader may still be loading its views after its start, which is waited for
 * where somebody is told about it. with_ddl: with definitions, from the same list. Free with
 * views_done. Blocks.
 */
bool views_read(struct session *session, bool with_ddl, struct views *ret, struct error *err);

/* last_finished of each by the clock that NOW() and task_runs go by, as cluster_times_here(). Once. */
void views_times_here(struct session *session, const struct cluster *cluster, struct views *views);

/* Asks for the definition of one view that was read without it. Blocks. */
bool views_define(struct session *session, struct views *views, struct view *view,
                  struct error *err);

/* Why an inactive view is down, in short where the FE's words need that, and what to do about it (NULL:
 * nothing that is known). Borrowed. */
const char *view_reason(const struct view *view);
const char *view_remedy(const struct view *view);

/* Does every view say whether it is active? ERR_UNKNOWN, with what to do: this release does not. */
bool views_flags_known(const struct views *views, struct error *err);

/* For people and backups: one object for each view, definitions and all. New reference. */
json_t *views_json(const struct views *views);

/* Facts of a plan (new reference) and back: the texts are borrowed from the facts. ERR_VERDICT for
 * facts that are damaged; free with views_done. */
json_t *views_facts(const struct views *views);
bool views_from_facts(const json_t *facts, struct views *ret, struct error *err);
/* One cell of such facts: of the view at this place, in this column. Borrowed; NULL: there is none. */
json_t *views_fact(const json_t *facts, size_t place, const char *column);
/* Sets each member of wanted that is the id of a view in such facts to its definition. ERR_VERDICT. */
bool views_definitions(const json_t *facts, json_t *wanted, struct error *err);

/* Bases, tables and levels of each view from rows of sys.object_dependencies. ERR_FAILED: a cycle. */
bool lineage_fill(struct views *views, const struct result *rows, struct error *err);

/* Appends the refresh clause of a SHOW CREATE text. false: there is none, or more than one line could
 * be it, because a comment or a literal imitates the clause. */
bool ddl_refresh_clause(const char *ddl, struct str *ret);

/*
 * For each view: does its database.name match `only` and not `except`? NULL patterns exclude nothing.
 * free() it; NULL with ERR_USAGE: a pattern is none.
 */
bool *views_match(const struct views *views, const char *only, const char *except,
                  struct error *err);

/*
 * Draws what a view stands on, `stem` left of each line; or a tree for each wanted view on which no
 * wanted one stands. What is below a view is drawn once. Output errors stay in the sink.
 */
struct sink;
void views_tree(const struct views *views, const struct view *view, const char *stem,
                struct sink *out);
void views_trees(const struct views *views, const bool *wanted, struct sink *out);
/* The wanted ones and all that they stand on, for Graphviz' dot. */
void views_dot(const struct views *views, const bool *wanted, struct sink *out);

/* --- which views, and the plans ----------------------------------------------------------------- */

struct view_choice {
    struct strv names; /* database.name; empty: all */
    const char *only;  /* patterns on database.name, or NULL */
    const char *except;
    bool cancel; /* the plan down only: refreshes that run are cancelled, not waited for */
    /* The plan up only; 0 is the default of waves.h, but for max_failed. */
    long wave;        /* at most so many views a wave */
    long max_running; /* a wave begins when fewer refreshes than this run or wait */
    long max_failed;  /* so many refreshes of a wave may fail before the run pauses */
};

/* Facts for the two plans below: cluster, views, FE settings, ledger. New reference in ret. Blocks. */
bool views_gather(struct session *session, json_t **ret, struct error *err);

/*
 * Down: INACTIVE from the leaves to the bases, the FE's own activation off before. Up: ACTIVE from the
 * bases to the leaves for what the ledger took down, and that activation as it was. Nothing is asked
 * of the cluster. Free with plan_free; NULL with ERR_USAGE (a name, a pattern), ERR_DRIFT (a view is
 * not in the state that this needs), ERR_UNKNOWN.
 */
struct plan *views_plan_down(const char *command, const json_t *facts,
                             const struct view_choice *choice, struct error *err);
struct plan *views_plan_up(const char *command, const json_t *facts,
                           const struct view_choice *choice, struct error *err);

/* The gentle way: REFRESH MANUAL for views with a schedule, and the exact old clause back. */
struct plan *views_plan_pause(const char *command, const json_t *facts,
                              const struct view_choice *choice, struct error *err);
struct plan *views_plan_resume(const char *command, const json_t *facts,
                               const struct view_choice *choice, struct error *err);

/*
 * The views that this run of a plan up could not bring up, by its journal: appends rows of "view",
 * "cause", "remedy". What they were is written to a private file beside the journal, ready to be
 * created again; its path is appended to ret_file. false: ERR_VERDICT or ERR_OUTPUT.
 */
struct str;
bool views_not_up(struct session *session, const struct plan *plan, const char *run,
                  struct result *ret, struct str *ret_file, struct error *err);

/* --- ledger: what belay took down ----------------------------------------------------------------- */

/*
 * A fold of the old values in the journals of this cluster: {"views": {id: {"key": database.name as
 * it was, …, "run", "at", "state"}}, "settings": {key: {"values": {host: value}, "run"}}, "paused": {id:
 * {"key", "clause" as it was, …, "run", "at", "state"}}, "works": see belay/writes.h}. A view is told by its id, so that an entry
 * follows a renamed view, and one made again under an old name has none. A journal whose chain is
 * broken is an error: nothing is guessed. New reference.
 */
json_t *ledger_read(struct session *session, const char *cluster_id, struct error *err);

/*
 * Adds to the entries what the first record of their run holds: database, name, flag, reason, refresh
 * type and clause, digest of the definition, last refresh, bases, tables, level. ERR_VERDICT.
 */
bool ledger_details(struct session *session, const char *cluster_id, json_t *ledger,
                    struct error *err);

/*
 * Before facts are written: packs the definitions that came with the views and notes their digests,
 * once. Facts that are only planned from are spared that. Facts without views stay as they are.
 */
void views_keep(json_t *facts);
/* Sets each member of wanted that is the id of an entry to the definition of its view as it was then,
 * where it was recorded. ERR_VERDICT. */
bool ledger_definitions(struct session *session, const char *cluster_id, const json_t *ledger,
                        json_t *wanted, struct error *err);

/* Facts (new reference; blocks) and plan to forget entries by the names that their views had; no
 * names: all. ERR_USAGE: there is no entry of such a name. */
bool ledger_gather(struct session *session, json_t **ret, struct error *err);
struct plan *ledger_plan_drop(const char *command, const json_t *facts, const struct strv *names,
                              struct error *err);

/* The entry of this view in a ledger; NULL: belay did not take it down. Borrowed. */
const json_t *ledger_view(const json_t *ledger, const struct view *view);

#endif

/* Executing one parsed statement against the world; everything here runs under the lock. */
#ifndef PRACTICE_FE_EXEC_H
#define PRACTICE_FE_EXEC_H

#include "answer.h"
#include "parse.h"
#include "server.h"
#include "session.h"
#include "world_db.h"

struct exec {
    struct conn *c;
    struct world *w;
    sqlite3 *db;
    const struct script *script;
    const struct stmt *s;
    struct answer *a;
    int release;       /* of the FE that we are connected to */
    bool on_leader;    /* that FE leads */
    int64_t utc_shift; /* added to times that 4.1 prints in fixed UTC+8 */
};

/* Fills the answer, an error included. */
void exec_statement(struct exec *x);

/* The statement writes the journal: without a quorum it hangs. */
bool exec_writes(const struct stmt *s);

/* Handlers: false when the answer is an error. */
typedef bool exec_handler(struct exec *x);
exec_handler exec_select, exec_use, exec_set, exec_set_role, exec_set_catalog, exec_kill,
    exec_current_queries, exec_begin, exec_commit, exec_nothing, exec_show_frontends,
    exec_show_backends, exec_show_compute_nodes, exec_show_proc, exec_show_databases,
    exec_show_tables, exec_show_mvs,
    exec_show_create, exec_show_columns, exec_show_variables, exec_show_warnings, exec_show_status,
    exec_show_processlist, exec_show_volumes, exec_show_warehouses, exec_show_roles,
    exec_show_grants, exec_show_catalogs, exec_show_jobs, exec_desc_volume, exec_show_config,
    exec_set_config, exec_create_image, exec_mv_status, exec_mv_clause, exec_mv_refresh,
    exec_mv_cancel, exec_create_database, exec_drop_database, exec_create_table, exec_create_view,
    exec_drop_table, exec_drop_mv, exec_insert, exec_alter_table, exec_alter_view, exec_mv_set,
    exec_mv_rename, exec_mv_swap, exec_recover_table, exec_create_user, exec_drop_user, exec_grant,
    exec_default_role, exec_set_property, exec_show_property, exec_show_users, exec_kill_text,
    exec_alter_task, exec_drop_task, exec_show_index, exec_describe_all, exec_show_list,
    exec_table_status, exec_explain, exec_system_members,
    exec_system_host, exec_update, exec_delete, exec_truncate, exec_cancel_alter,
    exec_set_snapshot, exec_alter_pipe, exec_routine_load;

/* ---- helpers shared by handlers ---- */

/* SHOW PROC '/transactions/…', '/jobs/…', '/compactions', '/cluster_balance', '/routine_loads', '/statistic'; false:
 * the path is another one. */
bool exec_work_proc(struct exec *x, const char *path);

/* What times that an FE of the release prints by itself are ahead of UTC, in milliseconds. */
int64_t exec_utc_shift(int release);

/* An error of the state file becomes the answer. Always returns false. */
bool exec_failed(struct exec *x, struct error *err);

/* SQL LIKE with backslash escapes, case-sensitive as for names. */
bool exec_like(const char *pattern, const char *text);

/* Database of the statement (given or current); NULL with the answer 1046 or 5501. */
const char *exec_database(struct exec *x, const char *given, bool must_exist);

/* Id of an object, 0 when there is none. kind may be NULL; else filled, free() it. */
int64_t exec_object(struct exec *x, const char *db, const char *name, char **ret_kind);

/*
 * The object that the statement names: its id, 0 when there is none; kind as above. Returns its
 * database, borrowed; NULL: there is no such database, which is the answer.
 */
const char *exec_named(struct exec *x, int64_t *ret_id, char **ret_kind);

/* "Table x is not found", "Unknown table 'x'": the answer, about what the statement names. False. */
bool exec_not_found(struct exec *x);
bool exec_unknown_table(struct exec *x);

/* The view of an ALTER or REFRESH; 0 with the answer an error. */
int64_t exec_find_mv(struct exec *x, const char *privilege);

/*
 * Runs a view's query anew. false: a column has another type than the view's; ret says which, as
 * the FE does. true too when the query cannot run: then something else is wrong.
 */
bool exec_view_types_fit(struct exec *x, int64_t mv, struct str *ret);

/* No BE/CN is alive: makes that error the answer and returns true. */
bool exec_no_node(struct exec *x, bool ddl);

/* Config value of the leader; free() it. */
char *exec_leader_config(struct exec *x, const char *name);

/*
 * The history of refreshes cannot be read: no node is alive, or the cluster is so young that its
 * statistics tables are not there yet.
 */
bool exec_history_lost(struct exec *x);

/* Rows of SHOW PROC '/dbs/1'. */
bool exec_proc_schema(struct exec *x, bool sys);

/* Rows of SHOW ALTER MATERIALIZED VIEW, the newest last. */
bool exec_rollup_rows(struct exec *x);

/* An ALTER job holds the table: that error is the answer, and true. */
bool exec_table_busy(struct exec *x, int64_t table);

/* The error of lists of views whose history is read through a dead CN. Always returns false. */
bool exec_history_failed(struct exec *x, const char *db, const char *like);

#endif

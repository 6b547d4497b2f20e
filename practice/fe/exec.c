/* Which statement goes to which handler, with which privilege, and where it is executed. */
#include "exec.h"

#include <string.h>

#include "world_nodes.h"
#include "world_release.h"

enum place {
    LOCAL,   /* by the FE that one is connected to */
    FORWARD, /* by the leader, without waiting for the journal */
    DDL      /* by the leader, with a journal write: hangs without a quorum */
};

/* Forwarding as in RedirectStatus.java and the statements' getRedirectStatus(). */
static const struct {
    enum stmt_kind kind;
    exec_handler *run;
    enum privilege privilege;
    enum place place;
} HANDLERS[] = {
    {STMT_EMPTY, exec_nothing, PRIVILEGE_NONE, LOCAL},
    {STMT_SELECT, exec_select, PRIVILEGE_NONE, LOCAL},
    {STMT_USE, exec_use, PRIVILEGE_NONE, LOCAL},
    {STMT_SET, exec_set, PRIVILEGE_NONE, LOCAL},
    {STMT_SET_ROLE, exec_set_role, PRIVILEGE_NONE, LOCAL},
    {STMT_SET_CATALOG, exec_set_catalog, PRIVILEGE_NONE, LOCAL},
    {STMT_KILL, exec_kill, PRIVILEGE_NONE, LOCAL},
    {STMT_KILL_TEXT, exec_kill_text, PRIVILEGE_NONE, LOCAL},
    {STMT_BEGIN, exec_begin, PRIVILEGE_NONE, LOCAL},
    {STMT_COMMIT, exec_commit, PRIVILEGE_NONE, LOCAL},
    {STMT_SYNC, exec_nothing, PRIVILEGE_NONE, FORWARD},
    {STMT_SHOW_FRONTENDS, exec_show_frontends, PRIVILEGE_OPERATE_OR_NODE, FORWARD},
    {STMT_SHOW_BACKENDS, exec_show_backends, PRIVILEGE_OPERATE_OR_NODE, FORWARD},
    {STMT_SHOW_COMPUTE_NODES, exec_show_compute_nodes, PRIVILEGE_OPERATE_OR_NODE, FORWARD},
    {STMT_SHOW_PROC, exec_show_proc, PRIVILEGE_OPERATE, LOCAL},
    {STMT_SHOW_DATABASES, exec_show_databases, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_TABLES, exec_show_tables, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_MVS, exec_show_mvs, PRIVILEGE_NONE, FORWARD},
    {STMT_SHOW_CREATE, exec_show_create, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_COLUMNS, exec_show_columns, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_INDEX, exec_show_index, PRIVILEGE_NONE, LOCAL},
    {STMT_DESC_ALL, exec_describe_all, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_VARIABLES, exec_show_variables, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_WARNINGS, exec_show_warnings, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_STATUS, exec_show_status, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_PROCESSLIST, exec_show_processlist, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_VOLUMES, exec_show_volumes, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_WAREHOUSES, exec_show_warehouses, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_ROLES, exec_show_roles, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_GRANTS, exec_show_grants, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_CATALOGS, exec_show_catalogs, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_JOBS, exec_show_jobs, PRIVILEGE_NONE, FORWARD},
    {STMT_SHOW_LIST, exec_show_list, PRIVILEGE_NONE, LOCAL},
    {STMT_TABLE_STATUS, exec_table_status, PRIVILEGE_NONE, LOCAL},
    {STMT_EXPLAIN, exec_explain, PRIVILEGE_NONE, LOCAL},
    {STMT_DESC_VOLUME, exec_desc_volume, PRIVILEGE_NONE, LOCAL},
    {STMT_ADMIN_SHOW_CONFIG, exec_show_config, PRIVILEGE_OPERATE, LOCAL},
    {STMT_ADMIN_SET_CONFIG, exec_set_config, PRIVILEGE_OPERATE, FORWARD},
    {STMT_CREATE_IMAGE, exec_create_image, PRIVILEGE_NODE, FORWARD},
    {STMT_SYSTEM_MEMBERS, exec_system_members, PRIVILEGE_NONE, DDL},
    {STMT_SYSTEM_HOST, exec_system_host, PRIVILEGE_NONE, DDL},
    {STMT_MV_STATUS, exec_mv_status, PRIVILEGE_NONE, DDL},
    {STMT_MV_CLAUSE, exec_mv_clause, PRIVILEGE_NONE, DDL},
    {STMT_MV_REFRESH, exec_mv_refresh, PRIVILEGE_NONE, DDL},
    {STMT_MV_CANCEL, exec_mv_cancel, PRIVILEGE_NONE, DDL},
    {STMT_ALTER_TASK, exec_alter_task, PRIVILEGE_NONE, DDL},
    {STMT_ALTER_PIPE, exec_alter_pipe, PRIVILEGE_NONE, DDL},
    {STMT_ROUTINE_LOAD, exec_routine_load, PRIVILEGE_NONE, DDL},
    {STMT_DROP_TASK, exec_drop_task, PRIVILEGE_NONE, DDL},
    {STMT_CREATE_DATABASE, exec_create_database, PRIVILEGE_NONE, DDL},
    {STMT_DROP_DATABASE, exec_drop_database, PRIVILEGE_NONE, DDL},
    {STMT_CREATE_TABLE, exec_create_table, PRIVILEGE_NONE, DDL},
    {STMT_CREATE_VIEW, exec_create_view, PRIVILEGE_NONE, DDL},
    {STMT_CREATE_MV, exec_create_view, PRIVILEGE_NONE, DDL},
    {STMT_ALTER_TABLE, exec_alter_table, PRIVILEGE_NONE, DDL},
    {STMT_ALTER_VIEW, exec_alter_view, PRIVILEGE_NONE, DDL},
    {STMT_MV_SET, exec_mv_set, PRIVILEGE_NONE, DDL},
    {STMT_MV_RENAME, exec_mv_rename, PRIVILEGE_NONE, DDL},
    {STMT_MV_SWAP, exec_mv_swap, PRIVILEGE_NONE, DDL},
    {STMT_RECOVER_TABLE, exec_recover_table, PRIVILEGE_NONE, DDL},
    {STMT_CREATE_USER, exec_create_user, PRIVILEGE_GRANT, DDL},
    {STMT_DROP_USER, exec_drop_user, PRIVILEGE_GRANT, DDL},
    {STMT_GRANT, exec_grant, PRIVILEGE_GRANT, DDL},
    {STMT_DEFAULT_ROLE, exec_default_role, PRIVILEGE_GRANT, DDL},
    {STMT_SET_PROPERTY, exec_set_property, PRIVILEGE_GRANT, DDL},
    {STMT_SHOW_PROPERTY, exec_show_property, PRIVILEGE_NONE, LOCAL},
    {STMT_SHOW_USERS, exec_show_users, PRIVILEGE_NONE, LOCAL},
    {STMT_DROP_TABLE, exec_drop_table, PRIVILEGE_NONE, DDL},
    {STMT_DROP_MV, exec_drop_mv, PRIVILEGE_NONE, DDL},
    {STMT_INSERT, exec_insert, PRIVILEGE_NONE, DDL},
    {STMT_UPDATE, exec_update, PRIVILEGE_NONE, DDL},
    {STMT_DELETE, exec_delete, PRIVILEGE_NONE, DDL},
    {STMT_TRUNCATE, exec_truncate, PRIVILEGE_NONE, DDL},
    {STMT_CANCEL_ALTER, exec_cancel_alter, PRIVILEGE_NONE, DDL},
    {STMT_SET_SNAPSHOT, exec_set_snapshot, PRIVILEGE_NONE, DDL},
};

#define UTC_SHIFT_MS (8 * 3600000) /* recorded on 4.1.0 */
#define N_HANDLERS (sizeof HANDLERS / sizeof HANDLERS[0])

static size_t find(enum stmt_kind kind)
{
    size_t i = 0;
    while (i + 1 < N_HANDLERS && HANDLERS[i].kind != kind)
        i++;
    return i;
}

bool exec_writes(const struct stmt *s)
{
    return HANDLERS[find(s->kind)].place == DDL;
}

/* Recorded on 3.5.16 and 4.1.0: inside BEGIN only loads and queries pass. */
static bool barred_by_transaction(struct exec *x, enum place place)
{
    if (!x->c->in_transaction || !release_has(x->release, TRAIT_ID_COLUMN) || place == LOCAL ||
        x->s->kind == STMT_INSERT || x->s->kind == STMT_UPDATE || x->s->kind == STMT_DELETE)
        return false;
    answer_error(x->a, 5305, "25P01", "Getting analyzing error. Detail message: Explicit"
                                      " transaction only support begin/commit/rollback/insert/"
                                      "update/delete/set/select statements.");
    return true;
}

/* Texts that came through the leader's answer have the length 192 (recorded on three 4.1.0 FEs). */
static void mark_forwarded(struct answer *a)
{
    for (size_t i = 0; i < a->n_columns; i++) {
        if (a->columns[i].type == CELL_STRING)
            a->columns[i].length = 192;
    }
}

/* SHOW PROC of these roots goes to the leader (ShowProcStmt.java; transactions: recorded). */
static enum place place_of_proc(const struct exec *x)
{
    static const struct {
        const char *root;
        int from;
    } forwarded[] = {{"/cluster_balance", 0}, {"/routine_loads", 0}, {"/transactions", 0},
                     {"/compactions", 30100}, {"/replications", 30300}};
    for (size_t i = 0; i < sizeof forwarded / sizeof forwarded[0]; i++) {
        size_t len = strlen(forwarded[i].root);
        if (strncmp(x->s->value, forwarded[i].root, len) == 0 &&
            (x->s->value[len] == '\0' || x->s->value[len] == '/'))
            return x->release >= forwarded[i].from ? FORWARD : LOCAL;
    }
    return LOCAL;
}

int64_t exec_utc_shift(int release)
{
    return release_has(release, TRAIT_TIMES_FIXED) ? UTC_SHIFT_MS : 0;
}

void exec_statement(struct exec *x)
{
    size_t i = find(x->s->kind);
    enum place place = x->s->kind == STMT_SHOW_PROC ? place_of_proc(x) : HANDLERS[i].place;
    if (barred_by_transaction(x, place) ||
        !session_may(x->c, HANDLERS[i].privilege, x->a))
        return;
    if (place != LOCAL && nodes_leader(x->w) == 0) {
        answer_error(x->a, 1064, "HY000", "java.net.ConnectException: Connection refused");
        return;
    }
    if (place != LOCAL && !x->on_leader) { /* the leader executes it, as its release does */
        x->release = release_of_leader(x->w);
        x->utc_shift = exec_utc_shift(x->release);
    }
    bool changes = place == DDL || x->s->kind == STMT_ADMIN_SET_CONFIG ||
                   x->s->kind == STMT_CREATE_IMAGE;
    AUTO_ERROR err = {0};
    if (changes && !world_begin(x->w, &err)) {
        answer_failure(x->a, &err);
        return;
    }
    HANDLERS[i].run(x);
    /* A refused ACTIVE has changed the reason on 3.3: an error answer does not undo. */
    if (changes && !world_end(x->w, true, &err))
        answer_failure(x->a, &err);
    if (place != LOCAL && !x->on_leader)
        mark_forwarded(x->a);
}

bool exec_failed(struct exec *x, struct error *err)
{
    return answer_failure(x->a, err);
}

bool exec_like(const char *pattern, const char *text)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '%') {
        while (pattern[1] == '%')
            pattern++;
        for (const char *rest = text;; rest++) {
            if (exec_like(pattern + 1, rest))
                return true;
            if (*rest == '\0')
                return false;
        }
    }
    if (*text == '\0')
        return false;
    if (*pattern == '_') {
        text++;
        while (((unsigned char)*text & 0xC0) == 0x80)
            text++;
        return exec_like(pattern + 1, text);
    }
    if (*pattern == '\\' && pattern[1] != '\0')
        pattern++;
    return *pattern == *text && exec_like(pattern + 1, text + 1);
}

const char *exec_database(struct exec *x, const char *given, bool must_exist)
{
    const char *db = given != NULL ? given : x->c->db;
    if (db == NULL) {
        answer_error(x->a, 1046, "3D000", "Getting analyzing error. Detail message:"
                                          " No database selected.");
        return NULL;
    }
    if (must_exist && !str_equal(db, "information_schema") && !str_equal(db, "sys") &&
        db_int(x->db, 0, "SELECT count(*) FROM db WHERE name = ?1", "s", db) == 0) {
        answer_error(x->a, 5501, "3F000",
                     "Getting analyzing error. Detail message: Unknown database '%s'.", db);
        return NULL;
    }
    return db;
}

int64_t exec_object(struct exec *x, const char *db, const char *name, char **ret_kind)
{
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT o.id, o.kind FROM object o JOIN db ON db.id = o.db_id"
                                " WHERE db.name = ?1 AND o.name = ?2", "ss", db, name);
    if (row == NULL || sqlite3_step(row) != SQLITE_ROW)
        return 0;
    if (ret_kind != NULL)
        *ret_kind = str_format("%s", db_column(row, 1));
    return sqlite3_column_int64(row, 0);
}

const char *exec_named(struct exec *x, int64_t *ret_id, char **ret_kind)
{
    const char *db = exec_database(x, x->s->db, true);
    *ret_id = db == NULL ? 0 : exec_object(x, db, x->s->name, ret_kind);
    return db;
}

bool exec_not_found(struct exec *x)
{
    return answer_error(x->a, 1064, "HY000",
                        "Getting analyzing error. Detail message: Table %s is not found.",
                        x->s->name);
}

bool exec_unknown_table(struct exec *x)
{
    return answer_error(x->a, 5502, "42602",
                        "Getting analyzing error. Detail message: Unknown table '%s'.", x->s->name);
}

bool exec_no_node(struct exec *x, bool ddl)
{
    if (nodes_any_alive(x->w))
        return false;
    if (!release_has(x->release, TRAIT_NO_NODE_IS_59XX))
        answer_error(x->a, 10005, "42000",
                     "No alive backend or compute node in warehouse default_warehouse.");
    else if (release_has(x->release, TRAIT_STARMGR_BY_ITSELF) && !ddl)
        answer_error(x->a, 5904, "42000", "Warehouse default_warehouse is not available.");
    else
        answer_error(x->a, 5905, "42000",
                     "No alive backend or compute node in warehouse default_warehouse.");
    return true;
}

char *exec_leader_config(struct exec *x, const char *name)
{
    return db_text(x->db, "SELECT value FROM config WHERE name = ?1 AND fe_id = ?2", "si", name,
                   nodes_leader(x->w));
}

bool exec_history_lost(struct exec *x)
{
    return !nodes_any_alive(x->w) ||
           db_int(x->db, 0, "SELECT count(*) FROM db WHERE name = '_statistics_'", "") == 0;
}

bool exec_history_failed(struct exec *x, const char *db, const char *like)
{
    AUTO_STR tasks = {0};
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT o.id, o.name FROM object o JOIN db ON db.id = o.db_id"
                                " WHERE db.name = ?1 AND o.kind = 'MV' ORDER BY o.id", "s", db);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (like == NULL || exec_like(like, db_column(row, 1)))
            str_addf(&tasks, "%s'mv-%lld'", tasks.len == 0 ? "" : ",",
                     (long long)sqlite3_column_int64(row, 0));
    }
    AUTO_FREE char *which = str_format(
        "TRUE AND  get_json_string(history_content_json, 'dbName') = 'default_cluster:%s' AND "
        " task_name IN (%s)", db, str_text(&tasks));
    if (!release_has(x->release, TRAIT_STATUS_CODE)) /* up to 3.3 */
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: execute"
                            " sql failed: SELECT history_content_json FROM"
                            " _statistics_.task_run_history WHERE %s.", which);
    bool prefix = release_has(x->release, TRAIT_ID_COLUMN); /* recorded on 3.5.16 */
    return answer_error(
        x->a, 1064, "HY000",
        "Getting analyzing error. Detail message: %sexecute sql failed: WITH MaxStartRunID AS ("
        "    SELECT        task_name,        cast(history_content_json->'startTaskRunId' as string)"
        " start_run_id    FROM _statistics_.task_run_history     WHERE (task_name, create_time) IN"
        " (            SELECT task_name, MAX(create_time)            FROM"
        " _statistics_.task_run_history            WHERE %s            GROUP BY task_name    ) )"
        " SELECT t.history_content_json FROM _statistics_.task_run_history t JOIN MaxStartRunID msr"
        "   ON t.task_name = msr.task_name   AND cast(t.history_content_json->'startTaskRunId' as"
        " string) = msr.start_run_id ORDER BY t.create_time DESC.",
        prefix ? "RepoExecutor" : "", which);
}

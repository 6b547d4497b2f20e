/* SHOW MATERIALIZED VIEWS and the statements that change a view. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exec.h"
#include "mem.h"
#include "schema_tables.h"
#include "select.h"
#include "world_mv.h"
#include "world_nodes.h"
#include "world_release.h"

#define LAST 999999

/* SHOW's columns are the schema table's under other names (ShowMaterializedViewStatus.java). */
static void show_columns(int release, struct str *ret)
{
    static const struct {
        const char *table, *show;
        int from, to;
    } names[] = {
        {"MATERIALIZED_VIEW_ID", "id", 0, LAST},
        {"TABLE_SCHEMA", "database_name", 30000, LAST},
        {"TABLE_NAME", "name", 0, LAST},
        {"TABLE_SCHEMA", "database_name", 0, 29999},
        {"MATERIALIZED_VIEW_DEFINITION", "text", 0, 29999},
        {"REFRESH_TYPE", "refresh_type", 30000, LAST},
        {"IS_ACTIVE", "is_active", 30000, LAST},
        {"INACTIVE_REASON", "inactive_reason", 30100, LAST},
        {"PARTITION_TYPE", "partition_type", 30000, LAST},
        {"TASK_ID", "task_id", 30000, LAST},
        {"TASK_NAME", "task_name", 30000, LAST},
        {"LAST_REFRESH_START_TIME", "last_refresh_start_time", 30000, LAST},
        {"LAST_REFRESH_FINISHED_TIME", "last_refresh_finished_time", 30000, LAST},
        {"LAST_REFRESH_DURATION", "last_refresh_duration", 30000, LAST},
        {"LAST_REFRESH_STATE", "last_refresh_state", 30000, LAST},
        {"LAST_REFRESH_FORCE_REFRESH", "last_refresh_force_refresh", 30000, LAST},
        {"LAST_REFRESH_START_PARTITION", "last_refresh_start_partition", 30000, LAST},
        {"LAST_REFRESH_END_PARTITION", "last_refresh_end_partition", 30000, LAST},
        {"LAST_REFRESH_BASE_REFRESH_PARTITIONS", "last_refresh_base_refresh_partitions", 30000,
         LAST},
        {"LAST_REFRESH_MV_REFRESH_PARTITIONS", "last_refresh_mv_refresh_partitions", 30000, LAST},
        {"LAST_REFRESH_ERROR_CODE", "last_refresh_error_code", 30000, LAST},
        {"LAST_REFRESH_ERROR_MESSAGE", "last_refresh_error_message", 30000, LAST},
        {"TABLE_ROWS", "rows", 0, LAST},
        {"MATERIALIZED_VIEW_DEFINITION", "text", 30000, LAST},
        {"EXTRA_MESSAGE", "extra_message", 30200, LAST},
        {"QUERY_REWRITE_STATUS", "query_rewrite_status", 30200, LAST},
        {"CREATOR", "creator", 30200, LAST},
        {"LAST_REFRESH_PROCESS_TIME", "last_refresh_process_time", 40000, LAST},
        {"LAST_REFRESH_JOB_ID", "last_refresh_job_id", 40000, LAST},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (release >= names[i].from && release <= names[i].to)
            str_addf(ret, "%s%s AS `%s`", ret->len == 0 ? "" : ", ", names[i].table,
                     names[i].show);
    }
}

/* WHERE name = '…' [AND …] alone is evaluated by the FE, like TABLE_NAME in the schema table. */
static bool where_is_simple(const struct exec *x)
{
    const struct tokens *tokens = &x->script->tokens;
    for (size_t at = x->s->where; at < x->s->last; at += 4) {
        const struct token *t = &tokens->v[at];
        if (at + 2 >= x->s->last || !token_symbol(t + 1, "=") || t[2].kind != TOKEN_STRING)
            return false;
        if (strcasecmp(t->value, "name") != 0 && strcasecmp(t->value, "database_name") != 0)
            return false;
        if (at + 3 < x->s->last && !token_is(t + 3, "AND"))
            return false;
    }
    return true;
}

static size_t column_of(const struct answer *a, const char *name)
{
    size_t i = 0;
    while (i + 1 < a->n_columns && !str_equal(a->columns[i].name, name))
        i++;
    return i;
}

/* Without WHERE some lengths differ (recorded). */
static void set_length(struct exec *x, const char *name, uint32_t length)
{
    size_t i = column_of(x->a, name);
    if (str_equal(x->a->columns[i].name, name))
        x->a->columns[i].length = length;
}

/* What a view without a refresh has in SHOW (recorded). */
static void plain_show(struct exec *x)
{
    set_length(x, "refresh_type", 30);
    set_length(x, "inactive_reason", 192);
    set_length(x, "text", 3072);
    size_t state = column_of(x->a, "last_refresh_state");
    if (!str_equal(x->a->columns[state].name, "last_refresh_state"))
        return;
    size_t start = column_of(x->a, "last_refresh_start_time");
    size_t finish = column_of(x->a, "last_refresh_finished_time");
    size_t took = column_of(x->a, "last_refresh_duration");
    for (size_t row = 0; row < answer_rows(x->a); row++) {
        char **cells = x->a->cells + row * x->a->n_columns;
        if (!str_equal(cells[state], "null"))
            continue;
        free(cells[start]);
        free(cells[finish]);
        free(cells[took]);
        free(cells[state]);
        cells[start] = cells[finish] = NULL;
        cells[took] = mem_text("0.000");
        cells[state] = mem_text("");
    }
}

/* Drops the rows whose name does not match LIKE. */
static void keep_like(struct exec *x)
{
    size_t n = x->a->n_columns, kept = 0, name = column_of(x->a, "name");
    for (size_t row = 0; row < answer_rows(x->a); row++) {
        char **cells = x->a->cells + row * n;
        bool keep = exec_like(x->s->like, cells[name]);
        for (size_t i = 0; i < n; i++) {
            if (keep)
                x->a->cells[kept++] = cells[i];
            else
                free(cells[i]);
        }
    }
    x->a->n_cells = kept;
}

bool exec_show_mvs(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    AUTO_FREE char *archive = exec_leader_config(x, "enable_task_history_archive");
    bool history = str_equal(archive, "true") && !release_has(x->release, TRAIT_HISTORY_OPTIONAL);
    bool has_views = db_int(x->db, 0, "SELECT count(*) FROM object o JOIN db ON db.id = o.db_id"
                                      " WHERE db.name = ?1 AND o.kind = 'MV'", "s", db) > 0;
    bool empty = false;
    bool by_fe = release_has(x->release, TRAIT_FE_EVALUATES_MVS) && where_is_simple(x);
    if (x->s->where != 0 && !by_fe && exec_no_node(x, false))
        return false;
    if (exec_history_lost(x)) {
        if (x->s->where == 0 && history && has_views)
            return exec_history_failed(x, db, x->s->like);
        empty = x->s->where != 0 && by_fe && history; /* recorded on 3.5.16: no rows, no error */
    }
    AUTO_STR columns = {0};
    show_columns(x->release, &columns);
    if (!select_where(x, str_text(&columns), "information_schema.materialized_views",
                      "TABLE_SCHEMA", db))
        return false;
    if (x->s->where == 0)
        plain_show(x);
    /* Recorded: grants on views do not count here; in information_schema they do. */
    empty |= x->s->where == 0 && !session_sees_objects(x->c);
    if (x->s->like != NULL)
        keep_like(x);
    for (size_t i = 0; empty && i < x->a->n_cells; i++)
        free(x->a->cells[i]);
    x->a->n_cells = empty ? 0 : x->a->n_cells;
    return true;
}

int64_t exec_find_mv(struct exec *x, const char *privilege)
{
    const char *db = exec_database(x, x->s->db, false);
    AUTO_FREE char *kind = NULL;
    if (db == NULL)
        return 0;
    int64_t id = exec_object(x, db, x->s->name, &kind);
    AUTO_FREE char *object = str_format("MATERIALIZED VIEW %s", x->s->name);
    bool refresh = x->s->kind == STMT_MV_REFRESH;
    if (refresh && (id == 0 || !str_equal(kind, "MV"))) {
        bool other = id != 0 && !str_equal(kind, "ROLLUP");
        answer_error(x->a, 1064, "HY000", "Getting analyzing error at line %d, column %d. Detail"
                     " message: %s:%s.", x->s->name_line, x->s->name_column,
                     other ? "Can not refresh non materialized view"
                           : "Can not find materialized view", x->s->name);
        return 0;
    }
    if (id == 0 || str_equal(kind, "ROLLUP")) {
        bool alone = release_has(x->release, TRAIT_VIEW_NAMED_ALONE);
        answer_error(x->a, 1064, "HY000",
                     "Getting analyzing error. Detail message: %s %s%s%s is not found.",
                     release_has(x->release, TRAIT_SAYS_VIEW_MISSING) ? "Materialized view"
                                                                      : "Table",
                     alone ? "" : db, alone ? "" : ".", x->s->name);
        return 0;
    }
    if (!str_equal(kind, "MV")) {
        answer_error(x->a, 1064, "HY000", "Getting analyzing error at line %d, column %d. Detail"
                     " message: %s is not async materialized view.", x->s->name_line,
                     x->s->name_column, x->s->name);
        return 0;
    }
    return session_may_view(x->c, id, privilege, object, x->a) ? id : 0;
}

bool exec_mv_status(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_MV_REFUSAL refusal = {0};
    int64_t mv = exec_find_mv(x, "ALTER");
    if (mv == 0)
        return false;
    if (!x->s->active)
        return mv_inactivate(x->w, mv, &err) || exec_failed(x, &err);
    AUTO_STR misfit = {0};
    bool check = false;
    if (!mv_find_bases(x->w, mv, &check, &err))
        return exec_failed(x, &err);
    check |= db_int(x->db, 0, "SELECT reason LIKE 'column schema%' FROM mv WHERE id = ?1", "i",
                    mv) == 1;
    const char *cause = check && !exec_view_types_fit(x, mv, &misfit) ? str_text(&misfit) : NULL;
    if (!mv_activate(x->w, mv, cause, &refusal, &err))
        return exec_failed(x, &err);
    if (refusal.text.len == 0)
        return true;
    return answer_error(x->a, refusal.code, refusal.sqlstate, "%s", str_text(&refusal.text));
}

bool exec_mv_clause(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t mv = exec_find_mv(x, "ALTER");
    if (mv == 0)
        return false;
    if (x->s->value != NULL && x->s->start == NULL)
        return answer_error(x->a, 1064, "HY000", "Getting syntax error. Detail message: Invalid"
                            " date literal %s.", x->s->value);
    static const char *const allowed[] = {"SECOND", "MINUTE", "HOUR", "DAY"};
    bool known = x->s->every_unit == NULL;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        known |= str_equal(allowed[i], x->s->every_unit);
    if (!known || (x->s->every_unit != NULL && x->s->number < 1))
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message:"
                            " Unsupported interval unit: %s.", x->s->every_unit);
    struct mv_clause clause = {.manual = x->s->manual, .start = x->s->start,
                               .every_n = x->s->every_unit == NULL ? 0 : x->s->number,
                               .every_unit = x->s->every_unit};
    return mv_set_refresh(x->w, mv, &clause, &err) || exec_failed(x, &err);
}

/* Recorded: REFRESH of a view that its user set inactive is refused at once, others by the run. */
static bool may_refresh(struct exec *x, int64_t mv)
{
    AUTO_FREE char *reason = db_text(x->db, "SELECT reason FROM mv WHERE id = ?1 AND active = 0",
                                     "i", mv);
    return reason == NULL || !str_equal(reason, MV_USER_REASON) ||
           answer_error(x->a, 1064, "HY000", "Getting analyzing error at line %d, column %d."
                        " Detail message: Refresh materialized view failed because [%s] is not"
                        " active. You can try to active it with ALTER MATERIALIZED VIEW %s"
                        " ACTIVE; .", x->s->name_line, x->s->name_column, x->s->name, x->s->name);
}

bool exec_mv_refresh(struct exec *x)
{
    AUTO_ERROR err = {0};
    char query_id[37];
    int64_t mv = exec_find_mv(x, "REFRESH");
    if (mv == 0 || !may_refresh(x, mv))
        return false;
    struct mv_request request = {.how = "hand", .force = x->s->force, .sync = x->s->sync,
                                 .priority = x->s->number};
    if (x->s->parts.n == 2) {
        request.start = x->s->parts.v[0];
        request.end = x->s->parts.v[1];
    }
    if (!mv_refresh(x->w, mv, &request, query_id, &err))
        return exec_failed(x, &err);
    answer_column(x->a, "QUERY_ID", CELL_STRING, 180);
    answer_cell(x->a, query_id);
    return true;
}

bool exec_mv_cancel(struct exec *x)
{
    AUTO_ERROR err = {0};
    const char *db = exec_database(x, x->s->db, false);
    AUTO_FREE char *kind = NULL;
    if (db == NULL)
        return false;
    int64_t mv = exec_object(x, db, x->s->name, &kind);
    if (mv == 0 || !str_equal(kind, "MV"))
        return answer_error(x->a, 1064, "HY000", "%s is not a materialized view", x->s->name);
    AUTO_FREE char *object = str_format("MATERIALIZED VIEW %s", x->s->name);
    if (!session_may_view(x->c, mv, "REFRESH", object, x->a))
        return false;
    return mv_cancel(x->w, mv, x->s->force, &err) || exec_failed(x, &err);
}

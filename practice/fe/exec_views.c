/* CREATE VIEW and CREATE MATERIALIZED VIEW: the query is run once to learn its columns. */
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "select.h"
#include "world_mv.h"
#include "world_release.h"

/* SQL type of a column by what its cells are sent as. */
static char *sql_type(const struct answer_column *column)
{
    switch (column->type) {
    case CELL_TINY: return mem_text("TINYINT");
    case CELL_SHORT: return mem_text("SMALLINT");
    case CELL_LONG: return mem_text("INT");
    case CELL_LONGLONG: return mem_text("BIGINT");
    case CELL_DOUBLE: return mem_text("DOUBLE");
    case CELL_DATE: return mem_text("DATE");
    case CELL_DATETIME: return mem_text("DATETIME");
    case CELL_DECIMAL: return mem_text("DECIMAL(38,9)");
    case CELL_STRING: break;
    }
    return str_format("VARCHAR(%u)", column->length / 3);
}

/*
 * The query's text with every table written as `db`.`name`, as the FE stores it, so that it means
 * the same from any current database; its tables go to `ret_bases` as db and name by turns.
 */
static void qualify(struct exec *x, const char *db, struct str *ret, struct strv *ret_bases)
{
    const struct token *from = &x->script->tokens.v[x->s->query_at];
    const struct token *to = &x->script->tokens.v[x->s->last];
    const char *copied = from->raw;
    for (const struct token *t = from; t + 1 < to; t++) {
        if ((!token_is(t, "FROM") && !token_is(t, "JOIN")) || !token_names(t + 1))
            continue;
        bool qualified = token_symbol(t + 2, ".") && token_names(t + 3);
        const struct token *name = qualified ? t + 3 : t + 1;
        const char *base_db = qualified ? t[1].value : db;
        strv_add(ret_bases, base_db);
        strv_add(ret_bases, name->value);
        str_addn(ret, copied, (size_t)(t[1].raw - copied));
        str_addf(ret, "`%s`.`%s`", base_db, name->value);
        copied = name->raw + name->len;
    }
    str_addn(ret, copied, (size_t)(to->raw - copied));
    while (ret->len > 0 && strchr(" \n\t", ret->s[ret->len - 1]) != NULL)
        str_cut(ret, ret->len - 1);
}

/* Runs the query; its columns become the view's. */
static bool add_columns(struct exec *x, int64_t id, const char *query)
{
    AUTO_SCRIPT script = {0};
    AUTO_STR problem = {0};
    AUTO_ANSWER rows = {0};
    AUTO_ERROR err = {0};
    if (!script_parse(query, strlen(query), x->release, &script, &problem))
        return answer_error(x->a, 1064, "HY000", "%s", str_text(&problem));
    struct exec inner = *x;
    inner.script = &script;
    inner.s = &script.v[0];
    inner.a = &rows;
    if (!exec_select(&inner))
        return answer_error(x->a, rows.code, rows.sqlstate, "%s", rows.message);
    for (size_t i = 0; i < rows.n_columns; i++) {
        AUTO_FREE char *type = sql_type(&rows.columns[i]);
        const char *name = i < x->s->list.n ? x->s->list.v[i] : rows.columns[i].name;
        if (!db_run(x->db, &err, "INSERT INTO col VALUES (?1, ?2, ?3, ?4)", "iiss", id,
                    (int64_t)i + 1, name, type))
            return exec_failed(x, &err);
    }
    return true;
}

/* A view in between counts, and so do the tables below it (sys.object_dependencies shows both). */
static bool add_base(struct exec *x, int64_t id, int64_t base, struct error *err)
{
    if (!db_run(x->db, err,
                "INSERT OR IGNORE INTO dep SELECT ?1, id, name, 0 FROM object WHERE id = ?2", "ii",
                id, base))
        return false;
    return db_run(x->db, err,
                  "INSERT OR IGNORE INTO dep SELECT ?1, d.base_id, d.base_name, 0 FROM dep d"
                  " JOIN object o ON o.id = d.mv_id AND o.kind = 'VIEW' WHERE d.mv_id = ?2", "ii",
                  id, base);
}

static bool make_mv(struct exec *x, int64_t id, struct error *err)
{
    bool scheduled = x->s->every_unit != NULL;
    if (!db_run(x->db, err,
                "INSERT INTO mv (id, moment, deferred, start_at, every_n, every_unit)"
                " VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6)", "isisis", id,
                x->s->manual ? "MANUAL" : "ASYNC", (int64_t)x->s->deferred, x->s->start,
                scheduled ? x->s->number : (int64_t)0, x->s->every_unit) ||
        !mv_plan_next_run(x->w, id, err))
        return false;
    char query_id[37];
    return x->s->deferred || mv_refresh(x->w, id, MV_FORCE_UNSET, false, 0, query_id, err);
}

static bool make(struct exec *x, const char *db, const char *kind)
{
    AUTO_ERROR err = {0};
    AUTO_STR query = {0};
    AUTO_STRV bases = {0};
    int64_t id = world_next_id(x->w);
    qualify(x, db, &query, &bases);
    if (!db_run(x->db, &err,
                "INSERT INTO object (id, db_id, name, kind, comment, query, partition_column,"
                " create_ms) VALUES (?1, (SELECT id FROM db WHERE name = ?2), ?3, ?4, ?5, ?6, ?7,"
                " ?8)", "issssssi", id, db, x->s->name, kind, x->s->key == NULL ? "" : x->s->key,
                str_text(&query), x->s->value == NULL ? "" : x->s->value, world_now_ms(x->w)))
        return exec_failed(x, &err);
    bool ok = add_columns(x, id, str_text(&query));
    for (size_t i = 0; ok && i < bases.n; i += 2)
        ok = add_base(x, id, exec_object(x, bases.v[i], bases.v[i + 1], NULL), &err) ||
             exec_failed(x, &err);
    if (ok && str_equal(kind, "MV"))
        ok = make_mv(x, id, &err) || exec_failed(x, &err);
    if (ok)
        return (world_journal(x->w, &err) && world_starmgr_journal(x->w, &err)) ||
               exec_failed(x, &err);
    db_run(x->db, NULL, "DELETE FROM object WHERE id = ?1", "i", id);
    db_run(x->db, NULL, "DELETE FROM col WHERE object_id = ?1", "i", id);
    return false;
}

bool exec_create_view(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    bool materialized = x->s->kind == STMT_CREATE_MV;
    bool rollup = materialized && !x->s->full;
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    AUTO_FREE char *object = str_format("DATABASE %s", db);
    if (!session_may_object(x->c, materialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW", object,
                            x->a))
        return false;
    if (exec_object(x, db, x->s->name, NULL) != 0)
        return x->s->if_not_exists ||
               answer_error(x->a, 1050, "42S01", "Table '%s' already exists", x->s->name);
    if (rollup && str_equal(mode, "shared_data") &&
        !release_has(x->release, TRAIT_SYNC_MV_SHARED_DATA))
        return answer_error(x->a, 1064, "HY000",
                            "Creating synchronous materialized view(rollup) is not supported in"
                            " shared data clusters.\nPlease use asynchronous materialized view"
                            " instead.\nRefer to https://docs.starrocks.io/en-us/latest/sql-"
                            "reference/sql-statements/data-definition/CREATE%%20MATERIALIZED%%20"
                            "VIEW#asynchronous-materialized-view for details.");
    return make(x, db, rollup ? "ROLLUP" : materialized ? "MV" : "VIEW");
}

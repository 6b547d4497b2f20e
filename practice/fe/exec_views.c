/* CREATE VIEW and CREATE MATERIALIZED VIEW: the query is run once to learn its columns. */
#include <ctype.h>
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "select.h"
#include "view_text.h"
#include "world_jobs.h"
#include "world_mv.h"
#include "world_nodes.h"
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
    case CELL_FLOAT: return mem_text("FLOAT");
    case CELL_BLOB: return mem_text("VARBINARY");
    case CELL_CHAR: return mem_text(column->length == 40 ? "LARGEINT" : "JSON");
    case CELL_DECIMAL:
        return str_format("DECIMAL(%u,%u)", column->length - 3 - (column->decimals > 0),
                          column->decimals);
    case CELL_STRING: break;
    }
    return str_format("VARCHAR(%u)", column->length / 3);
}

/* Runs a stored query: ret has its columns, or the error. */
static bool run_query(struct exec *x, const char *query, struct answer *ret)
{
    AUTO_SCRIPT script = {0};
    AUTO_STR problem = {0};
    if (!script_parse(query, strlen(query), x->release, &script, &problem))
        return answer_error(ret, 1064, "HY000", "%s", str_text(&problem));
    struct exec inner = *x;
    inner.script = &script;
    inner.s = &script.v[0];
    inner.a = ret;
    return exec_select(&inner);
}

/* "bigint(20)": the type as the FE writes it in a column's description. */
static char *described_type(const char *type)
{
    static const char *const widths[][2] = {{"TINYINT", "tinyint(4)"}, {"SMALLINT", "smallint(6)"},
                                            {"INT", "int(11)"},        {"BIGINT", "bigint(20)"}};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        if (str_equal(type, widths[i][0]))
            return mem_text(widths[i][1]);
    }
    char *lower = mem_text(type);
    for (char *p = lower; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return lower;
}

bool exec_view_types_fit(struct exec *x, int64_t mv, struct str *ret)
{
    AUTO_ANSWER rows = {0};
    AUTO_FREE char *query = db_text(x->db, "SELECT query FROM object WHERE id = ?1", "i", mv);
    if (query == NULL || !nodes_any_alive(x->w) || !run_query(x, query, &rows))
        return true;
    AUTO_STMT *row = db_prepare(x->db, NULL, "SELECT name, type FROM col WHERE object_id = ?1"
                                             " ORDER BY position", "i", mv);
    for (size_t i = 0; row != NULL && sqlite3_step(row) == SQLITE_ROW && i < rows.n_columns; i++) {
        AUTO_FREE char *type = sql_type(&rows.columns[i]);
        if (str_equal(type, db_column(row, 1)) || str_starts(type, "VARCHAR"))
            continue; /* lengths of texts are no matter */
        AUTO_FREE char *was = described_type(db_column(row, 1));
        AUTO_FREE char *is = described_type(type);
        str_addf(ret, "column schema not compatible: (`%s` %s NULL COMMENT \"\") and (`%s` %s NULL"
                      " COMMENT \"\")", db_column(row, 0), was, db_column(row, 0), is);
        return false;
    }
    return true;
}

/* Runs the query; its columns become the view's. */
static bool add_columns(struct exec *x, int64_t id, const char *query)
{
    AUTO_ANSWER rows = {0};
    AUTO_ERROR err = {0};
    if (!run_query(x, query, &rows))
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

static bool add_properties(struct exec *x, int64_t id, struct error *err)
{
    for (size_t i = 0; i + 1 < x->s->properties.n; i += 2) {
        if (!db_run(x->db, err, "INSERT OR REPLACE INTO mv_property VALUES (?1, ?2, ?3)", "iss", id,
                    x->s->properties.v[i], x->s->properties.v[i + 1]))
            return false;
    }
    return true;
}

/* A view that is partitioned by a base's column as it is has that base's partitions. */
static bool follow_partitions(struct exec *x, int64_t id, struct error *err)
{
    return db_run(x->db, err,
                  "INSERT OR IGNORE INTO range_part SELECT v.id, p.position, p.name, p.lower, p.upper"
                  " FROM object v JOIN dep d ON d.mv_id = v.id JOIN object b ON b.id = d.base_id"
                  " JOIN range_part p ON p.object_id = b.id WHERE v.id = ?1 AND b.kind = 'TABLE'"
                  " AND b.partition_column = v.partition_column"
                  " AND v.partition_by = '(`' || v.partition_column || '`)'", "i", id);
}

static bool make_mv(struct exec *x, int64_t id, struct error *err)
{
    bool scheduled = x->s->every_unit != NULL;
    bool early = release_has(x->release, TRAIT_TASK_AT_CREATION);
    if (!db_run(x->db, err,
                "INSERT INTO mv (id, moment, deferred, start_at, every_n, every_unit, task_id,"
                " state_journal) VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7,"
                " (SELECT value + 1 FROM meta WHERE key = 'journal_id'))", "isisisi", id,
                x->s->manual ? "MANUAL" : "ASYNC", (int64_t)x->s->deferred, x->s->start,
                scheduled ? x->s->number : (int64_t)0, x->s->every_unit,
                early ? world_next_id(x->w) : (int64_t)0) ||
        !add_properties(x, id, err) || !follow_partitions(x, id, err) ||
        !mv_plan_next_run(x->w, id, err))
        return false;
    char query_id[37];
    struct mv_request request = {.how = "create", .force = MV_FORCE_UNSET};
    return x->s->deferred || mv_refresh(x->w, id, &request, query_id, err);
}

static bool make(struct exec *x, const char *db, const char *kind)
{
    AUTO_ERROR err = {0};
    AUTO_STR query = {0};
    AUTO_STR written = {0};
    AUTO_STRV bases = {0};
    int64_t id = world_next_id(x->w);
    view_text_stored(x, db, &query, &bases);
    view_text_written(x, str_equal(kind, "ROLLUP"), &written);
    if (!db_run(x->db, &err,
                "INSERT INTO object (id, db_id, name, kind, comment, query, partition_column,"
                " create_ms, written, partition_by) VALUES (?1, (SELECT id FROM db WHERE name ="
                " ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", "issssssiss",
                id, db, x->s->name, kind, x->s->key == NULL ? "" : x->s->key,
                str_text(&query), x->s->value == NULL ? "" : x->s->value, world_now_ms(x->w),
                str_text(&written), x->s->partition_by))
        return exec_failed(x, &err);
    bool ok = add_columns(x, id, str_text(&query));
    for (size_t i = 0; ok && i < bases.n; i += 2)
        ok = add_base(x, id, exec_object(x, bases.v[i], bases.v[i + 1], NULL), &err) ||
             exec_failed(x, &err);
    if (ok && str_equal(kind, "MV"))
        ok = make_mv(x, id, &err) || exec_failed(x, &err);
    if (ok && str_equal(kind, "ROLLUP"))
        ok = job_start(x->w, exec_object(x, bases.v[0], bases.v[1], NULL), id, &err) ||
             exec_failed(x, &err);
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

bool exec_alter_view(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_STR query = {0};
    AUTO_STRV bases = {0};
    AUTO_FREE char *kind = NULL;
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    int64_t id = exec_object(x, db, x->s->name, &kind);
    if (id == 0 || !str_equal(kind, "VIEW")) /* its text is unrecorded */
        return answer_error(x->a, 5502, "42602", "Getting analyzing error. Detail message: Unknown"
                                                 " table '%s'.", x->s->name);
    AUTO_FREE char *object = str_format("VIEW %s", x->s->name);
    if (!session_may_object(x->c, "ALTER", object, x->a))
        return false;
    view_text_stored(x, db, &query, &bases);
    AUTO_FREE char *reason = str_format("base-view changed: %s", x->s->name);
    if (!db_run(x->db, &err, "DELETE FROM col WHERE object_id = ?1", "i", id))
        return exec_failed(x, &err);
    return add_columns(x, id, str_text(&query)) &&
           ((db_run(x->db, &err, "UPDATE object SET query = ?2 WHERE id = ?1", "is", id,
                    str_text(&query)) &&
             mv_base_gone(x->w, id, reason, &err) && world_journal(x->w, &err)) ||
            exec_failed(x, &err));
}

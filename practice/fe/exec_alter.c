/* ALTER TABLE, and the ALTERs of a view that change neither its state nor its refresh. */
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "world_jobs.h"
#include "world_mv.h"
#include "world_release.h"

static bool rename_object(struct exec *x, int64_t id, const char *to, struct error *err)
{
    return db_run(x->db, err, "UPDATE object SET name = ?2 WHERE id = ?1", "is", id, to) &&
           world_journal(x->w, err);
}

static bool is_taken(struct exec *x, const char *db, const char *name)
{
    if (exec_object(x, db, name, NULL) == 0)
        return false;
    answer_error(x->a, 1050, "42S01", "Table '%s' already exists", name); /* unrecorded */
    return true;
}

/* Its views lose their base: they look for it by its old name. */
static bool rename_table(struct exec *x, const char *db, int64_t id)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *reason = str_format("base-table renamed: %s", x->s->name);
    if (is_taken(x, db, x->s->value))
        return false;
    return (rename_object(x, id, x->s->value, &err) && mv_base_gone(x->w, id, reason, &err)) ||
           exec_failed(x, &err);
}

bool exec_table_busy(struct exec *x, int64_t table)
{
    if (!job_runs(x->w, table))
        return false;
    static const char page[] = "https://docs.starrocks.io/docs/sql-reference/sql-statements";
    bool quotes = !release_has(x->release, TRAIT_STATUS_CODE); /* up to 3.3 */
    answer_error(x->a, 1064, "HY000", "A schema change operation is in progress on the table"
                 " %s%s%s. Please wait until the current operation completes.%sTo check the status"
                 " of the operation, see %s/%s/SHOW_ALTER", quotes ? "\"" : "", x->s->name,
                 quotes ? "\"" : "", quotes ? "\n" : " ", page,
                 release_has(x->release, TRAIT_ID_COLUMN) ? "table_bucket_part_index"
                                                          : "data-manipulation");
    return true;
}

/* A synchronous view that is built from the column: its name; free() it. */
static char *rollup_over(struct exec *x, int64_t id, const char *column)
{
    return db_text(x->db, "SELECT o.name FROM dep d JOIN object o ON o.id = d.mv_id WHERE d.base_id"
                          " = ?1 AND o.kind = 'ROLLUP' AND instr(o.query, '`' || ?2 || '`')", "is",
                   id, column);
}

static bool drop_column(struct exec *x, const char *db, int64_t id)
{
    AUTO_ERROR err = {0};
    int64_t at = db_int(x->db, 0, "SELECT position FROM col WHERE object_id = ?1 AND name = ?2",
                        "is", id, x->s->value);
    AUTO_FREE char *rollup = rollup_over(x, id, x->s->value);
    AUTO_FREE char *cell = str_format("$[%lld]", (long long)at - 1);
    if (at == 0)
        return answer_error(x->a, 1064, "HY000", "Column does not exists: %s", x->s->value);
    if (rollup != NULL)
        return answer_error(x->a, 1064, "HY000", "Can not drop/modify the column %s, because the"
                            " column is used in the related rollup %s with the define"
                            " expr:`%s`.`%s`.`%s`, please drop the rollup index first.",
                            x->s->value, rollup, db, x->s->name, x->s->value);
    return (db_run(x->db, &err, "DELETE FROM col WHERE object_id = ?1 AND position = ?2", "ii", id,
                   at) &&
            db_run(x->db, &err, "UPDATE col SET position = position - 1 WHERE object_id = ?1 AND"
                                " position > ?2", "ii", id, at) &&
            db_run(x->db, &err, "UPDATE row SET cells = json_remove(cells, ?2) WHERE object_id = ?1",
                   "is", id, cell) &&
            mv_column_gone(x->w, id, x->s->value, &err) && world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

/* Recorded: in shared-data a change of columns is a job, until 4.1 makes it at once. */
static bool starts_job(struct exec *x)
{
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    return str_equal(mode, "shared_data") && !release_has(x->release, TRAIT_COLUMNS_AT_ONCE);
}

static bool add_column(struct exec *x, int64_t id)
{
    AUTO_ERROR err = {0};
    if (db_int(x->db, 0, "SELECT count(*) FROM col WHERE object_id = ?1 AND name = ?2", "is", id,
               x->s->value) > 0)
        return answer_error(x->a, 1064, "HY000", "Can not add column which already exists in base"
                                                 " table: %s", x->s->value);
    return (db_run(x->db, &err,
                   "INSERT INTO col SELECT ?1, max(position) + 1, ?2, upper(?3) FROM col"
                   " WHERE object_id = ?1", "iss", id, x->s->value, x->s->types.v[0]) &&
            db_run(x->db, &err,
                   "UPDATE row SET cells = json_insert(cells, '$[#]', NULL) WHERE object_id = ?1",
                   "i", id) &&
            (!starts_job(x) || job_start(x->w, id, 0, &err)) && world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_alter_table(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *kind = NULL;
    int64_t id = 0;
    const char *db = exec_named(x, &id, &kind);
    if (db == NULL)
        return false;
    if (id == 0)
        return exec_not_found(x);
    if (str_equal(kind, "MV"))
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error at line %d, column %d."
                            " Detail message: The '%s' cannot be alter by 'ALTER TABLE', because"
                            " it is a materialized view,you can use 'ALTER MATERIALIZED VIEW' to"
                            " alter it..", x->s->name_line, x->s->name_column, x->s->name);
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    if (!session_may_object(x->c, "ALTER", object, x->a))
        return false;
    if (exec_table_busy(x, id))
        return false;
    if (str_equal(x->s->key, "drop"))
        return drop_column(x, db, id);
    if (str_equal(x->s->key, "rename"))
        return rename_table(x, db, id);
    if (str_equal(x->s->key, "add"))
        return add_column(x, id);
    return world_journal(x->w, &err) || exec_failed(x, &err); /* SET: shown nowhere here */
}

/* Changes of a table are over when they answer: there is none to cancel. */
bool exec_cancel_alter(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    if (exec_object(x, db, x->s->name, NULL) == 0) /* from SchemaChangeHandler.java, unrecorded */
        return answer_error(x->a, 5502, "42602", "Unknown table '%s'", x->s->name);
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    if (!session_may_object(x->c, "ALTER", object, x->a))
        return false;
    bool rollup = str_equal(x->s->key, "ROLLUP");
    return answer_error(x->a, 1064, "HY000", "Table[%s] is not under %s/WAITING_STABLE.%s",
                        x->s->name, rollup ? "ROLLUP" : "SCHEMA_CHANGE",
                        rollup ? " Use 'ALTER TABLE DROP ROLLUP' if you want to." : "");
}

/* Properties of views (MaterializedViewAnalyzer.java); any session variable with its prefix. */
static bool is_property(const char *name)
{
    static const char *const known[] = {
        "partition_refresh_number", "partition_ttl_number", "partition_ttl",
        "auto_refresh_partitions_limit", "excluded_trigger_tables", "excluded_refresh_tables",
        "resource_group", "force_external_table_query_rewrite", "mv_rewrite_staleness_second",
        "query_rewrite_consistency", "warehouse", "colocate_with", "unique_constraints",
        "foreign_key_constraints", "replication_num"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_equal(known[i], name))
            return true;
    }
    return str_starts(name, "session.");
}

bool exec_mv_set(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t mv = exec_find_mv(x, "ALTER");
    if (mv == 0)
        return false;
    const char *example = release_has(x->release, TRAIT_NAMES_INSERT_TIMEOUT) ? "insert_timeout"
                                                                              : "query_timeout";
    for (size_t i = 0; i + 1 < x->s->properties.n; i += 2) {
        const char *name = x->s->properties.v[i], *value = x->s->properties.v[i + 1];
        if (!is_property(name))
            return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message:"
                                " Modify failed because unknown properties: {%s=%s}, please add"
                                " `session.` prefix if you want add session variables for mv(eg,"
                                " \"session.%s\"=\"30000000\")..", name, value,
                                example);
        if (!db_run(x->db, &err, "INSERT OR REPLACE INTO mv_property VALUES (?1, ?2, ?3)", "iss",
                    mv, name, value))
            return exec_failed(x, &err);
    }
    return world_journal(x->w, &err) || exec_failed(x, &err);
}

/* Views over it do not notice (recorded on 3.3.5 to 4.1.0). */
bool exec_mv_rename(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t mv = exec_find_mv(x, "ALTER");
    const char *db = exec_database(x, x->s->db, false);
    return mv != 0 && !is_taken(x, db, x->s->value) &&
           (rename_object(x, mv, x->s->value, &err) || exec_failed(x, &err));
}

bool exec_mv_swap(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t mv = exec_find_mv(x, "ALTER");
    const char *db = exec_database(x, x->s->db, false);
    if (mv == 0)
        return false;
    int64_t other = exec_object(x, db, x->s->value, NULL);
    if (other == 0)
        return answer_error(x->a, 1064, "HY000",
                            "Getting analyzing error. Detail message: Table %s is not found.",
                            x->s->value);
    return (db_run(x->db, &err, "UPDATE object SET name = char(1) WHERE id = ?1", "i", other) &&
            rename_object(x, mv, x->s->value, &err) &&
            rename_object(x, other, x->s->name, &err)) ||
           exec_failed(x, &err);
}

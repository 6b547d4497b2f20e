/* Databases and tables. */
#include <ctype.h>
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "schema_tables.h"
#include "world_mv.h"
#include "world_release.h"

/* FeNameFormat.java: ASCII, no digit first, 256 at most (recorded: 1102 for the others). */
static bool is_database_name(const char *name)
{
    if (name[0] == '\0' || isdigit((unsigned char)name[0]) || strlen(name) > 256)
        return false;
    for (const char *p = name; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && strchr("_-~!@#$", *p) == NULL)
            return false;
    }
    return true;
}

bool exec_create_database(struct exec *x)
{
    AUTO_ERROR err = {0};
    if (!session_may_object(x->c, "CREATE DATABASE", "CATALOG default_catalog", x->a))
        return false;
    if (!is_database_name(x->s->name))
        return answer_error(x->a, 1102, "42000", "Getting analyzing error. Detail message:"
                            " Incorrect database name '%s'.", x->s->name);
    if (db_int(x->db, 0, "SELECT count(*) FROM db WHERE name = ?1", "s", x->s->name) > 0)
        return x->s->if_not_exists ||
               answer_error(x->a, 1007, "HY000", "Can't create database '%s'; database exists",
                            x->s->name);
    return (db_run(x->db, &err, "INSERT INTO db VALUES (?1, ?2)", "is", world_next_id(x->w),
                   x->s->name) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

/* Removes an object with all that belongs to it, and tells the views over it. */
static bool remove_object(struct exec *x, int64_t id, const char *name, struct error *err)
{
    static const char *const removals[] = {
        "DELETE FROM row WHERE object_id = ?1", "DELETE FROM col WHERE object_id = ?1",
        "DELETE FROM task_run WHERE mv_id = ?1", "DELETE FROM dep WHERE mv_id = ?1",
        "DELETE FROM mv_property WHERE mv_id = ?1", "DELETE FROM mv WHERE id = ?1",
        "DELETE FROM object WHERE id = ?1"};
    AUTO_FREE char *reason = str_format("base-table dropped: %s", name);
    for (size_t i = 0; i < sizeof removals / sizeof removals[0]; i++) {
        if (!db_run(x->db, err, removals[i], "i", id))
            return false;
    }
    return mv_base_gone(x->w, id, reason, err) && world_journal(x->w, err);
}

bool exec_drop_database(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t id = db_int(x->db, 0, "SELECT id FROM db WHERE name = ?1", "s", x->s->name);
    AUTO_FREE char *object = str_format("DATABASE %s", x->s->name);
    if (id == 0)
        return x->s->if_exists ||
               answer_error(x->a, 1008, "HY000", "Can't drop database '%s'; database doesn't exist",
                            x->s->name);
    if (!session_may_object(x->c, "DROP", object, x->a))
        return false;
    AUTO_STMT *row = db_prepare(x->db, &err, "SELECT id, name FROM object WHERE db_id = ?1", "i",
                                id);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        AUTO_FREE char *name = mem_text(db_column(row, 1));
        if (!remove_object(x, sqlite3_column_int64(row, 0), name, &err))
            return exec_failed(x, &err);
    }
    return (db_run(x->db, &err, "DELETE FROM db WHERE id = ?1", "i", id) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

static bool add_columns(struct exec *x, int64_t id, struct error *err)
{
    for (size_t i = 0; i < x->s->list.n; i++) {
        if (!db_run(x->db, err, "INSERT INTO col VALUES (?1, ?2, ?3, upper(?4))", "iiss", id,
                    (int64_t)i + 1, x->s->list.v[i], x->s->types.v[i]))
            return false;
    }
    return true;
}

/* Needs shards: an entry in starmgr's journal, and a live node that takes them. */
/* Each range begins where the one before it ends, the first with the type's least value. */
static bool add_partitions(struct exec *x, int64_t id, struct error *err)
{
    const char *lower = "0000-01-01";
    for (size_t i = 0; i + 1 < x->s->parts.n; i += 2) {
        if (!db_run(x->db, err, "INSERT INTO range_part VALUES (?1, ?2, ?3, ?4, ?5)", "iisss", id,
                    (int64_t)i / 2, x->s->parts.v[i], lower, x->s->parts.v[i + 1]))
            return false;
        lower = x->s->parts.v[i + 1];
    }
    return true;
}

bool exec_create_table(struct exec *x)
{
    AUTO_ERROR err = {0};
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    AUTO_FREE char *object = str_format("DATABASE %s", db);
    if (!session_may_object(x->c, "CREATE TABLE", object, x->a))
        return false;
    if (exec_object(x, db, x->s->name, NULL) != 0)
        return x->s->if_not_exists ||
               answer_error(x->a, 1050, "42S01", "Getting analyzing error. Detail message:"
                            " Table '%s' already exists.", x->s->name);
    if (exec_no_node(x, true))
        return false;
    int64_t id = world_next_id(x->w);
    return (db_run(x->db, &err,
                   "INSERT INTO object (id, db_id, name, kind, create_ms, partition_column,"
                   " partition_by) VALUES (?1, (SELECT id FROM db WHERE name = ?2), ?3, 'TABLE',"
                   " ?4, coalesce(?5, ''), ?6)", "ississ", id, db, x->s->name,
                   world_now_ms(x->w), x->s->value, x->s->partition_by) &&
            add_columns(x, id, &err) && add_partitions(x, id, &err) && world_journal(x->w, &err) &&
            world_starmgr_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_drop_table(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *kind = NULL;
    int64_t id = 0;
    if (exec_named(x, &id, &kind) == NULL)
        return false;
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    if (id == 0)
        return x->s->if_exists || exec_unknown_table(x);
    if (str_equal(kind, "MV"))
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: The data"
                            " of '%s' cannot be dropped because '%s' is a materialized view,use"
                            " 'drop materialized view %s' to drop it..", x->s->name, x->s->name,
                            x->s->name);
    if (!session_may_object(x->c, "DROP", object, x->a))
        return false;
    if (x->s->force || !str_equal(kind, "TABLE"))
        return remove_object(x, id, x->s->name, &err) || exec_failed(x, &err);
    /* Its rows and columns stay where they are until it is recovered. */
    AUTO_FREE char *reason = str_format("base-table dropped: %s", x->s->name);
    return (db_run(x->db, &err, "INSERT INTO recycled SELECT * FROM object WHERE id = ?1", "i",
                   id) &&
            db_run(x->db, &err, "DELETE FROM object WHERE id = ?1", "i", id) &&
            mv_base_gone(x->w, id, reason, &err) && world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_recover_table(struct exec *x)
{
    AUTO_ERROR err = {0};
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    int64_t id = db_int(x->db, 0, "SELECT max(r.id) FROM recycled r JOIN db ON db.id = r.db_id"
                                  " WHERE db.name = ?1 AND r.name = ?2", "ss", db, x->s->name);
    AUTO_FREE char *object = str_format("DATABASE %s", db);
    if (!session_may_object(x->c, "CREATE TABLE", object, x->a))
        return false;
    if (id == 0 || exec_object(x, db, x->s->name, NULL) != 0) /* their texts are unrecorded */
        return answer_error(x->a, 1064, "HY000", "Unknown table '%s'", x->s->name);
    return (db_run(x->db, &err, "INSERT INTO object SELECT * FROM recycled WHERE id = ?1", "i",
                   id) &&
            db_run(x->db, &err, "DELETE FROM recycled WHERE id = ?1", "i", id) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_drop_mv(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *kind = NULL;
    int64_t id = 0;
    if (exec_named(x, &id, &kind) == NULL)
        return false;
    AUTO_FREE char *object = str_format("MATERIALIZED VIEW %s", x->s->name);
    if (id == 0)
        return x->s->if_exists || answer_error(x->a, 1064, "HY000",
                                               "Materialized view %s is not found", x->s->name);
    bool table = !str_equal(kind, "MV") && !str_equal(kind, "ROLLUP");
    if (table && release_has(x->release, TRAIT_BUSY_BEFORE_INDEX) && exec_table_busy(x, id))
        return false;
    if (table)
        return release_has(x->release, TRAIT_DROP_SAYS_INDEX)
                   ? answer_error(x->a, 1064, "HY000", "Cannot drop base index by using DROP ROLLUP"
                                                       " or DROP MATERIALIZED VIEW.")
                   : answer_error(x->a, 1064, "HY000", "Do not support non-OLAP table [%s] when"
                                                       " drop materialized view", x->s->name);
    if (!session_may_object(x->c, "DROP", object, x->a))
        return false;
    return remove_object(x, id, x->s->name, &err) || exec_failed(x, &err);
}

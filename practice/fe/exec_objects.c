/* SHOW DATABASES, TABLES, CREATE …, COLUMNS; volumes, catalogs, warehouses. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exec.h"
#include "schema_tables.h"
#include "select.h"
#include "world_mv.h"
#include "world_release.h"

#define SORT_KEYS 3 /* FeConstants.shortkey_max_column_count */

static bool wanted(struct exec *x, const char *name)
{
    return x->s->like == NULL || exec_like(x->s->like, name);
}

bool exec_show_databases(struct exec *x)
{
    if (x->s->db != NULL && !str_equal(x->s->db, "default_catalog"))
        return answer_error(x->a, 5078, "42000",
                            "Getting analyzing error. Detail message: Unknown catalog '%s'.",
                            x->s->db);
    bool wide = release_has(x->release, TRAIT_SCHEMA_ANSWERS);
    answer_column(x->a, "Database", CELL_STRING, wide ? 192 : 60);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT name FROM db UNION SELECT 'information_schema' UNION"
                                " SELECT 'sys' ORDER BY 1", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        bool builtin = str_equal(db_column(row, 0), "information_schema");
        if (wanted(x, db_column(row, 0)) &&
            (builtin || session_sees_view(x->c, db_column(row, 0), NULL)))
            answer_cell(x->a, db_column(row, 0));
    }
    return true;
}

bool exec_show_tables(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    if (x->s->where != 0) {
        /* Rewritten by the FE to a query on information_schema.tables: a BE/CN scans it. */
        if (exec_no_node(x, false))
            return false;
        AUTO_FREE char *columns = str_format(
            x->s->full ? "TABLE_NAME AS `Tables_in_%s`, TABLE_TYPE AS `Table_type`"
                       : "TABLE_NAME AS `Tables_in_%s`", db);
        return select_where(x, columns, "information_schema.tables", "TABLE_SCHEMA", db);
    }
    AUTO_FREE char *title = str_format("Tables_in_%s", db);
    answer_column(x->a, title, CELL_STRING, 60);
    if (x->s->full)
        answer_column(x->a, "Table_type", CELL_STRING, 60);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT o.name, o.kind FROM object o JOIN db ON db.id = o.db_id"
                                " WHERE db.name = ?1 AND o.kind <> 'ROLLUP' ORDER BY o.name", "s",
                                db);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (!wanted(x, db_column(row, 0)) || !session_sees_view(x->c, db, db_column(row, 0)))
            continue;
        answer_cell(x->a, db_column(row, 0));
        if (x->s->full) /* recorded: materialized views are listed as VIEW too */
            answer_cell(x->a, str_equal(db_column(row, 1), "TABLE") ? "BASE TABLE" : "VIEW");
    }
    return true;
}

static void add_column_list(struct exec *x, int64_t id, bool types, struct str *ret)
{
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT name, lower(type) FROM col WHERE object_id = ?1"
                                " ORDER BY position", "i", id);
    for (bool first = true; row != NULL && sqlite3_step(row) == SQLITE_ROW; first = false) {
        str_addf(ret, types ? "%s  `%s` %s NULL COMMENT \"\"" : "%s`%s`",
                 first ? "" : types ? ",\n" : ", ", db_column(row, 0), db_column(row, 1));
    }
}

static void table_ddl(struct exec *x, int64_t id, const char *name, struct str *ret)
{
    AUTO_FREE char *key = db_text(x->db, "SELECT name FROM col WHERE object_id = ?1 AND"
                                         " position = 1", "i", id);
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    str_addf(ret, "CREATE TABLE `%s` (\n", name);
    add_column_list(x, id, true, ret);
    str_addf(ret, "\n) ENGINE=OLAP \nDUPLICATE KEY(`%s`)\nDISTRIBUTED BY HASH(`%s`) BUCKETS 1 \n"
                  "PROPERTIES (\n\"compression\" = \"LZ4\",\n", key, key);
    str_add(ret, str_equal(mode, "shared_data")
                     ? "\"datacache.enable\" = \"true\",\n"
                       "\"enable_async_write_back\" = \"false\",\n"
                       "\"replication_num\" = \"1\",\n"
                       "\"storage_volume\" = \"builtin_storage_volume\"\n);"
                     : "\"fast_schema_evolution\" = \"true\",\n\"replicated_storage\" = \"true\",\n"
                       "\"replication_num\" = \"3\"\n);");
}

static bool show_create_database(struct exec *x)
{
    if (exec_database(x, x->s->name, true) == NULL)
        return false;
    AUTO_FREE char *ddl = str_format("CREATE DATABASE `%s`\nPROPERTIES (\"storage_volume\" ="
                                     " \"builtin_storage_volume\")", x->s->name);
    answer_column(x->a, "Database", CELL_STRING, 60);
    answer_column(x->a, "Create Database", CELL_STRING, 90);
    answer_cell(x->a, x->s->name);
    answer_cell(x->a, ddl);
    return true;
}

/* The DDL of an object by its kind. */
static bool object_ddl(struct exec *x, int64_t id, const char *kind, struct str *ret)
{
    AUTO_ERROR err = {0};
    if (str_equal(kind, "MV"))
        return mv_ddl(x->w, id, false, ret, &err) || exec_failed(x, &err);
    if (str_equal(kind, "TABLE")) {
        table_ddl(x, id, x->s->name, ret);
        return true;
    }
    AUTO_FREE char *query = db_text(x->db, "SELECT query FROM object WHERE id = ?1", "i", id);
    str_addf(ret, "CREATE VIEW `%s` (", x->s->name);
    add_column_list(x, id, false, ret);
    str_addf(ret, ") AS %s;", query == NULL ? "" : query);
    return true;
}

bool exec_show_create(struct exec *x)
{
    if (x->s->full)
        return show_create_database(x);
    const char *db = exec_database(x, x->s->db, true);
    AUTO_FREE char *kind = NULL;
    if (db == NULL)
        return false;
    int64_t id = exec_object(x, db, x->s->name, &kind);
    if (id == 0 || str_equal(kind, "ROLLUP"))
        return answer_error(x->a, 1064, "HY000",
                            "Getting analyzing error. Detail message: Table %s is not found.",
                            x->s->name);
    if (x->s->manual && !str_equal(kind, "MV"))
        return answer_error(x->a, 1347, "HY000", "Getting analyzing error. Detail message:"
                            " '%s'.'%s' is not 'MATERIALIZED VIEW'.", db, x->s->name);
    AUTO_STR ddl = {0};
    if (!object_ddl(x, id, kind, &ddl))
        return false;
    const char *title = str_equal(kind, "MV") ? "Materialized View"
                        : str_equal(kind, "VIEW") ? "View" : "Table";
    AUTO_FREE char *create = str_format("Create %s", title);
    answer_column(x->a, title, CELL_STRING, 60);
    answer_column(x->a, create, CELL_STRING, 90);
    bool view = str_equal(kind, "VIEW");
    if (view)
        answer_columns(x->a, "character_set_client,collation_connection", CELL_STRING, 90);
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    /* Recorded: 3.3 shows it to everybody. */
    if (release_has(x->release, TRAIT_SHOW_CREATE_CHECKS) &&
        !session_may_object(x->c, "ANY", object, x->a))
        return false;
    answer_cell(x->a, x->s->name);
    answer_cell(x->a, str_text(&ddl));
    if (!view)
        return true;
    answer_cell(x->a, "utf8");
    answer_cell(x->a, "utf8_general_ci");
    return true;
}

static void describe(struct exec *x, const char *name, const char *type, bool key)
{
    answer_cell(x->a, name);
    answer_cell(x->a, type);
    if (x->s->full)
        answer_cell(x->a, "");
    answer_cell(x->a, "YES");
    answer_cell(x->a, x->s->query ? (key ? "true" : "false") : (key ? "YES" : "NO"));
    answer_cell(x->a, NULL);
    bool none = x->s->query && !key && !release_has(x->release, TRAIT_SCHEMA_ANSWERS);
    answer_cell(x->a, none ? "NONE" : "");
    if (x->s->full) {
        answer_cell(x->a, "");
        answer_cell(x->a, "");
    }
}

static void describe_schema_column(void *ctx, const char *name, const char *type)
{
    struct exec *x = ctx;
    if (wanted(x, name))
        describe(x, name, type, false);
}

bool exec_show_columns(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    const struct schema_table *schema = schema_table_find(db, x->s->name, x->release);
    AUTO_FREE char *kind = NULL;
    int64_t id = schema == NULL ? exec_object(x, db, x->s->name, &kind) : 0;
    if (schema == NULL && id == 0)
        return answer_error(x->a, 5502, "42602",
                            "Getting analyzing error. Detail message: Unknown table '%s'.",
                            x->s->name);
    answer_columns(x->a,
                   x->s->full ? "Field,Type,Collation,Null,Key,Default,Extra,Privileges,Comment"
                              : "Field,Type,Null,Key,Default,Extra",
                   CELL_STRING, x->s->query ? 90 : 60);
    if (x->s->full && release_has(x->release, TRAIT_SCHEMA_ANSWERS))
        x->a->columns[7].length = 240;
    if (schema != NULL) {
        schema_table_describe(schema, x->release, describe_schema_column, x);
        return true;
    }
    int keys = str_equal(kind, "MV") ? SORT_KEYS : 1; /* recorded: a view sorts by all it may */
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT name, lower(type), position FROM col WHERE object_id = ?1"
                                " ORDER BY position", "i", id);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (wanted(x, db_column(row, 0)))
            describe(x, db_column(row, 0), db_column(row, 1), sqlite3_column_int(row, 2) <= keys);
    }
    return true;
}

bool exec_show_volumes(struct exec *x)
{
    answer_column(x->a, "Storage Volume", CELL_STRING, 768);
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    if (str_equal(mode, "shared_data") && wanted(x, "builtin_storage_volume")) /* for everybody */
        answer_cell(x->a, "builtin_storage_volume");
    return true;
}

bool exec_desc_volume(struct exec *x)
{
    if (!str_equal(x->s->name, "builtin_storage_volume"))
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message:"
                            " Unknown storage volume: %s.", x->s->name);
    static const struct {
        const char *name, *value;
        uint32_t length;
    } cells[] = {
        {"Name", "builtin_storage_volume", 768},
        {"Type", "S3", 60},
        {"IsDefault", "true", 60},
        {"Location", "s3://practice-bucket/root", 60},
        {"Params", "{\"aws.s3.access_key\":\"******\",\"aws.s3.secret_key\":\"******\","
                   "\"aws.s3.endpoint\":\"http://minio.starrocks.svc:9000\","
                   "\"aws.s3.region\":\"us-east-1\",\"aws.s3.use_instance_profile\":\"false\","
                   "\"aws.s3.use_aws_sdk_default_behavior\":\"false\"}", 768},
        {"Enabled", "true", 768},
        {"Comment", "", 60},
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        answer_column(x->a, cells[i].name, CELL_STRING, cells[i].length);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        answer_cell(x->a, cells[i].value);
    return true;
}

#define WAREHOUSE_PROPERTY 12 /* the column that older releases lack */

bool exec_show_catalogs(struct exec *x)
{
    answer_column(x->a, "Catalog", CELL_STRING, 768);
    answer_column(x->a, "Type", CELL_STRING, 60);
    answer_column(x->a, "Comment", CELL_STRING, 90);
    answer_cell(x->a, "default_catalog");
    answer_cell(x->a, "Internal");
    answer_cell(x->a, "An internal catalog contains this cluster's self-managed tables.");
    return true;
}

/*
 * One row, as recorded; what stands for a warehouse that the operator's compute nodes made is not
 * recorded: it is like the first, with an id and a time of its own.
 */
static void warehouse(struct exec *x, const char *const cells[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i != WAREHOUSE_PROPERTY || release_has(x->release, TRAIT_SECURITY_ADMIN))
            answer_cell(x->a, cells[i]);
    }
}

bool exec_show_warehouses(struct exec *x)
{
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    if (!str_equal(mode, "shared_data"))
        return answer_error(x->a, 10007, "42000", "unsupported statement in shared_nothing mode");
    static const char names[][32] = {"Id", "Name", "State", "NodeCount", "CurrentClusterCount",
                                     "MaxClusterCount", "StartedClusters", "RunningSql",
                                     "QueuedSql", "CreatedOn", "ResumedOn", "UpdatedOn",
                                     "Property", "Comment"};
    static const size_t wide[] = {1, WAREHOUSE_PROPERTY, 13}; /* Name, Property, Comment */
    size_t n = sizeof names / sizeof names[0];
    for (size_t i = 0; i < n; i++) {
        bool is_wide = i == wide[0] || i == wide[1] || i == wide[2];
        if (i != WAREHOUSE_PROPERTY || release_has(x->release, TRAIT_SECURITY_ADMIN))
            answer_column(x->a, names[i], CELL_STRING, is_wide ? 768 : 60);
    }
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT h.name, count(n.id), min(n.id) FROM (SELECT"
                                " 'default_warehouse' AS name UNION SELECT warehouse FROM node) h"
                                " LEFT JOIN node n ON n.warehouse = h.name GROUP BY h.name"
                                " ORDER BY h.name <> 'default_warehouse', 3", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        bool first = str_equal(db_column(row, 0), "default_warehouse");
        warehouse(x, (const char *const[]){first ? "0" : db_column(row, 2), db_column(row, 0),
                                           "AVAILABLE", db_column(row, 1), "1", "1", "1", "0", "0",
                                           "", "", "", "",
                                           first ? "An internal warehouse init after FE is ready"
                                                 : ""}, n);
    }
    return true;
}

/* Tables of information_schema and sys (catalog/system/information, catalog/system/sys). */
#include "schema_tables.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "schema_queries.h"
#include "select.h"
#include "world_release.h"

#define LAST 999999

/* Types: vN is VARCHAR whose display length the FE gives as N; others as SQLite should see them. */
struct schema_column {
    const char *name, *type, *type_from_40; /* NULL: the same */
    int from;
};

struct schema_table {
    const char *db, *name;
    const struct schema_column *columns; /* NULL: see `plain` */
    const char *plain;                   /* names by comma, all v192 */
    const char *query;                   /* columns in order; NULL: always empty here */
    enum schema_scan scan;
    int from, to;                        /* releases that have it */
    const char *keys;                    /* columns by which rows are found, by comma */
};

/* SchemaTable.java of 2.5: nothing says whether a view is active, or when it was refreshed. */
static const struct schema_column MV_COLUMNS_25[] = {
    {"MATERIALIZED_VIEW_ID", "v150", NULL, 0}, {"TABLE_SCHEMA", "v60", NULL, 0},
    {"TABLE_NAME", "v150", NULL, 0},           {"MATERIALIZED_VIEW_DEFINITION", "v196605", NULL, 0},
    {"TABLE_ROWS", "v150", NULL, 0},           {0},
};

/* MaterializedViewsSystemTable.java of 3.0 to 4.1. */
static const struct schema_column MV_COLUMNS[] = {
    {"MATERIALIZED_VIEW_ID", "v150", "BIGINT", 0},
    {"TABLE_SCHEMA", "v60", NULL, 0},
    {"TABLE_NAME", "v150", NULL, 0},
    {"REFRESH_TYPE", "v60", NULL, 0},
    {"IS_ACTIVE", "v30", NULL, 0},
    {"INACTIVE_REASON", "v3072", NULL, 30100},
    {"PARTITION_TYPE", "v48", NULL, 0},
    {"TASK_ID", "v60", "BIGINT", 0},
    {"TASK_NAME", "v150", NULL, 0},
    {"LAST_REFRESH_START_TIME", "v60", "DATETIME", 0},
    {"LAST_REFRESH_FINISHED_TIME", "v60", "DATETIME", 0},
    {"LAST_REFRESH_DURATION", "v60", "DOUBLE", 0},
    {"LAST_REFRESH_STATE", "v60", NULL, 0},
    {"LAST_REFRESH_FORCE_REFRESH", "v24", NULL, 0},
    {"LAST_REFRESH_START_PARTITION", "v3072", NULL, 0},
    {"LAST_REFRESH_END_PARTITION", "v3072", NULL, 0},
    {"LAST_REFRESH_BASE_REFRESH_PARTITIONS", "v3072", NULL, 0},
    {"LAST_REFRESH_MV_REFRESH_PARTITIONS", "v3072", NULL, 0},
    {"LAST_REFRESH_ERROR_CODE", "v60", NULL, 0},
    {"LAST_REFRESH_ERROR_MESSAGE", "v3072", NULL, 0},
    {"TABLE_ROWS", "v150", "BIGINT", 0},
    {"MATERIALIZED_VIEW_DEFINITION", "v196605", NULL, 0},
    {"EXTRA_MESSAGE", "v3072", NULL, 30200},
    {"QUERY_REWRITE_STATUS", "v192", NULL, 30200},
    {"CREATOR", "v192", NULL, 30200},
    {"LAST_REFRESH_PROCESS_TIME", "DATETIME", NULL, 40000},
    {"LAST_REFRESH_JOB_ID", "v192", NULL, 40000},
    {0},
};

static const struct schema_column TASK_COLUMNS[] = {
    {"TASK_NAME", "v192", NULL, 0},    {"CREATE_TIME", "DATETIME", NULL, 0},
    {"SCHEDULE", "v192", NULL, 0},     {"CATALOG", "v192", NULL, 30200},
    {"DATABASE", "v192", NULL, 0},     {"DEFINITION", "v196605", NULL, 0},
    {"EXPIRE_TIME", "DATETIME", NULL, 0}, {"PROPERTIES", "v196605", NULL, 30200},
    {"CREATOR", "v192", NULL, 30200},  {0},
};

static const struct schema_column RUN_COLUMNS[] = {
    {"QUERY_ID", "v192", NULL, 0},        {"TASK_NAME", "v192", NULL, 0},
    {"CREATE_TIME", "DATETIME", NULL, 0}, {"FINISH_TIME", "DATETIME", NULL, 0},
    {"STATE", "v48", NULL, 0},            {"CATALOG", "v192", NULL, 30200},
    {"WAREHOUSE", "v192", NULL, 40100},   {"DATABASE", "v192", NULL, 0},
    {"DEFINITION", "v196605", NULL, 0},   {"EXPIRE_TIME", "DATETIME", NULL, 0},
    {"ERROR_CODE", "BIGINT", NULL, 0},    {"ERROR_MESSAGE", "v196605", NULL, 0},
    {"PROGRESS", "v192", NULL, 0},        {"EXTRA_MESSAGE", "v24576", NULL, 30000},
    {"PROPERTIES", "v1536", NULL, 30000},     {"JOB_ID", "v192", NULL, 40000},
    {"PROCESS_TIME", "DATETIME", NULL, 40000}, {0},
};

static const struct schema_column DEPENDENCY_COLUMNS[] = {
    {"object_id", "BIGINT", NULL, 0},         {"object_name", "v6144", NULL, 0},
    {"object_database", "v6144", NULL, 0},    {"object_catalog", "v6144", NULL, 0},
    {"object_type", "v192", NULL, 0},         {"ref_object_id", "BIGINT", NULL, 0},
    {"ref_object_name", "v6144", NULL, 0},    {"ref_object_database", "v6144", NULL, 0},
    {"ref_object_catalog", "v6144", NULL, 0}, {"ref_object_type", "v192", NULL, 0},
    {0},
};

static const struct schema_column TABLE_COLUMNS[] = {
    {"TABLE_CATALOG", "v6144", NULL, 0}, {"TABLE_SCHEMA", "v6144", NULL, 0},
    {"TABLE_NAME", "v6144", NULL, 0},    {"TABLE_TYPE", "v192", NULL, 0},
    {"ENGINE", "v192", NULL, 0},         {"VERSION", "BIGINT", NULL, 0},
    {"ROW_FORMAT", "v30", NULL, 0},      {"TABLE_ROWS", "BIGINT", NULL, 0},
    {"AVG_ROW_LENGTH", "BIGINT", NULL, 0}, {"DATA_LENGTH", "BIGINT", NULL, 0},
    {"MAX_DATA_LENGTH", "BIGINT", NULL, 0}, {"INDEX_LENGTH", "BIGINT", NULL, 0},
    {"DATA_FREE", "BIGINT", NULL, 0},    {"AUTO_INCREMENT", "BIGINT", NULL, 0},
    {"CREATE_TIME", "DATETIME", NULL, 0}, {"UPDATE_TIME", "DATETIME", NULL, 0},
    {"CHECK_TIME", "DATETIME", NULL, 0}, {"TABLE_COLLATION", "v192", NULL, 0},
    {"CHECKSUM", "BIGINT", NULL, 0},     {"CREATE_OPTIONS", "v765", NULL, 0},
    {"TABLE_COMMENT", "v6144", NULL, 0}, {0},
};

static const struct schema_column COLUMN_COLUMNS[] = {
    {"TABLE_CATALOG", "v1536", NULL, 0}, {"TABLE_SCHEMA", "v192", NULL, 0},
    {"TABLE_NAME", "v192", NULL, 0},     {"COLUMN_NAME", "v192", NULL, 0},
    {"ORDINAL_POSITION", "BIGINT", NULL, 0}, {"COLUMN_DEFAULT", "v3072", NULL, 0},
    {"IS_NULLABLE", "v9", NULL, 0},      {"DATA_TYPE", "v192", NULL, 0},
    {"COLUMN_TYPE", "v96", NULL, 0},     {"COLUMN_KEY", "v9", NULL, 0},
    {"EXTRA", "v81", NULL, 0},           {"COLUMN_COMMENT", "v765", NULL, 0},
    {0},
};

static const struct schema_column SCHEMATA_COLUMNS[] = {
    {"CATALOG_NAME", "v1536", NULL, 0},
    {"SCHEMA_NAME", "v192", NULL, 0},
    {"DEFAULT_CHARACTER_SET_NAME", "v96", NULL, 0},
    {"DEFAULT_COLLATION_NAME", "v96", NULL, 0},
    {"SQL_PATH", "v1536", NULL, 0},
    {0},
};

static const struct schema_column PARTITION_COLUMNS[] = {
    {"DB_NAME", "v192", NULL, 0},          {"TABLE_NAME", "v192", NULL, 0},
    {"PARTITION_NAME", "v192", NULL, 0},   {"PARTITION_ID", "BIGINT", NULL, 0},
    {"COMPACT_VERSION", "BIGINT", NULL, 0}, {"VISIBLE_VERSION", "BIGINT", NULL, 0},
    {"NEXT_VERSION", "BIGINT", NULL, 0},   {"DATA_SIZE", "v192", NULL, 0},
    {"ROW_COUNT", "BIGINT", NULL, 0},      {"AVG_CS", "DOUBLE", NULL, 0},
    {"P50_CS", "DOUBLE", NULL, 0},         {"MAX_CS", "DOUBLE", NULL, 0},
    {"STORAGE_PATH", "v192", NULL, 0},     {0},
};

static const struct schema_column SNAPSHOT_COLUMNS[] = {
    {"SNAPSHOT_NAME", "v6144", NULL, 0},   {"SNAPSHOT_TYPE", "v6144", NULL, 0},
    {"CREATED_TIME", "DATETIME", NULL, 0}, {"FE_JOURNAL_ID", "BIGINT", NULL, 0},
    {"STARMGR_JOURNAL_ID", "BIGINT", NULL, 0}, {"PROPERTIES", "v6144", NULL, 0},
    {"STORAGE_VOLUME", "v6144", NULL, 0},  {"STORAGE_PATH", "v6144", NULL, 0},
    {0},
};

/* ClusterSnapshotJobsTable.java */
static const struct schema_column SNAPSHOT_JOB_COLUMNS[] = {
    {"SNAPSHOT_NAME", "v6144", NULL, 0},     {"JOB_ID", "BIGINT", NULL, 0},
    {"CREATED_TIME", "DATETIME", NULL, 0},   {"FINISHED_TIME", "DATETIME", NULL, 0},
    {"STATE", "v6144", NULL, 0},             {"DETAIL_INFO", "v6144", NULL, 0},
    {"ERROR_MESSAGE", "v6144", NULL, 0},     {0},
};

static const struct schema_table TABLES[] = {
    {"information_schema", "materialized_views", MV_COLUMNS, NULL, schema_query_mvs, SCAN_MVS,
     30000, LAST, "TABLE_SCHEMA,TABLE_NAME,MATERIALIZED_VIEW_ID"},
    {"information_schema", "materialized_views", MV_COLUMNS_25, NULL, schema_query_mvs_25, SCAN_MVS,
     0, 29999, "TABLE_SCHEMA,TABLE_NAME,MATERIALIZED_VIEW_ID"},
    {"information_schema", "tasks", TASK_COLUMNS, NULL, schema_query_tasks, SCAN_NODE, 0, LAST,
     "TASK_NAME,DATABASE"},
    {"information_schema", "task_runs", RUN_COLUMNS, NULL, schema_query_runs, SCAN_TASK_RUNS,
     0, LAST, "TASK_NAME,QUERY_ID,STATE,DATABASE"},
    {"sys", "object_dependencies", DEPENDENCY_COLUMNS, NULL, schema_query_dependencies, SCAN_NODE,
     30100, LAST, "object_id,object_name,object_database"},
    {"information_schema", "be_configs", NULL, "BE_ID,NAME,VALUE,TYPE,MUTABLE", schema_query_be_configs,
     SCAN_NODE, 30000, LAST, NULL},
    {"information_schema", "tables", TABLE_COLUMNS, NULL, schema_query_tables, SCAN_TABLES,
     0, LAST, "TABLE_SCHEMA,TABLE_NAME"},
    {"information_schema", "columns", COLUMN_COLUMNS, NULL, schema_query_columns, SCAN_NODE,
     0, LAST, "TABLE_SCHEMA,TABLE_NAME"},
    {"information_schema", "schemata", SCHEMATA_COLUMNS, NULL, schema_query_schemata, SCAN_NODE,
     0, LAST, NULL},
    {"information_schema", "partitions_meta", PARTITION_COLUMNS, NULL, schema_query_partitions,
     SCAN_NODE, 0, LAST, "DB_NAME,TABLE_NAME"},
    {"information_schema", "views", NULL,
     "TABLE_CATALOG,TABLE_SCHEMA,TABLE_NAME,VIEW_DEFINITION,CHECK_OPTION,IS_UPDATABLE,DEFINER,"
     "SECURITY_TYPE,CHARACTER_SET_CLIENT,COLLATION_CONNECTION", schema_query_views, SCAN_NODE,
     0, LAST, NULL},
    {"information_schema", "loads", NULL,
     "JOB_ID,LABEL,DATABASE_NAME,STATE,PROGRESS,TYPE,PRIORITY,SCAN_ROWS,FILTERED_ROWS,"
     "UNSELECTED_ROWS,SINK_ROWS,ETL_INFO,TASK_INFO,CREATE_TIME,ETL_START_TIME,ETL_FINISH_TIME,"
     "LOAD_START_TIME,LOAD_FINISH_TIME,JOB_DETAILS,ERROR_MSG,TRACKING_URL,TRACKING_SQL", NULL,
     SCAN_NODE, 0, LAST, NULL},
    {"information_schema", "temp_tables", NULL, /* TemporaryTablesTable 3.3; unrecorded */
     "TABLE_CATALOG,TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE,ENGINE,VERSION,ROW_FORMAT,TABLE_ROWS,"
     "AVG_ROW_LENGTH,DATA_LENGTH,MAX_DATA_LENGTH,INDEX_LENGTH,DATA_FREE,AUTO_INCREMENT,CREATE_TIME,"
     "UPDATE_TIME,CHECK_TIME,TABLE_COLLATION,CHECKSUM,CREATE_OPTIONS,TABLE_COMMENT,SESSION,TABLE_ID",
     NULL, SCAN_NODE, 30301, LAST, NULL},
    {"information_schema", "routine_load_jobs", NULL,
     "ID,NAME,CREATE_TIME,PAUSE_TIME,END_TIME,DB_NAME,TABLE_NAME,STATE,DATA_SOURCE_TYPE,"
     "CURRENT_TASK_NUM,JOB_PROPERTIES,DATA_SOURCE_PROPERTIES,CUSTOM_PROPERTIES,STATISTICS,"
     "PROGRESS,REASONS_OF_STATE_CHANGED,ERROR_LOG_URLS,TRACKING_SQL,OTHER_MSG", NULL, SCAN_NODE,
     0, LAST, NULL},
    {"information_schema", "stream_loads", NULL,
     "LABEL,ID,LOAD_ID,TXN_ID,DB_NAME,TABLE_NAME,STATE,ERROR_MSG,TRACKING_URL,CHANNEL_NUM,"
     "PREPARED_CHANNEL_NUM,NUM_ROWS_NORMAL,NUM_ROWS_AB_NORMAL,NUM_ROWS_UNSELECTED,NUM_LOAD_BYTES,"
     "TIMEOUT_SECOND,CREATE_TIME_MS,BEFORE_LOAD_TIME_MS,START_LOADING_TIME_MS,"
     "START_PREPARING_TIME_MS,FINISH_PREPARING_TIME_MS,END_TIME_MS,CHANNEL_STATE,TYPE,TRACKING_SQL",
     NULL, SCAN_NODE, 0, LAST, NULL},
    {"information_schema", "pipes", NULL,
     "DATABASE_NAME,PIPE_ID,PIPE_NAME,PROPERTIES,STATE,TABLE_NAME,LOAD_STATUS,LAST_ERROR,"
     "CREATED_TIME", schema_query_pipes, SCAN_NODE, 30200, LAST, NULL},
    {"information_schema", "tablet_reshard_jobs", NULL,
     "JOB_ID,DB_ID,DB_NAME,TABLE_ID,TABLE_NAME,JOB_TYPE,JOB_STATE,TRANSACTION_ID,PARALLEL_PARTITIONS,"
     "PARALLEL_TABLETS,CREATED_TIME,FINISHED_TIME,ERROR_MESSAGE", schema_query_reshards, SCAN_NODE,
     40100, LAST, NULL},
    {"information_schema", "be_cloud_native_compactions", NULL,
     "BE_ID,TXN_ID,TABLET_ID,VERSION,SKIPPED,RUNS,START_TIME,FINISH_TIME,PROGRESS,STATUS", NULL,
     SCAN_NODE, 0, LAST, NULL},
    {"information_schema", "fe_tablet_schedules", NULL,
     "TABLET_ID,TABLE_ID,PARTITION_ID,TYPE,STATE,SCHEDULE_REASON,MEDIUM,PRIORITY,ORIG_PRIORITY,"
     "LAST_PRIORITY_ADJUST_TIME,VISIBLE_VERSION,COMMITTED_VERSION,SRC_BE_ID,SRC_PATH,DEST_BE_ID,"
     "DEST_PATH,TIMEOUT,CREATE_TIME,SCHEDULE_TIME,FINISH_TIME,CLONE_BYTES,CLONE_DURATION,"
     "CLONE_RATE,FAILED_SCHEDULE_COUNT,FAILED_RUNNING_COUNT,MSG", NULL, SCAN_NODE, 0, LAST, NULL},
    {"information_schema", "cluster_snapshots", SNAPSHOT_COLUMNS, NULL, schema_query_snapshots,
     SCAN_NODE, 30400, LAST, NULL},
    {"information_schema", "cluster_snapshot_jobs", SNAPSHOT_JOB_COLUMNS, NULL,
     schema_query_snapshot_jobs, SCAN_NODE, 30400, LAST, NULL},
    {"sys", "grants_to_users", NULL,
     "GRANTEE,OBJECT_CATALOG,OBJECT_DATABASE,OBJECT_NAME,OBJECT_TYPE,PRIVILEGE_TYPE,IS_GRANTABLE",
     schema_query_grants, SCAN_NODE, 30100, LAST, NULL},
    /* Only roles of one's own are listed there, and the practice cluster has none. */
    {"sys", "grants_to_roles", NULL,
     "GRANTEE,OBJECT_CATALOG,OBJECT_DATABASE,OBJECT_NAME,OBJECT_TYPE,PRIVILEGE_TYPE,IS_GRANTABLE",
     NULL, SCAN_NODE, 30100, LAST, NULL},
};

static bool exists(const struct schema_table *table, int release)
{
    return release >= table->from && release <= table->to;
}

const struct schema_table *schema_table_find(const char *db, const char *name, int release)
{
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        if (exists(&TABLES[i], release) && strcasecmp(TABLES[i].db, db) == 0 &&
            strcasecmp(TABLES[i].name, name) == 0)
            return &TABLES[i];
    }
    return NULL;
}

enum schema_scan schema_table_scan(const struct schema_table *table)
{
    return table->scan;
}

/* "v60" becomes varchar(20): the FE's display length is three bytes a character. */
static void type_name(const char *type, char ret[32])
{
    if (type[0] == 'v')
        snprintf(ret, 32, "varchar(%ld)", strtol(type + 1, NULL, 10) / 3);
    else
        for (size_t i = 0; i <= strlen(type) && i < 31; i++)
            ret[i] = (char)tolower((unsigned char)type[i]);
}

static const char *type_of(const struct schema_column *column, int release)
{
    bool later = release_has(release, TRAIT_TYPED_MV_COLUMNS);
    return later && column->type_from_40 != NULL ? column->type_from_40 : column->type;
}

void schema_table_describe(const struct schema_table *table, int release,
                           void (*visit)(void *, const char *, const char *), void *ctx)
{
    char type[32];
    for (const struct schema_column *c = table->columns; c != NULL && c->name != NULL; c++) {
        if (release < c->from)
            continue;
        type_name(type_of(c, release), type);
        visit(ctx, c->name, type);
    }
    for (const char *p = table->columns == NULL ? table->plain : ""; *p != '\0';) {
        size_t len = strcspn(p, ",");
        AUTO_FREE char *name = mem_textn(p, len);
        visit(ctx, name, "varchar(64)");
        p += len + (p[len] == ',');
    }
}

struct creation {
    const struct select_need *need;
    struct str columns, names;
};

/* The column, when the statement needs it; the first always, since a table has one. */
static void add_creation(void *ctx, const char *name, const char *type)
{
    struct creation *c = ctx;
    if (c->columns.len > 0 && !select_needs_column(c->need, name))
        return;
    str_addf(&c->columns, "%s\"%s\" %s", c->columns.len == 0 ? "" : ", ", name, type);
    str_addf(&c->names, "%s\"%s\"", c->names.len == 0 ? "" : ", ", name);
}

/* All columns in the order of the query, also those that this release does not have. */
static void all_columns(const struct schema_table *table, struct str *ret)
{
    for (const struct schema_column *c = table->columns; c != NULL && c->name != NULL; c++)
        str_addf(ret, "%s\"%s\"", ret->len == 0 ? "" : ", ", c->name);
    if (table->columns == NULL)
        str_add(ret, table->plain);
}

/* Every built-in table describes itself in information_schema.columns. */
static bool add_own_columns(struct exec *x, const char *as, struct error *err);

bool schema_table_load(struct exec *x, const struct schema_table *table,
                       const struct select_need *need, const char *as, bool lasting,
                       struct error *err)
{
    /* Every table adds its own columns to that of columns: it is small, and taken whole. */
    static const struct select_need whole = {0};
    struct creation made = {.need = table->columns == COLUMN_COLUMNS ? &whole : need};
    AUTO_STR sql = {0}, all = {0}, rows = {0};
    schema_table_describe(table, x->release, add_creation, &made);
    AUTO_FREE char *columns = str_take(&made.columns), *names = str_take(&made.names);
    str_addf(&sql, "CREATE TEMP TABLE \"%s\" (%s)", as, columns);
    if (!db_run(x->db, err, str_text(&sql), ""))
        return false;
    if (table->query == NULL)
        return true;
    all_columns(table, &all);
    select_need_rows(need, table->keys, &rows);
    str_clear(&sql);
    str_addf(&sql, "WITH all_columns(%s) AS (%s) INSERT INTO temp.\"%s\" SELECT %s FROM all_columns"
             " WHERE coalesce(?1, ?2, ?3, ?4, ?5) IS NOT NULL%s",
             str_text(&all), table->query, as, names, str_text(&rows));
    /* ?1: whose state of views; ?2: shift of times; ?3: sees objects; ?4: release; ?5: user. */
    if (!db_run(x->db, err, str_text(&sql), "iiiis", lasting ? x->c->fe_id : 0, x->utc_shift,
                (int64_t)session_sees_objects(x->c), (int64_t)x->release, x->c->user))
        return false;
    return table->columns != COLUMN_COLUMNS || add_own_columns(x, as, err);
}

struct own {
    struct exec *x;
    const struct schema_table *table;
    const char *as;
    int64_t position;
    struct error *err;
    bool ok;
};

static void add_own(void *ctx, const char *name, const char *type)
{
    struct own *o = ctx;
    AUTO_FREE char *sql = str_format(
        "INSERT INTO temp.\"%s\" (TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME,"
        " ORDINAL_POSITION, IS_NULLABLE, DATA_TYPE, COLUMN_TYPE, COLUMN_KEY, EXTRA, COLUMN_COMMENT)"
        " VALUES ('def', ?1, ?2, ?3, ?4, 'YES', ?5, ?6, '', '', '')", o->as);
    size_t base = strcspn(type, "(");
    AUTO_FREE char *data_type = mem_textn(type, base);
    o->ok = o->ok && db_run(o->x->db, o->err, sql, "sssiss", o->table->db, o->table->name, name,
                            ++o->position, data_type, type);
}

static bool add_own_columns(struct exec *x, const char *as, struct error *err)
{
    struct own own = {.x = x, .as = as, .err = err, .ok = true};
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        if (!exists(&TABLES[i], x->release))
            continue;
        own.table = &TABLES[i];
        own.position = 0;
        schema_table_describe(&TABLES[i], x->release, add_own, &own);
    }
    return own.ok;
}

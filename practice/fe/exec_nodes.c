/* SHOW FRONTENDS, BACKENDS, COMPUTE NODES and SHOW PROC (FrontendsProcNode.java and siblings). */
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "kubectl/hosts.h"
#include "world_release.h"

#define FRONTEND_COLUMNS                                                                         \
    "Name,IP,EditLogPort,HttpPort,QueryPort,RpcPort,Role,ClusterId,Join,Alive,"                  \
    "ReplayedJournalId,LastHeartbeat,IsHelper,ErrMsg,StartTime,Version"

/* A member that was added and never came: nothing but its address is known. */
static void added_frontends(struct exec *x, bool ids, const char *cluster)
{
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT id, name, host, port, kind FROM added"
                                " WHERE kind IN ('FOLLOWER', 'OBSERVER') ORDER BY id", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (ids)
            answer_cell(x->a, db_column(row, 0));
        for (int i = 1; i < 4; i++)
            answer_cell(x->a, db_column(row, i));
        answer_cell(x->a, "8030"); /* the FE's own; the others a heartbeat would tell */
        answer_cell(x->a, "0");
        answer_cell(x->a, "0");
        answer_cell(x->a, db_column(row, 4));
        answer_cell(x->a, cluster);
        answer_cell(x->a, "false");
        answer_cell(x->a, "false");
        answer_cell(x->a, "0");
        answer_cell(x->a, NULL);
        answer_cell(x->a, str_equal(db_column(row, 4), "FOLLOWER") ? "true" : "false");
        answer_cell(x->a, "");
        answer_cell(x->a, "NULL");
        answer_cell(x->a, "NULL");
    }
}

bool exec_show_frontends(struct exec *x)
{
    bool ids = release_has(x->release, TRAIT_ID_COLUMN);
    answer_columns(x->a, ids ? "Id," FRONTEND_COLUMNS : FRONTEND_COLUMNS, CELL_STRING, 90);
    AUTO_FREE char *cluster = world_meta_text(x->w, "cluster_id");
    int64_t journal = world_meta_int(x->w, "journal_id");
    bool hosts = hosts_are(x->w); /* one machine plays them all: each has a port of its own */
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT id, name, host, role, seen_alive, replayed, heartbeat_ms,"
                                " error, start_ms, iif(told_version = '' OR id = ?1, version,"
                                " told_version), edit_log_port, listen_port FROM fe"
                                " ORDER BY ordinal", "i", x->c->fe_id);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        bool alive = sqlite3_column_int(row, 4) != 0;
        /* The answering FE's own row comes from itself, not from a heartbeat. */
        bool self = sqlite3_column_int64(row, 0) == x->c->fe_id ||
                    (x->s->kind == STMT_SHOW_FRONTENDS && str_equal(db_column(row, 3), "LEADER"));
        if (ids)
            answer_cell(x->a, db_column(row, 0));
        answer_cell(x->a, db_column(row, 1));
        answer_cell(x->a, db_column(row, 2));
        answer_cell(x->a, db_column(row, 10));
        answer_cell(x->a, "8030");
        if (hosts)
            answer_cell_int(x->a, sqlite3_column_int64(row, 11));
        else
            answer_cell(x->a, "9030");
        answer_cell(x->a, "9020");
        answer_cell(x->a, db_column(row, 3));
        answer_cell(x->a, cluster);
        answer_cell(x->a, "true");
        answer_cell(x->a, alive || self ? "true" : "false");
        answer_cell_int(x->a, self ? journal : sqlite3_column_int64(row, 5));
        answer_cell_time(x->a, sqlite3_column_int64(row, 6) + x->utc_shift);
        answer_cell(x->a, "true");
        answer_cell(x->a, db_column(row, 7));
        if (alive || self)
            answer_cell_time(x->a, sqlite3_column_int64(row, 8) + x->utc_shift);
        else
            answer_cell(x->a, "NULL");
        answer_cell(x->a, db_column(row, 9));
    }
    added_frontends(x, ids, cluster);
    return true;
}

/* Tables and views that hold tablets, spread over the nodes. */
static int64_t tablets(struct exec *x)
{
    return db_int(x->db, 0, "SELECT count(*) * 6 / max((SELECT count(*) FROM node), 1) FROM object"
                            " WHERE kind IN ('TABLE', 'MV')", "");
}

static void node_head(struct exec *x, sqlite3_stmt *row)
{
    bool alive = sqlite3_column_int(row, 2) != 0;
    bool added = db_column(row, 6)[0] == '\0'; /* no heartbeat told its ports */
    static const char *const ports[] = {"9060", "8040", "8060"};
    answer_cell(x->a, db_column(row, 0));
    answer_cell(x->a, db_column(row, 1));
    answer_cell(x->a, db_column(row, 7));
    for (size_t i = 0; i < 3; i++)
        answer_cell(x->a, added ? "-1" : ports[i]);
    answer_cell_time(x->a, sqlite3_column_int64(row, 4) + x->utc_shift);
    answer_cell_time(x->a, sqlite3_column_int64(row, 5) + x->utc_shift);
    answer_cell(x->a, alive ? "true" : "false");
    answer_cell(x->a, db_int(x->db, 0, "SELECT count(*) FROM work WHERE kind = 'decommission' AND name = ?1",
                             "s", db_column(row, 1)) > 0 ? "true" : "false");
    answer_cell(x->a, "false");
}

static sqlite3_stmt *nodes(struct exec *x, const char *kind)
{
    return db_prepare(x->db, NULL,
                      "SELECT id, host, seen_alive, error, start_ms, heartbeat_ms,"
                      " iif(told_version = '', version, told_version), 9050,"
                      " warehouse"
                      " FROM node WHERE kind = ?1 UNION ALL SELECT id, host, 0, '', 0, 0, '', port,"
                      " 'default_warehouse'"
                      " FROM added WHERE kind = ?1 ORDER BY 1", "s", kind);
}

static bool shared_data(struct exec *x)
{
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    return str_equal(mode, "shared_data");
}

static void status_code(struct exec *x, sqlite3_stmt *row)
{
    if (release_has(x->release, TRAIT_STATUS_CODE))
        answer_cell(x->a, sqlite3_column_int(row, 2) != 0 ? "OK" : "DISCONNECTED");
}

bool exec_show_backends(struct exec *x)
{
    answer_columns(x->a,
                   "BackendId,IP,HeartbeatPort,BePort,HttpPort,BrpcPort,LastStartTime,"
                   "LastHeartbeat,Alive,SystemDecommissioned,ClusterDecommissioned,"
                   "TabletNum,DataUsedCapacity,AvailCapacity,TotalCapacity,UsedPct,"
                   "MaxDiskUsedPct,ErrMsg,Version,Status,DataTotalCapacity,DataUsedPct,"
                   "CpuCores,MemLimit,NumRunningQueries,MemUsedPct,CpuUsedPct,"
                   "DataCacheMetrics,Location",
                   CELL_STRING, 90);
    if (release_has(x->release, TRAIT_STATUS_CODE))
        answer_column(x->a, "StatusCode", CELL_STRING, 90);
    if (shared_data(x))
        answer_columns(x->a, "StarletPort,WorkerId,WarehouseName", CELL_STRING, 90);
    AUTO_STMT *row = nodes(x, "BE");
    static const char *const disks[] = {"1.213 GB", "412.730 GB", "500.000 GB", "17.45 %",
                                        "17.45 %"};
    static const char *const rest[] = {"413.943 GB", "0.29 %", "8", "16.000GB", "0", "2.14 %",
                                       "0.6 %", "N/A", ""};
    for (int64_t worker = 1; row != NULL && sqlite3_step(row) == SQLITE_ROW; worker++) {
        node_head(x, row);
        answer_cell_int(x->a, tablets(x));
        for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++)
            answer_cell(x->a, disks[i]);
        answer_cell(x->a, db_column(row, 3));
        answer_cell(x->a, db_column(row, 6));
        answer_cell(x->a, "{\"lastSuccessReportTabletsTime\":\"N/A\"}");
        for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
            answer_cell(x->a, rest[i]);
        status_code(x, row);
        if (shared_data(x)) {
            answer_cell(x->a, "9070");
            answer_cell_int(x->a, worker);
            answer_cell(x->a, db_column(row, 8));
        }
    }
    return true;
}

bool exec_show_compute_nodes(struct exec *x)
{
    answer_columns(x->a,
                   "ComputeNodeId,IP,HeartbeatPort,BePort,HttpPort,BrpcPort,LastStartTime,"
                   "LastHeartbeat,Alive,SystemDecommissioned,ClusterDecommissioned,ErrMsg,Version,"
                   "CpuCores,MemLimit,NumRunningQueries,MemUsedPct,CpuUsedPct,DataCacheMetrics,"
                   "HasStoragePath", CELL_STRING, 90);
    if (release_has(x->release, TRAIT_STATUS_CODE))
        answer_column(x->a, "StatusCode", CELL_STRING, 90);
    if (shared_data(x))
        answer_columns(x->a, "StarletPort,WorkerId,WarehouseName,TabletNum", CELL_STRING, 90);
    AUTO_STMT *row = nodes(x, "CN");
    static const char *const rest[] = {"8", "16.000GB", "0", "0.00 %", "0.0 %", "N/A", "true"};
    for (int64_t worker = 1; row != NULL && sqlite3_step(row) == SQLITE_ROW; worker++) {
        node_head(x, row);
        answer_cell(x->a, db_column(row, 3));
        answer_cell(x->a, db_column(row, 6));
        for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
            answer_cell(x->a, rest[i]);
        status_code(x, row);
        if (shared_data(x)) {
            answer_cell(x->a, "9070");
            answer_cell_int(x->a, worker);
            answer_cell(x->a, db_column(row, 8));
            answer_cell_int(x->a, tablets(x));
        }
    }
    return true;
}

static void proc_db(struct exec *x, const char *id, const char *name, int64_t n)
{
    answer_cell(x->a, id);
    answer_cell(x->a, name);
    answer_cell_int(x->a, n);
    answer_cell(x->a, "8388608.000 TB");
    answer_cell(x->a, NULL);
    answer_cell(x->a, "9223372036854775807");
}

/* Tables of information_schema, recorded. */
static int64_t schema_tables_of(int release)
{
    static const struct {
        int from, n;
    } counts[] = {{40100, 58}, {30500, 54}, {30400, 50}, {0, 46}};
    size_t i = 0;
    while (release < counts[i].from)
        i++;
    return counts[i].n;
}

static bool proc_dbs(struct exec *x)
{
    answer_columns(x->a, "DbId,DbName,TableNum,Quota,LastConsistencyCheckTime,ReplicaQuota",
                   CELL_STRING, 90);
    proc_db(x, "1", "information_schema", schema_tables_of(x->release));
    proc_db(x, "100", "sys", 6);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT d.id, d.name, (SELECT count(*) FROM object o"
                                " WHERE o.db_id = d.id AND o.kind <> 'ROLLUP') FROM db d"
                                " ORDER BY d.id", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        proc_db(x, db_column(row, 0), db_column(row, 1), sqlite3_column_int64(row, 2));
    return true;
}

/* Recorded types: CLOUD_NATIVE… in shared-data; OLAP and MATERIALIZED_VIEW else. */
static const char *proc_type(const char *kind, bool shared)
{
    if (str_equal(kind, "VIEW"))
        return "VIEW";
    if (str_equal(kind, "MV"))
        return shared ? "CLOUD_NATIVE_MATERIALIZED_VIEW" : "MATERIALIZED_VIEW";
    return shared ? "CLOUD_NATIVE" : "OLAP";
}

/* root: of the paths in shared-data; NULL in shared-nothing. */
static void proc_table(struct exec *x, sqlite3_stmt *row, int64_t db_id, const char *root)
{
    const char *kind = db_column(row, 2), *partition = db_column(row, 3);
    bool view = str_equal(kind, "VIEW");
    AUTO_FREE char *path = str_format("%s/db%lld/%s", root == NULL ? "" : root, (long long)db_id,
                                      db_column(row, 0));
    AUTO_FREE char *indexes = str_format("%lld", 1 + (long long)sqlite3_column_int64(row, 4));
    answer_cell(x->a, db_column(row, 0));
    answer_cell(x->a, db_column(row, 1));
    answer_cell(x->a, view ? NULL : indexes);
    answer_cell(x->a, view ? NULL : partition);
    answer_cell(x->a, "1");
    answer_cell(x->a, view ? NULL : "NORMAL");
    answer_cell(x->a, proc_type(kind, root != NULL));
    answer_cell(x->a, NULL);
    answer_cell(x->a, view ? "0" : "1");
    bool expression = str_equal(kind, "TABLE") && sqlite3_column_type(row, 5) != SQLITE_NULL;
    answer_cell(x->a, partition[0] == '\0' ? "UNPARTITIONED" : expression ? "EXPR_RANGE" : "RANGE");
    answer_cell(x->a, view || root == NULL ? NULL : path);
}

static bool proc_tables(struct exec *x, const char *which)
{
    int64_t id = db_int(x->db, 0,
                        "SELECT id FROM db WHERE name = ?1 OR CAST(id AS TEXT) = ?1", "s", which);
    bool sys = str_equal(which, "100") || str_equal(which, "sys");
    bool builtin = sys || str_equal(which, "1") || str_equal(which, "information_schema");
    if (id == 0 && !builtin)
        return answer_error(x->a, 1064, "HY000",
                            "Getting analyzing error. Detail message: Unknown proc node path:"
                            " /dbs/%s. msg: Unknown database id or name \"%s\".", which, which);
    answer_columns(x->a,
                   "TableId,TableName,IndexNum,PartitionColumnName,PartitionNum,State,Type,"
                   "LastConsistencyCheckTime,ReplicaCount,PartitionType,StoragePath",
                   CELL_STRING, 90);
    if (builtin)
        return exec_proc_schema(x, sys);
    AUTO_FREE char *service = world_meta_text(x->w, "service_id");
    AUTO_FREE char *root = str_format("s3://practice-bucket/root/%s", service);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT o.id, o.name, o.kind, o.partition_column,"
                                " (SELECT count(*) FROM dep d JOIN object r ON r.id = d.mv_id"
                                "  WHERE d.base_id = o.id AND r.kind = 'ROLLUP'), o.partition_by"
                                " FROM object o WHERE o.db_id = ?1 AND o.kind <> 'ROLLUP'"
                                " ORDER BY o.id", "i", id);
    bool shared = shared_data(x);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        proc_table(x, row, id, shared ? root : NULL);
    return true;
}

static bool proc_root(struct exec *x)
{
    static const struct {
        const char *name;
        int from;
    } entries[] = {
        {"statistic", 0}, {"brokers", 0}, {"frontends", 0}, {"routine_loads", 0}, {"catalog", 0},
        {"jobs", 0}, {"resources", 0}, {"monitor", 0}, {"transactions", 0},
        {"colocation_group", 0}, {"backends", 0}, {"cluster_balance", 0}, {"current_queries", 0},
        {"stream_loads", 0}, {"replications", 0}, {"dbs", 0}, {"load_error_hub", 0},
        {"meta_recovery", 0}, {"current_backend_instances", 0}, {"global_current_queries", 0},
        {"tasks", 0}, {"compactions", 0}, {"compute_nodes", 0}, {"warehouses", 30400},
        {"historical_nodes", 30500}};
    answer_column(x->a, "name", CELL_STRING, 90);
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (x->release >= entries[i].from)
            answer_cell(x->a, entries[i].name);
    }
    return true;
}

/* Directories that are always empty here. */
static bool proc_empty(struct exec *x, const char *path)
{
    static const struct {
        const char *path, *columns;
    } empty[] = {
        {"/meta_recovery", "Database,Table,Partition,PartitionId,Reason,Advise"},
        {"/brokers", "Name,IP,Port,Alive,LastStartTime,LastUpdateTime,ErrMsg"},
    };
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        if (str_equal(empty[i].path, path)) {
            answer_columns(x->a, empty[i].columns, CELL_STRING, 90);
            return true;
        }
    }
    return answer_error(x->a, 1064, "HY000",
                        "Getting analyzing error. Detail message: Unknown proc node path: %s. msg:"
                        " Cannot find path: %s.", path, path);
}

/* Databases by id and name: the root of running and finished transactions and ALTER jobs. */
static bool proc_db_names(struct exec *x, bool builtin)
{
    answer_columns(x->a, "DbId,DbName", CELL_STRING, 90);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT id, name FROM db UNION SELECT 1, 'information_schema'"
                                " WHERE ?1 UNION SELECT 100, 'sys' WHERE ?1 ORDER BY id", "i",
                                (int64_t)builtin);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        answer_cell(x->a, db_column(row, 0));
        answer_cell(x->a, db_column(row, 1));
    }
    return true;
}

bool exec_show_proc(struct exec *x)
{
    const char *given = x->s->value;
    if (given[0] == '\0')
        return answer_error(x->a, 1064, "HY000",
                            "Getting analyzing error. Detail message: Path is null.");
    size_t len = strlen(given);
    AUTO_FREE char *path = str_format("%.*s", (int)(len > 1 && given[len - 1] == '/' ? len - 1
                                                                                     : len), given);
    if (str_equal(path, "/"))
        return proc_root(x);
    if (str_equal(path, "/frontends"))
        return exec_show_frontends(x);
    if (str_equal(path, "/backends"))
        return exec_show_backends(x);
    if (str_equal(path, "/compute_nodes"))
        return exec_show_compute_nodes(x);
    if (str_equal(path, "/dbs"))
        return proc_dbs(x);
    if (str_starts(path, "/dbs/"))
        return proc_tables(x, path + 5);
    if (str_equal(path, "/transactions") || str_equal(path, "/jobs"))
        return proc_db_names(x, str_equal(path, "/jobs"));
    if (str_equal(path, "/monitor")) {
        answer_columns(x->a, "Name,Info", CELL_STRING, 90);
        answer_cell(x->a, "jvm");
        answer_cell(x->a, " ");
        return true;
    }
    if (exec_work_proc(x, path))
        return true;
    if (str_equal(path, "/current_queries"))
        return exec_current_queries(x);
    return proc_empty(x, path);
}

/*
 * Lists of work that writes, from the table `work`: SHOW ROUTINE LOAD, LOAD, EXPORT, BACKUP, …, and
 * SHOW PROC below /transactions, /jobs, /compactions, /cluster_balance, /statistic. Columns by fe-core of 3.3; but
 * for /compactions and /transactions unrecorded.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exec.h"
#include "mem.h"
#include "world_loads.h"

/* ShowRoutineLoadStmt; what follows them differs by release. */
#define ROUTINE_LOAD                                                                               \
    "Id,Name,CreateTime,PauseTime,EndTime,DbName,TableName,State,DataSourceType,CurrentTaskNum,"    \
    "JobProperties,DataSourceProperties,CustomProperties,Statistic,Progress,TimestampProgress,"     \
    "ReasonOfStateChanged,ErrorLogUrls,"

/* One column after the other; those that this file knows nothing of are empty. */
static void add_row(struct exec *x, const char *columns, sqlite3_stmt *row)
{
    static const struct {
        const char *names;
        int column;
    } known[] = {
        {",Id,JobId,TransactionId,TxnID,PIPE_ID,", 0},
        {",DbName,Database,DATABASE_NAME,", 1},
        {",Name,Label,SnapshotName,Partition,PIPE_NAME,Table,", 2},
        {",LoadJobSourceType,Type,", 3},
        {",State,Status,TransactionStatus,FinishTime,", 4},
        {",PauseTime,", 5},
        {",ReasonOfStateChanged,", 6},
        {",Progress,", 7},
    };

    for (const char *p = columns; *p != '\0';) {
        size_t len = strcspn(p, ",");
        AUTO_FREE char *name = str_format(",%.*s,", (int)len, p);
        const char *cell = "";
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (strstr(known[i].names, name) != NULL)
                cell = db_column(row, known[i].column);
        }
        answer_cell(x->a, cell[0] == '\0' && str_equal(name, ",FinishTime,") ? NULL : cell);
        p += len + (p[len] == ',');
    }
}

/* db: NULL for all of them. */
static bool list(struct exec *x, const char *columns, const char *kind, const char *db)
{
    bool routine = str_equal(kind, "routine_load");
    answer_columns(x->a, columns, CELL_STRING, 90);
    AUTO_STMT *row = db_prepare(
        x->db, NULL,
        "SELECT id, db, name, type, state,"
        " iif(pause_ms > 0, strftime('%Y-%m-%d %H:%M:%S', pause_ms / 1000, 'unixepoch'), '\\N'),"
        " iif(state = 'PAUSED', reason, ''),"
        " iif(?4, '{\"0\":\"' || (offset + iif(state IN ('RUNNING', 'UNSTABLE') AND offset_ms > 0,"
        "   (?3 - offset_ms) / 100, 0)) || '\"}', '')"
        " FROM work WHERE kind = ?1 AND (?2 IS NULL OR db = ?2) ORDER BY id", "ssii", kind, db,
        world_now_ms(x->w), (int64_t)routine);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        add_row(x, columns, row);
    return true;
}

bool exec_show_jobs(struct exec *x)
{
    static const struct {
        const char *word, *kind, *columns;
    } jobs[] = {
        {"LOAD", "", "JobId,Label,State,Progress,Type,Priority,ScanRows,FilteredRows,UnselectedRows,"
                 "SinkRows,EtlInfo,TaskInfo,ErrorMsg,CreateTime,EtlStartTime,EtlFinishTime,"
                 "LoadStartTime,LoadFinishTime,TrackingSQL,JobDetails"},
        {"EXPORT", "", "JobId,QueryId,State,Progress,TaskInfo,Path,CreateTime,StartTime,FinishTime,"
                   "Timeout,ErrorMsg"},
        {"BACKUP", "backup", "JobId,SnapshotName,DbName,State,BackupObjs,CreateTime,"
                   "SnapshotFinishedTime,UploadFinishedTime,FinishedTime,UnfinishedTasks,Progress,"
                   "TaskErrMsg,Status,Timeout"},
        {"RESTORE", "restore", "JobId,Label,Timestamp,DbName,State,AllowLoad,ReplicationNum,RestoreObjs,"
                    "CreateTime,MetaPreparedTime,SnapshotFinishedTime,DownloadFinishedTime,"
                    "FinishedTime,UnfinishedTasks,Progress,TaskErrMsg,Status,Timeout"},
        {"ALTER", "", "JobId,TableName,CreateTime,FinishedTime,BaseIndexName,RollupIndexName,RollupId,"
                  "TransactionId,State,Msg,Progress,Timeout"},
        {"BROKER", "", "Name,IP,Port,Alive,LastStartTime,LastUpdateTime,ErrMsg"},
        {"RESOURCES", "", "Name,ResourceType,Key,Value"},
        {"PIPES", "pipe", "DATABASE_NAME,PIPE_ID,PIPE_NAME,STATE,TABLE_NAME,LOAD_STATUS,LAST_ERROR,"
                  "CREATED_TIME"},
        {"RUNNING", "", "QueryId,ResourceGroupId,StartTime,PendingTimeout,QueryTimeout,State,Slots,"
                    "Fragments,DOP,Frontend,FeStartTime"},
        {"ANALYZE", "analyze", "Id,Database,Table,Columns,Type,Schedule,Status,StartTime,EndTime,"
                    "Properties,Reason"},
    };
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        if (strcasecmp(jobs[i].word, x->s->value) == 0)
            return list(x, jobs[i].columns, jobs[i].kind, x->s->db) &&
                   (!str_equal(jobs[i].word, "ALTER") || exec_rollup_rows(x));
    }
    return list(x, x->release >= 30200 ? ROUTINE_LOAD "TrackingSQL,OtherMsg,LatestSourcePosition"
                   : x->release >= 30100 ? ROUTINE_LOAD "OtherMsg,LatestSourcePosition"
                                         : ROUTINE_LOAD "OtherMsg",
                strcasecmp(x->s->value, "ROUTINE") == 0 ? "routine_load" : "", x->s->db);
}

/* A piece of `work` by its name, 0 and the answer an error when there is none. */
static int64_t find_work(struct exec *x, const char *kind, const char *before, const char *after)
{
    const char *db = exec_database(x, x->s->db, true);
    int64_t id = db == NULL ? 0
                            : db_int(x->db, 0, "SELECT id FROM work WHERE kind = ?1 AND db = ?2 AND"
                                               " name = ?3 AND state NOT IN ('STOPPED', 'CANCELLED')",
                                     "sss", kind, db, x->s->name);
    if (db != NULL && id == 0)
        answer_error(x->a, 1064, "HY000", "%s%s%s", before, x->s->name, after);
    return id;
}

/* RoutineLoadMgr.pauseRoutineLoadJob and resumeRoutineLoadJob of 3.3: a job that is paused cannot be
 * paused again; one that runs may be resumed. Unrecorded. */
bool exec_routine_load(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t id = find_work(x, "routine_load", "There is not operable routine load job with name ", "");
    if (id == 0)
        return false;
    AUTO_FREE char *state = db_text(x->db, "SELECT state FROM work WHERE id = ?1", "i", id);
    AUTO_FREE char *reason = str_format("ErrorReason{errCode = 100, msg='User %s pauses routine load"
                                        " job'}", x->c->user);
    if (!x->s->active && str_equal(state, "PAUSED"))
        return answer_error(x->a, 1064, "HY000", "Could not transform PAUSED to PAUSED");
    return ((x->s->active ? load_resume(x->w, id, &err) : load_pause(x->w, id, reason, &err)) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

/* Pipe.suspend and resume of 3.3: of one in another state nothing comes, and that is no error. */
bool exec_alter_pipe(struct exec *x)
{
    AUTO_ERROR err = {0};
    int64_t id = find_work(x, "pipe", "pipe-", " not exists");
    return id != 0 &&
           ((db_run(x->db, &err,
                    x->s->active ? "UPDATE work SET state = 'RUNNING' WHERE id = ?1 AND state IN"
                                   " ('SUSPEND', 'ERROR')"
                                 : "UPDATE work SET state = 'SUSPEND' WHERE id = ?1 AND state ="
                                   " 'RUNNING'", "i", id) &&
             world_journal(x->w, &err)) ||
            exec_failed(x, &err));
}

static int64_t number(struct exec *x, const char *kind, const char *db, const char *type,
                      const char *state)
{
    return db_int(x->db, 0,
                  "SELECT count(*) FROM work WHERE kind = ?1 AND (?2 IS NULL OR db = ?2)"
                  " AND (?3 IS NULL OR type = ?3) AND (?4 IS NULL OR state = ?4)",
                  "ssss", kind, db, type, state);
}

/* TransStateProcDir and TransProcDir. */
static void transactions(struct exec *x, const char *db, const char *rest)
{
    if (*rest == '\0') {
        answer_columns(x->a, "State,Number", CELL_STRING, 90);
        answer_cell(x->a, "running");
        answer_cell_int(x->a, number(x, "transaction", db, NULL, NULL));
        answer_cell(x->a, "finished");
        answer_cell_int(x->a, number(x, "ended", db, NULL, NULL));
        return;
    }
    list(x, x->release >= 30500
                ? "TransactionId,Label,Coordinator,TransactionStatus,LoadJobSourceType,PrepareTime,"
                  "PreparedTime,CommitTime,PublishTime,FinishTime,Reason,ErrorReplicasCount,ListenerId,"
                  "TimeoutMs,PreparedTimeoutMs,ErrMsg"
                : "TransactionId,Label,Coordinator,TransactionStatus,LoadJobSourceType,PrepareTime,"
                  "CommitTime,PublishTime,FinishTime,Reason,ErrorReplicasCount,ListenerId,TimeoutMs,"
                  "ErrMsg",
         str_equal(rest, "/running") ? "transaction" : "", db);
}

/* JobsProcDir: its order, and optimize from 3.2 on. */
static void jobs(struct exec *x, const char *db)
{
    static const char *const types[] = {"load", "rollup", "schema_change", "export", "optimize"};
    static const char *const states[] = {"PENDING", "RUNNING", "FINISHED", "CANCELLED", NULL};

    answer_columns(x->a, "JobType,Pending,Running,Finished,Cancelled,Total", CELL_STRING, 90);
    for (size_t i = 0; i < sizeof types / sizeof types[0] - (x->release < 30200); i++) {
        answer_cell(x->a, types[i]);
        for (size_t k = 0; k < sizeof states / sizeof states[0]; k++)
            answer_cell_int(x->a, number(x, "job", db, types[i], states[k]));
    }
}

/* ClusterBalanceProcDir */
static void balance(struct exec *x)
{
    static const char *const items[] = {"cluster_load_stat", "working_slots", "sched_stat",
                                        "priority_repair", "pending_tablets", "running_tablets",
                                        "history_tablets"};

    answer_columns(x->a, "Item,Number", CELL_STRING, 90);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        answer_cell(x->a, items[i]);
        answer_cell_int(x->a, i < 3 ? 1 : number(x, "clone", NULL, items[i], NULL));
    }
}

/* StatisticProcDir; three buckets a table, three replicas a tablet. Bad tablets are rows of work. */
static void statistic(struct exec *x)
{
    static const char *const bad[] = {"unhealthy", "inconsistent", "cloning", "error"};
    int64_t total[10] = {0};

    answer_columns(x->a, "DbId,DbName,TableNum,PartitionNum,IndexNum,TabletNum,ReplicaNum,"
                         "UnhealthyTabletNum,InconsistentTabletNum,CloningTabletNum,ErrorStateTabletNum",
                   CELL_STRING, 90);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT d.id, d.name, (SELECT count(*) FROM object o"
                                " WHERE o.db_id = d.id AND o.kind IN ('TABLE', 'MV')) FROM db d"
                                " ORDER BY d.id", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        const char *db = db_column(row, 1);
        int64_t tables = sqlite3_column_int64(row, 2);
        int64_t cells[10] = {1, tables, tables, tables, 3 * tables, 9 * tables};
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            cells[6 + i] = number(x, "tablet", db, bad[i], NULL);
        answer_cell(x->a, db_column(row, 0));
        answer_cell(x->a, db);
        for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
            total[i] += cells[i];
            if (i > 0)
                answer_cell_int(x->a, cells[i]);
        }
    }
    answer_cell(x->a, "Total");
    for (size_t i = 0; i < sizeof total / sizeof total[0]; i++)
        answer_cell_int(x->a, total[i]);
}

bool exec_work_proc(struct exec *x, const char *path)
{
    const char *root = str_starts(path, "/transactions/") ? "/transactions/"
                       : str_starts(path, "/jobs/")       ? "/jobs/" : NULL;

    if (str_equal(path, "/compactions"))
        return list(x, x->release >= 30300
                           ? "Partition,TxnID,StartTime,CommitTime,FinishTime,Error,Profile"
                           : "Partition,TxnID,StartTime,CommitTime,FinishTime,Error",
                    "compaction", NULL);
    if (str_equal(path, "/routine_loads"))
        return list(x, "Name,Id,DbName,Statistic,TaskStatistic", "routine_load", NULL);
    if (str_equal(path, "/cluster_balance")) {
        balance(x);
        return true;
    }
    if (str_equal(path, "/statistic")) {
        statistic(x);
        return true;
    }
    if (root == NULL)
        return false;
    const char *id = path + strlen(root);
    size_t len = strcspn(id, "/");
    AUTO_FREE char *text = mem_textn(id, len);
    AUTO_FREE char *db = db_text(x->db, "SELECT name FROM db WHERE id = ?1", "i",
                                 (int64_t)strtoll(text, NULL, 10));
    const char *of = db != NULL ? db : "information_schema"; /* and sys: nothing works there */
    bool known = id[len] == '\0' || str_equal(id + len, "/running") || str_equal(id + len, "/finished");
    if (!known)
        return false;
    if (str_equal(root, "/jobs/"))
        jobs(x, of);
    else
        transactions(x, of, id + len);
    return true;
}

/*
 * Lists of work that writes, from the table `work`: SHOW ROUTINE LOAD, LOAD, EXPORT, BACKUP, …, and
 * SHOW PROC below /transactions, /jobs, /compactions, /cluster_balance. Columns by fe-core of 3.3; but
 * for /compactions and /transactions unrecorded.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exec.h"
#include "mem.h"

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
    answer_columns(x->a, columns, CELL_STRING, 90);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT id, db, name, type, state FROM work WHERE kind = ?1"
                                " AND (?2 IS NULL OR db = ?2) ORDER BY id", "ss", kind, db);
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
    return list(x, "Id,Name,CreateTime,PauseTime,EndTime,DbName,TableName,State,DataSourceType,"
                   "CurrentTaskNum,JobProperties,DataSourceProperties,CustomProperties,Statistic,"
                   "Progress,ReasonOfStateChanged,ErrorLogUrls,TrackingSQL,OtherMsg",
                strcasecmp(x->s->value, "ROUTINE") == 0 ? "routine_load" : "", x->s->db);
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

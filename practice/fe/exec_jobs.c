/* Lists of work by load, export, backup and ALTER. Only the builds of synchronous views run here. */
#include <strings.h>

#include "exec.h"

#define TIME(MS) "strftime('%Y-%m-%d %H:%M:%S', " MS " / 1000, 'unixepoch')"

static const struct {
    const char *word, *columns;
} JOBS[] = {
    {"LOAD", "JobId,Label,State,Progress,Type,Priority,ScanRows,FilteredRows,UnselectedRows,"
             "SinkRows,EtlInfo,TaskInfo,ErrorMsg,CreateTime,EtlStartTime,EtlFinishTime,"
             "LoadStartTime,LoadFinishTime,TrackingSQL,JobDetails"},
    {"EXPORT", "JobId,QueryId,State,Progress,TaskInfo,Path,CreateTime,StartTime,FinishTime,"
               "Timeout,ErrorMsg"},
    {"BACKUP", "JobId,SnapshotName,DbName,State,BackupObjs,CreateTime,SnapshotFinishedTime,"
               "UploadFinishedTime,FinishedTime,UnfinishedTasks,Progress,TaskErrMsg,Status,"
               "Timeout"},
    {"RESTORE", "JobId,Label,Timestamp,DbName,State,AllowLoad,ReplicationNum,RestoreObjs,"
                "CreateTime,MetaPreparedTime,SnapshotFinishedTime,DownloadFinishedTime,"
                "FinishedTime,UnfinishedTasks,Progress,TaskErrMsg,Status,Timeout"},
    {"ALTER", "JobId,TableName,CreateTime,FinishedTime,BaseIndexName,RollupIndexName,RollupId,"
              "TransactionId,State,Msg,Progress,Timeout"},
    {"BROKER", "Name,IP,Port,Alive,LastStartTime,LastUpdateTime,ErrMsg"},
    {"RESOURCES", "Name,ResourceType,Key,Value"},
    {"PIPES", "DATABASE_NAME,PIPE_ID,PIPE_NAME,STATE,TABLE_NAME,LOAD_STATUS,LAST_ERROR,"
              "CREATED_TIME"},
    {"RUNNING", "QueryId,ResourceGroupId,StartTime,PendingTimeout,QueryTimeout,State,Slots,"
                "Fragments,DOP,Frontend,FeStartTime"},
};

/* Builds of synchronous views, the newest last. */
static bool rollups(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT j.id, t.name, " TIME("j.create_ms") ", " TIME("j.finish_ms")
                                ", t.name, r.name, r.id, j.txn,"
                                " iif(j.finish_ms IS NULL, 'RUNNING', 'FINISHED'), '',"
                                " iif(j.finish_ms IS NULL, '1/1', NULL), '86400000000'"
                                " FROM alter_job j JOIN object t ON t.id = j.table_id"
                                " JOIN object r ON r.id = j.rollup_id JOIN db ON db.id = t.db_id"
                                " WHERE db.name = ?1 ORDER BY j.id", "s", db);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(row); i++)
            answer_cell(x->a, sqlite3_column_type(row, i) == SQLITE_NULL ? NULL
                                                                        : db_column(row, i));
    }
    return true;
}

bool exec_show_jobs(struct exec *x)
{
    for (size_t i = 0; i < sizeof JOBS / sizeof JOBS[0]; i++) {
        if (strcasecmp(JOBS[i].word, x->s->value) != 0)
            continue;
        answer_columns(x->a, JOBS[i].columns, CELL_STRING, 90);
        return !str_equal(JOBS[i].word, "ALTER") || rollups(x);
    }
    answer_columns(x->a, "Id,Name,CreateTime,PauseTime,EndTime,DbName,TableName,State,"
                         "DataSourceType,CurrentTaskNum,JobProperties,DataSourceProperties,"
                         "CustomProperties,Statistic,Progress,ReasonOfStateChanged,ErrorLogUrls,"
                         "TrackingSQL,OtherMsg", CELL_STRING, 90);
    return true;
}

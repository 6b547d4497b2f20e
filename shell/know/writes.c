/* The lists of work that writes. */
#include "writes.h"

#include <stddef.h>
#include <string.h>

#include <belay/str.h>

#define R(a, b, c) {a, b, c}
#define ALWAYS {0, 0, 0}

static const struct writes_list table[] = {
    {"transactions", WRITES_TRANSACTIONS, R(2, 5, 0), ALWAYS, true, true, NULL, NULL, NULL,
     {"Label", NULL}, "fe-core TransDbProcDir, TransStateProcDir, TransProcDir 2.5 to 4.1"},
    /* From 3.2 on there is a table too, but a node that lives must read it. */
    {"routine loads", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true, "SHOW ROUTINE LOAD", "State",
     "PAUSED,STOPPED,CANCELLED", {"DbName", "Name"},
     "fe-core RoutineLoadJob.JobState, RoutineLoadMgr.getJob: without a database all of them"},
    {"jobs", WRITES_JOBS, R(2, 5, 0), ALWAYS, true, true, NULL, NULL, NULL, {NULL, NULL},
     "fe-core JobsProcDir 2.5 to 4.1"},
    {"pipes", WRITES_ROWS, R(3, 2, 0), ALWAYS, true, true,
     "SELECT DATABASE_NAME, PIPE_NAME, STATE FROM information_schema.pipes", "STATE",
     "SUSPEND,FINISHED,ERROR", {"DATABASE_NAME", "PIPE_NAME"}, "fe-core PipesSystemTable 3.2"},
    {"task runs", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true,
     "SELECT `DATABASE`, TASK_NAME, STATE FROM information_schema.task_runs"
     " WHERE STATE IN ('PENDING', 'RUNNING')", NULL, NULL, {"DATABASE", "TASK_NAME"},
     "fe-core TaskRunsSystemTable 2.5 to 4.1"},
    {"scheduled tasks", WRITES_ROWS, R(3, 3, 0), ALWAYS, true, true,
     "SELECT `DATABASE`, TASK_NAME FROM information_schema.tasks"
     " WHERE SCHEDULE LIKE 'PERIODICAL%' AND TASK_NAME NOT LIKE 'mv-%'", NULL, NULL,
     {"DATABASE", "TASK_NAME"}, "StarRocks docs, SUBMIT_TASK.md: EVERY since v3.3"},
    {"statistics", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true, "SHOW ANALYZE STATUS", "Status",
     "FINISH,SUCCESS,FAILED", {"Database", "Table"}, "fe-core ShowAnalyzeStatusStmt 2.5 to 4.1"},
    {"compactions", WRITES_ROWS, R(3, 0, 0), ALWAYS, true, false, "SHOW PROC '/compactions'",
     "FinishTime", NULL, {"Partition", NULL}, "fe-core CompactionScheduler 3.0; recorded on 3.3.5"},
    {"tablet splits and merges", WRITES_ROWS, R(4, 1, 0), ALWAYS, true, false,
     "SELECT DB_NAME, TABLE_NAME, JOB_STATE FROM information_schema.tablet_reshard_jobs", "JOB_STATE",
     "FINISHED,ABORTED,CANCELLED", {"DB_NAME", "TABLE_NAME"},
     "fe-core TabletReshardJobsSystemTable 4.1"},
    /* A shared-data cluster has no BACKUP and RESTORE (StarRocks docs, Backup_and_restore.md). */
    {"BACKUP jobs", WRITES_BY_DATABASE, R(2, 5, 0), ALWAYS, false, true, "SHOW BACKUP FROM ", "State",
     "FINISHED,CANCELLED", {"DbName", "SnapshotName"}, "fe-core ShowBackupStmt, BackupJob 2.5 to 4.1"},
    {"RESTORE jobs", WRITES_BY_DATABASE, R(2, 5, 0), ALWAYS, false, true, "SHOW RESTORE FROM ", "State",
     "FINISHED,CANCELLED", {"DbName", "Label"}, "fe-core ShowRestoreStmt, RestoreJob 2.5 to 4.1"},
    {"tablets being cloned or moved", WRITES_NUMBERS, R(2, 5, 0), ALWAYS, false, true,
     "SHOW PROC '/cluster_balance'", NULL, "pending_tablets,running_tablets", {NULL, NULL},
     "fe-core ClusterBalanceProcDir 2.5 to 4.1"},
    {"backends being decommissioned", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true, "SHOW BACKENDS",
     "SystemDecommissioned", "false", {"IP", NULL}, "fe-core BackendsProcDir; recorded on 3.3.5"},
    {"compute nodes being decommissioned", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true,
     "SHOW COMPUTE NODES", "SystemDecommissioned", "false", {"IP", NULL},
     "fe-core ComputeNodeProcDir; recorded on 3.3.5"},
};

const struct writes_list *writes_lists(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}

bool writes_applies(const struct writes_list *row, struct release release, bool shared_data)
{
    bool known = release.major != 0;
    bool in = !known || release_compare(release, row->from) >= 0;
    bool over = row->until.major != 0 && (!known || release_compare(release, row->until) >= 0);

    return in && !over && (shared_data ? row->shared_data : row->shared_nothing);
}

bool writes_in(const char *list, const char *value)
{
    size_t len = strlen(value);

    for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
        if (strcspn(p, ",") == len && strncmp(p, value, len) == 0)
            return true;
    }
    return false;
}

/* fe-core TransactionState.LoadJobSourceType */
const char *writes_of_source(const char *type)
{
    static const struct {
        const char *types, *kind;
    } kinds[] = {
        {"BACKEND_STREAMING,FRONTEND_STREAMING", "stream loads"},
        {"INSERT_STREAMING", "INSERTs"},
        {"ROUTINE_LOAD_TASK", "transactions of routine loads"},
        {"BATCH_LOAD_JOB", "transactions of load jobs"},
        {"DELETE", "DELETEs"},
        {"MV_REFRESH", "transactions of refreshes"},
        {"LAKE_COMPACTION", NULL}, /* SHOW PROC '/compactions' */
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (writes_in(kinds[i].types, type))
            return kinds[i].kind;
    }
    return "transactions";
}

const char *writes_of_job(const char *type)
{
    static const struct {
        const char *types, *kind;
    } kinds[] = {
        {"load", "load jobs"},
        {"delete", "DELETE jobs"},
        {"rollup,schema_change,optimize", "ALTER jobs"},
        {"export", "EXPORT jobs"},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (writes_in(kinds[i].types, type))
            return kinds[i].kind;
    }
    return "jobs";
}

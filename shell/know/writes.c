/* The lists of work that writes, and what of it can be paused. */
#include "writes.h"

#include <stddef.h>
#include <string.h>

#include <belay/str.h>

#define R(a, b, c) {a, b, c}
#define ALWAYS {0, 0, 0}

static const struct writes_list table[] = {
    {"transactions", WRITES_TRANSACTIONS, R(2, 5, 0), ALWAYS, true, true, NULL, NULL, NULL,
     {"Label", NULL}, "fe-core TransDbProcDir, TransStateProcDir, TransProcDir 2.5 to 4.1",
     "no transaction runs", NULL},
    /* From 3.2 on there is a table too, but a node that lives must read it. */
    {"routine loads", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true, "SHOW ROUTINE LOAD", "State",
     "PAUSED,STOPPED,CANCELLED", {"DbName", "Name"},
     "fe-core RoutineLoadJob.JobState, RoutineLoadMgr.getJob: without a database all of them", NULL,
     NULL},
    {"jobs", WRITES_JOBS, R(2, 5, 0), ALWAYS, true, true, NULL, NULL, NULL, {NULL, NULL},
     "fe-core JobsProcDir 2.5 to 4.1", "no load, DELETE, ALTER or EXPORT job runs", NULL},
    {"pipes", WRITES_ROWS, R(3, 2, 0), ALWAYS, true, true,
     "SELECT DATABASE_NAME, PIPE_NAME, STATE FROM information_schema.pipes", "STATE",
     "SUSPEND,FINISHED,ERROR", {"DATABASE_NAME", "PIPE_NAME"}, "fe-core PipesSystemTable 3.2", NULL,
     NULL},
    {"task runs", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true,
     "SELECT `DATABASE`, TASK_NAME, STATE FROM information_schema.task_runs"
     " WHERE STATE IN ('PENDING', 'RUNNING')", NULL, NULL, {"DATABASE", "TASK_NAME"},
     "fe-core TaskRunsSystemTable 2.5 to 4.1", "no task runs", NULL},
    {"scheduled tasks", WRITES_ROWS, R(3, 3, 0), ALWAYS, true, true,
     "SELECT `DATABASE`, TASK_NAME FROM information_schema.tasks"
     " WHERE SCHEDULE LIKE 'PERIODICAL%' AND TASK_NAME NOT LIKE 'mv-%'", NULL, NULL,
     {"DATABASE", "TASK_NAME"}, "StarRocks docs, SUBMIT_TASK.md: EVERY since v3.3", NULL, NULL},
    {"statistics", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true, "SHOW ANALYZE STATUS", "Status",
     "FINISH,SUCCESS,FAILED", {"Database", "Table"}, "fe-core ShowAnalyzeStatusStmt 2.5 to 4.1",
     "no statistics are collected", NULL},
    {"compactions", WRITES_ROWS, R(3, 0, 0), ALWAYS, true, false, "SHOW PROC '/compactions'",
     "FinishTime", NULL, {"Partition", NULL}, "fe-core CompactionScheduler 3.0; recorded on 3.3.5",
     "no compaction runs", NULL},
    {"tablet splits and merges", WRITES_ROWS, R(4, 1, 0), ALWAYS, true, false,
     "SELECT DB_NAME, TABLE_NAME, JOB_STATE FROM information_schema.tablet_reshard_jobs", "JOB_STATE",
     "FINISHED,ABORTED,CANCELLED", {"DB_NAME", "TABLE_NAME"},
     "fe-core TabletReshardJobsSystemTable 4.1", "no tablet is split or merged", NULL},
    /* A shared-data cluster has no BACKUP and RESTORE (StarRocks docs, Backup_and_restore.md). */
    {"BACKUP jobs", WRITES_BY_DATABASE, R(2, 5, 0), ALWAYS, false, true, "SHOW BACKUP FROM ", "State",
     "FINISHED,CANCELLED", {"DbName", "SnapshotName"}, "fe-core ShowBackupStmt, BackupJob 2.5 to 4.1",
     "no BACKUP job runs", NULL},
    {"RESTORE jobs", WRITES_BY_DATABASE, R(2, 5, 0), ALWAYS, false, true, "SHOW RESTORE FROM ", "State",
     "FINISHED,CANCELLED", {"DbName", "Label"}, "fe-core ShowRestoreStmt, RestoreJob 2.5 to 4.1",
     "no RESTORE job runs", NULL},
    {"tablets being cloned or moved", WRITES_NUMBERS, R(2, 5, 0), ALWAYS, false, true,
     "SHOW PROC '/cluster_balance'", NULL, "pending_tablets,running_tablets", {NULL, NULL},
     "fe-core ClusterBalanceProcDir 2.5 to 4.1", "no tablet is cloned or moved", "running_tablets"},
    {"backends being decommissioned", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true, "SHOW BACKENDS",
     "SystemDecommissioned", "false", {"IP", NULL}, "fe-core BackendsProcDir; recorded on 3.3.5", NULL,
     NULL},
    {"compute nodes being decommissioned", WRITES_ROWS, R(2, 5, 0), ALWAYS, true, true,
     "SHOW COMPUTE NODES", "SystemDecommissioned", "false", {"IP", NULL},
     "fe-core ComputeNodeProcDir; recorded on 3.3.5", NULL, NULL},
};

const struct writes_list *writes_lists(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}

/*
 * What has a schedule of its own. Of the views' tasks, whose names begin with mv-, the views' own
 * commands take care.
 */
#define TASKS                                                                                      \
    "SELECT `DATABASE`, TASK_NAME FROM information_schema.tasks"                                    \
    " WHERE SCHEDULE LIKE 'PERIODICAL%' AND TASK_NAME NOT LIKE 'mv-%'"

static const struct writes_pause pauses[] = {
    {"routine load", R(2, 5, 0), ALWAYS, "SHOW ROUTINE LOAD", "Id", "DbName", "Name", "State",
     "PauseTime", "ReasonOfStateChanged", "Progress", "RUNNING,NEED_SCHEDULE,UNSTABLE", "PAUSED",
     "PAUSE ROUTINE LOAD FOR %", "RESUME ROUTINE LOAD FOR %", NULL,
     "fe-core RoutineLoadJob, RoutineLoadMgr 2.5 to 4.1: the job keeps its offsets"},
    {"pipe", R(3, 2, 0), ALWAYS,
     "SELECT DATABASE_NAME, PIPE_ID, PIPE_NAME, STATE FROM information_schema.pipes", "PIPE_ID",
     "DATABASE_NAME", "PIPE_NAME", "STATE", NULL, NULL, NULL, "RUNNING", "SUSPEND", "ALTER PIPE % SUSPEND",
     "ALTER PIPE % RESUME", NULL, "fe-core Pipe, PipesSystemTable 3.2 to 4.1"},
    {"scheduled task", R(3, 3, 0), R(4, 1, 0), TASKS, NULL, "DATABASE", "TASK_NAME", NULL, NULL, NULL,
     NULL, "", "", NULL, NULL, "this release ends a schedule only by DROP TASK",
     "StarRocks docs, SUBMIT_TASK.md: EVERY since v3.3; ALTER_TASK.md: since v4.1"},
    {"scheduled task", R(4, 1, 0), ALWAYS, TASKS, NULL, "DATABASE", "TASK_NAME", NULL, NULL, NULL, NULL,
     "", "", "ALTER TASK % SUSPEND", "ALTER TASK % RESUME", NULL,
     "PR #68675; StarRocks docs, ALTER_TASK.md; recorded on 4.1.0: twice is no error, and no column "
     "shows it"},
};

const struct writes_pause *writes_pauses(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(pauses) / sizeof(pauses[0]));
    return pauses;
}

static bool in_range(struct release release, struct release from, struct release until)
{
    bool known = release.major != 0;
    bool in = !known || release_compare(release, from) >= 0;
    bool over = until.major != 0 && (!known || release_compare(release, until) >= 0);

    return in && !over;
}

bool writes_pause_applies(const struct writes_pause *row, struct release release)
{
    return in_range(release, row->from, row->until);
}

bool writes_applies(const struct writes_list *row, struct release release, bool shared_data)
{
    return in_range(release, row->from, row->until) &&
           (shared_data ? row->shared_data : row->shared_nothing);
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

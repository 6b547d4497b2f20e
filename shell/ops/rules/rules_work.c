/* Rules about work that goes on, and about the replicas of a shared-nothing cluster. */
#include <stdlib.h>
#include <string.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define FROM(a, b, c) {{a, b, c}, {0}}
#define UPGRADE_DOCS "StarRocks docs, deployment/upgrade.md"

/* One question for each row; the names of kinds and lists are those of know/writes.c. */
#define ASK(name, kinds, list)                                                                      \
    static void ask_##name(const struct rule_facts *facts, struct finding *ret)                     \
    {                                                                                               \
        rule_ask_writes(facts, kinds, list, ret);                                                   \
    }

ASK(alters, "ALTER jobs", "jobs")
ASK(backups, "BACKUP jobs,RESTORE jobs", "BACKUP jobs")
ASK(decommission, "backends being decommissioned,compute nodes being decommissioned", "")
ASK(routine_loads, "routine loads", "")
ASK(loads, "load jobs,DELETE jobs,transactions of load jobs", "jobs")
ASK(exports, "EXPORT jobs", "jobs")
ASK(streams, "stream loads,INSERTs,DELETEs,transactions", "transactions")
ASK(pipes, "pipes", "")
ASK(refreshes, "task runs,transactions of refreshes", "task runs")
ASK(scheduled, "scheduled tasks", "")
ASK(statistics, "statistics", "")
ASK(compactions, "compactions", "")
ASK(reshard, "tablet splits and merges", "")
ASK(moving, "tablets being cloned or moved", "")

/* --- replicas ----------------------------------------------------------------------------------- */

/* SHOW PROC '/statistic': the row of all databases stands last. */
static int64_t of_all(const struct rule_facts *facts, const char *column)
{
    const json_t *rows = rule_read(facts, "tablets");
    size_t n = json_array_size(rows);

    return strtoll(json_str(json_array_get(rows, n > 0 ? n - 1 : 0), column), NULL, 10);
}

static void ask_healthy(const struct rule_facts *facts, struct finding *ret)
{
    static const struct {
        const char *column, *says;
    } columns[] = {{"UnhealthyTabletNum", "unhealthy"},
                   {"InconsistentTabletNum", "inconsistent"},
                   {"ErrorStateTabletNum", "in an error state"}};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        int64_t n = of_all(facts, columns[i].column);
        if (n > 0)
            found(ret, ANSWER_NO, "%lld tablet%s %s %s", (long long)n, n == 1 ? "" : "s",
                  n == 1 ? "is" : "are", columns[i].says);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all %lld are", (long long)of_all(facts, "TabletNum"));
}

static void ask_replicas(const struct rule_facts *facts, struct finding *ret)
{
    int64_t tablets = of_all(facts, "TabletNum");
    int64_t replicas = of_all(facts, "ReplicaNum");

    if (replicas < 2 * tablets)
        found(ret, ANSWER_NO, "%lld tablets have %lld replicas in all: some have but one",
              (long long)tablets, (long long)replicas);
    else
        found(ret, ANSWER_YES, "%lld tablets have %lld replicas", (long long)tablets,
              (long long)replicas);
}

#define DISK_MAX 85.0 /* percent; no tablet is cloned to a disk of more than 90, nothing loaded to one of 95 */

static void ask_disks(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *row;

    json_array_foreach((json_t *)rule_read(facts, "disks"), i, row)
    {
        double used = strtod(json_str(row, "MaxDiskUsedPct"), NULL);
        if (used > DISK_MAX)
            found(ret, ANSWER_NO, "%.*s: %.0f %%", RULE_SHORT(json_str(row, "IP")), used);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "every disk is below %.0f %%", DISK_MAX);
}

const struct rule rules_work[] = {
    {"alter-jobs", RULE_BLOCKER, "No ALTER job runs", 0, ANY, ANY, "writes", ask_alters,
     "wait for it, or cancel it (CANCEL ALTER TABLE …)",
     "StarRocks docs, ALTER_TABLE.md; fe-core AlterJobV2: a job goes on under the next leader"},
    {"backup-jobs", RULE_BLOCKER, "No BACKUP or RESTORE runs", RULE_SHARED_NOTHING, ANY, ANY, "writes",
     ask_backups, "wait for it, or CANCEL BACKUP, CANCEL RESTORE",
     "StarRocks docs, administration/management/Backup_and_restore.md; fe-core BackupJob, RestoreJob"},
    {"decommission", RULE_BLOCKER, "No node is being emptied", 0, ANY, ANY, "writes", ask_decommission,
     "wait until it is gone, or CANCEL DECOMMISSION BACKEND",
     "fe-core SystemHandler: a decommission goes on by moving tablets"},
    {"tablets-healthy", RULE_BLOCKER, "All tablets are healthy", RULE_SHARED_NOTHING, ANY, ANY, "tablets",
     ask_healthy, "wait for the repair (SHOW PROC '/statistic'): a BE that restarts takes one more replica away",
     UPGRADE_DOCS "; fe-core StatisticProcDir"},
    {"replicas", RULE_WARNING, "Every tablet has more than one replica", RULE_SHARED_NOTHING, ANY, ANY,
     "tablets", ask_replicas,
     "tables with replication_num 1 cannot be read while their BE restarts: tell their users, or add replicas",
     "StarRocks docs, CREATE_TABLE.md, replication_num"},
    {"disk-used", RULE_WARNING, "The disks of the BEs have room", RULE_SHARED_NOTHING, ANY, ANY, "disks",
     ask_disks, "make room: above 90 % no tablet is repaired there, above 95 % loads are refused",
     "StarRocks docs, FE_configuration.md: storage_usage_soft_limit_percent, storage_usage_hard_limit_percent"},
    {"tablets-moving", RULE_WARNING, "No tablet is cloned or moved", RULE_SHARED_NOTHING, ANY, ANY,
     "writes", ask_moving, "switch clone and balance off (rule balance-off) and wait",
     UPGRADE_DOCS ", Perform compatibility configuration"},
    {"routine-loads", RULE_WARNING, "No routine load runs", 0, ANY, ANY, "writes", ask_routine_loads,
     "\\writes pause, and \\writes resume afterwards, which resumes only those that ran",
     "StarRocks docs, PAUSE_ROUTINE_LOAD.md"},
    {"load-jobs", RULE_WARNING, "No load job runs", 0, ANY, ANY, "writes", ask_loads,
     "wait for it: a load job has no pause",
     "StarRocks docs, SHOW_LOAD.md"},
    {"exports", RULE_WARNING, "No EXPORT runs", 0, ANY, ANY, "writes", ask_exports,
     "wait for it, or CANCEL EXPORT: it fails when the leader changes",
     "StarRocks docs, EXPORT.md"},
    {"running-writes", RULE_WARNING, "No INSERT, DELETE or stream load runs", 0, ANY, ANY, "writes",
     ask_streams, "tell the clients to stop or to retry: what runs on a node that restarts fails",
     "StarRocks docs, StreamLoad.md; graceful_exit.md"},
    {"pipes", RULE_WARNING, "No pipe runs", 0, FROM(3, 2, 0), ANY, "writes", ask_pipes,
     "\\writes pause, and \\writes resume afterwards, which resumes only those that ran", "StarRocks docs, ALTER_PIPE.md"},
    {"refreshes", RULE_WARNING, "No refresh or task runs", 0, ANY, ANY, "writes", ask_refreshes,
     "\\mv runs shows them; wait, or \\mv cancel: one that is cut off fails", "StarRocks docs, SUBMIT_TASK.md"},
    {"tablet-reshard", RULE_WARNING, "No tablet is split or merged", RULE_SHARED_DATA, FROM(4, 1, 0), ANY,
     "writes", ask_reshard, "wait for it", "fe-core TabletReshardJobMgr 4.1"},
    {"compactions", RULE_NOTE, "No compaction runs", RULE_SHARED_DATA, FROM(3, 0, 0), ANY, "writes",
     ask_compactions, "one that is cut off is made again; \\backup --quiet holds compaction for the copy",
     "fe-core CompactionScheduler"},
    {"scheduled-tasks", RULE_NOTE, "No task of a user is scheduled", 0, FROM(3, 3, 0), ANY, "writes",
     ask_scheduled, "it fires in the middle of the night too: tell its owner", "StarRocks docs, SUBMIT_TASK.md"},
    {"statistics", RULE_NOTE, "No statistics are collected", 0, ANY, ANY, "writes", ask_statistics,
     "a collection that is cut off is made again", "StarRocks docs, using_starrocks/Cost_based_optimizer.md"},
    {.id = NULL},
};

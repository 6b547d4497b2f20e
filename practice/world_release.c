/* How StarRocks releases differ. */
#include "world_release.h"

#include <stdlib.h>

#include <belay/str.h>

#include "world.h"
#include "world_db.h"

#define LAST 999999

/*
 * Recorded on 3.3.5, 3.4.8, 3.5.16 and 4.1.0; borders between them by the pull request that made
 * the change. A behaviour may have several rows.
 */
static const struct {
    enum release_trait trait;
    int from, to;
    const char *source;
} TRAITS[] = {
    {TRAIT_ID_COLUMN, 30500, LAST, "#57276"},
    {TRAIT_STATUS_CODE, 30200, 30299, "ComputeNodeProcDir.java"},
    {TRAIT_STATUS_CODE, 30400, LAST, "ComputeNodeProcDir.java; recorded 3.4.8"},
    {TRAIT_SERVER_8033, 30400, LAST, "Config.java mysql_server_version; recorded"},
    {TRAIT_CASCADE, 40002, LAST, "#65317; recorded 4.1.0"},
    {TRAIT_REASON_OVERWRITTEN, 30000, 30399, "recorded 3.3.5; 3.4.8 and 3.5.16 keep it"},
    {TRAIT_ACTIVE_FORCES, 20500, 30401, "#57371 backported to 3.4.2; recorded 3.3.5"},
    {TRAIT_ACTIVE_FORCES, 30500, 30599, "AlterMVJobExecutor.java; recorded 3.5.16"},
    {TRAIT_ACTIVE_CLEARS, 20500, 30401, "AlterJobMgr.java clearVisibleVersionMap, until #57371"},
    {TRAIT_MOMENT_NOT_LOGGED, 20500, 30599, "#58585; recorded 3.3.5, 3.5.16; not on 4.1.0"},
    {TRAIT_FORCE_DROPS, 30508, 30514, "#63844, replaced by #69488"},
    {TRAIT_FORCE_DROPS, 40000, 40006, "0c2e5c39f9, replaced in 4.0.7"},
    {TRAIT_FORCE_ONCE, 30315, 30399, "#59052"},
    {TRAIT_FORCE_ONCE, 30404, 30499, "#59052"},
    {TRAIT_FORCE_ONCE, 30500, 30507, "#59052, until #64388"},
    {TRAIT_BATCHES, 30200, LAST, "Config.java default_mv_partition_refresh_number = 1"},
    {TRAIT_CANCEL_EMPTIES, 30314, 30399, "#58310"},
    {TRAIT_CANCEL_EMPTIES, 30404, LAST, "#58310"},
    {TRAIT_CLAUSE_RUNS, 20500, 20516, "before #36247"},
    {TRAIT_CLAUSE_RUNS, 30000, 30008, "before #36247"},
    {TRAIT_CLAUSE_RUNS, 30100, 30105, "before #36247"},
    {TRAIT_CLAUSE_RUNS, 30200, 30200, "before #36247"},
    {TRAIT_BASE_LOGS_USER, 30306, 30599, "#54732; recorded 3.5.16; 3.3.5 has no such entry"},
    {TRAIT_RELOAD_WINDOW, 30508, LAST, "#64217; MaterializedView.java onReload"},
    {TRAIT_RELOAD_LATE, 30515, 30599, "#68926; recorded 3.5.16, not on 3.3.5 and 4.1.0"},
    {TRAIT_DEAD_FE_IS_NULL, 0, 30399, "recorded 3.3.5; 4.1.0 says Connection refused"},
    {TRAIT_RELOAD_CHECKS, 30508, LAST, "#64217; recorded 3.5.16, 4.1.0; not on 3.3.5"},
    {TRAIT_BASE_KILLS, 30500, LAST, "recorded 3.5.16, 4.1.0; not on 3.3.5 and 3.4.8"},
    {TRAIT_RUN_ACTIVATES, 30100, LAST,
     "PartitionBasedMvRefreshProcessor.java; recorded 3.3.5, 4.1.0"},
    {TRAIT_RUN_SAYS_REASON, 30100, LAST, "MaterializedViewExceptions.java; recorded 3.3.5"},
    {TRAIT_RUNS_KILLED, 30314, 30399, "#58575"},
    {TRAIT_RUNS_KILLED, 30404, LAST, "8897c8b799"},
    {TRAIT_TASK_SUSPENDED, 40001, LAST, "PAUSE state of tasks; recorded 4.1.0"},
    {TRAIT_FAILURES_SUSPEND, 40001, LAST, "#62579, TaskRun.java executeTaskRun(); unrecorded"},
    {TRAIT_MERGES_RUNS, 30300, LAST, "#45598; recorded 3.3.5, 3.4.8, 3.5.16, 4.1.0"},
    {TRAIT_MERGES_ALIKE, 30500, LAST, "ExecuteOption.isMergeableWith, #59052 and #59281"},
    {TRAIT_SKIPPED, 30500, LAST, "recorded 3.5.16 and 4.1.0, not on 3.3.5 and 3.4.8"},
    {TRAIT_IMAGE_V1, 0, 30499, "dropped by #58376; recorded 3.3.5, 3.4.8"},
    {TRAIT_IMAGE_V2, 30211, 30299, "#48569"},
    {TRAIT_IMAGE_V2, 30303, LAST, "#48569; recorded 3.3.5, 3.4.8, 3.5.16, 4.1.0"},
    {TRAIT_STARMGR_AFTER_WRITE, 30309, 40099, "#54370; recorded 3.4.8, 3.5.16"},
    {TRAIT_GROUP_FROM_IMAGE, 40100, LAST, "recorded 4.1.0; 3.3.5 exits"},
    {TRAIT_STARMGR_BY_ITSELF, 40100, LAST, "recorded 4.1.0"},
    {TRAIT_TIMES_FIXED, 40100, 40100, "#66360, undone by #73619; recorded 4.1.0"},
    {TRAIT_FOLLOWER_BUILDS, 30400, LAST, "#52103; recorded 4.1.0"},
    {TRAIT_FE_EVALUATES_MVS, 30500, LAST, "SchemaTableEvaluateRule; recorded 3.5.16, 4.1.0"},
    {TRAIT_FE_EVALUATES_TABLES, 40000, LAST, "recorded 4.1.0"},
    {TRAIT_HISTORY_OPTIONAL, 40100, LAST, "recorded 4.1.0"},
    {TRAIT_NO_NODE_IS_59XX, 30500, LAST, "ErrorCode.java; recorded 3.5.16, 4.1.0"},
    {TRAIT_TYPED_MV_COLUMNS, 40000, LAST, "#60054; recorded 4.1.0"},
    {TRAIT_LINE_IN_MV_ERROR, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0"},
    {TRAIT_REFRESH_PRIORITY, 30400, LAST, "recorded 3.4.8; a syntax error on 3.3.5"},
    {TRAIT_SAYS_VIEW_MISSING, 30500, LAST, "recorded 3.5.16, 4.1.0"},
    {TRAIT_WAREHOUSES, 30400, LAST, "recorded 3.4.8; a syntax error on 3.3.5"},
    {TRAIT_SYNC_MV_SHARED_DATA, 30400, LAST, "recorded 3.4.8; refused on 3.3.5"},
    {TRAIT_QUERY_AS_WRITTEN, 40100, LAST, "recorded 4.1.0; 3.3.5 to 3.5.16 rewrite it"},
    {TRAIT_FILTER_WIDENS, 0, 30399, "recorded 3.3.5; not on 3.4.8"},
    {TRAIT_COLUMNS_AT_ONCE, 40100, LAST, "recorded 4.1.0; a job on 3.3.5, 3.4.8, 3.5.16"},
    {TRAIT_BUSY_BEFORE_INDEX, 30400, LAST, "recorded 3.5.16; not on 3.3.5"},
    {TRAIT_ADDS_TIMEOUT, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; not on 3.3.5"},
    {TRAIT_PIPES, 30200, LAST, "StarRocks docs, ALTER_PIPE.md; unrecorded"},
    {TRAIT_ALTER_TASK, 40100, LAST, "#68675; recorded 4.1.0; a syntax error on 3.3.5 to 3.5.16"},
    {TRAIT_TASK_AT_CREATION, 40100, LAST, "recorded 4.1.0; 3.3.5 to 3.5.16 say task 0"},
    {TRAIT_FIRST_RUN_MANUAL, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; false on 3.3.5"},
    {TRAIT_RUN_PROPERTIES, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; only FORCE on 3.3.5"},
    {TRAIT_VIEW_NAMED_ALONE, 40100, LAST, "recorded 4.1.0; 3.5.16 names the database too"},
    {TRAIT_SCHEMA_ANSWERS, 40100, LAST, "recorded 4.1.0: columns as those of information_schema"},
    {TRAIT_DROP_SAYS_INDEX, 30400, LAST, "recorded 3.4.8, 4.1.0; another text on 3.3.5"},
    {TRAIT_COUNT_IS_42601, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0"},
    {TRAIT_SHOW_CREATE_CHECKS, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; not on 3.3.5"},
    {TRAIT_IMAGE_NOT_VIABLE, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0"},
    {TRAIT_LIMIT_SAYS_IDENTITY, 0, 30499, "recorded 3.3.5, 3.4.8"},
    {TRAIT_SECURITY_ADMIN, 30500, LAST, "recorded 3.5.16, 4.1.0; not on 3.4.8"},
    {TRAIT_FORCE_FIRST, 40100, LAST, "recorded 4.1.0"},
    {TRAIT_NEXT_KEEPS_PRIORITY, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; 100 on 3.3.5"},
    {TRAIT_NEWEST_PARTITION_FIRST, 40100, LAST, "recorded 4.1.0; the first on 3.3.5, 3.4.8, 3.5.16"},
    {TRAIT_RANGE_IS_FORCED, 30500, LAST, "recorded 3.5.16, 4.1.0; not on 3.3.5 and 3.4.8"},
    {TRAIT_RUN_HAS_SESSION, 40100, LAST, "recorded 4.1.0; not on 3.3.5, 3.4.8, 3.5.16"},
    {TRAIT_RUN_STATEMENT, 40100, LAST, "recorded 4.1.0"},
    {TRAIT_LATER_REASON_COUNTS, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; not on 3.3.5"},
    {TRAIT_NAMES_INSERT_TIMEOUT, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; not on 3.3.5"},
    {TRAIT_DECIMAL256, 40000, LAST, "#59645; recorded 3.5.16 without, 4.1.0 with"},
    {TRAIT_COMPLEX_IS_STRING, 40100, LAST, "recorded 4.1.0; 3.3.5, 3.4.8, 3.5.16 as VAR_STRING"},
    {TRAIT_INFORMATION_ALIKE, 20500, 30499, "recorded 3.3.5, 3.4.8; 3.5.16 and 4.1.0 not"},
    {TRAIT_TIMEOUT_SAYS_VARIABLE, 30400, LAST, "recorded 3.5.16 and 4.1.0; 3.3.5 not"},
    {TRAIT_TIMEOUT_IS_5024, 40100, LAST, "recorded 4.1.0"},
    {TRAIT_ENABLE_STATEMENT, 40100, LAST, "recorded 4.1.0; not on 3.3.5, 3.4.8, 3.5.16"},
    {TRAIT_SET_PERSISTENT, 30500, LAST, "recorded 3.5.16, 4.1.0; a syntax error on 3.4.8"},
    {TRAIT_KILL_FORWARD_FAILS, 30400, 30499, "recorded 3.4.8; not on 3.5.16, 4.1.0"},
    {TRAIT_SET_ANALYZED, 40100, LAST, "recorded 4.1.0; not on 3.3.5, 3.4.8, 3.5.16"},
    {TRAIT_DELETE_TELLS, 20500, 30399, "recorded 3.3.5; not on 3.4.8, 3.5.16, 4.1.0"},
    {TRAIT_CLUSTER_SNAPSHOT, 30400, LAST, "recorded 3.4.8, 3.5.16, 4.1.0; a syntax error on 3.3.5"},
    {TRAIT_SNAPSHOT_INTERVAL, 40005, LAST, "#67525"},
    {TRAIT_VIEW_16_TABLETS, 30500, LAST, "recorded 3.5.16, 4.1.0; 1 on 3.3.5, 3.4.8"},
    {TRAIT_QUERY_NAMES, 30400, LAST, "#47632; recorded 3.4.8, 3.5.16, 4.1.0; 1193 on 3.3.5"},
};

int release_number(const char *version)
{
    char *end = NULL;
    long parts[3] = {0, 0, 0};
    const char *at = version;
    for (int i = 0; i < 3; i++) {
        parts[i] = strtol(at, &end, 10);
        if (end == at || parts[i] < 0 || parts[i] > 99)
            return i == 0 ? 0 : (int)(parts[0] * 10000 + parts[1] * 100);
        if (*end != '.')
            break;
        at = end + 1;
    }
    return (int)(parts[0] * 10000 + parts[1] * 100 + parts[2]);
}

bool release_has(int release, enum release_trait trait)
{
    for (size_t i = 0; i < sizeof TRAITS / sizeof TRAITS[0]; i++) {
        if (TRAITS[i].trait == trait && release >= TRAITS[i].from && release <= TRAITS[i].to)
            return true;
    }
    return false;
}

int release_of_leader(struct world *w)
{
    AUTO_FREE char *version = db_text(
        world_db(w), "SELECT version FROM fe ORDER BY role = 'LEADER' DESC, alive DESC, ordinal",
        "");
    return version == NULL ? 0 : release_number(version);
}

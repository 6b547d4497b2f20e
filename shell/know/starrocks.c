/* The release table of StarRocks. Rows of one behaviour do not overlap; a test checks that. */
#include "starrocks.h"

#include <stddef.h>

#define R(a, b, c) {a, b, c}
#define ALWAYS {0, 0, 0}
#define PAUSE_FAILS                                                                                 \
    "a changed refresh clause does not always take effect, and may start a refresh, before "
#define CANCEL_RUNS "CANCEL REFRESH ends the refresh that runs, and one that waits begins then"
#define FORCE_EMPTIES "a forced refresh drops the view's partitions first: rows are missing until it ends"
#define PAUSE_SOURCE "PR #36247 and its backports, release notes of 2.5.17, 3.0.9, 3.1.6, 3.2.1"

static const struct behaviour_row table[] = {
    {SR_ACTIVE_REFRESH, R(2, 5, 0), R(3, 4, 2), ACTIVE_REFRESHES_FULL,
     "ACTIVE refreshes the view in full",
     "fe-core AlterJobMgr clearVisibleVersionMap, AlterMVJobExecutor force=true; recorded on 3.3.5"},
    {SR_ACTIVE_REFRESH, R(3, 4, 2), R(3, 5, 0), ACTIVE_REFRESHES_CHANGED,
     "ACTIVE refreshes only what changed", "PR #57371, backport 27220dfbc0; recorded on 3.4.8"},
    {SR_ACTIVE_REFRESH, R(3, 5, 0), R(3, 5, 8), ACTIVE_REFRESHES_FULL,
     "ACTIVE refreshes the view in full", "branch-3.5 AlterMVJobExecutor force=true"},
    {SR_ACTIVE_REFRESH, R(3, 5, 8), R(3, 5, 15), ACTIVE_EMPTIES_FIRST,
     "ACTIVE drops the view's partitions, then refreshes in full: it reads empty meanwhile",
     "PR #63844, repaired by #69488 in 3.5.15"},
    {SR_ACTIVE_REFRESH, R(3, 5, 15), R(4, 0, 0), ACTIVE_REFRESHES_FULL,
     "ACTIVE refreshes the view in full",
     "recorded on 3.5.16; the fix PR #76576 of 2026-07-20 is in no release known here"},
    {SR_ACTIVE_REFRESH, R(4, 0, 0), ALWAYS, ACTIVE_REFRESHES_CHANGED,
     "ACTIVE refreshes only what changed", "PR #57371; recorded on 4.1.0"},

    {SR_INACTIVE_CASCADE, R(2, 5, 0), R(4, 0, 2), 0, NULL, "recorded on 3.3.5, 3.4.8, 3.5.16"},
    {SR_INACTIVE_CASCADE, R(4, 0, 2), ALWAYS, 1,
     "INACTIVE of a base takes its dependants down in the same statement",
     "PR #65317; recorded on 4.1.0"},

    {SR_ACTIVE_SPOILS, R(2, 5, 0), R(3, 4, 0), 1,
     "an ACTIVE that is refused replaces the user's reason, and the FE may then wake the view",
     "recorded on 3.3.5"},
    {SR_ACTIVE_SPOILS, R(3, 4, 0), ALWAYS, 0, NULL, "recorded on 3.4.8, 3.5.16, 4.1.0"},

    {SR_INACTIVE_KILLS, R(2, 5, 0), R(3, 3, 14), 0,
     "a refresh that runs at INACTIVE goes on to its end and may commit", "before PR #58575"},
    {SR_INACTIVE_KILLS, R(3, 3, 14), R(3, 4, 0), 1, NULL, "PR #58575 (bf0e14277f)"},
    {SR_INACTIVE_KILLS, R(3, 4, 0), R(3, 4, 4), 0,
     "a refresh that runs at INACTIVE goes on to its end and may commit",
     "before backport 8897c8b799 (3.4.3 or 3.4.4)"},
    {SR_INACTIVE_KILLS, R(3, 4, 4), ALWAYS, 1, NULL, "backport 8897c8b799; 3.5 branch"},

    {SR_CHECKER, R(2, 5, 0), R(3, 1, 0), 0, NULL,
     "fe-core Config enable_mv_automatic_active_check false in 2.5, 3.0"},
    {SR_CHECKER, R(3, 1, 0), ALWAYS, 1, "the FE activates views by itself",
     "fe-core Config enable_mv_automatic_active_check true from 3.1"},

    {SR_CHECKER_WAKES, R(3, 1, 0), R(4, 0, 2), 0, NULL, "recorded on 3.3.5, 3.4.8, 3.5.16"},
    {SR_CHECKER_WAKES, R(4, 0, 2), ALWAYS, 1,
     "a view that its user took down is woken by the FE once its base came up", "recorded on 4.1.0"},

    {SR_START_REFRESHES, R(2, 5, 0), R(3, 5, 0), 0, NULL, "PR #76576 is about 3.5"},
    {SR_START_REFRESHES, R(3, 5, 0), R(4, 0, 0), 1,
     "each start of a leader can take views for inactive, which its own activation then refreshes in full",
     "PR #76576 (its text: seen on 3.5.18)"},
    {SR_START_REFRESHES, R(4, 0, 0), ALWAYS, 0, NULL, "PR #76576 is about 3.5"},

    {SR_STARMGR_IMAGE, R(3, 0, 0), R(3, 3, 9), STARMGR_NONE,
     "CREATE IMAGE makes no starmgr image before 3.3.9: the newest shard metadata is in bdb, "
     "which the backup takes with it",
     "PR #54370 (9d35df46d0); recorded on 3.3.5"},
    {SR_STARMGR_IMAGE, R(3, 3, 9), R(4, 1, 0), STARMGR_ON_WRITE,
     "a quiet cluster makes no new starmgr image until something writes the starmgr journal",
     "recorded on 3.4.8 and 3.5.16; 4.0 is not recorded, and a write is right there either way"},
    {SR_STARMGR_IMAGE, R(4, 1, 0), ALWAYS, STARMGR_ITSELF,
     "the starmgr image follows about a minute after the FE image", "recorded on 4.1.0"},

    {SR_ACTIVE_FLAG, R(2, 5, 0), R(3, 0, 0), 0,
     "no statement of this release shows whether a view is active", "SchemaTable 2.5"},
    {SR_ACTIVE_FLAG, R(3, 0, 0), ALWAYS, 1, NULL, "MaterializedViewsSystemTable 3.0"},

    {SR_INACTIVE_REASON, R(2, 5, 0), R(3, 1, 0), 0, NULL, "MaterializedViewsSystemTable 3.0"},
    {SR_INACTIVE_REASON, R(3, 1, 0), ALWAYS, 1, NULL, "MaterializedViewsSystemTable 3.1"},

    {SR_RELOAD_SECONDS, R(2, 5, 0), R(3, 5, 8), 0, NULL,
     "fe-core MaterializedView.onReload sets the flag before the FE serves"},
    {SR_RELOAD_SECONDS, R(3, 5, 8), ALWAYS, 180,
     "a FE that has just started shows views as inactive until it has loaded them",
     "fe-core MaterializedView.onReload, Config mv_async_reload_wait_timeout_second"},

    {SR_LINEAGE_TABLE, R(2, 5, 0), R(3, 1, 0), 0, NULL, "SysObjectDependencies is absent in 3.0"},
    {SR_LINEAGE_TABLE, R(3, 1, 0), ALWAYS, 1, NULL, "SysObjectDependencies 3.1"},

    {SR_CLUSTER_SNAPSHOT, R(2, 5, 0), R(3, 4, 2), 0, "there are cluster snapshots from 3.4.2 on",
     "docs cluster_snapshot.md"},
    {SR_CLUSTER_SNAPSHOT, R(3, 4, 2), ALWAYS, 1, NULL, "docs cluster_snapshot.md"},

    {SR_SNAPSHOT_FLAW, R(2, 5, 0), R(3, 4, 2), 0, NULL, "docs cluster_snapshot.md"},
    {SR_SNAPSHOT_FLAW, R(3, 4, 2), R(3, 4, 10), 1,
     "a snapshot can be taken with a wrong image journal id, until 3.4.10", "#65970"},
    {SR_SNAPSHOT_FLAW, R(3, 4, 10), R(3, 5, 0), 0, NULL, "#65970"},
    {SR_SNAPSHOT_FLAW, R(3, 5, 0), R(3, 5, 2), 1,
     "a restore can end with a NullPointerException, until 3.5.2, and a snapshot can be taken with a "
     "wrong image journal id, until 3.5.10", "#60604, #65970"},
    {SR_SNAPSHOT_FLAW, R(3, 5, 2), R(3, 5, 10), 1,
     "a snapshot can be taken with a wrong image journal id, until 3.5.10", "#65970"},
    {SR_SNAPSHOT_FLAW, R(3, 5, 10), R(4, 0, 0), 0, NULL, "#65970"},
    /* Repaired on 2025-11-26, for 4.0 too by its labels; 4.0.1 is of 2025-11-17. */
    {SR_SNAPSHOT_FLAW, R(4, 0, 0), R(4, 0, 2), 1,
     "a snapshot can be taken with a wrong image journal id, until 4.0.1", "#65970"},
    {SR_SNAPSHOT_FLAW, R(4, 0, 2), ALWAYS, 0, NULL, "#65970"},

    {SR_RESET_SWITCH, R(2, 5, 0), R(3, 1, 10), RESET_FAILURE_RECOVERY, NULL,
     "docs Meta_recovery.md"},
    {SR_RESET_SWITCH, R(3, 1, 10), R(3, 2, 0), RESET_ELECTION_GROUP, NULL, "docs Meta_recovery.md"},
    {SR_RESET_SWITCH, R(3, 2, 0), R(3, 2, 5), RESET_FAILURE_RECOVERY, NULL,
     "docs Meta_recovery.md"},
    {SR_RESET_SWITCH, R(3, 2, 5), ALWAYS, RESET_ELECTION_GROUP, NULL,
     "docs Meta_recovery.md; recorded on 3.3.5 and 4.1.0"},

    {SR_FOREIGN_ROLE, R(2, 5, 0), R(3, 3, 9), 0,
     "a node name in image/ROLE that belongs to another pod is not corrected before 3.3.9",
     "PR #54399, release notes of 3.3.9"},
    {SR_FOREIGN_ROLE, R(3, 3, 9), ALWAYS, 1, NULL, "PR #54399"},

    {SR_V1_ONLY, R(2, 5, 0), R(3, 2, 11), 1, "this release writes no image/v2", "PR #48569"},
    {SR_V1_ONLY, R(3, 2, 11), R(3, 3, 0), 0, NULL, "PR #48569"},
    {SR_V1_ONLY, R(3, 3, 0), R(3, 3, 3), 1, "this release writes no image/v2", "PR #48569"},
    {SR_V1_ONLY, R(3, 3, 3), ALWAYS, 0, NULL, "PR #48569; recorded on 3.3.5"},

    {SR_REFRESH_PAUSE, R(2, 5, 0), R(2, 5, 17), 0, PAUSE_FAILS "2.5.17", PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(2, 5, 17), R(3, 0, 0), 1, NULL, PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(3, 0, 0), R(3, 0, 9), 0, PAUSE_FAILS "3.0.9", PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(3, 0, 9), R(3, 1, 0), 1, NULL, PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(3, 1, 0), R(3, 1, 6), 0, PAUSE_FAILS "3.1.6", PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(3, 1, 6), R(3, 2, 0), 1, NULL, PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(3, 2, 0), R(3, 2, 1), 0, PAUSE_FAILS "3.2.1", PAUSE_SOURCE},
    {SR_REFRESH_PAUSE, R(3, 2, 1), ALWAYS, 1, NULL,
     "PR #36247; recorded on 3.3.5, 3.4.8, 3.5.16, 4.1.0"},

    {SR_RUN_EXTRA, R(2, 5, 0), R(3, 0, 0), 0, NULL, "fe-core TaskRunsSystemTable 2.5"},
    {SR_RUN_EXTRA, R(3, 0, 0), ALWAYS, 1, NULL,
     "fe-core TaskRunsSystemTable 3.0; recorded on 3.3.5 to 4.1.0"},

    {SR_RUN_START, R(2, 5, 0), R(4, 0, 0), 0, NULL, "fe-core TaskRunsSystemTable 3.5"},
    {SR_RUN_START, R(4, 0, 0), ALWAYS, 1, NULL, "fe-core TaskRunsSystemTable 4.0"},

    {SR_TIMES_FIXED, R(2, 5, 0), R(4, 1, 0), 0, NULL, "recorded on 3.3.5, 3.4.8, 3.5.16"},
    {SR_TIMES_FIXED, R(4, 1, 0), ALWAYS, 1, NULL,
     "PR #66360, undone by #73619 in a release not known here; recorded on 4.1.0"},

    {SR_CANCEL_EMPTIES, R(2, 5, 0), R(3, 3, 14), 0, CANCEL_RUNS, "before PR #58310"},
    {SR_CANCEL_EMPTIES, R(3, 3, 14), R(3, 4, 0), 1, NULL, "PR #58310"},
    {SR_CANCEL_EMPTIES, R(3, 4, 0), R(3, 4, 4), 0, CANCEL_RUNS, "before PR #58310"},
    {SR_CANCEL_EMPTIES, R(3, 4, 4), ALWAYS, 1, NULL, "PR #58310; TaskRunManager killTaskRun 3.5"},

    {SR_CANCEL_FORCE, R(2, 5, 0), R(3, 1, 0), 0,
     "CANCEL REFRESH has no FORCE before 3.1", "StarRocks.g4 3.0"},
    {SR_CANCEL_FORCE, R(3, 1, 0), ALWAYS, 1, NULL, "StarRocks.g4 3.1; recorded on 3.3.5, 4.1.0"},

    {SR_FORCE_EMPTIES, R(2, 5, 0), R(3, 5, 8), 0, NULL, "before PR #63844"},
    {SR_FORCE_EMPTIES, R(3, 5, 8), R(3, 5, 15), 1, FORCE_EMPTIES,
     "PR #63844, repaired by #69488 in 3.5.15"},
    {SR_FORCE_EMPTIES, R(3, 5, 15), R(4, 0, 0), 0, NULL, "PR #69488"},
    {SR_FORCE_EMPTIES, R(4, 0, 0), R(4, 0, 7), 1, FORCE_EMPTIES,
     "commit 0c2e5c39f9, repaired in 4.0.7"},
    {SR_FORCE_EMPTIES, R(4, 0, 7), ALWAYS, 0, NULL, "BaseMVRefreshProcessor 4.1"},

    {SR_VIEW_QUERY, R(2, 5, 0), R(4, 0, 0), VIEW_QUERY_REWRITTEN, NULL,
     "recorded on 3.3.5, 3.4.8, 3.5.16"},
    {SR_VIEW_QUERY, R(4, 0, 0), R(4, 1, 0), VIEW_QUERY_EITHER, NULL,
     "PR #64318, marked for 4.0, in which release of it is not known here"},
    {SR_VIEW_QUERY, R(4, 1, 0), ALWAYS, VIEW_QUERY_WRITTEN, NULL, "PR #64318; recorded on 4.1.0"},

    {SR_PARTITIONS_META, R(2, 5, 0), R(3, 1, 0), 0, NULL, "fe-core InfoSchemaDb 3.0"},
    {SR_PARTITIONS_META, R(3, 1, 0), ALWAYS, 1, NULL, "docs information_schema/partitions_meta.md"},

    {SR_SHOW_USERS, R(2, 5, 0), R(3, 0, 0), 0, NULL, "docs SHOW_USERS.md: since v3.0"},
    {SR_SHOW_USERS, R(3, 0, 0), ALWAYS, 1, NULL, "docs SHOW_USERS.md; recorded on 3.3.5 to 4.1.0"},

    {SR_GRANTS_TABLES, R(2, 5, 0), R(3, 1, 0), 0, NULL, "fe-core SysDb 3.1, GrantsTo.java"},
    {SR_GRANTS_TABLES, R(3, 1, 0), ALWAYS, 1, NULL, "docs sys/grants_to_users.md"},
};

const struct behaviour_row *starrocks_row(enum behaviour what, struct release release)
{
    return behaviour_find(table, sizeof(table) / sizeof(table[0]), what, release);
}

int starrocks_value(enum behaviour what, struct release release, int careful)
{
    const struct behaviour_row *row = starrocks_row(what, release);

    return row == NULL ? careful : row->value;
}

const struct behaviour_row *starrocks_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}

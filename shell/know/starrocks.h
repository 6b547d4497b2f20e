/*
 * What is true of a StarRocks release: one table, a row per behaviour and range of releases, each
 * with its source. Nothing else in the program compares releases.
 */
#ifndef BELAY_STARROCKS_H
#define BELAY_STARROCKS_H

#include <stdbool.h>

#include "behaviour.h"

enum behaviour {
    SR_ACTIVE_REFRESH,    /* what ACTIVE does to the data: enum active_refresh */
    SR_INACTIVE_CASCADE,  /* INACTIVE of a base takes its dependants down: 0 or 1 */
    SR_ACTIVE_SPOILS,     /* a refused ACTIVE overwrites the user's reason: 0 or 1 */
    SR_INACTIVE_KILLS,    /* INACTIVE ends a refresh that is running: 0 or 1 */
    SR_CHECKER,           /* the FE activates views by itself when they look repairable: 0 or 1 */
    SR_CHECKER_WAKES,     /* … even those a user took down, once their base came up: 0 or 1 */
    SR_START_REFRESHES,   /* the start of a leader may end in full refreshes of views: 0 or 1 */
    SR_STARMGR_IMAGE,     /* what CREATE IMAGE does for starmgr: enum starmgr_image */
    SR_ACTIVE_FLAG,       /* lists of views tell whether one is active: 0 or 1 */
    SR_INACTIVE_REASON,   /* views tell why they are inactive: 0 or 1 */
    SR_RELOAD_SECONDS,    /* so long after its start a FE may show active views as inactive; 0: not */
    SR_LINEAGE_TABLE,     /* sys.object_dependencies exists: 0 or 1 */
    SR_CLUSTER_SNAPSHOT,  /* automated cluster snapshots, shared-data: 0 or 1 */
    SR_SNAPSHOT_FLAW,     /* what a cluster snapshot of this release may suffer from: 0 or 1 */
    SR_RESET_SWITCH,      /* fe.conf switch that makes a restored FE a leader: enum reset_switch */
    SR_FOREIGN_ROLE,      /* a node name in ROLE of another pod is corrected at start: 0 or 1 */
    SR_V1_ONLY,           /* FE writes no image/v2: 0 or 1 */
    SR_REFRESH_PAUSE,     /* REFRESH MANUAL and the old clause back are safe: 0 or 1 */
    SR_RUN_EXTRA,         /* task_runs has EXTRA_MESSAGE and PROPERTIES: 0 or 1 */
    SR_RUN_START,         /* task_runs has PROCESS_TIME: 0 or 1 */
    SR_TIMES_FIXED,       /* times that the FE prints by itself may be in UTC+8: 0 or 1 */
    SR_CANCEL_EMPTIES,    /* CANCEL REFRESH without FORCE ends what waits too: 0 or 1 */
    SR_CANCEL_FORCE,      /* CANCEL REFRESH MATERIALIZED VIEW … FORCE: 0 or 1 */
    SR_FORCE_EMPTIES,     /* a forced refresh drops the partitions first: 0 or 1 */
    SR_VIEW_QUERY,        /* how SHOW CREATE gives the query of a view: enum view_query */
    SR_PARTITIONS_META,   /* information_schema.partitions_meta exists: 0 or 1 */
    SR_SHOW_USERS,        /* SHOW USERS: 0 or 1 */
    SR_GRANTS_TABLES      /* sys.grants_to_users and sys.grants_to_roles exist: 0 or 1 */
};

enum active_refresh {
    ACTIVE_REFRESHES_CHANGED, /* an ordinary refresh: only partitions whose base changed */
    ACTIVE_REFRESHES_FULL,    /* forced: everything again */
    ACTIVE_EMPTIES_FIRST      /* forced, and the partitions are dropped before: empty meanwhile */
};

enum starmgr_image {
    STARMGR_NONE,     /* none: the newer shard metadata is in bdb only */
    STARMGR_ON_WRITE, /* only after the next write to the starmgr journal */
    STARMGR_ITSELF    /* made by itself within about two minutes */
};

enum view_query {
    VIEW_QUERY_REWRITTEN, /* made anew from what it means: every name with its table */
    VIEW_QUERY_WRITTEN,   /* as it was written */
    VIEW_QUERY_EITHER     /* one or the other */
};

enum reset_switch { RESET_FAILURE_RECOVERY, RESET_ELECTION_GROUP };

/* The row for this release, as behaviour_find. */
const struct behaviour_row *starrocks_row(enum behaviour what, struct release release);

/* The row's value, or `careful` when none is known. */
int starrocks_value(enum behaviour what, struct release release, int careful);

/* The whole table, for tests and documents. */
const struct behaviour_row *starrocks_table(unsigned *ret_rows);

#endif

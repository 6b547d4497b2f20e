/* The FE settings of a quiet backup. Rows of one setting do not overlap; a test checks that. */
#include "quiet.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <belay/str.h>

#define R(a, b, c) {a, b, c}
#define ALWAYS {0, 0, 0}
#define DOCS "StarRocks docs, FE_configuration.md"
#define UPGRADE "StarRocks docs, deployment/upgrade.md; fe-core Config.java 2.5 to 4.1"

static const struct quiet_setting table[] = {
    /* Metadata names tablet metadata and segment files by version. */
    {"lake_autovacuum_grace_period_minutes", R(3, 1, 0), ALWAYS, QUIET_SHARED_DATA, "10080", true, true,
     "vacuum removes files that this metadata names, so many minutes after newer ones replaced them",
     DOCS " (since v3.1.0); issues #51706, #65012"},
    {"catalog_trash_expire_second", R(2, 5, 0), ALWAYS, QUIET_BOTH, "604800", true, true,
     "the data of a table or partition that is dropped is erased after so many seconds", DOCS},
    {"partition_recycle_retention_period_secs", R(3, 5, 9), ALWAYS, QUIET_BOTH, "604800", true, true,
     "what INSERT OVERWRITE or a refresh replaces is erased after so many seconds",
     DOCS " (since v3.5.9)"},
    /* The metadata says which backend holds which replica: one that moved is lost to it. */
    {"tablet_sched_disable_balance", R(2, 5, 0), ALWAYS, QUIET_SHARED_NOTHING, "true", false, true,
     "replicas are moved away from where this metadata looks for them", UPGRADE},
    {"tablet_sched_disable_colocate_balance", R(2, 5, 0), ALWAYS, QUIET_SHARED_NOTHING, "true", false,
     true, "replicas of colocated tables are moved away from where this metadata looks for them",
     UPGRADE},

    /*
     * Only while the copy is made. Repair must go on afterwards, or a lost disk stays lost; tables
     * that are not compacted get slow, and loads are slowed down for them.
     */
    {"lake_compaction_max_tasks", R(3, 1, 0), ALWAYS, QUIET_SHARED_DATA, "0", false, false,
     "compaction writes new versions", DOCS " (mutable since v3.1.0); fe-core CompactionScheduler"},
    {"tablet_sched_max_scheduling_tablets", R(2, 5, 0), ALWAYS, QUIET_SHARED_NOTHING, "0", false,
     false, "tablets are cloned", UPGRADE},
    {"tablet_sched_max_balancing_tablets", R(2, 5, 0), ALWAYS, QUIET_SHARED_NOTHING, "0", false, false,
     "tablets are moved", UPGRADE},
    {"enable_statistic_collect", R(2, 5, 0), ALWAYS, QUIET_BOTH, "false", false, false,
     "the FE collects statistics, which are written to tables", DOCS},
};

const struct quiet_setting *quiet_settings(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}

bool quiet_applies(const struct quiet_setting *row, struct release release, bool shared_data)
{
    bool known = release.major != 0;
    bool in = !known || release_compare(release, row->from) >= 0;
    bool over = row->until.major != 0 && (!known || release_compare(release, row->until) >= 0);

    return in && !over && (row->mode & (shared_data ? QUIET_SHARED_DATA : QUIET_SHARED_NOTHING)) != 0;
}

bool quiet_good(const struct quiet_setting *row, const char *value)
{
    char *end;

    if (!row->at_least)
        return str_equal(value, row->value);
    long long has = strtoll(value, &end, 10);
    return end != value && *end == '\0' && has >= strtoll(row->value, NULL, 10);
}

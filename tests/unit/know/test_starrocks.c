/* The release table of StarRocks: its shape, and the values that were recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "release_rows.h"
#include "starrocks.h"

static void the_table_is_whole(void **state)
{
    (void)state;
    unsigned n;
    const struct behaviour_row *rows = starrocks_table(&n);
    assert_true(n > 20);
    assert_ranges_and_sources(rows, n);
    assert_no_overlap(rows, n);
    assert_no_hole(rows, n);
}

static void an_unknown_release_has_no_row(void **state)
{
    (void)state;
    unsigned n;
    const struct behaviour_row *rows = starrocks_table(&n);
    for (unsigned i = 0; i < n; i++) {
        assert_null(starrocks_row(rows[i].what, (struct release){0}));
        assert_int_equal(starrocks_value(rows[i].what, (struct release){0}, 7), 7);
    }
}

/* Recorded on running FEs of these releases; 3.3.3 as 3.3.5 where no change lies between. */
static void recorded_values(void **state)
{
    (void)state;
    static const char *const releases[] = {"3.3.3-312ed45", "3.4.8", "3.5.16-d6ff11f", "4.1.0"};
    static const struct {
        enum behaviour what;
        int values[4];
    } recorded[] = {
        {SR_ACTIVE_REFRESH, {ACTIVE_REFRESHES_FULL, ACTIVE_REFRESHES_CHANGED,
                             ACTIVE_REFRESHES_FULL, ACTIVE_REFRESHES_CHANGED}},
        {SR_INACTIVE_CASCADE, {0, 0, 0, 1}},
        {SR_ACTIVE_SPOILS, {1, 0, 0, 0}},
        {SR_INACTIVE_KILLS, {0, 1, 1, 1}},
        {SR_CHECKER, {1, 1, 1, 1}},
        {SR_CHECKER_WAKES, {0, 0, 0, 1}},
        {SR_START_REFRESHES, {0, 0, 1, 0}},
        {SR_STARMGR_IMAGE, {STARMGR_NONE, STARMGR_ON_WRITE, STARMGR_ON_WRITE, STARMGR_ITSELF}},
        {SR_ACTIVE_FLAG, {1, 1, 1, 1}},
        {SR_INACTIVE_REASON, {1, 1, 1, 1}},
        {SR_RELOAD_SECONDS, {0, 0, 180, 180}},
        {SR_LINEAGE_TABLE, {1, 1, 1, 1}},
        {SR_CLUSTER_SNAPSHOT, {0, 1, 1, 1}},
        {SR_SNAPSHOT_FLAW, {0, 1, 0, 0}},
        {SR_RESET_SWITCH, {RESET_ELECTION_GROUP, RESET_ELECTION_GROUP, RESET_ELECTION_GROUP,
                           RESET_ELECTION_GROUP}},
        {SR_FOREIGN_ROLE, {0, 1, 1, 1}},
        {SR_V1_ONLY, {0, 0, 0, 0}},
        {SR_REFRESH_PAUSE, {1, 1, 1, 1}},
        {SR_RUN_EXTRA, {1, 1, 1, 1}},
        {SR_RUN_START, {0, 0, 0, 1}},
        {SR_CANCEL_EMPTIES, {0, 1, 1, 1}},
        {SR_CANCEL_FORCE, {1, 1, 1, 1}},
        {SR_FORCE_EMPTIES, {0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(starrocks_value(recorded[i].what, release_of(releases[k]), -1),
                             recorded[i].values[k]);
    }
}

/* The last release before a change, and the first with it. */
static void values_change_where_the_change_was_released(void **state)
{
    (void)state;
    static const struct {
        enum behaviour what;
        const char *last, *first;
        int before, after;
    } changes[] = {
        {SR_ACTIVE_REFRESH, "3.4.1", "3.4.2", ACTIVE_REFRESHES_FULL, ACTIVE_REFRESHES_CHANGED},
        {SR_ACTIVE_REFRESH, "3.5.7", "3.5.8", ACTIVE_REFRESHES_FULL, ACTIVE_EMPTIES_FIRST},
        {SR_ACTIVE_REFRESH, "3.5.14", "3.5.15", ACTIVE_EMPTIES_FIRST, ACTIVE_REFRESHES_FULL},
        {SR_INACTIVE_CASCADE, "4.0.1", "4.0.2", 0, 1},
        {SR_CHECKER_WAKES, "4.0.1", "4.0.2", 0, 1},
        {SR_INACTIVE_KILLS, "3.3.13", "3.3.14", 0, 1},
        {SR_INACTIVE_KILLS, "3.4.3", "3.4.4", 0, 1},
        {SR_ACTIVE_FLAG, "2.5.22", "3.0.0", 0, 1},
        {SR_INACTIVE_REASON, "3.0.9", "3.1.0", 0, 1},
        {SR_RELOAD_SECONDS, "3.5.7", "3.5.8", 0, 180},
        {SR_START_REFRESHES, "3.4.10", "3.5.0", 0, 1},
        {SR_START_REFRESHES, "3.5.18", "4.0.0", 1, 0},
        {SR_STARMGR_IMAGE, "3.3.8", "3.3.9", STARMGR_NONE, STARMGR_ON_WRITE},
        {SR_CLUSTER_SNAPSHOT, "3.4.1", "3.4.2", 0, 1},
        {SR_SNAPSHOT_FLAW, "3.4.9", "3.4.10", 1, 0},
        {SR_SNAPSHOT_FLAW, "3.5.9", "3.5.10", 1, 0},
        {SR_SNAPSHOT_FLAW, "4.0.1", "4.0.2", 1, 0},
        {SR_RESET_SWITCH, "3.1.9", "3.1.10", RESET_FAILURE_RECOVERY, RESET_ELECTION_GROUP},
        {SR_RESET_SWITCH, "3.2.4", "3.2.5", RESET_FAILURE_RECOVERY, RESET_ELECTION_GROUP},
        {SR_FOREIGN_ROLE, "3.3.8", "3.3.9", 0, 1},
        {SR_V1_ONLY, "3.2.10", "3.2.11", 1, 0},
        {SR_V1_ONLY, "3.2.12", "3.3.0", 0, 1},
        {SR_V1_ONLY, "3.3.2", "3.3.3", 1, 0},
        {SR_REFRESH_PAUSE, "2.5.16", "2.5.17", 0, 1},
        {SR_REFRESH_PAUSE, "3.0.8", "3.0.9", 0, 1},
        {SR_REFRESH_PAUSE, "3.1.5", "3.1.6", 0, 1},
        {SR_REFRESH_PAUSE, "3.2.0", "3.2.1", 0, 1},
        {SR_RUN_EXTRA, "2.5.22", "3.0.0", 0, 1},
        {SR_RUN_START, "3.5.18", "4.0.0", 0, 1},
        {SR_CANCEL_EMPTIES, "3.3.13", "3.3.14", 0, 1},
        {SR_CANCEL_EMPTIES, "3.4.3", "3.4.4", 0, 1},
        {SR_CANCEL_FORCE, "3.0.9", "3.1.0", 0, 1},
        {SR_FORCE_EMPTIES, "3.5.7", "3.5.8", 0, 1},
        {SR_FORCE_EMPTIES, "3.5.14", "3.5.15", 1, 0},
        {SR_FORCE_EMPTIES, "4.0.6", "4.0.7", 1, 0},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        assert_int_equal(starrocks_value(changes[i].what, release_of(changes[i].last), -1),
                         changes[i].before);
        assert_int_equal(starrocks_value(changes[i].what, release_of(changes[i].first), -1),
                         changes[i].after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(an_unknown_release_has_no_row),
        cmocka_unit_test(recorded_values),
        cmocka_unit_test(values_change_where_the_change_was_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

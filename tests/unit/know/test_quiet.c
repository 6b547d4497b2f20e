/* The settings of a quiet backup, and the lists of what writes: shape, releases, run modes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/str.h>

#include "quiet.h"
#include "release_rows.h"
#include "writes.h"

static void the_settings_are_whole(void **state)
{
    (void)state;
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);

    assert_true(n > 0);
    for (unsigned i = 0; i < n; i++) {
        assert_true(rows[i].from.major > 0 && *rows[i].unless != '\0' && *rows[i].source != '\0');
        assert_true(is_open(rows[i].until) || release_compare(rows[i].from, rows[i].until) < 0);
        assert_true(quiet_good(&rows[i], rows[i].value));
        for (unsigned k = 0; k < i; k++) {
            if (str_equal(rows[i].key, rows[k].key))
                assert_true(!is_open(rows[k].until) &&
                            release_compare(rows[k].until, rows[i].from) <= 0);
        }
    }
}

/* The keys that count, "+" behind those that stay. */
static void keys(const char *release, bool shared_data, struct str *ret)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);
    struct release r = {0};

    release_parse(release, &r);
    for (unsigned i = 0; i < n; i++) {
        if (quiet_applies(&rows[i], r, shared_data))
            str_addf(ret, "%s%s ", rows[i].key, rows[i].stays ? "+" : "");
    }
}

#define GRACE "lake_autovacuum_grace_period_minutes+ "
#define TRASH "catalog_trash_expire_second+ "
#define RECYCLE "partition_recycle_retention_period_secs+ "
#define COMPACTION "lake_compaction_max_tasks "
#define STATISTICS "enable_statistic_collect "
#define BALANCE "tablet_sched_disable_balance+ tablet_sched_disable_colocate_balance+ "
#define CLONE "tablet_sched_max_scheduling_tablets tablet_sched_max_balancing_tablets "

static void what_counts_where(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        bool shared_data;
        const char *keys;
    } known[] = {
        {"3.0.9", true, TRASH STATISTICS}, /* compaction cannot be set there */
        {"3.1.2", true, GRACE TRASH COMPACTION STATISTICS},
        {"3.3.5", true, GRACE TRASH COMPACTION STATISTICS},
        {"3.5.8", true, GRACE TRASH COMPACTION STATISTICS},
        {"3.5.9", true, GRACE TRASH RECYCLE COMPACTION STATISTICS},
        {"4.1.0", true, GRACE TRASH RECYCLE COMPACTION STATISTICS},
        {"no release", true, GRACE TRASH RECYCLE COMPACTION STATISTICS},
        {"2.5.22", false, TRASH BALANCE CLONE STATISTICS},
        {"4.1.0", false, TRASH RECYCLE BALANCE CLONE STATISTICS},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        AUTO_STR found = {0};
        keys(known[i].release, known[i].shared_data, &found);
        assert_string_equal(str_text(&found), known[i].keys);
    }
}

static void more_is_as_good(void **state)
{
    (void)state;
    static const struct quiet_setting minutes = {.key = "k", .value = "10080", .at_least = true};
    static const struct quiet_setting off = {.key = "k", .value = "0"};

    assert_true(quiet_good(&minutes, "20000"));
    assert_false(quiet_good(&minutes, "10079"));
    assert_false(quiet_good(&minutes, "-20000"));
    assert_false(quiet_good(&minutes, ""));
    assert_false(quiet_good(&minutes, "20000x"));
    assert_true(quiet_good(&off, "0"));
    assert_false(quiet_good(&off, "-1"));
    assert_false(quiet_good(&off, "1"));
}

static void lists(const char *release, bool shared_data, struct str *ret)
{
    unsigned n;
    const struct writes_list *rows = writes_lists(&n);
    struct release r = {0};

    release_parse(release, &r);
    for (unsigned i = 0; i < n; i++) {
        assert_true(rows[i].from.major > 0 && *rows[i].source != '\0');
        assert_true((rows[i].sql != NULL) != (rows[i].how == WRITES_TRANSACTIONS ||
                                              rows[i].how == WRITES_JOBS));
        if (writes_applies(&rows[i], r, shared_data))
            str_addf(ret, "%s, ", rows[i].kind);
    }
}

static void what_can_be_paused_where(void **state)
{
    static const struct {
        const char *release, *kinds;
    } releases[] = {
        {"2.5.22", "routine load"},
        {"3.2.16", "routine load,pipe"},
        {"3.5.16", "routine load,pipe,scheduled task -"},
        {"4.1.0", "routine load,pipe,scheduled task"},
        {"", "routine load,pipe,scheduled task"}, /* unknown: as the newest */
    };
    unsigned n;
    const struct writes_pause *rows = writes_pauses(&n);

    (void)state;
    for (size_t k = 0; k < sizeof(releases) / sizeof(releases[0]); k++) {
        AUTO_STR kinds = {0};
        struct release r = {0};
        release_parse(releases[k].release, &r);
        for (unsigned i = 0; i < n; i++) {
            assert_true(rows[i].pause != NULL ? rows[i].says == NULL : rows[i].says != NULL);
            assert_true((rows[i].pause == NULL) == (rows[i].resume == NULL));
            assert_true(rows[i].state == NULL || rows[i].id != NULL);
            if (writes_pause_applies(&rows[i], r))
                str_addf(&kinds, "%s%s%s", kinds.len > 0 ? "," : "", rows[i].kind,
                         rows[i].pause == NULL ? " -" : "");
        }
        assert_string_equal(kinds.s, releases[k].kinds);
    }
}

static void what_is_listed_where(void **state)
{
    (void)state;
    AUTO_STR old = {0};
    AUTO_STR nothing = {0};
    AUTO_STR data = {0};

    lists("2.5.22", false, &old);
    assert_null(strstr(old.s, "pipes"));
    assert_null(strstr(old.s, "scheduled"));
    assert_null(strstr(old.s, "compactions"));
    lists("4.1.0", false, &nothing);
    assert_non_null(strstr(nothing.s, "BACKUP jobs"));
    assert_non_null(strstr(nothing.s, "cloned"));
    assert_null(strstr(nothing.s, "compactions"));
    assert_null(strstr(nothing.s, "splits"));
    lists("4.1.0", true, &data);
    assert_non_null(strstr(data.s, "compactions"));
    assert_non_null(strstr(data.s, "splits"));
    assert_non_null(strstr(data.s, "pipes"));
    assert_null(strstr(data.s, "BACKUP jobs"));
    assert_null(strstr(data.s, "cloned"));
}

static void words(void **state)
{
    (void)state;
    assert_true(writes_in("a,bc,d", "bc"));
    assert_true(writes_in("a,bc,d", "d"));
    assert_false(writes_in("a,bc,d", "b"));
    assert_false(writes_in("a,bc,d", ""));
    assert_false(writes_in("", "a"));
    assert_string_equal(writes_of_source("BACKEND_STREAMING"), "stream loads");
    assert_null(writes_of_source("LAKE_COMPACTION")); /* in a list of their own */
    assert_string_equal(writes_of_source("SOMETHING_NEW"), "transactions");
    assert_string_equal(writes_of_job("schema_change"), "ALTER jobs");
    assert_string_equal(writes_of_job("something_new"), "jobs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_settings_are_whole), cmocka_unit_test(what_counts_where),
        cmocka_unit_test(more_is_as_good),        cmocka_unit_test(what_is_listed_where), cmocka_unit_test(what_can_be_paused_where),
        cmocka_unit_test(words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

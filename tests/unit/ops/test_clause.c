/* Refresh clauses: the forms the FE writes are understood, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "views/clause.h"

static void forms_that_the_fe_writes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum clause_kind kind;
        bool deferred;
        int64_t period_s;
        int64_t start_s;
    } cases[] = {
        {"REFRESH MANUAL", CLAUSE_MANUAL, false, 0, -1},
        {"REFRESH DEFERRED MANUAL", CLAUSE_MANUAL, true, 0, -1},
        {"REFRESH ASYNC", CLAUSE_ON_LOAD, false, 0, -1},
        {"REFRESH IMMEDIATE ASYNC", CLAUSE_ON_LOAD, false, 0, -1},
        {"REFRESH DEFERRED ASYNC", CLAUSE_ON_LOAD, true, 0, -1},
        {"REFRESH ASYNC START(\"2027-01-01 00:00:00\")", CLAUSE_ON_LOAD, false, 0, 1798761600},
        {"REFRESH ASYNC EVERY(INTERVAL 1 DAY)", CLAUSE_EVERY, false, 86400, -1},
        {"REFRESH ASYNC EVERY(INTERVAL 90 SECOND)", CLAUSE_EVERY, false, 90, -1},
        {"REFRESH ASYNC EVERY(INTERVAL 2 MONTH)", CLAUSE_EVERY, false, 0, -1},
        {"REFRESH ASYNC START(\"2027-01-01 00:00:00\") EVERY(INTERVAL 2 HOUR)", CLAUSE_EVERY, false,
         7200, 1798761600},
        {"REFRESH DEFERRED ASYNC START(\"2025-01-01\") EVERY(INTERVAL 10 MINUTE)", CLAUSE_EVERY, true,
         600, 1735689600},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct clause clause;
        clause_parse(cases[i].text, &clause);
        if (clause.kind != cases[i].kind || clause.deferred != cases[i].deferred)
            fail_msg("%s", cases[i].text);
        assert_int_equal(clause.period_s, cases[i].period_s);
        assert_int_equal(clause.start_s, cases[i].start_s);
        assert_string_equal(clause_when_manual(&clause),
                            cases[i].deferred ? "REFRESH DEFERRED MANUAL" : "REFRESH MANUAL");
    }
}

/* DEFERRED says nothing after the creation, and an FE up to 3.5 may forget it. */
static void the_moment_makes_no_other_clause(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {
        {"REFRESH DEFERRED MANUAL", "REFRESH MANUAL", true},
        {"REFRESH MANUAL", "REFRESH DEFERRED MANUAL", true},
        {"REFRESH IMMEDIATE ASYNC EVERY(INTERVAL 1 DAY)", "REFRESH ASYNC EVERY(INTERVAL 1 DAY)",
         true},
        {"REFRESH DEFERRED ASYNC", "REFRESH DEFERRED MANUAL", false},
        {"REFRESH ASYNC EVERY(INTERVAL 1 DAY)", "REFRESH ASYNC EVERY(INTERVAL 2 DAY)", false},
        {"REFRESH", "REFRESH DEFERRED", true},
        {"", "", true},
        {"", "REFRESH MANUAL", false},
        {"REFRESH MANUAL", "", false},
        {"DEFERRED MANUAL", "REFRESH DEFERRED MANUAL", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (clause_same(cases[i].one, cases[i].other) != cases[i].same)
            fail_msg("%s | %s", cases[i].one, cases[i].other);
    }
}

/* It goes into a statement: nothing may stand behind it or hide in it. */
static void nothing_else_is_a_clause(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "REFRESH", "REFRESH ", "ASYNC", "refresh async", "REFRESHMANUAL", "REFRESH MANUALLY",
        "REFRESH INCREMENTAL", "REFRESH SYNC", "REFRESH MANUAL EVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC;", "REFRESH ASYNC; DROP TABLE t", "REFRESH ASYNC -- EVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC /* EVERY(INTERVAL 1 DAY) */", "REFRESH ASYNC 'EVERY(INTERVAL 1 DAY)'",
        "REFRESH ASYNC EVERY", "REFRESH ASYNC EVERY()", "REFRESH ASYNC EVERY(INTERVAL DAY)",
        "REFRESH ASYNC EVERY(INTERVAL 0 DAY)", "REFRESH ASYNC EVERY(INTERVAL 1 DAY",
        "REFRESH ASYNC EVERY(INTERVAL 1 FORTNIGHT)", "REFRESH ASYNC EVERY(INTERVAL 1 DAY) x",
        "REFRESH ASYNC EVERY(INTERVAL 1 DAY); DROP TABLE t",
        "REFRESH ASYNC EVERY(INTERVAL '1' DAY)", "REFRESH ASYNC EVERY(INTERVAL 99999999999 DAY)",
        "REFRESH ASYNC START(\"now\") EVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC START(\"2027-01-01 00:00:00) EVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC START(\"2027-01-01\\\" 00:00:00\") EVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC START(\"2027-01-01 00:00:00 2027-01-01 00:00:00\") EVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC\nEVERY(INTERVAL 1 DAY)", "REFRESH ASYNC\tEVERY(INTERVAL 1 DAY)",
        "REFRESH ASYNC EVERY(INTERVAL 1 DAY) START(\"2027-01-01 00:00:00\")",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct clause clause;
        clause_parse(texts[i], &clause);
        if (clause.kind != CLAUSE_UNKNOWN)
            fail_msg("taken for a clause: %s", texts[i]);
    }
}

static void times(void **state)
{
    (void)state;
    assert_int_equal(clause_time("1970-01-02 00:00:01"), 86401);
    assert_int_equal(clause_time("1970-01-02"), 86400);
    assert_int_equal(clause_time("1970-01-02 00:00:01.123456"), 86401);
    assert_int_equal(clause_time(""), -1);
    assert_int_equal(clause_time("NULL"), -1);
    assert_int_equal(clause_time("1970-01-02 00:00:01 x"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_that_the_fe_writes),
        cmocka_unit_test(the_moment_makes_no_other_clause),
        cmocka_unit_test(nothing_else_is_a_clause),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

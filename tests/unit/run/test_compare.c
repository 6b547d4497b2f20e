/* Comparing as \if does, and what \watch is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/command.h>
#include <belay/str.h>

#include "script/compare.h"
#include "seconds.h"
#include "script/watch.h"

const struct command *const command_table[] = {NULL};

static int sign(int n)
{
    return n < 0 ? -1 : n > 0;
}

static void test_order(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {
        {"2", "10", -1},          {"2.50", "2.5", 0},           {"-1", "1", -1},
        {"1e3", "999", 1},        {"a", "b", -1},               {"a", "a", 0},
        {"10", "9a", -1},         {"3.3.10", "3.3.9", 1},       {"3.3.3-312ed45", "3.3", 1},
        {"3.3.0", "3.3", 0},      {"3.10.1", "3.9", 1},         {"3.3.3", "4", -1},
        {"", "0", -1},            {"9007199254740993", "9007199254740992", 1},
        {"1.2.x", "1.2.3", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sign(compare_values(cases[i].a, cases[i].b)), cases[i].order);
        assert_int_equal(sign(compare_values(cases[i].b, cases[i].a)), -cases[i].order);
    }
}

static void test_operators(void **state)
{
    bool holds;

    (void)state;
    assert_true(compare_by("1", "<=", "1", &holds, NULL) && holds);
    assert_true(compare_by("1", "<>", "1", &holds, NULL) && !holds);
    assert_true(compare_by("2", ">", "10", &holds, NULL) && !holds);
    assert_true(compare_by("2", "<", "10", &holds, NULL) && holds);
    assert_false(compare_by("1", "=<", "1", &holds, NULL));
    assert_true(compare_truth("yes", &holds, NULL) && holds);
    assert_true(compare_truth("", &holds, NULL) && !holds);
    assert_false(compare_truth("maybe", &holds, NULL));
}

static void test_watch(void **state)
{
    struct watch w;

    (void)state;
    assert_true(watch_parse("", &w, NULL));
    assert_int_equal(w.every_ms, 2000);
    assert_null(w.op);
    watch_done(&w);
    assert_true(watch_parse("0.5 count=3 until STATE = FINISHED", &w, NULL));
    assert_int_equal(w.every_ms, 500);
    assert_int_equal(w.count, 3);
    assert_string_equal(w.column, "STATE");
    assert_string_equal(w.op, "=");
    assert_string_equal(w.value, "FINISHED");
    watch_done(&w);
    assert_true(watch_parse("until rows>=10", &w, NULL));
    assert_null(w.column);
    assert_string_equal(w.op, ">=");
    watch_done(&w);
    assert_true(watch_parse("0", &w, NULL)); /* not as fast as the machine can */
    assert_int_equal(w.every_ms, 100);
    watch_done(&w);
    static const char *const bad[] = {"x", "-1", "1e9", "count=0", "count=x", "until", "until rows",
                                      "until =3", "until a=<3", "'", "99999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        AUTO_ERROR err = {0};
        assert_false(watch_parse(bad[i], &w, &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
}

static void test_watch_holds(void **state)
{
    AUTO_RESULT rows = {0};
    struct watch w;
    bool holds;

    (void)state;
    result_column(&rows, "state", COLUMN_TEXT);
    assert_true(watch_parse("until state=DONE", &w, NULL));
    assert_true(watch_holds(&w, &rows, &holds, NULL) && !holds); /* no row is not every row */
    result_set_text(&rows, result_row(&rows), "state", "DONE");
    assert_true(watch_holds(&w, &rows, &holds, NULL) && holds);
    result_set_text(&rows, result_row(&rows), "state", "RUNNING");
    assert_true(watch_holds(&w, &rows, &holds, NULL) && !holds);
    watch_done(&w);
    assert_true(watch_parse("until rows=2", &w, NULL));
    assert_true(watch_holds(&w, &rows, &holds, NULL) && holds);
    watch_done(&w);
    assert_true(watch_parse("until nosuch=2", &w, NULL));
    assert_false(watch_holds(&w, &rows, &holds, NULL));
    watch_done(&w);
}

static void test_seconds(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {{0, " (0.000 sec)"},
                 {59999, " (59.999 sec)"},
                 {72345, " (1 min 12.345 sec)"},
                 {7323000, " (2 hours 2 min 3.000 sec)"},
                 {3600500, " (1 hour 0.500 sec)"}, /* what is nought is not said */
                 {172800000, " (2 days 0.000 sec)"},
                 {90000000, " (1 day 1 hour 0.000 sec)"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_STR got = {0};
        seconds_add(cases[i].ms, &got);
        assert_string_equal(got.s, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),       cmocka_unit_test(test_operators),
        cmocka_unit_test(test_watch),       cmocka_unit_test(test_watch_holds),
        cmocka_unit_test(test_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

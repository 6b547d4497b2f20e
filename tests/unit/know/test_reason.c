/* Why views are inactive: what the FE's words mean, and what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reason.h"

static void reasons_are_told_by_how_they_begin(void **state)
{
    (void)state;
    const struct reason_row *row = reason_row("mv consecutive failures: sessions");

    assert_non_null(row);
    assert_true(row->lasting);
    assert_string_equal(row->says, "its refreshes failed too often in a row");
    row = reason_row("base-table dropped: mv consecutive failures: x");
    assert_non_null(row);
    assert_false(row->lasting);
    assert_null(row->says);
    assert_null(reason_row("user use alter materialized view set status to inactive"));
    assert_null(reason_row("x mv consecutive failures: y"));
    assert_null(reason_row(""));
}

/* What an FE's own check at its start says is no other reason. */
static void what_a_start_puts_in_front_does_not_count(void **state)
{
    (void)state;
    static const char whole[] = "check and set active failed: Getting analyzing error. Detail message:"
                                " base-table dropped: l1.";

    assert_string_equal(reason_bare(whole), "base-table dropped: l1.");
    assert_ptr_equal(reason_row(whole), reason_row("base-table dropped: l1"));
    assert_string_equal(reason_bare("check and set active failed: null"), "null");
    assert_string_equal(reason_bare("Getting analyzing error. Detail message: x"),
                        "Getting analyzing error. Detail message: x");
    assert_string_equal(reason_bare("base-mv inactive: r1"), "base-mv inactive: r1");
    assert_null(reason_row("check and set active failed: "));
}

static void each_row_says_what_to_do_and_who_says_so(void **state)
{
    (void)state;
    unsigned n = 0;
    const struct reason_row *table = reason_table(&n);

    assert_true(n > 0);
    for (unsigned i = 0; i < n; i++) {
        assert_true(*table[i].begins != '\0' && *table[i].remedy != '\0' && *table[i].source != '\0');
        assert_ptr_equal(reason_row(table[i].begins), &table[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_are_told_by_how_they_begin),
        cmocka_unit_test(what_a_start_puts_in_front_does_not_count),
        cmocka_unit_test(each_row_says_what_to_do_and_who_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

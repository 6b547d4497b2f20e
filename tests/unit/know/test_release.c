/* Ranges of releases, the releases that were withdrawn, the keys that were dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "dropped.h"
#include "release_rows.h"
#include "withdrawn.h"

static void what_is_in_a_range(void **state)
{
    const struct release_range from = {{3, 4, 0}, {0}};
    const struct release_range before = {{0}, {3, 4, 0}};
    const struct release_range between = {{3, 5, 8}, {3, 5, 15}};
    const struct release unknown = {0};

    (void)state;
    assert_true(release_in(from, release_of("3.4.0")));
    assert_false(release_in(from, release_of("3.3.20")));
    assert_true(release_in(before, release_of("3.3.20")));
    assert_false(release_in(before, release_of("3.4.0")));
    assert_true(release_in(between, release_of("3.5.14")));
    assert_false(release_in(between, release_of("3.5.15")));
    assert_false(release_in(between, release_of("3.5.7")));
    assert_false(release_in(before, unknown));
    assert_false(release_in(from, unknown));
    assert_true(release_in((struct release_range){{0}, {0}}, unknown));
}

static void how_ranges_are_said(void **state)
{
    static const struct {
        struct release_range range;
        const char *text;
    } known[] = {{{{0}, {0}}, ""},
                 {{{3, 5, 0}, {0}}, "3.5.0 or later"},
                 {{{0}, {3, 5, 0}}, "before 3.5.0"},
                 {{{3, 5, 8}, {3, 5, 15}}, "3.5.8 up to before 3.5.15"}};

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        AUTO_STR text = {0};
        release_range_text(known[i].range, &text);
        assert_string_equal(str_text(&text), known[i].text);
        assert_int_equal(release_all(known[i].range), i == 0);
    }
    assert_true(release_known(release_of("3.3.3")));
    assert_false(release_known((struct release){0}));
}

static void what_is_one_line(void **state)
{
    (void)state;
    assert_true(release_same_line(release_of("3.3.3"), release_of("3.3.9")));
    assert_false(release_same_line(release_of("3.3.3"), release_of("3.4.3")));
    assert_false(release_same_line(release_of("3.1.3"), release_of("4.1.3")));
}

static void what_was_withdrawn(void **state)
{
    static const char *const gone[] = {"3.1.3", "3.1.10", "3.2.4", "3.2.5", "3.3.1", "3.3.10", "3.4.1"};
    unsigned n;
    const struct withdrawn_row *rows = withdrawn_table(&n);

    (void)state;
    assert_int_equal(n, sizeof(gone) / sizeof(gone[0]));
    for (unsigned i = 0; i < n; i++) {
        const struct withdrawn_row *row = withdrawn_find(release_of(gone[i]));
        assert_ptr_equal(row, &rows[i]);
        assert_true(*row->why != '\0' && *row->source != '\0');
    }
    assert_null(withdrawn_find(release_of("3.3.9")));
    assert_null(withdrawn_find(release_of("3.1.31")));
}

static void which_keys_are_dropped(void **state)
{
    unsigned n;
    const struct dropped_row *rows = dropped_table(&n);

    (void)state;
    assert_true(n > 0);
    for (unsigned i = 0; i < n; i++) {
        assert_true(release_known(rows[i].gone) && *rows[i].source != '\0');
        assert_ptr_equal(dropped_find(rows[i].key, rows[i].gone), &rows[i]);
    }
    assert_non_null(dropped_find("mysql_service_nio_enabled", release_of("4.1.3")));
    assert_null(dropped_find("mysql_service_nio_enabled", release_of("4.0.7")));
    assert_null(dropped_find("run_mode", release_of("4.1.3")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_a_range),
        cmocka_unit_test(how_ranges_are_said),
        cmocka_unit_test(what_is_one_line),
        cmocka_unit_test(what_was_withdrawn),
        cmocka_unit_test(which_keys_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which downgrades the images alone can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "release_rows.h"
#include "way_back.h"

static void the_table_is_whole(void **state)
{
    (void)state;
    unsigned n;
    const struct way_back_row *rows = way_back_table(&n);

    assert_true(n > 0);
    for (unsigned i = 0; i < n; i++) {
        assert_true(rows[i].from.major > 0 && rows[i].line.major > 0 && *rows[i].source != '\0');
        assert_true(release_compare(rows[i].line, rows[i].least) < 0);
        assert_true(release_compare(rows[i].from, rows[i].least) >= 0);
    }
}

static void what_is_barred(void **state)
{
    (void)state;
    static const struct {
        const char *now, *then, *least; /* NULL: not barred */
    } known[] = {
        {"3.0.0", "2.5.2", "2.5.3"},   {"3.0.0", "2.5.3", NULL},    {"3.1.5", "3.0.9", NULL},
        {"3.3.3", "3.2.2", "3.2.3"},   {"3.3.3", "3.2.3", NULL},    {"3.3.9", "3.2.3", "3.2.11"},
        {"3.3.9", "3.2.2", "3.2.11"},  {"3.3.9", "3.2.11", NULL},   {"3.4.0", "3.3.8", "3.3.9"},
        {"3.4.0", "3.3.9", NULL},      {"3.5.0", "3.4.5", "3.4.6"}, {"3.5.16", "3.3.5", "3.3.9"},
        {"3.5.16", "3.4.8", NULL},     {"3.5.2", "3.5.1", "3.5.2"}, {"3.5.1", "3.5.0", NULL},
        {"4.0.0", "3.5.1", "3.5.2"},   {"4.0.0", "3.5.2", NULL},    {"4.1.0", "4.0.5", "4.0.6"},
        {"4.1.0", "4.0.6", NULL},      {"4.1.0", "3.4.5", "3.4.6"}, {"3.3.9", "3.3.3", NULL},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const struct way_back_row *row = way_back_barred(release_of(known[i].now),
                                                         release_of(known[i].then));
        if (known[i].least == NULL)
            assert_null(row);
        else if (row == NULL || release_compare(row->least, release_of(known[i].least)) != 0)
            fail_msg("%s to %s", known[i].now, known[i].then);
    }
}

static void which_lines_are_known(void **state)
{
    (void)state;
    assert_true(way_knows(release_of("2.5.22")) && way_knows(release_of("4.1.7")));
    assert_false(way_knows(release_of("4.2.0")) || way_knows(release_of("2.4.9")) ||
                 way_knows(release_of("3.6.0")));
}

static void what_is_long(void **state)
{
    (void)state;

    assert_true(way_back_is_long(release_of("3.4.8"), release_of("3.2.11")));
    assert_true(way_back_is_long(release_of("4.1.0"), release_of("3.5.16")));
    assert_false(way_back_is_long(release_of("4.0.0"), release_of("3.5.16")));
    assert_false(way_back_is_long(release_of("3.0.0"), release_of("2.5.22")));
    assert_false(way_back_is_long(release_of("3.3.9"), release_of("3.3.3")));
}

static void assert_between(const char *from, const char *to, const char *expected)
{
    AUTO_STR text = {0};

    way_between(release_of(from), release_of(to), &text);
    assert_string_equal(str_text(&text), expected);
}

static void what_lies_between(void **state)
{
    (void)state;

    assert_between("3.3.3", "3.3.9", "");
    assert_between("3.3.3", "3.4.1", "");
    assert_between("3.3.3", "4.1.0", "3.4, 3.5, 4.0");
    assert_between("4.1.0", "3.3.3", "4.0, 3.5, 3.4");
    assert_between("3.3.0", "3.5.0", "3.4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(what_is_barred),
        cmocka_unit_test(which_lines_are_known),
        cmocka_unit_test(what_is_long),
        cmocka_unit_test(what_lies_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

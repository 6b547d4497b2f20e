/* "#" comments become "-- " comments, and nothing else changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <belay/str.h>
#include <comments.h>

static void check(const char *sql, const char *expected)
{
    AUTO_STR got = {0};

    assert_int_equal(sql_hash_comments(sql, strlen(sql), &got), expected != NULL);
    if (expected != NULL)
        assert_string_equal(str_text(&got), expected);
    else
        assert_int_equal(got.len, 0);
}

static void test_rewrites(void **state)
{
    (void)state;
    check("select 1 # one", "select 1 --  one");
    check("# a\nselect 1 # b\n, 2", "--  a\nselect 1 --  b\n, 2");
    check("select '#' # x", "select '#' --  x");
}

static void test_leaves(void **state)
{
    (void)state;
    check("select 1", NULL);
    check("select '# no', \"#\", `#` from t", NULL);
    check("select 1 -- # in a comment\n", NULL);
    check("select /* # */ /*+ # */ 1", NULL);
    check("", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rewrites),
                                       cmocka_unit_test(test_leaves)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

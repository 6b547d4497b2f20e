/* Regular expressions and their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "clock.h"
#include <belay/pattern.h>

static bool matches(const char *pattern, const char *text)
{
    AUTO_ERROR err = {0};
    struct pattern *compiled = pattern_new(pattern, &err);
    if (compiled == NULL)
        print_error("%s\n", err.message);
    assert_non_null(compiled);
    bool found = pattern_match(compiled, text, strlen(text));
    pattern_free(compiled);
    return found;
}

static void found_anywhere(void **state)
{
    (void)state;
    assert_true(matches("orders", "sales.orders_mv"));
    assert_false(matches("^orders", "sales.orders_mv"));
    assert_true(matches("^sales\\.", "sales.orders_mv"));
    assert_false(matches("ORDERS", "sales.orders_mv"));
    assert_true(matches("(?i)ORDERS", "sales.orders_mv"));
    assert_true(matches("", ""));
}

static void characters_are_not_bytes(void **state)
{
    (void)state;
    assert_true(matches("^..$", "日报"));
    assert_true(matches("^\\w+$", "日报_ß"));
    assert_true(matches("(?i)^É$", "é"));
}

static void text_that_is_not_utf8_is_searched_too(void **state)
{
    (void)state;
    assert_true(matches("mv", "bad\xff\xfe then mv"));
    assert_false(matches("^.*$", "\xff"));
}

static void text_ends_where_its_length_says(void **state)
{
    (void)state;
    struct pattern *pattern = pattern_new("b", NULL);
    assert_non_null(pattern);
    assert_false(pattern_match(pattern, "ab", 1));
    assert_true(pattern_match(pattern, "a\0b", 3));
    assert_false(pattern_match(pattern, NULL, 0));
    pattern_free(pattern);
    pattern_free(NULL);
}

static void mistakes_name_their_place(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    assert_null(pattern_new("ab(c", &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.message, "ab(c"));
    assert_non_null(strstr(err.message, "parenthesis"));
    assert_non_null(strstr(err.message, "at byte 5"));
    assert_null(pattern_new("\xff", &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_null(pattern_new("\\C", &err));
    AUTO_STR big = {0};
    str_pad(&big, 'a', 5000);
    assert_null(pattern_new(big.s, &err));
    assert_non_null(strstr(err.message, "4096"));
}

static void no_pattern_hangs(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    str_pad(&text, 'a', 5000);
    str_add(&text, "!");
    int64_t before = clock_ms();
    assert_false(matches("^(a+)+$", text.s));
    assert_false(matches("^(a|aa|aaa)*b$", text.s));
    assert_false(matches("^(?:(?1)?(a))*?x", text.s));
    assert_true(clock_ms() - before < 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_anywhere),
        cmocka_unit_test(characters_are_not_bytes),
        cmocka_unit_test(text_that_is_not_utf8_is_searched_too),
        cmocka_unit_test(text_ends_where_its_length_says),
        cmocka_unit_test(mistakes_name_their_place),
        cmocka_unit_test(no_pattern_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

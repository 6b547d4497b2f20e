/* The growing byte string. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

static void empty_string_reads_as_empty_text(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    assert_string_equal(str_text(&text), "");
    char *taken = str_take(&text);
    assert_string_equal(taken, "");
    free(taken);
}

static void adding_keeps_the_final_nul(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    for (int i = 0; i < 1000; i++) {
        str_addc(&text, 'x');
        assert_int_equal(text.s[text.len], '\0');
    }
    assert_int_equal(text.len, 1000);
    str_cut(&text, 3);
    str_cut(&text, 10);
    str_pad(&text, '-', 2);
    str_add(&text, "y");
    assert_string_equal(str_text(&text), "xxx--y");
    str_clear(&text);
    assert_string_equal(str_text(&text), "");
}

static void bytes_may_hold_nul(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    str_addn(&text, "a\0b", 3);
    str_addn(&text, NULL, 0);
    assert_int_equal(text.len, 3);
    assert_memory_equal(text.s, "a\0b", 4);
}

static void formats_of_any_length(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    for (int width = 250; width < 262; width++) { /* around the small buffer */
        str_clear(&text);
        str_addf(&text, "<%*d>", width, 7);
        assert_int_equal(text.len, width + 2);
        assert_int_equal(strlen(text.s), width + 2);
    }
}

static void numbers(void **state)
{
    (void)state;
    AUTO_STR str = {0};

    str_add_int(&str, 0);
    str_addc(&str, ' ');
    str_add_int(&str, 1234567890);
    str_addc(&str, ' ');
    str_add_int(&str, INT64_MAX);
    str_addc(&str, ' ');
    str_add_int(&str, INT64_MIN);
    assert_string_equal(str.s, "0 1234567890 9223372036854775807 -9223372036854775808");
}

static void a_format_may_read_the_string_it_extends(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    str_pad(&text, 'a', 300);
    str_addf(&text, "%s", text.s);
    assert_int_equal(text.len, 600);
    assert_int_equal(strspn(text.s, "a"), 600);
}

static void taking_leaves_nothing_behind(void **state)
{
    (void)state;
    struct str text = {0};
    str_add(&text, "given");
    AUTO_FREE char *taken = str_take(&text);
    assert_string_equal(taken, "given");
    assert_null(text.s);
    assert_int_equal(text.len, 0);
    assert_int_equal(text.cap, 0);
}

static void predicates(void **state)
{
    (void)state;
    assert_true(str_equal("a", "a"));
    assert_false(str_equal("a", "A"));
    assert_false(str_equal("a", NULL));
    assert_true(str_equal(NULL, NULL));
    assert_true(str_starts("belay", "be"));
    assert_true(str_starts("belay", ""));
    assert_false(str_starts("be", "belay"));
    assert_true(str_ends("belay", "lay"));
    assert_true(str_ends("belay", ""));
    assert_false(str_ends("lay", "belay"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_string_reads_as_empty_text),
        cmocka_unit_test(adding_keeps_the_final_nul),
        cmocka_unit_test(bytes_may_hold_nul),
        cmocka_unit_test(formats_of_any_length),
        cmocka_unit_test(numbers),
        cmocka_unit_test(a_format_may_read_the_string_it_extends),
        cmocka_unit_test(taking_leaves_nothing_behind),
        cmocka_unit_test(predicates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Variables in a statement: replaced where they are code, nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "braces.h"
#include "mem.h"

static char *value(void *ctx, const char *name, struct error *err)
{
    (void)ctx;
    if (str_equal(name, "x"))
        return mem_text("it's");
    if (str_equal(name, "n"))
        return mem_text("7");
    if (str_equal(name, "tick"))
        return mem_text("a`b");
    error_set(err, ERR_USAGE, "no %s", name);
    return NULL;
}

static void assert_replaced(const char *text, const char *wanted)
{
    AUTO_STR got = {0};
    AUTO_ERROR err = {0};

    bool ok = braces_replace(text, strlen(text), value, NULL, &got, &err);
    assert_int_equal(ok, wanted != NULL);
    if (wanted != NULL)
        assert_string_equal(str_text(&got), wanted);
    else
        assert_int_equal(got.len, 0);
}

static void test_forms(void **state)
{
    (void)state;
    assert_replaced("select :{n}", "select 7");
    assert_replaced("select :{n}+:{n}:{n}", "select 7+77");
    assert_replaced("select :{'x'}, :{`n`}", "select 'it\\'s', `7`");
    assert_replaced(":{n}", "7");
    assert_replaced("", "");
    assert_replaced("select :{none}", NULL);
    assert_replaced("select :{`tick`}", NULL); /* no name of StarRocks can hold a backtick */
}

static void test_left_alone(void **state)
{
    static const char *const same[] = {
        "select ':{n}'", "select \":{n}\"", "select `:{n}`", "select /* :{n} */ 1",
        "select 1 -- :{n}\n", "select 1 # :{n}\n", "select /*+ :{n} */ 1", "select :{ n}", "select :{}",
        "select : {n}", "select :{1n}", "select :{n", "select map{1:{2}}", "select a::{b-c}",
        "select :{'n}", "select ':{n}", "select :n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_replaced(same[i], same[i]);
}

static void test_any(void **state)
{
    (void)state;
    assert_true(braces_any("a:{b", 4));
    assert_false(braces_any("a:b{", 4));
    assert_false(braces_any("", 0));
    assert_true(braces_name_ok("a_1"));
    assert_false(braces_name_ok("1a"));
    assert_false(braces_name_ok("a-b"));
    assert_false(braces_name_ok(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_left_alone),
        cmocka_unit_test(test_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

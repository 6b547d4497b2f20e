/* An entry written as YAML reads back as what it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "yaml_tree.h"
#include "yaml_write.h"

static void assert_round(const char *text)
{
    AUTO_STR yaml = {0};
    AUTO_ERROR err = {0};

    assert_true(yaml_add_entry("name", NULL, "sql", text, &yaml, &err));
    assert_true(str_ends(yaml.s, "\n"));
    struct yaml_node *node = yaml_tree_read("f", yaml.s, yaml.len, &err);
    assert_non_null(node);
    assert_string_equal(yaml_tree_get(node, "name")->text, text);
    yaml_tree_free(node);
    str_clear(&yaml);
    assert_true(yaml_add_entry("true", "about: it", "sql", text, &yaml, &err));
    node = yaml_tree_read("f", yaml.s, yaml.len, &err);
    assert_non_null(node);
    const struct yaml_node *inner = yaml_tree_get(node, "true");
    assert_non_null(inner);
    assert_string_equal(yaml_tree_get(inner, "about")->text, "about: it");
    assert_string_equal(yaml_tree_get(inner, "sql")->text, text);
    yaml_tree_free(node);
}

static void test_round(void **state)
{
    static const char *const texts[] = {
        "select 1",        "a: b",          "# no comment", "- x",
        "'",               "\"",            "{a",           "select 1\n  , 2\n\n-- x",
        "  leading",       "trailing ",     "true",         "null",
        "~",               "1",             "&a",           "*a",
        "!tag",            "%",             "@x",           "`x`",
        "a\tb",            "\xe5\xba\x93",  "line\n",       "\n\nfirst",
        "a\\nb",           "x #y",          "multi\n # c",  "\xf0\x9f\x98\x80",
        " \n x",           "a\n\tb",        "tail  \nnext", "x\r\ny",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_round(texts[i]);
}

static void test_not_utf8(void **state)
{
    AUTO_STR yaml = {0};

    (void)state;
    assert_false(yaml_add_entry("a", NULL, "sql", "\xff", &yaml, NULL));
    assert_false(yaml_add_entry("\xff", NULL, "sql", "x", &yaml, NULL));
    assert_int_equal(yaml.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round),
                                       cmocka_unit_test(test_not_utf8)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

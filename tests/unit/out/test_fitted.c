/* What commands show on a narrow terminal: words below the grid, names kept, what is left out is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "printed.h"

/* What is shown on a terminal so many columns wide; free() it. */
static char *fitted(const struct result *result, unsigned columns, bool *ret_cut, struct str *ret_left)
{
    struct render_options options = {.format = FORMAT_TABLE};
    struct str text = {0};
    struct sink *sink = sink_new(-1, "memory");

    sink_set_taker(sink, keep, &text);
    sink_set_terminal(sink, columns);
    *ret_cut = render_fitted(sink, &options, result, ret_left);
    assert_true(sink_flush(sink, NULL));
    sink_free(sink);
    return str_take(&text);
}

static void shows(const struct result *result, unsigned columns, bool cut, const char *left,
                  const char *wanted)
{
    AUTO_STR ret_left = {0};
    bool was_cut;
    AUTO_FREE char *text = fitted(result, columns, &was_cut, &ret_left);

    assert_string_equal(text, wanted);
    assert_int_equal(was_cut, cut);
    assert_string_equal(str_text(&ret_left), left);
}

static void columns(struct result *result, const char *words, const char *last)
{
    result_column(result, "name", COLUMN_TEXT);
    result_column(result, words, COLUMN_WORDS);
    result_column(result, "none", COLUMN_TEXT);
    result_column(result, last, COLUMN_NUMBER);
}

static void words_stand_below_the_grid(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};

    columns(&result, "why", "n");
    add_row(&result, "a", "refreshed in full by ACTIVE", "", "1");
    add_row(&result, "b", NULL, "", "2");
    add_row(&result, "c", "left as it\nis", "", "3");
    add_row(&result, "d", "refreshed in full by ACTIVE", "", "4");
    shows(&result, 40, false, "",
          "+------+------+------+\n"
          "| name | why  | n    |\n"
          "+------+------+------+\n"
          "| a    | [1]  |    1 |\n"
          "| b    | NULL |    2 |\n"
          "| c    | [2]  |    3 |\n"
          "| d    | [1]  |    4 |\n"
          "+------+------+------+\n"
          "[1] refreshed in full by ACTIVE\n"
          "[2] left as it\\nis\n");
    shows(&result, 60, false, "", /* it fits: the column that is empty is there too */
          "+------+-----------------------------+------+------+\n"
          "| name | why                         | none | n    |\n"
          "+------+-----------------------------+------+------+\n"
          "| a    | refreshed in full by ACTIVE |      |    1 |\n"
          "| b    | NULL                        |      |    2 |\n"
          "| c    | left as it\\nis              |      |    3 |\n"
          "| d    | refreshed in full by ACTIVE |      |    4 |\n"
          "+------+-----------------------------+------+------+\n");
}

/* Ten different ones would be a second table: they are cut, and that is said. */
static void too_many_words_are_cut(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};
    bool cut;

    columns(&result, "why", "n");
    for (int i = 0; i < 10; i++) {
        AUTO_FREE char *words = str_format("reason number %d of all the reasons", i);
        add_row(&result, "a", words, "", "1");
    }
    AUTO_STR left = {0};
    AUTO_FREE char *text = fitted(&result, 45, &cut, &left);
    assert_true(cut);
    assert_string_equal(str_text(&left), "");
    assert_non_null(strstr(text, "| reason numbe"));
    assert_non_null(strstr(text, "…"));
    assert_null(strstr(text, "[1]"));
}

/* Words of a column for which there is no room are not told. */
static void words_of_what_is_left_out(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};

    result_column(&result, "name", COLUMN_TEXT);
    result_column(&result, "a_column_with_a_name_that_is_long", COLUMN_WORDS);
    result_column(&result, "why", COLUMN_WORDS);
    for (int i = 0; i < 4; i++)
        add_row(&result, "a", "words that are not to be seen at all", "words that are seen");
    shows(&result, 30, true, "a_column_with_a_name_that_is_long",
          "+------+------+\n"
          "| name | why  |\n"
          "+------+------+\n"
          "| a    | [1]  |\n"
          "| a    | [1]  |\n"
          "| a    | [1]  |\n"
          "| a    | [1]  |\n"
          "+------+------+\n"
          "[1] words that are seen\n");
}

/* From the right; a narrow one stays where a wide one had no room. */
static void what_is_left_out_is_named(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};

    result_column(&result, "name", COLUMN_TEXT);
    result_column(&result, "depends_on_these_other_views", COLUMN_TEXT);
    result_column(&result, "n", COLUMN_NUMBER);
    result_column(&result, "a_column_with_a_long_name", COLUMN_NUMBER);
    for (int i = 0; i < 4; i++)
        add_row(&result, "a", "x", "1", "2");
    shows(&result, 30, true, "depends_on_these_other_views, a_column_with_a_long_name",
          "+------+------+\n"
          "| name | n    |\n"
          "+------+------+\n"
          "| a    |    1 |\n"
          "| a    |    1 |\n"
          "| a    |    1 |\n"
          "| a    |    1 |\n"
          "+------+------+\n");
}

/* Whether it lives, what the verdict is: what one looks for is there in the narrowest window. */
static void a_state_is_the_last_to_go(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};

    result_column(&result, "path", COLUMN_TEXT);
    result_column(&result, "a_column_with_a_long_name", COLUMN_TEXT);
    result_column(&result, "verdict", COLUMN_STATE);
    result_column(&result, "n", COLUMN_NUMBER);
    for (int i = 0; i < 4; i++)
        add_row(&result, "a", "x", "proved", "1");
    shows(&result, 20, true, "a_column_with_a_long_name, n",
          "+------+---------+\n"
          "| path | verdict |\n"
          "+------+---------+\n"
          "| a    | proved  |\n"
          "| a    | proved  |\n"
          "| a    | proved  |\n"
          "| a    | proved  |\n"
          "+------+---------+\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_below_the_grid),
        cmocka_unit_test(a_state_is_the_last_to_go),
        cmocka_unit_test(too_many_words_are_cut),
        cmocka_unit_test(words_of_what_is_left_out),
        cmocka_unit_test(what_is_left_out_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

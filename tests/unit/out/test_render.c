/*
 * The formats against golden outputs. For ASCII the grid, \G and -B follow what the mariadb
 * client 10.11 prints (all columns nullable, as StarRocks sends them); the widths of other text are
 * our own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "printed.h"

static void make_plain(struct result *result)
{
    result_column(result, "id", COLUMN_NUMBER);
    result_column(result, "name", COLUMN_TEXT);
    result_column(result, "a_long_name", COLUMN_NUMBER);
    add_row(result, "1", "first", "1.50");
    add_row(result, "12345", NULL, NULL);
    add_row(result, NULL, "", "-3");
}

static void test_table(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make_plain(&result);
    FILE_IS(&result, "+-------+-------+-------------+\n"
                     "| id    | name  | a_long_name |\n"
                     "+-------+-------+-------------+\n"
                     "|     1 | first |        1.50 |\n"
                     "| 12345 | NULL  |        NULL |\n"
                     "|  NULL |       |          -3 |\n"
                     "+-------+-------+-------------+\n",
            .format = FORMAT_TABLE);
    FILE_IS(&result, "+-------+-------+------+\n"
                     "|     1 | first | 1.50 |\n"
                     "| 12345 | NULL  | NULL |\n"
                     "|  NULL |       |   -3 |\n"
                     "+-------+-------+------+\n",
            .format = FORMAT_TABLE, .no_names = true);
}

static void test_vertical(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make_plain(&result);
    FILE_IS(&result, "*************************** 1. row ***************************\n"
                     "         id: 1\n"
                     "       name: first\n"
                     "a_long_name: 1.50\n"
                     "*************************** 2. row ***************************\n"
                     "         id: 12345\n"
                     "       name: NULL\n"
                     "a_long_name: NULL\n"
                     "*************************** 3. row ***************************\n"
                     "         id: NULL\n"
                     "       name: \n"
                     "a_long_name: -3\n",
            .format = FORMAT_VERTICAL);
    FILE_IS(&result, "*************************** 1. row ***************************\n"
                     "1\nfirst\n1.50\n"
                     "*************************** 2. row ***************************\n"
                     "12345\nNULL\nNULL\n"
                     "*************************** 3. row ***************************\n"
                     "NULL\n\n-3\n",
            .format = FORMAT_VERTICAL, .no_names = true);
}

static void test_tab(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make_plain(&result);
    FILE_IS(&result, "id\tname\ta_long_name\n1\tfirst\t1.50\n12345\tNULL\tNULL\nNULL\t\t-3\n",
            .format = FORMAT_TAB);
    FILE_IS(&result, "1\tfirst\t1.50\n12345\t\\N\t\\N\n\\N\t\t-3\n", .format = FORMAT_TAB,
            .no_names = true, .null_as = "\\N");
}

static void test_json(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make_plain(&result);
    FILE_IS(&result, "[\n"
                     "{\"id\":1,\"name\":\"first\",\"a_long_name\":1.50},\n"
                     "{\"id\":12345,\"name\":null,\"a_long_name\":null},\n"
                     "{\"id\":null,\"name\":\"\",\"a_long_name\":-3}\n"
                     "]\n",
            .format = FORMAT_JSON);
}

static void test_empty(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "a", COLUMN_TEXT);
    FILE_IS(&result, "", .format = FORMAT_TABLE);
    FILE_IS(&result, "", .format = FORMAT_VERTICAL);
    FILE_IS(&result, "", .format = FORMAT_TAB);
    FILE_IS(&result, "[]\n", .format = FORMAT_JSON);
}

/* Cells with everything that breaks a grid: as the classic client where nobody looks, safe on a
 * terminal. */
static void make_wild(struct result *result)
{
    size_t row;

    result_column(result, "v", COLUMN_TEXT);
    row = result_row(result);
    result_set(result, row, 0, "a\tb\nc\\d\0e\r", 10);
    add_row(result, "\x1b[31m\xff");
}

static void test_controls(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make_wild(&result);
    FILE_IS(&result, "+------------+\n| v          |\n+------------+\n"
                     "| a\tb\nc\\d e\r |\n| \x1b[31m\xff      |\n+------------+\n",
            .format = FORMAT_TABLE);
    FILE_IS(&result, "*************************** 1. row ***************************\n"
                     "v: a\tb\nc\\d e\r\n"
                     "*************************** 2. row ***************************\n"
                     "v: \x1b[31m\xff\n",
            .format = FORMAT_VERTICAL);
    FILE_IS(&result, "v\na\\tb\\nc\\\\d\\0e\r\n\x1b[31m\xff\n", .format = FORMAT_TAB);
    FILE_IS(&result,
            "[\n{\"v\":\"a\\tb\\nc\\\\d\\u0000e\\r\"},\n{\"v\":\"\\u001b[31m\\\\xFF\"}\n]\n",
            .format = FORMAT_JSON);
    TERMINAL_IS(&result, "+------------+\n| v          |\n+------------+\n"
                         "| a       b +|\n| c\\d\\x00e\\r |\n| \\e[31m\\xFF |\n"
                         "+------------+\n",
                .format = FORMAT_TABLE);
    TERMINAL_IS(&result, "*************************** 1. row ***************************\n"
                         "v: a\tb\nc\\d\\x00e\\r\n"
                         "*************************** 2. row ***************************\n"
                         "v: \\e[31m\\xFF\n",
                .format = FORMAT_VERTICAL);
    TERMINAL_IS(&result, "v\na\\tb\\nc\\\\d\\0e\\r\n\\e[31m\\xFF\n", .format = FORMAT_TAB);
    TERMINAL_IS(&result, "v\na\tb\nc\\d\\x00e\\r\n\\e[31m\\xFF\n", .format = FORMAT_TAB,
                .raw = true);
}

static void test_raw(void **state)
{
    AUTO_RESULT result = { 0 };
    static const char wanted[] = "v\na\tb\nc\\d\0e\r\n\x1b[31m\xff\n";

    (void)state;
    make_wild(&result);
    AUTO_FREE char *got = printed(
        &result, &(struct render_options){ .format = FORMAT_TAB, .raw = true }, 0, false);
    assert_memory_equal(got, wanted, sizeof wanted);
}

static void test_names(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "\x1b[1m", COLUMN_TEXT);
    result_column(&result, "\xe5\x90\x8d", COLUMN_TEXT);
    add_row(&result, "1", "2");
    FILE_IS(&result, "\x1b[1m\t\xe5\x90\x8d\n1\t2\n", .format = FORMAT_TAB);
    TERMINAL_IS(&result, "\\e[1m\t\xe5\x90\x8d\n1\t2\n", .format = FORMAT_TAB);
    TERMINAL_IS(&result, "+-------+------+\n| \\e[1m | \xe5\x90\x8d   |\n+-------+------+\n"
                         "| 1     | 2    |\n+-------+------+\n",
                .format = FORMAT_TABLE);
    TERMINAL_IS(&result, "*************************** 1. row ***************************\n"
                         "\\e[1m: 1\n   \xe5\x90\x8d: 2\n",
                .format = FORMAT_VERTICAL);
    FILE_IS(&result, "[\n{\"\\u001b[1m\":\"1\",\"\xe5\x90\x8d\":\"2\"}\n]\n",
            .format = FORMAT_JSON);
}

/* In a file as the classic client counts: CJK two cells, all else one, emoji and combining marks too.
 * On a terminal a column is as wide as it looks: joined emoji two cells, combining marks none. */
static void test_width(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    /* As wide as the longest value has bytes (11), padded by cells: as the classic client does. */
    result_column(&result, "n", COLUMN_TEXT);
    result_column(&result, "x", COLUMN_NUMBER);
    add_row(&result, "\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97", "1");
    add_row(&result, WOMAN_SCIENTIST, "2");
    add_row(&result, FLAG, "3");
    add_row(&result, "e\xcc\x81t\xc3\xa9", "4");
    add_row(&result, "abcdef", "5");
    FILE_IS(&result, "+-------------+------+\n"
                     "| n           | x    |\n"
                     "+-------------+------+\n"
                     "| \xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97      |    1 |\n"
                     "| " WOMAN_SCIENTIST "         |    2 |\n"
                     "| " FLAG "          |    3 |\n"
                     "| e\xcc\x81t\xc3\xa9        |    4 |\n"
                     "| abcdef      |    5 |\n"
                     "+-------------+------+\n",
            .format = FORMAT_TABLE);
    TERMINAL_IS(&result, "+--------+------+\n"
                         "| n      | x    |\n"
                         "+--------+------+\n"
                         "| \xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97 |    1 |\n"
                         "| " WOMAN_SCIENTIST "     |    2 |\n"
                         "| " FLAG "     |    3 |\n"
                         "| e\xcc\x81t\xc3\xa9    |    4 |\n"
                         "| abcdef |    5 |\n"
                         "+--------+------+\n",
                .format = FORMAT_TABLE);
}

static void test_binary(void **state)
{
    AUTO_RESULT result = { 0 };
    size_t row;

    (void)state;
    result_column(&result, "b", COLUMN_BINARY);
    row = result_row(&result);
    result_set(&result, row, 0, "\x01\xab", 2);
    row = result_row(&result);
    result_set(&result, row, 0, NULL, 0);
    row = result_row(&result);
    result_set(&result, row, 0, "", 0);
    FILE_IS(&result, "b\n\x01\xab\nNULL\n\n", .format = FORMAT_TAB);
    TERMINAL_IS(&result, "+--------+\n| b      |\n+--------+\n| 0x01AB |\n| NULL   |\n| 0x     |\n"
                         "+--------+\n",
                .format = FORMAT_TABLE);
    TERMINAL_IS(&result, "b\n0x01AB\nNULL\n0x\n", .format = FORMAT_TAB);
    FILE_IS(&result, "[\n{\"b\":\"0x01AB\"},\n{\"b\":null},\n{\"b\":\"0x\"}\n]\n",
            .format = FORMAT_JSON);
}

/* Past 1024 cells the classic client pads no further and aligns to the left. */
static void test_wide(void **state)
{
    AUTO_RESULT result = { 0 };
    AUTO_STR wide = { 0 };
    AUTO_STR wanted = { 0 };

    (void)state;
    str_pad(&wide, '7', 1030);
    result_column(&result, "n", COLUMN_NUMBER);
    add_row(&result, str_text(&wide));
    add_row(&result, "1");
    str_add(&wanted, "+");
    str_pad(&wanted, '-', 1032);
    str_add(&wanted, "+\n| n");
    str_pad(&wanted, ' ', 1023);
    str_add(&wanted, " |\n+");
    str_pad(&wanted, '-', 1032);
    str_addf(&wanted, "+\n| %s |\n| 1", str_text(&wide));
    str_pad(&wanted, ' ', 1023);
    str_add(&wanted, " |\n+");
    str_pad(&wanted, '-', 1032);
    str_add(&wanted, "+\n");
    FILE_IS(&result, str_text(&wanted), .format = FORMAT_TABLE);
}

static const struct {
    const char *text;
    bool number;
} numbers[] = {
    { "0", true },          { "-1", true },           { "9007199254740992", true },
    { "-9007199254740992", true }, { "9007199254740993", false },
    { "9223372036854775807", false }, { "99999999999999999999999", false },
    { "1.10", true },       { "0.1", true },          { "123456789012345.5", true },
    { "0.30000000000000004", true }, { "12345678901234.567891", false },
    { "1e5", true },        { "1E-7", true },         { "1e999", false },
    { "1e-999", false },    { "0e0", true },          { "007", false },
    { "1.", false },        { ".5", false },          { "+1", false },
    { "", false },          { "-", false },           { "nan", false },
    { "inf", false },       { "1 ", false },          { "0x10", false },
    { "1e", false },        { "--1", false },         { "0.0", true },
    { "12345678", true },   { "1234567.", false },    { "1234567/", false },
    { "123456789012345", true }, { "12345678901234:", false }, { "00000001", false },
    { "-12345678", true },  { "12-45678", false },    { "1.2.3", false },
};

static void test_json_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        AUTO_RESULT result = { 0 };
        AUTO_FREE char *wanted = str_format(numbers[i].number ? "[\n{\"n\":%s}\n]\n"
                                                           : "[\n{\"n\":\"%s\"}\n]\n",
                                            numbers[i].text);

        result_column(&result, "n", COLUMN_NUMBER);
        add_row(&result, numbers[i].text);
        FILE_IS(&result, wanted, .format = FORMAT_JSON);
    }
}

/* Cells one behind the other, as libmariadb leaves a row, are looked at by other means. */
static void test_json_numbers_in_a_row(void **state)
{
    const struct column columns[] = { { .name = "t", .kind = COLUMN_TEXT },
                                      { .name = "a", .kind = COLUMN_NUMBER },
                                      { .name = "b", .kind = COLUMN_NUMBER } };
    const char *text = "some text in front";
    size_t before = strlen(text) + 1;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *number = numbers[i].text;
        const char *quote = numbers[i].number ? "" : "\"";
        size_t len = strlen(number);
        AUTO_STR got = { 0 };
        AUTO_FREE char *row = mem_alloc(before + 2 * (len + 1)); /* nothing beyond may be read */
        AUTO_FREE char *wanted = str_format("{\"t\":\"%s\",\"a\":%s%s%s,\"b\":%s%s%s}\n", text, quote,
                                            number, quote, quote, number, quote);
        const struct cell cells[] = { { row, before - 1 }, { row + before, len },
                                      { row + before + len + 1, len } };
        struct sink *sink = sink_new(-1, "memory");
        struct render *render = render_new(sink, &(struct render_options){ .format = FORMAT_JSONL });

        memcpy(row, text, before);
        memcpy(row + before, number, len + 1);
        memcpy(row + before + len + 1, number, len + 1);
        sink_set_taker(sink, keep, &got);
        render_begin(render, columns, 3);
        render_row(render, cells);
        assert_true(render_end(render, NULL));
        render_free(render);
        sink_free(sink);
        assert_string_equal(str_text(&got), wanted);
    }
}

/* Whatever is in the cells and names, another reader of JSON gets it back. */
static void test_json_reads_back(void **state)
{
    AUTO_RESULT result = { 0 };
    AUTO_STR all = { 0 };
    json_t *root;

    (void)state;
    for (int c = 1; c < 128; c++)
        str_addc(&all, (char)c);
    str_add(&all, "\xc2\x9b\xe2\x80\xae\xe2\x80\xa8\xe4\xb8\xad\xf0\x9f\x98\x80");
    result_column(&result, str_text(&all), COLUMN_TEXT);
    add_row(&result, str_text(&all));
    AUTO_FREE char *got =
        printed(&result, &(struct render_options){ .format = FORMAT_JSON }, 0, false);
    for (const char *c = got; *c != '\0'; c++)
        assert_true(*c == '\n' || (unsigned char)*c >= ' ');
    assert_null(strstr(got, "\xc2\x9b"));
    root = json_loads(got, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(json_array_get(root, 0),
                                                          str_text(&all))),
                        str_text(&all));
    json_decref(root);
}

static void test_json_same_names(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "a", COLUMN_NUMBER);
    result_column(&result, "a_3", COLUMN_NUMBER);
    result_column(&result, "a", COLUMN_NUMBER);
    result_column(&result, "a", COLUMN_NUMBER);
    add_row(&result, "1", "2", "3", "4");
    FILE_IS(&result, "[\n{\"a\":1,\"a_3\":2,\"a_5\":3,\"a_4\":4}\n]\n", .format = FORMAT_JSON);
}

/* A render is used for one set after the other, and left in the middle of one. */
static void test_again(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make_plain(&result);
    for (int format = FORMAT_TABLE; format <= FORMAT_XML; format++) {
        int fd = open("/dev/null", O_WRONLY);
        struct sink *sink = sink_new(fd, "x");
        struct render_options options = { .format = (enum format)format };
        struct render *render = render_new(sink, &options);

        render_begin(render, result.columns, result.n_columns);
        render_row(render, result.cells);
        render_begin(render, result.columns, result.n_columns);
        render_row(render, result.cells);
        render_row(render, result.cells);
        render_end(render, NULL);
        render_begin(render, result.columns, 1);
        render_row(render, result.cells);
        render_free(render);
        sink_free(sink);
        close(fd);
    }
}

static void test_format_names(void **state)
{
    enum format format = FORMAT_JSON;

    (void)state;
    for (int i = 0; format_names[i] != NULL; i++) {
        assert_true(format_from_name(format_names[i], &format));
        assert_int_equal(format, i);
    }
    assert_int_equal(format, FORMAT_XML);
    assert_true(format_from_name("tsv", &format));
    assert_int_equal(format, FORMAT_TAB);
    assert_true(format_from_name("md", &format));
    assert_int_equal(format, FORMAT_MARKDOWN);
    format = FORMAT_JSON;
    assert_false(format_from_name("Table", &format));
    assert_false(format_from_name("", &format));
    assert_int_equal(format, FORMAT_JSON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),        cmocka_unit_test(test_vertical),
        cmocka_unit_test(test_tab),          cmocka_unit_test(test_json),
        cmocka_unit_test(test_empty),        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_raw),          cmocka_unit_test(test_names),
        cmocka_unit_test(test_width),        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_wide),         cmocka_unit_test(test_json_numbers),
        cmocka_unit_test(test_json_numbers_in_a_row),
        cmocka_unit_test(test_json_reads_back), cmocka_unit_test(test_json_same_names),
        cmocka_unit_test(test_again),        cmocka_unit_test(test_format_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The formats that are belay's own, and HTML and XML, against golden outputs; what all formats make
 * of NULL and binary; rows that do not fit into memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "printed.h"

static void make(struct result *result)
{
    result_column(result, "id", COLUMN_NUMBER);
    result_column(result, "a|b", COLUMN_TEXT);
    add_row(result, "1", "plain");
    add_row(result, "22", NULL);
    add_row(result, NULL, "NULL");
    add_row(result, "-3.50", "");
    add_row(result, "4", "a,b\"c\nd\\e<f>&");
    add_row(result, "5", " edge ");
    add_row(result, "6", CJK);
}

static void test_csv(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make(&result);
    FILE_IS(&result, "id,a|b\n1,plain\n22,\n,NULL\n-3.50,\"\"\n4,\"a,b\"\"c\nd\\e<f>&\"\n"
                     "5,\" edge \"\n6," CJK "\n",
            .format = FORMAT_CSV);
    FILE_IS(&result, "1,plain\n22,NULL\nNULL,\"NULL\"\n-3.50,\"\"\n4,\"a,b\"\"c\nd\\e<f>&\"\n"
                     "5,\" edge \"\n6," CJK "\n",
            .format = FORMAT_CSV, .no_names = true, .null_as = "NULL");
    TERMINAL_IS(&result, "id,a|b\n1,plain\n22,\n,NULL\n-3.50,\"\"\n4,\"a,b\"\"c\nd\\e<f>&\"\n"
                         "5,\" edge \"\n6," CJK "\n",
                .format = FORMAT_CSV);
}

static void test_jsonl(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make(&result);
    FILE_IS(&result, "{\"id\":1,\"a|b\":\"plain\"}\n"
                     "{\"id\":22,\"a|b\":null}\n"
                     "{\"id\":null,\"a|b\":\"NULL\"}\n"
                     "{\"id\":-3.50,\"a|b\":\"\"}\n"
                     "{\"id\":4,\"a|b\":\"a,b\\\"c\\nd\\\\e<f>&\"}\n"
                     "{\"id\":5,\"a|b\":\" edge \"}\n"
                     "{\"id\":6,\"a|b\":\"" CJK "\"}\n",
            .format = FORMAT_JSONL);
}

static void test_markdown(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    make(&result);
    FILE_IS(&result, "| id | a\\|b |\n| ---: | --- |\n| 1 | plain |\n| 22 | NULL |\n"
                     "| NULL | NULL |\n| -3.50 |  |\n| 4 | a,b\"c<br>d\\\\e&lt;f>& |\n"
                     "| 5 |  edge  |\n| 6 | " CJK " |\n",
            .format = FORMAT_MARKDOWN);
    FILE_IS(&result, "|  |  |\n| ---: | --- |\n| 1 | plain |\n| 22 | - |\n| - | NULL |\n"
                     "| -3.50 |  |\n| 4 | a,b\"c<br>d\\\\e&lt;f>& |\n| 5 |  edge  |\n"
                     "| 6 | " CJK " |\n",
            .format = FORMAT_MARKDOWN, .no_names = true, .null_as = "-");
}

/* As mariadb -H and -X of 10.11 print them. */
static void test_markup(void **state)
{
    AUTO_RESULT result = { 0 };
    static const char statement[] = "select \"<&>\"";

    (void)state;
    result_column(&result, "n<m", COLUMN_NUMBER);
    result_column(&result, "", COLUMN_TEXT);
    add_row(&result, "1", "a \"b\" & <c>");
    add_row(&result, NULL, "");
    FILE_IS(&result, "<TABLE BORDER=1><TR><TH>n&lt;m</TH><TH> &nbsp; </TH></TR>"
                     "<TR><TD>1</TD><TD>a &quot;b&quot; &amp; &lt;c&gt;</TD></TR>"
                     "<TR><TD>NULL</TD><TD></TD></TR></TABLE>",
            .format = FORMAT_HTML);
    FILE_IS(&result, "<?xml version=\"1.0\"?>\n\n"
                     "<resultset statement=\"select &quot;&lt;&amp;&gt;&quot;\""
                     " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
                     "  <row>\n\t<field name=\"n&lt;m\">1</field>\n"
                     "\t<field name=\"\">a &quot;b&quot; &amp; &lt;c&gt;</field>\n  </row>\n\n"
                     "  <row>\n\t<field name=\"n&lt;m\" xsi:nil=\"true\" />\n"
                     "\t<field name=\"\"></field>\n  </row>\n</resultset>\n",
            .format = FORMAT_XML, .statement = statement, .statement_len = sizeof statement - 1);
}

/* Widths by cells, cells of many lines, tabs; the same in a file, because it is for reading. */
static void test_unicode(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "n", COLUMN_NUMBER);
    result_column(&result, "text", COLUMN_TEXT);
    add_row(&result, "1", CJK);
    add_row(&result, "2", WOMAN_SCIENTIST FLAG "e\xcc\x81");
    add_row(&result, "3", "one\n\ttwo\n");
    add_row(&result, NULL, "\x1b[2J\xff");
    FILE_IS(&result, "┌──────┬─────────────┐\n"
                     "│ n    │ text        │\n"
                     "├──────┼─────────────┤\n"
                     "│    1 │ " CJK "        │\n"
                     "│    2 │ " WOMAN_SCIENTIST FLAG "e\xcc\x81       │\n"
                     "│    3 │ one        ↵│\n"
                     "│      │         two↵│\n"
                     "│      │             │\n"
                     "│ NULL │ \\e[2J\\xFF   │\n"
                     "└──────┴─────────────┘\n",
            .format = FORMAT_UNICODE);
}

/* Grids on a terminal keep their lines; a name of a command stays on one line. */
static void test_split(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "a", COLUMN_TEXT);
    result_column(&result, "b", COLUMN_TEXT);
    add_row(&result, "1\n2", "x\ty");
    TERMINAL_IS(&result, "+------+-----------+\n| a    | b         |\n+------+-----------+\n"
                         "| 1   +| x       y |\n| 2    |           |\n+------+-----------+\n",
                .format = FORMAT_TABLE);
    TERMINAL_IS(&result, "+------+------+\n| a    | b    |\n+------+------+\n"
                         "| 1\\n2 | x\\ty |\n+------+------+\n",
                .format = FORMAT_TABLE, .one_line = true);
    /* Under the classic name nothing is changed, ever. */
    TERMINAL_IS(&result, "+------+------+\n| a    | b    |\n+------+------+\n"
                         "| 1\n2  | x\ty  |\n+------+------+\n",
                .format = FORMAT_TABLE, .classic = true);
}

static void test_auto(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "name", COLUMN_TEXT);
    result_column(&result, "what", COLUMN_TEXT);
    add_row(&result, CJK, "0123456789");
    add_row(&result, NULL, "a");
    PRINTS(&result, 20, false, "*************************** 1. row ***************************\n"
                               "name: " CJK "\nwhat: 0123456789\n"
                               "*************************** 2. row ***************************\n"
                               "name: NULL\nwhat: a\n",
           .format = FORMAT_AUTO);
    /* By cells: two characters of three bytes take four. */
    PRINTS(&result, 21, false, "+------+------------+\n| name | what       |\n"
                               "+------+------------+\n| " CJK " | 0123456789 |\n"
                               "| NULL | a          |\n+------+------------+\n",
           .format = FORMAT_TABLE, .auto_vertical = true);
}

static void test_null(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "a", COLUMN_TEXT);
    add_row(&result, NULL);
    add_row(&result, "NULL");
    PRINTS(&result, 80, true, "+------+\n| a    |\n+------+\n| \033[2mNULL\033[0m |\n"
                              "| NULL |\n+------+\n",
           .format = FORMAT_TABLE);
    PRINTS(&result, 80, true, "*************************** 1. row ***************************\n"
                              "a: \033[2mNULL\033[0m\n"
                              "*************************** 2. row ***************************\n"
                              "a: NULL\n",
           .format = FORMAT_VERTICAL);
    FILE_IS(&result, "+-----------+\n| a         |\n+-----------+\n"
                     "| \xe2\x88\x85\xe2\x88\x85\xe2\x88\x85       |\n| NULL      |\n"
                     "+-----------+\n",
            .format = FORMAT_TABLE, .null_as = "\xe2\x88\x85\xe2\x88\x85\xe2\x88\x85");
    FILE_IS(&result, "<TABLE BORDER=1><TR><TH>a</TH></TR><TR><TD>-</TD></TR>"
                     "<TR><TD>NULL</TD></TR></TABLE>",
            .format = FORMAT_HTML, .null_as = "-");
    FILE_IS(&result, "[\n{\"a\":null},\n{\"a\":\"NULL\"}\n]\n", .format = FORMAT_JSON,
            .null_as = "-");
}

static void test_binary(void **state)
{
    AUTO_RESULT result = { 0 };
    size_t row;

    (void)state;
    result_column(&result, "b", COLUMN_BINARY);
    row = result_row(&result);
    result_set(&result, row, 0, "\x00\xff\x10" "a", 4);
    result_row(&result);
    FILE_IS(&result, "b\n0x00FF1061\nNULL\n", .format = FORMAT_TAB, .binary = BINARY_HEX);
    FILE_IS(&result, "b\nAP8QYQ==\nNULL\n", .format = FORMAT_TAB, .binary = BINARY_BASE64);
    FILE_IS(&result, "b\n\\0\xff\x10" "a\nNULL\n", .format = FORMAT_TAB);
    FILE_IS(&result, "b\n0x00FF1061\n\n", .format = FORMAT_CSV, .binary = BINARY_HEX);
    FILE_IS(&result, "{\"b\":\"AP8QYQ==\"}\n{\"b\":null}\n", .format = FORMAT_JSONL,
            .binary = BINARY_BASE64);
    FILE_IS(&result, "+------------+\n| b          |\n+------------+\n| 0x00FF1061 |\n"
                     "| NULL       |\n+------------+\n",
            .format = FORMAT_TABLE, .binary = BINARY_HEX);
    /* The classic client doubles the room of the name too, and knows no NULL there. */
    FILE_IS(&result, "+------------+\n| b          |\n+------------+\n| 0x00FF1061 |\n"
                     "| 0x         |\n+------------+\n",
            .format = FORMAT_TABLE, .binary = BINARY_HEX, .classic = true);
}

static void test_empty(void **state)
{
    AUTO_RESULT result = { 0 };

    (void)state;
    result_column(&result, "a", COLUMN_TEXT);
    FILE_IS(&result, "", .format = FORMAT_UNICODE);
    FILE_IS(&result, "a\n", .format = FORMAT_CSV);
    FILE_IS(&result, "", .format = FORMAT_JSONL);
    FILE_IS(&result, "| a |\n| --- |\n", .format = FORMAT_MARKDOWN);
    FILE_IS(&result, "", .format = FORMAT_HTML);
    FILE_IS(&result, "<?xml version=\"1.0\"?>\n\n<resultset statement=\"\""
                     " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"></resultset>\n",
            .format = FORMAT_XML);
    /* With -q the classic client writes the names before it knows that there is no row. */
    FILE_IS(&result, "a\n", .format = FORMAT_TAB, .quick = true);
    FILE_IS(&result, "+------+\n| a    |\n+------+\n+------+\n", .format = FORMAT_TABLE,
            .quick = true);
    FILE_IS(&result, "<TABLE BORDER=1><TR><TH>a</TH></TR></TABLE>", .format = FORMAT_HTML,
            .quick = true);
}

/* More rows than are kept in memory: the same text, by way of a file. */
static void test_many_rows(void **state)
{
    static const struct column columns[] = {
        { .name = "n", .kind = COLUMN_NUMBER }, { .name = "t", .kind = COLUMN_TEXT }
    };
    struct render_options options = { .format = FORMAT_TABLE };
    struct str text = { 0 };
    struct sink *sink = sink_new(-1, "memory");
    struct render *render = render_new(sink, &options);

    (void)state;
    sink_set_taker(sink, keep, &text);
    render_begin(render, columns, 2);
    for (int i = 0; i < 200000; i++) {
        AUTO_FREE char *number = str_format("%d", i);
        struct cell cells[] = { { number, strlen(number) }, { "some text", 9 } };

        if (i % 5 == 0)
            cells[1] = (struct cell){ NULL, 0 };
        render_row(render, cells);
    }
    assert_true(render_end(render, NULL));
    assert_true(sink_flush(sink, NULL));
    assert_int_equal(text.len, 200004 * 23);
    assert_memory_equal(text.s + 3 * 23, "|      0 | NULL      |\n|      1 | some text |\n", 46);
    assert_memory_equal(text.s + 200002 * 23, "| 199999 | some text |\n+--------+", 33);
    render_free(render);
    sink_free(sink);
    str_done(&text);
}

/* A file that cannot take the rows is an error, and no half of a grid is printed. */
static void test_no_room(void **state)
{
    static const struct column columns[] = { { .name = "t", .kind = COLUMN_TEXT } };
    struct rlimit before;
    struct rlimit small;
    struct render_options options = { .format = FORMAT_TABLE };
    AUTO_ERROR err = { 0 };
    struct str text = { 0 };
    struct sink *sink = sink_new(-1, "memory");
    struct render *render = render_new(sink, &options);
    AUTO_STR cell = { 0 };

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){ (rlim_t)1 << 20, before.rlim_max };
    setrlimit(RLIMIT_FSIZE, &small);
    sink_set_taker(sink, keep, &text);
    str_pad(&cell, 'x', 1000);
    render_begin(render, columns, 1);
    for (int i = 0; i < 5000; i++)
        render_row(render, &(struct cell){ str_text(&cell), cell.len });
    assert_true(render_failed(render));
    assert_false(render_end(render, &err));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, "cannot keep rows"));
    sink_flush(sink, NULL);
    assert_int_equal(text.len, 0);
    render_free(render);
    sink_free(sink);
    str_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),       cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_markdown),  cmocka_unit_test(test_markup),
        cmocka_unit_test(test_unicode),   cmocka_unit_test(test_split),
        cmocka_unit_test(test_auto),      cmocka_unit_test(test_null),
        cmocka_unit_test(test_binary),    cmocka_unit_test(test_empty),
        cmocka_unit_test(test_many_rows), cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

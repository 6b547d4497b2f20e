/* The prompt's escapes and the continuation prompts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "prompt.h"

/* 2026-03-05 01:02:03 UTC, a Thursday */
static const struct prompt_values values = {
    .user = "root",
    .account = "root@10.1.2.3",
    .host = "fe-0",
    .port = "9030",
    .database = "sales",
    .catalog = "hive",
    .cluster = "kube-starrocks",
    .version = "3.3.5",
    .environment = "production",
    .fe = "fe-1:9030",
    .role = "leader",
    .plan = "upgrade 7/31",
    .connection_id = 1234567890123,
    .counter = 42,
    .last_status = 7,
    .now_ms = 1772672523000,
};

static void check(const char *format, const struct prompt_values *with, const char *expected)
{
    AUTO_STR prompt = {0};
    prompt_render(format, with, &prompt);
    assert_string_equal(str_text(&prompt), expected);
}

static void values_by_letter(void **state)
{
    (void)state;
    check("\\u@\\h:\\p [\\d]> ", &values, "root@fe-0:9030 [sales]> ");
    check("\\U \\H \\v \\N", &values, "root@10.1.2.3 fe-0 3.3.5 StarRocks");
    check("\\k \\K \\e \\f \\L", &values, "hive kube-starrocks production fe-1:9030 leader");
    check("\\c \\C \\E\\a", &values, "42 1234567890123 7 upgrade 7/31");
    check("[\\b]", &values, "[hive.sales]");
    check("a\\_b\\ c\\S\\l\\\\\\'\\\"\\n\\tz", &values, "a b c;;\\'\"\n\tz");
    check("\\q\\z", &values, "qz"); /* a letter that means nothing is itself */
    check("end\\", &values, "end"); /* as the classic client */
    check("\\T", &values, "");
    check("", &values, "");
}

static void a_socket_and_a_transaction(void **state)
{
    (void)state;
    struct prompt_values local = values;
    local.host = "localhost";
    local.own_host = "db-1";
    local.in_transaction = true;
    check("\\h \\H \\T", &local, "localhost db-1 *");
}

static void letters_of_the_classic_clients(void **state)
{
    (void)state;
    struct prompt_values classic = values;
    classic.letters = PROMPT_MARIADB;
    check("\\u \\C\\T \\N \\H \\e\\f\\L\\k\\K\\a\\b\\E \\[x\\]", &classic,
          "root CT StarRocks fe-0 efLkKabE [x]");
    classic.letters = PROMPT_MYSQL;
    check("\\u \\C\\T \\N \\H \\e", &classic, "root 1234567890123 N H e");
}

static void time_parts(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    check("\\R:\\m:\\s", &values, "01:02:03");
    check("\\r\\P", &values, "01am");
    check("\\w \\O \\o \\y \\Y", &values, "Thu Mar 3 26 2026");
    check("\\D", &values, "Thu Mar  5 01:02:03 2026");
    struct prompt_values other = values;
    other.now_ms += (int64_t)12 * 3600 * 1000;
    check("\\R \\r\\P", &other, "13 01pm");
    other.now_ms = values.now_ms - (int64_t)3600 * 1000;
    check("\\R \\r\\P", &other, "00 12am");
}

static void nothing_known(void **state)
{
    (void)state;
    const struct prompt_values none = {0};
    check("\\u \\h \\p \\v", &none, "(unknown) not_connected not_connected not_connected");
    check("\\d \\k [\\b]\\a", &none, "(none) (none) [(none)]");
    check("\\K\\e\\L", &none, "not_connected");
    struct prompt_values plain = values;
    plain.catalog = "default_catalog";
    plain.plan = NULL;
    check(PROMPT_DEFAULT, &plain, "root@kube-starrocks [sales]> ");
}

static void foreign_bytes_cannot_move_the_cursor(void **state)
{
    (void)state;
    struct prompt_values hostile = values;
    hostile.database = "a\033]0;x\007b\001c\nd";
    AUTO_STR prompt = {0};
    prompt_render("[\\d]> ", &hostile, &prompt);
    for (size_t i = 0; i < prompt.len; i++)
        assert_true((unsigned char)prompt.s[i] >= 0x20);
}

static void colours_take_no_room(void **state)
{
    (void)state;
    check("\\[x\\]\\u", &values, "\001x\002root");
    check("\\[x", &values, "\001x\002"); /* left open */
    check("\033[1;31m\\u\033[0m> ", &values, "\001\033[1;31m\002root\001\033[0m\002> ");
    check("\\[\033[31m\\]", &values, "\001\033[31m\002");
    struct prompt_values red = values;
    red.colour = "1;31";
    check("\\u> ", &red, "\001\033[1;31m\002root> \001\033[0m\002");
    assert_int_equal(prompt_cells("\001\033[1;31m\002root> \001\033[0m\002"), 6);
    assert_int_equal(prompt_cells("first line\n> "), 2);
    assert_int_equal(prompt_cells("\xe9\x94\x80> "), 4);
    assert_int_equal(prompt_cells(""), 0);
    assert_int_equal(prompt_cells("a\tb"), 9);
}

static void check_continuation(const char *rendered, enum scan_open open, const char *expected)
{
    AUTO_STR prompt = {0};
    prompt_continuation(rendered, open, &prompt);
    assert_string_equal(str_text(&prompt), expected);
}

static void continuation_has_the_width_of_the_prompt(void **state)
{
    (void)state;
    check_continuation("mysql> ", SCAN_OPEN_STATEMENT, "    -> ");
    check_continuation("mysql> ", SCAN_OPEN_SINGLE, "    '> ");
    check_continuation("mysql> ", SCAN_OPEN_DOUBLE, "    \"> ");
    check_continuation("mysql> ", SCAN_OPEN_BACKTICK, "    `> ");
    check_continuation("mysql> ", SCAN_OPEN_COMMENT, "   /*> ");
    check_continuation("\001\033[31m\002\xe9\x94\x80-123> \001\033[0m\002", SCAN_OPEN_STATEMENT,
                       "     -> ");
    check_continuation("> ", SCAN_OPEN_COMMENT, "/*> ");
    check_continuation("long\nab> ", SCAN_OPEN_STATEMENT, " -> ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_letter),
        cmocka_unit_test(a_socket_and_a_transaction),
        cmocka_unit_test(letters_of_the_classic_clients),
        cmocka_unit_test(time_parts),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(foreign_bytes_cannot_move_the_cursor),
        cmocka_unit_test(colours_take_no_room),
        cmocka_unit_test(continuation_has_the_width_of_the_prompt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

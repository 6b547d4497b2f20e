/* The line that the system log gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/command.h>
#include <belay/str.h>

#include "audit.h"
#include "shell_inside.h"

const struct command *const command_table[] = {NULL};

static void test_fields(void **state)
{
    struct shell shell = {.endpoint = {.host = "fe-1", .user = "dba", .database = "sales"}};
    static const char sql[] = "create user x\nidentified by 'geheim'";
    AUTO_STR line = {0};

    (void)state;
    setenv("SUDO_USER", "o'\nx", 1);
    audit_line(&shell, sql, strlen(sql), 4, &line);
    assert_non_null(strstr(line.s, "SYSTEM_USER:'"));
    assert_non_null(strstr(line.s, "SUDO_USER:'o'\\nx', MYSQL_USER:'dba', CONNECTION_ID:0, "
                                   "DB_SERVER:'fe-1', DB:'sales', RUN:"));
    assert_non_null(strstr(line.s, ", STATUS:4, QUERY:'create user x\\nidentified by '***''"));
    assert_null(strstr(line.s, "geheim"));
    assert_null(strchr(line.s, '\n'));
}

static void test_long(void **state)
{
    struct shell shell = {0};
    AUTO_STR sql = {0};
    AUTO_STR line = {0};

    (void)state;
    str_add(&sql, "select '");
    for (int i = 0; i < 2000; i++)
        str_add(&sql, "é");
    str_add(&sql, "'");
    audit_line(&shell, sql.s, sql.len, 0, &line);
    assert_true(line.len <= 1024 && line.len > 1000);
    assert_string_equal(line.s + line.len - strlen("é…'"), "é…'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fields), cmocka_unit_test(test_long)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

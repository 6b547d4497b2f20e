/* The files that a statement sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "local_file.h"

static void check(const char *sql, const char *wanted)
{
    AUTO_STRV files = {0};
    AUTO_STR found = {0};

    sql_local_files(sql, strlen(sql), &files);
    strv_join(&files, "|", &found);
    assert_string_equal(str_text(&found), wanted);
}

static void named(void **state)
{
    (void)state;
    check("load data local infile '/tmp/a.csv' into table t", "/tmp/a.csv");
    check("LOAD DATA CONCURRENT LOCAL INFILE \"a b\" REPLACE INTO TABLE t", "a b");
    check("load xml low_priority local infile 'x' into table t", "x");
    check("load /* a */ data # b\n local infile 'it''s \\'q\\' \\\\ \\t.' into table t",
          "it's 'q' \\ \t.");
    check("select 1; load data local infile 'a' into table t; load data local infile 'b' into table u",
          "a|b");
}

static void none(void **state)
{
    (void)state;
    check("load data infile '/tmp/a.csv' into table t", "");
    check("select 'load data local infile ''x'''", "");
    check("/* load data local infile 'x' */ select 1", "");
    check("load data local infile 'x", "");
    check("load data local infile", "");
    check("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(named), cmocka_unit_test(none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

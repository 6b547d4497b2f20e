/* What statements leave behind in their session: text in, parts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "session_text.h"

static const char *const names[] = {"use",    "catalog", "roles", "names", "set",
                                    "unset", "opaque",  "held",  "freed"};

static void write_down(void *ctx, enum session_part part, const char *name, const char *sql)
{
    struct str *found = ctx;

    str_addf(found, "%s%s %s", found->len > 0 ? "; " : "", names[part], name);
    if (sql != NULL)
        str_addf(found, "[%s]", sql);
}

static void check(const char *sql, const char *wanted)
{
    AUTO_STR found = {0};

    session_parts(sql, strlen(sql), write_down, &found);
    if (strcmp(str_text(&found), wanted) != 0)
        print_error("%s\n", sql);
    assert_string_equal(str_text(&found), wanted);
}

static void databases(void **state)
{
    (void)state;
    check("use sales", "use sales");
    check("USE `my-db`;", "use my-db");
    check("/* a */ use default_catalog.`sales` -- there", "use default_catalog.sales");
    check("use", "");
    check("set catalog hive", "catalog hive");
    check("SET CATALOG `hive-1`;", "catalog hive-1");
    check("explain use x", "");
}

static void variables(void **state)
{
    (void)state;
    check("set query_timeout = 60", "set query_timeout[SET query_timeout = 60]");
    check("SET SESSION Query_Timeout=60", "set query_timeout[SET SESSION Query_Timeout=60]");
    check("set @@query_timeout := 60", "set query_timeout[SET @@query_timeout := 60]");
    check("set @@session.`query_timeout` = 60",
          "set query_timeout[SET @@session.`query_timeout` = 60]");
    check("set local sql_mode = ''", "set sql_mode[SET local sql_mode = '']");
    check("set a = 1, b = 'x,y', global c = 3, @@global.d = 4, @@local.e = -1.5",
          "set a[SET a = 1]; set b[SET b = 'x,y']; set e[SET @@local.e = -1.5]");
    check("set a = /* why */ 1 -- end", "set a[SET a = 1]");
    check("set global a = 1", "");
    check("set persist a = 1", "");
    check("set a = default", "unset a");
    check("set sql_mode = concat(@@sql_mode, ',x'), b = 2", "opaque sql_mode; set b[SET b = 2]");
    check("set a = @old", "opaque a");
    check("set a = (select 1)", "opaque a");
    check("set a = 'not closed", "opaque a");
    check("set a", "");
    check("set statement max_statement_time = 1 for select 1", "");
}

static void own_variables(void **state)
{
    (void)state;
    check("set @X = 5, @y = 'a'", "set @x[SET @X = 5]; set @y[SET @y = 'a']");
    check("set @x = @x + 1", "opaque @x");
    check("set @x = (select max(a) from t)", "opaque @x");
}

static void names_and_roles(void **state)
{
    (void)state;
    check("set names utf8mb4", "names [SET names utf8mb4]");
    check("set names 'gbk' collate 'gbk_bin', a = 1",
          "names [SET names 'gbk' collate 'gbk_bin']; set a[SET a = 1]");
    check("set character set utf8", "names [SET character set utf8]");
    check("set role all", "roles [SET role all]");
    check("set role a, `b`", "roles [SET role a, `b`]");
    check("set default role a to b", "");
    check("set password = password('x')", "");
    check("set password for 'a' = 'x'", "");
    check("set session transaction isolation level read committed",
          "set transaction[SET session transaction isolation level read committed]");
    check("set transaction read only", "");
}

static void what_is_lost(void **state)
{
    (void)state;
    check("prepare p from 'select ?'", "held prepared statement p");
    check("deallocate prepare p", "freed prepared statement p");
    check("create temporary table if not exists d.`t` (a int)", "held temporary table d.t");
    check("create or replace temporary table t (a int)", "held temporary table t");
    check("drop temporary table t", "freed temporary table t");
    check("create table t (a int)", "");
    check("begin", "held an open transaction");
    check("start transaction", "held an open transaction");
    check("start slave", "");
    check("commit", "freed an open transaction");
    check("rollback to savepoint a", "");
    check("lock tables t write", "held locks on tables");
    check("unlock tables", "freed locks on tables");
    check("execute as 'bob' with no revert", "held the user of EXECUTE AS");
    check("execute p", "");
    check("set a = 1; use x; begin", "set a[SET a = 1]; use x; held an open transaction");
    check("select 'use x; set a = 1'", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(databases),       cmocka_unit_test(variables),
        cmocka_unit_test(own_variables),   cmocka_unit_test(names_and_roles),
        cmocka_unit_test(what_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The classifier: statements in, class, words for the question and first word out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "classify.h"
#include "mem.h"

struct row {
    enum sql_class class;
    const char *sql;
};

#define R SQL_READS
#define S SQL_SESSION
#define C SQL_CHANGES
#define D SQL_DESTROYS

static const struct row reads[] = {
    { R, "SELECT 1" },
    { R, "select * from t where a = 'insert into x'" },
    { R, "SELECT `into` FROM t" },
    { R, "(SELECT 1)" },
    { R, "((select 1)) union all (select 2)" },
    { R, "/* drop table t */ SELECT 1" },
    { R, "-- note\nSELECT 1" },
    { R, "--note\nSELECT 1" },
    { R, "/*+ SET_VAR(query_timeout=1) */ SELECT 1" },
    { R, "SELECT /*+ SET_VAR(query_timeout=1) */ sleep(1)" },
    { R, "SELECT 1;" },
    { R, ";;SELECT 1;" },
    { R, "SELECT 1; SHOW TABLES" },
    { R, "WITH a AS (SELECT 1) SELECT * FROM a" },
    { R, "WITH a AS (SELECT 1), b (x, y) AS (SELECT 1, 2) SELECT * FROM a, b" },
    { R, "WITH a AS (SELECT 1) (SELECT * FROM a)" },
    { R, "with `delete` as (select 1) select * from `delete`" },
    { R, "SHOW TABLES" },
    { R, "show frontends" },
    { R, "SHOW PROC '/frontends'" },
    { R, "SHOW CREATE TABLE t" },
    { R, "SHOW DELETE FROM d" },
    { R, "SHOW ALTER TABLE COLUMN" },
    { R, "SHOW MATERIALIZED VIEWS LIKE 'drop%'" },
    { R, "ADMIN SHOW FRONTEND CONFIG LIKE 'run_mode'" },
    { R, "ADMIN SHOW REPLICA STATUS FROM t" },
    { R, "ADMIN SHOW AUTOMATED CLUSTER SNAPSHOT" },
    { R, "DESC t" },
    { R, "describe sales.orders" },
    { R, "DESC STORAGE VOLUME v" },
    { R, "EXPLAIN SELECT 1" },
    { R, "EXPLAIN COSTS SELECT 1" },
    { R, "EXPLAIN INSERT INTO t SELECT 1" },
    { R, "EXPLAIN DELETE FROM t" },
    { R, "EXPLAIN ANALYZE SELECT 1" },
    { R, "explain analyze with a as (select 1) select * from a" },
    { R, "TRACE TIMES OPTIMIZER SELECT 1" },
    { R, "ANALYZE PROFILE FROM 'x'" },
    { R, "HELP 'select'" },
    { R, "SYNC" },
    { R, "TRANSLATE trino select 1" },
    { R, "SELECT 1 -- into outfile" },
    { R, "SELECT 1 # note" }, /* a name to StarRocks, a comment to the client: both read */
    { R, "SELECT 1 /*! into outfile 'x' */" }, /* a plain comment to StarRocks */
};

static const struct row session[] = {
    { S, "USE sales" },
    { S, "use 'catalog hive'" },
    { S, "SET query_timeout = 10" },
    { S, "SET SESSION query_timeout = 10, LOCAL x = 1" },
    { S, "SET @@query_timeout = 10" },
    { S, "SET @@session.query_timeout = 10" },
    { S, "SET @global = 1" },
    { S, "SET @a = (SELECT max(global) FROM t)" },
    { S, "SET a = 'GLOBAL b = 1'" },
    { S, "SET NAMES utf8mb4" },
    { S, "SET CHARACTER SET utf8" },
    { S, "SET ROLE ALL" },
    { S, "SET ROLE a, b" },
    { S, "SET CATALOG hive" },
    { S, "SET WAREHOUSE w" },
    { S, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED" },
    { S, "EXECUTE AS jack WITH NO REVERT" },
    { S, "PREPARE p FROM 'delete from t'" },
    { S, "DEALLOCATE PREPARE p" },
    { S, "BEGIN" },
    { S, "START TRANSACTION" },
    { S, "SELECT 1; USE d" },
};

static const struct row changes[] = {
    { C, "" },
    { C, "   " },
    { C, "-- only a comment" },
    { C, "/*!50000 SELECT 1 */" },
    { C, "FROBNICATE" },
    { C, "'SELECT 1'" },
    { C, "`SELECT` 1" },
    { C, "SELECT * FROM t INTO OUTFILE 's3://b/x'" },
    { C, "(select 1) into outfile 'x'" },
    { C, "SELECT 1 INTO/**/OUTFILE 'x'" },
    { C, "EXPLAIN SELECT 1 INTO OUTFILE 'x'" },
    { C, "WITH a AS (SELECT 1) SELECT * FROM a INTO OUTFILE 'x'" },
    { C, "WITH a AS (SELECT 1) (SELECT * FROM a) INTO OUTFILE 'x'" },
    { C, "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a" },
    { C, "WITH a AS (SELECT 1) DELETE FROM t USING a WHERE t.x = a.x" },
    { C, "SELECT 'open" },
    { C, "SELECT 1 /* open" },
    { C, "SELECT `open" },
    { C, "# note\nSELECT 1" }, /* to StarRocks "#" is no comment: what does it begin with? */
    { C, "SELECT 1; INSERT INTO t VALUES (1)" },
    { C, "INSERT INTO t VALUES (1)" },
    { C, "insert into t select * from u" },
    { C, "/* c */ INSERT INTO t VALUES ('overwrite')" },
    { C, "EXPLAIN ANALYZE INSERT INTO t SELECT 1" },
    { C, "DESC ANALYZE INSERT INTO t SELECT 1" },
    { C, "EXPLAIN ANALYZE REFRESH MATERIALIZED VIEW m" },
    { C, "EXPLAIN ANALYZE EXPLAIN ANALYZE SELECT 1" },
    { C, "TRACE VALUES INSERT INTO t SELECT 1" },
    { C, "DELETE FROM t WHERE a = 1" },
    { C, "DELETE FROM t PARTITION p USING u WHERE t.a = u.a" },
    { C, "UPDATE t SET a = 1 WHERE b = 2" },
    { C, "update t set a = 1 /* x */ where/**/b" },
    { C, "UPDATE t SET a = (SELECT 1 FROM u) FROM v WHERE t.a = v.a" },
    { C, "DELETE SQLBLACKLIST 3, 4" },
    { C, "DELETE BACKEND BLACKLIST 10001" },
    { C, "DELETE COMPUTE NODE BLACKLIST 10001" },
    { C, "CREATE TABLE t (a INT)" },
    { C, "CREATE TABLE t AS SELECT 1" },
    { C, "CREATE MATERIALIZED VIEW m AS SELECT 1" },
    { C, "CREATE OR REPLACE VIEW v AS SELECT 1" },
    { C, "ALTER MATERIALIZED VIEW m INACTIVE" },
    { C, "ALTER MATERIALIZED VIEW `sales`.`drop` INACTIVE" },
    { C, "ALTER MATERIALIZED VIEW m ACTIVE" },
    { C, "ALTER MATERIALIZED VIEW m REFRESH MANUAL" },
    { C, "ALTER MATERIALIZED VIEW m SET ('x' = 'drop')" },
    { C, "ALTER TABLE t ADD COLUMN c INT" },
    { C, "ALTER TABLE t SWAP WITH u" },
    { C, "ALTER TABLE t RENAME u" },
    { C, "ALTER TABLE t SET (\"a\" = \"DROP\")" },
    { C, "ALTER TABLE t ADD COLUMN c VARCHAR(10) COMMENT 'drop this later'" },
    { C, "ALTER SYSTEM CREATE IMAGE" },
    { C, "ALTER SYSTEM ADD FOLLOWER 'h:9010'" },
    { C, "ALTER SYSTEM MODIFY BACKEND HOST 'a' TO 'b'" },
    { C, "ALTER SYSTEM CANCEL DECOMMISSION DISK '/d' ON BACKEND 'h:9050'" },
    { C, "ALTER USER u IDENTIFIED BY 'x'" },
    { C, "REFRESH MATERIALIZED VIEW m FORCE" },
    { C, "REFRESH EXTERNAL TABLE t" },
    { C, "CANCEL REFRESH MATERIALIZED VIEW m" },
    { C, "CANCEL DECOMMISSION BACKEND 'h:9050'" },
    { C, "CANCEL COMPACTION WHERE TXN_ID = 3" },
    { C, "SUBMIT TASK AS INSERT INTO t SELECT 1" },
    { C, "SUBMIT TASK x SCHEDULE EVERY(INTERVAL 1 DAY) AS CREATE TABLE t AS SELECT 1" },
    { C, "ADMIN SET FRONTEND CONFIG (\"a\" = \"b\")" },
    { C, "ADMIN SET REPLICA STATUS PROPERTIES(\"a\" = \"b\")" },
    { C, "ADMIN SET AUTOMATED CLUSTER SNAPSHOT ON" },
    { C, "ADMIN REPAIR TABLE t" },
    { C, "ADMIN CHECK TABLET (1) PROPERTIES('type'='consistency')" },
    { C, "ADMIN EXECUTE ON FRONTEND 'out.append(1)'" },
    { C, "ANALYZE TABLE t" },
    { C, "SET GLOBAL query_timeout = 10" },
    { C, "SET a = 1, GLOBAL b = 2" },
    { C, "SET @@GLOBAL.query_timeout = 10" },
    { C, "SET @@ global . x = 1" },
    { C, "SET PERSIST x = 1" },
    { C, "SET PASSWORD = PASSWORD('x')" },
    { C, "SET PASSWORD FOR u = 'x'" },
    { C, "SET DEFAULT ROLE r TO u" },
    { C, "SET PROPERTY FOR 'u' 'max_user_connections' = '100'" },
    { C, "SET v AS DEFAULT STORAGE VOLUME" },
    { C, "SET" },
    { C, "KILL 12" },
    { C, "KILL QUERY 'x'" },
    { C, "KILL ANALYZE 1" },
    { C, "EXECUTE p USING @a" },
    { C, "COMMIT" },
    { C, "ROLLBACK" },
    { C, "GRANT SELECT ON t TO u" },
    { C, "REVOKE SELECT ON t FROM u" },
    { C, "BACKUP SNAPSHOT s TO r" },
    { C, "RECOVER TABLE t" },
    { C, "LOAD LABEL l (DATA INFILE('x') INTO TABLE t) WITH BROKER" },
    { C, "EXPORT TABLE t TO 'x'" },
    { C, "PAUSE ROUTINE LOAD FOR r" },
    { C, "RESUME ROUTINE LOAD FOR r" },
    { C, "SUSPEND WAREHOUSE w" },
    { C, "CALL p()" },
    { C, "INSTALL PLUGIN FROM 'x'" },
    { C, "ADD SQLBLACKLIST 'x'" },
    { C, "LOCK TABLES t READ" },
};

static const struct row destroys[] = {
    { D, "DROP TABLE t" },
    { D, "drop table if exists t force" },
    { D, "/* select */ DROP DATABASE d" },
    { D, "-- x\nDROP VIEW v" },
    { D, "DROP MATERIALIZED VIEW m" },
    { D, "(DROP TABLE t)" },
    { D, "SELECT 1; DROP TABLE t" },
    { D, "SELECT 1 -- x\r; DROP TABLE t" }, /* the FE's comment ends at the carriage return */
    { D, "SELECT 1 # ; DROP TABLE t" },
    { D, "DROP TABLE t 'open" },
    { D, "DROP USER u" },
    { D, "DROP STORAGE VOLUME v" },
    { D, "TRUNCATE TABLE t" },
    { D, "TRUNCATE TABLE t PARTITION(p1)" },
    { D, "DELETE FROM t" },
    { D, "delete from t -- where a = 1" },
    { D, "DELETE FROM t --where a = 1" },
    { D, "DELETE FROM t /* where a = 1 */" },
    { D, "DELETE FROM t /*! where a = 1 */" },
    { D, "DELETE FROM t /*+ where a = 1 */" },
    { D, "DELETE FROM t # where a = 1" },
    { D, "DELETE FROM t 'where a = 1'" },
    { D, "DELETE FROM `where`" },
    { D, "DELETE FROM t USING (SELECT 1 FROM u WHERE x = 1) v" },
    { D, "WITH a AS (SELECT 1 FROM u WHERE x = 1) DELETE FROM t USING a" },
    { D, "UPDATE t SET a = 1" },
    { D, "UPDATE t SET a = 'where b = 2'" },
    { D, "UPDATE t SET a = (SELECT 1 FROM u WHERE x = 1)" },
    { D, "UPDATE t\xe3\x80\x80where SET a = 1" },
    { D, "EXPLAIN ANALYZE DELETE FROM t" },
    { D, "INSERT OVERWRITE t SELECT 1" },
    { D, "insert /*+ SET_VAR(a=1) */ overwrite t select 1" },
    { D, "SUBMIT TASK AS INSERT OVERWRITE t SELECT 1" },
    { D, "ALTER SYSTEM DROP FOLLOWER 'h:9010'" },
    { D, "ALTER SYSTEM DROP BACKEND 'h:9050' FORCE" },
    { D, "alter system /* x */ decommission backend 'h:9050'" },
    { D, "ALTER SYSTEM DECOMMISSION DISK '/d' ON BACKEND 'h:9050'" },
    { D, "ALTER TABLE t DROP PARTITION p" },
    { D, "ALTER TABLE t DROP TEMPORARY PARTITION p" },
    { D, "ALTER TABLE t DROP COLUMN c" },
    { D, "ALTER TABLE t ADD COLUMN a INT, DROP COLUMN b" },
    { D, "ALTER TABLE t TRUNCATE PARTITION p" },
    { D, "ALTER TABLE t REPLACE PARTITION (p) WITH TEMPORARY PARTITION (q)" },
    { D, "ALTER TABLE t EXECUTE expire_snapshots(now())" },
    { D, "CANCEL LOAD FROM d WHERE LABEL = 'x'" },
    { D, "CANCEL BACKUP" },
    { D, "CANCEL RESTORE FROM d" },
    { D, "CANCEL ALTER TABLE COLUMN FROM t" },
    { D, "CANCEL EXPORT FROM d" },
    { D, "STOP ROUTINE LOAD FOR r" },
    { D, "RESTORE SNAPSHOT s FROM r" },
    { D, "CLEAN TEMPORARY TABLE ON SESSION 'x'" },
    { D, "ADMIN SET AUTOMATED CLUSTER SNAPSHOT OFF" },
    { D, "DELETE" },
};

#undef R
#undef S
#undef C
#undef D

static size_t check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum sql_class got = sql_classify(rows[i].sql, strlen(rows[i].sql));

        if (got != rows[i].class)
            fail_msg("class %d, wanted %d: %s", got, rows[i].class, rows[i].sql);
    }
    return n;
}

#define CHECK(rows) check_rows(rows, sizeof rows / sizeof *rows)

static void test_classes(void **state)
{
    size_t n = 0;

    (void)state;
    n += CHECK(reads);
    n += CHECK(session);
    n += CHECK(changes);
    n += CHECK(destroys);
    assert_true(n >= 120);
}

/* Every prefix of every statement, in memory of its own: nothing is read outside of it. */
static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof destroys / sizeof *destroys; i++) {
        size_t len = strlen(destroys[i].sql);

        for (size_t cut = 0; cut <= len; cut++) {
            char *copy = mem_textn(destroys[i].sql, cut);
            char word[16];
            AUTO_STR what = { 0 };

            (void)sql_classify(copy, cut);
            sql_first_word(copy, cut, word, sizeof word);
            sql_destroys_what(copy, cut, &what);
            free(copy);
        }
    }
}

static void check_what(const char *sql, const char *wanted)
{
    AUTO_STR got = { 0 };

    sql_destroys_what(sql, strlen(sql), &got);
    assert_string_equal(str_text(&got), wanted);
}

static void test_what(void **state)
{
    (void)state;
    check_what("drop table sales.orders", "DROP TABLE sales.orders");
    check_what("drop /* x */ table\n if exists `sales`.`orders` force;",
               "DROP TABLE sales.orders force");
    check_what("drop table drop_me", "DROP TABLE drop_me");
    check_what("drop view `view`", "DROP VIEW view");
    check_what("drop table view", "DROP TABLE view");
    check_what("drop materialized view if exists m", "DROP MATERIALIZED VIEW m");
    check_what("truncate table t partition (p1, p2)", "TRUNCATE TABLE t partition (p1, p2)");
    check_what("delete from t", "DELETE FROM t (no WHERE)");
    check_what("delete from `a`.`b` /* where */", "DELETE FROM a.b (no WHERE)");
    check_what("with a as (select 1) delete from t using a", "DELETE FROM t (no WHERE)");
    check_what("update a.b set x = 'secret'", "UPDATE a.b (no WHERE)");
    check_what("insert overwrite t select 1", "INSERT OVERWRITE t (replaces its rows)");
    check_what("submit task as insert overwrite t select 1",
               "INSERT OVERWRITE t (replaces its rows)");
    check_what("alter system drop follower \"h:9010\"", "ALTER SYSTEM DROP FOLLOWER \"h:9010\"");
    check_what("alter table t drop partition p1", "ALTER TABLE t drop partition p1");
    check_what("select 1; drop table a; use d; truncate table b",
               "DROP TABLE a; TRUNCATE TABLE b");
    check_what("drop user 'u'@'%'", "DROP USER 'u'@'%'");
    check_what("cancel load from d where label = 'x'", "CANCEL LOAD from d where label = 'x'");
    check_what("select 1", "");
}

static void test_what_is_short(void **state)
{
    AUTO_STR sql = { 0 };
    AUTO_STR got = { 0 };

    (void)state;
    str_add(&sql, "drop table t");
    for (int i = 0; i < 10000; i++)
        str_add(&sql, ", another_table");
    sql_destroys_what(str_text(&sql), sql.len, &got);
    assert_true(got.len < 300);
    assert_true(str_ends(str_text(&got), " …"));
}

static void test_first_word(void **state)
{
    static const char *const rows[][2] = {
        { "select 1", "SELECT" },        { "  /* x */ -- y\n show tables", "SHOW" },
        { "/*+ h */ Insert into", "INSERT" }, { "((select 1))", "SELECT" },
        { "# x\nselect 1", "SELECT" },   { "'a' b", "" },
        { "", "" },                      { ";drop", "DROP" },
        { "`select`", "" },              { "averyveryverylongword", "AVERYVERYVERYLO" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char word[16];

        sql_first_word(rows[i][0], strlen(rows[i][0]), word, sizeof word);
        assert_string_equal(word, rows[i][1]);
    }
}

/* A statement nested a million times deep neither overflows the stack nor takes for ever. */
static void test_nested(void **state)
{
    static const char *const parts[] = { "EXPLAIN ANALYZE ", "SUBMIT TASK AS ", "TRACE TIMES ",
                                         "WITH a AS (SELECT 1) ( ", "(", "INSERT ", "SET @@" };

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        AUTO_STR sql = { 0 };

        for (int n = 0; n < 200000; n++)
            str_add(&sql, parts[i]);
        str_add(&sql, "INTO OUTFILE");
        assert_true(sql_classify(str_text(&sql), sql.len) >= SQL_CHANGES);
    }
}

/* --safe-updates: which would change every row. */
static void test_updates_all(void **state)
{
    static const char *const all[] = {
        "delete from t", "UPDATE t SET a = 1", "delete from t -- where x", "select 1; delete from t",
        "update t set a = (select 1 from u where u.x = t.x limit 1)",
        "with x as (select 1 where 1 = 1) delete from t", "update t set a = ' where '",
        "delete from t using u",
    };
    static const char *const not_all[] = {
        "delete from t where a = 1", "update t set a = 1 limit 3", "explain delete from t",
        "delete backend blacklist 10001", "insert into t select 1", "select 'delete from t'", "",
        "with x as (select 1) update t set a = 1 where b = 2", "drop table t", "with x",
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_true(sql_updates_all(all[i], strlen(all[i])));
    for (size_t i = 0; i < sizeof not_all / sizeof *not_all; i++)
        assert_false(sql_updates_all(not_all[i], strlen(not_all[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_updates_all),
        cmocka_unit_test(test_classes),  cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_what),     cmocka_unit_test(test_what_is_short),  cmocka_unit_test(test_first_word),
        cmocka_unit_test(test_nested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Redaction: the canary must be gone, the rest must be there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "mem.h"
#include "redact.h"

static const struct row {
    const char *sql;
    const char *wanted;
} rows[] = {
    /* users */
    { "CREATE USER u IDENTIFIED BY 'canary'", "CREATE USER u IDENTIFIED BY '***'" },
    { "create user u identified by \"canary\"", "create user u identified by '***'" },
    { "ALTER USER u IDENTIFIED BY PASSWORD '*canary'",
      "ALTER USER u IDENTIFIED BY PASSWORD '***'" },
    { "CREATE USER u IDENTIFIED WITH mysql_native_password BY 'canary' DEFAULT ROLE r",
      "CREATE USER u IDENTIFIED WITH mysql_native_password BY '***' DEFAULT ROLE r" },
    { "CREATE USER u IDENTIFIED WITH 'mysql_native_password' AS 'canary'",
      "CREATE USER u IDENTIFIED WITH 'mysql_native_password' AS '***'" },
    { "CREATE USER u IDENTIFIED WITH authentication_ldap_simple AS 'uid=canary'",
      "CREATE USER u IDENTIFIED WITH authentication_ldap_simple AS '***'" },
    { "CREATE USER u IDENTIFIED WITH p 'canary'", "CREATE USER u IDENTIFIED WITH p '***'" },
    { "CREATE USER u IDENTIFIED WITH authentication_kerberos",
      "CREATE USER u IDENTIFIED WITH authentication_kerberos" },
    { "CREATE USER u IDENTIFIED/**/BY/* x */'canary'",
      "CREATE USER u IDENTIFIED/**/BY/* *** */'***'" },
    { "CREATE USER u IDENTIFIED BY -- 'canary'\n'canary'",
      "CREATE USER u IDENTIFIED BY -- ***\n'***'" },
    { "CREATE USER u IDENTIFIED BY # 'canary'\n 'canary'",
      "CREATE USER u IDENTIFIED BY -- ***\n '***'" },
    { "CREATE USER u IDENTIFIED BY 'can''ary' ", "CREATE USER u IDENTIFIED BY '***' " },
    { "CREATE USER u IDENTIFIED BY 'x\\'canary'", "CREATE USER u IDENTIFIED BY '***'" },
    { "CREATE USER u IDENTIFIED BY 'x\"; canary'; select 1",
      "CREATE USER u IDENTIFIED BY '***'; select 1" },
    { "CREATE USER u IDENTIFIED BY 'x' 'canary'", "CREATE USER u IDENTIFIED BY '***' '***'" },
    { "CREATE USER u IDENTIFIED BY canary!2,x DEFAULT ROLE r",
      "CREATE USER u IDENTIFIED BY '***' DEFAULT ROLE r" },
    { "ALTER USER u IDENTIFIED BY 'canary' REPLACE 'canary'",
      "ALTER USER u IDENTIFIED BY '***' REPLACE '***'" },
    { "GRANT ALL ON *.* TO u IDENTIFIED BY 'canary'",
      "GRANT ALL ON *.* TO u IDENTIFIED BY '***'" },
    { "CREATE USER u PASSWORD 'canary'", "CREATE USER u PASSWORD '***'" },
    { "CREATE USER a IDENTIFIED BY 'canary'; CREATE USER b IDENTIFIED BY 'canary'",
      "CREATE USER a IDENTIFIED BY '***'; CREATE USER b IDENTIFIED BY '***'" },
    /* set password */
    { "SET PASSWORD = 'canary'", "SET PASSWORD = '***'" },
    { "SET PASSWORD = PASSWORD('canary')", "SET PASSWORD = PASSWORD('***')" },
    { "set password for 'jack'@'%' = password(\"canary\")",
      "set password for 'jack'@'%' = password('***')" },
    { "SET PASSWORD FOR jack = concat('canary', 'canary')",
      "SET PASSWORD FOR jack = concat('***', '***')" },
    { "SET PASSWORD 'canary'", "SET PASSWORD '***'" },
    { "SELECT PASSWORD('canary')", "SELECT PASSWORD('***')" },
    { "SELECT aes_decrypt(c, concat('canary')) FROM t",
      "SELECT aes_decrypt(c, concat('***')) FROM t" },
    /* properties */
    { "CREATE STORAGE VOLUME v TYPE = S3 LOCATIONS = ('s3://b') PROPERTIES "
      "(\"aws.s3.access_key\" = \"canary\", \"aws.s3.secret_key\"=\"canary\", "
      "\"enabled\"=\"true\")",
      "CREATE STORAGE VOLUME v TYPE = S3 LOCATIONS = ('s3://b') PROPERTIES "
      "(\"aws.s3.access_key\" = '***', \"aws.s3.secret_key\"='***', \"enabled\"=\"true\")" },
    { "('azure.blob.sas_token'='canary','azure.blob.shared_key'='canary')",
      "('azure.blob.sas_token'='***','azure.blob.shared_key'='***')" },
    { "('azure.adls1.oauth2_credential'='canary')", "('azure.adls1.oauth2_credential'='***')" },
    { "('azure.adls2.oauth2_client_secret'='canary')",
      "('azure.adls2.oauth2_client_secret'='***')" },
    { "('gcp.gcs.service_account_private_key'='canary')",
      "('gcp.gcs.service_account_private_key'='***')" },
    { "('fs.oss.accessKeySecret'='canary','fs.oss.accessKeyId'='canary')",
      "('fs.oss.accessKeySecret'='***','fs.oss.accessKeyId'='***')" },
    { "('fs.s3a.secret.key'='canary','fs.s3a.access.key'='canary')",
      "('fs.s3a.secret.key'='***','fs.s3a.access.key'='***')" },
    { "('fs.azure.account.key.acc.blob.core.windows.net'='canary')",
      "('fs.azure.account.key.acc.blob.core.windows.net'='***')" },
    { "('property.sasl.jaas.config'='x canary')", "('property.sasl.jaas.config'='***')" },
    { "('hive.metastore.keytab_content'='canary')", "('hive.metastore.keytab_content'='***')" },
    { "WITH BROKER ('username'='u','password'='canary')",
      "WITH BROKER ('username'='u','password'='***')" },
    { "ADMIN SET FRONTEND CONFIG (\"ssl_keystore_password\" = \"canary\")",
      "ADMIN SET FRONTEND CONFIG (\"ssl_keystore_password\" = '***')" },
    { "SET GLOBAL authentication_ldap_simple_bind_root_pwd = 'canary'",
      "SET GLOBAL authentication_ldap_simple_bind_root_pwd = '***'" },
    { "SET ldap_pwd = canary, x = 1", "SET ldap_pwd = '***' x = 1" },
    { "SET @my_token := 'canary'", "SET @my_token := '***'" },
    { "SELECT map{'api_key': 'canary'}", "SELECT map{'api_key': '***'}" },
    { "SELECT x('secret' => 'canary')", "SELECT x('secret' => '***')" },
    { "UPDATE u SET `password` = 'canary', a = 'b'", "UPDATE u SET `password` = '***', a = 'b'" },
    { "('password' = ('canary'))", "('password' = ('***'))" },
    /* inside text */
    { "SET x = '{\"password\": \"canary\"}'", "SET x = '***'" },
    { "SET x = 'jdbc:mysql://h/d?user=u&password=canary'", "SET x = '***'" },
    { "SET x = 'https://u:canary@host/p'", "SET x = '***'" },
    { "SELECT 1 /* password=canary */", "SELECT 1 /* *** */" },
    { "SELECT 1 -- identified by 'canary'", "SELECT 1 -- ***" },
    { "SELECT 1 # it's password 'canary'\n, 2", "SELECT 1 -- ***\n, 2" },
    { "SELECT /*+ SET_VAR(token='canary') */ 1", "SELECT /*+ *** */ 1" },
    { "CREATE FUNCTION f() AS $$ password = \"canary\" $$", "CREATE FUNCTION f() AS '***'" },
    /* what does not end */
    { "CREATE USER u IDENTIFIED BY 'canary", "CREATE USER u '***'" },
    { "CREATE USER u IDENTIFIED BY canary'", "CREATE USER u '***'" },
    { "SET x = 'a', password = 'canary", "SET x = 'a', '***'" },
    { "SELECT 'x, \"secret_key\"=\"canary\"", "SELECT 'x, \"'***'" },
    { "SELECT 'http://u:canary@h", "SELECT 'http'***'" },
};

/* Statements without secrets come out byte for byte. */
static const char *const plain[] = {
    "",
    "SELECT 1",
    "SELECT 'it''s' -- comment\n, \"a\\\"b\" /* c */",
    "SELECT * FROM users WHERE name = 'password'",
    "SHOW VARIABLES LIKE '%password%'",
    "SELECT password FROM t",
    "SELECT a.token, b FROM t",
    "SET parse_tokens_limit = 3500000",
    "CREATE USER u EXPIRE_PASSWORD = TRUE",
    "ALTER SYSTEM SET PASSWORD POLICY p",
    "SELECT 'http://host:8030/path?a=b@c'",
    "SELECT 's3://bucket/path:x'",
    "SELECT 'open",
    "ALTER MATERIALIZED VIEW `sales`.`daily` INACTIVE",
};

static void test_hides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO_STR got = { 0 };
        bool hid = sql_redact(rows[i].sql, strlen(rows[i].sql), &got);

        assert_string_equal(str_text(&got), rows[i].wanted);
        assert_null(strstr(str_text(&got), "canary"));
        assert_int_equal(hid, strcmp(rows[i].sql, rows[i].wanted) != 0);
    }
}

static void test_keeps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        AUTO_STR got = { 0 };

        if (sql_redact(plain[i], strlen(plain[i]), &got))
            fail_msg("hid something in: %s", plain[i]);
        assert_string_equal(str_text(&got), plain[i]);
    }
}

/* However a statement is cut short, no part of its secret is left. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *canary = strstr(rows[i].sql, "canary");
        size_t len = strlen(rows[i].sql);
        size_t from = canary != NULL ? (size_t)(canary - rows[i].sql) + 6 : 0;

        for (size_t cut = from; cut <= len; cut++) {
            char *copy = mem_textn(rows[i].sql, cut);
            AUTO_STR got = { 0 };

            sql_redact(copy, cut, &got);
            /* A URL's password is known by the @ behind it, a comment's by its quotes. */
            if (strstr(rows[i].sql, "://u:") == NULL && strstr(str_text(&got), "canary") != NULL)
                fail_msg("cut at %zu: %s → %s", cut, rows[i].sql, str_text(&got));
            free(copy);
        }
    }
}

static void test_bytes(void **state)
{
    static const char sql[] = "SELECT 'a\0b', password = 'can\0ary'";
    AUTO_STR got = { 0 };

    (void)state;
    assert_true(sql_redact(sql, sizeof sql - 1, &got));
    assert_int_equal(got.len, sizeof "SELECT 'a\0b', password = '***'" - 1);
    assert_memory_equal(got.s, "SELECT 'a\0b', password = '***'", got.len);
}

static void test_appends(void **state)
{
    AUTO_STR got = { 0 };

    (void)state;
    str_add(&got, "> ");
    sql_redact("select 1", 8, &got);
    assert_string_equal(str_text(&got), "> select 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hides), cmocka_unit_test(test_keeps), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_bytes), cmocka_unit_test(test_appends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

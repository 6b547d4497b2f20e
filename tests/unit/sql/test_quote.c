/* Quoting: every ASCII byte, names that must be refused, values read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "quote.h"
#include "token.h"

static void test_names(void **state)
{
    (void)state;
    for (int c = 1; c < 128; c++) {
        char name[] = { 'a', (char)c, 'b', '\0' };
        AUTO_ERROR err = { 0 };
        AUTO_STR sql = { 0 };
        char wanted[] = { '`', 'a', (char)c, 'b', '`', '\0' };

        assert_int_equal(quote_name_ok(name), c != '`');
        assert_int_equal(quote_name(name, &sql, &err), c != '`');
        if (c == '`') {
            assert_int_equal(err.code, ERR_FAILED);
            assert_int_equal(sql.len, 0);
        } else {
            assert_string_equal(str_text(&sql), wanted);
        }
    }
}

static void test_refused(void **state)
{
    char long_name[1026];
    AUTO_STR sql = { 0 };
    AUTO_ERROR err = { 0 };

    (void)state;
    memset(long_name, 'a', sizeof long_name);
    long_name[1025] = '\0';
    assert_false(quote_name(long_name, &sql, &err));
    long_name[1024] = '\0';
    assert_true(quote_name_ok(long_name));
    assert_false(quote_name("", &sql, &err));
    assert_false(quote_name("a\xff", &sql, &err));
    assert_false(quote_name("\xc0\x80", &sql, &err));
    assert_false(quote_name2("a", "b`c", &sql, &err));
    assert_false(quote_name2("`", "b", &sql, &err));
    assert_int_equal(sql.len, 0);
    assert_non_null(strstr(err.message, "backtick"));
}

static void test_name2(void **state)
{
    AUTO_STR sql = { 0 };

    (void)state;
    assert_true(quote_name2("sales", "\xe8\xa7\x86\xe5\x9b\xbe-1", &sql, NULL));
    assert_string_equal(str_text(&sql), "`sales`.`\xe8\xa7\x86\xe5\x9b\xbe-1`");
}

/* What the FE makes of a quoted value: the quotes off, each backslash pair one byte. */
static void read_back(const char *sql, size_t len, struct str *ret)
{
    for (size_t i = 1; i + 1 < len; i++) {
        if (sql[i] == '\\')
            i++;
        str_addc(ret, sql[i]);
    }
}

static void check_text(const char *text, bool twice)
{
    AUTO_STR sql = { 0 };
    AUTO_STR back = { 0 };
    struct tokens tokens;
    struct token token;

    assert_true(twice ? quote_text_double(text, &sql, NULL) : quote_text(text, &sql, NULL));
    tokens = token_start(str_text(&sql), sql.len);
    token = token_next(&tokens);
    assert_int_equal(token.kind, TOKEN_STRING);
    assert_false(token.open);
    assert_int_equal(token.len, sql.len); /* one string, nothing gets out of it */
    read_back(sql.s, sql.len, &back);
    assert_string_equal(str_text(&back), text);
    sql.s[sql.len - 1] = '\0';
    assert_null(strstr(sql.s + 1, twice ? "\"\"" : "''")); /* never a doubled quote inside */
}

static void test_texts(void **state)
{
    static const char *const texts[] = { "a", "it's", "\"", "'", "\\", "\\'", "'\\", "''", "\\\\''",
                                         "a\nb\tc", "'; drop table t; --", "/* */", "%_",
                                         "\xe4\xb8\xad" };

    (void)state;
    for (int c = 1; c < 128; c++) {
        char text[] = { (char)c, '\0' };
        char around[] = { '\\', (char)c, '\'', (char)c, '"', '\0' };

        check_text(text, false);
        check_text(text, true);
        check_text(around, false);
        check_text(around, true);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_text(texts[i], false);
        check_text(texts[i], true);
    }
}

static void test_exact(void **state)
{
    AUTO_STR sql = { 0 };
    AUTO_ERROR err = { 0 };

    (void)state;
    quote_text("", &sql, NULL);
    quote_text("it's \"\\\"", &sql, NULL);
    quote_text_double("it's \"\\\"", &sql, NULL);
    assert_string_equal(str_text(&sql), "'''it\\'s \"\\\\\"'\"it's \\\"\\\\\\\"\"");
    assert_false(quote_text("\xff", &sql, &err));
    assert_false(quote_text_double("\xed\xa0\x80", &sql, &err));
    assert_int_equal(err.code, ERR_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_refused), cmocka_unit_test(test_name2),
        cmocka_unit_test(test_texts), cmocka_unit_test(test_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

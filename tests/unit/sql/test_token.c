/* The tokenizer: statements in, token kinds and texts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "token.h"

/* One letter a kind (word, number, string, name, dollars, punctuation, comment, hint); ! open. */
static char *shape(const char *sql, bool hash)
{
    static const char kinds[] = ".wnsbdpch";
    struct tokens tokens = token_start(sql, strlen(sql));
    struct str ret = { 0 };
    struct token token;

    tokens.hash_comments = hash;
    while ((token = token_next(&tokens)).kind != TOKEN_END) {
        if (ret.len > 0)
            str_addc(&ret, ' ');
        str_addc(&ret, kinds[token.kind]);
        str_add(&ret, token.open ? "!" : ":");
        str_addn(&ret, token.at, token.len);
    }
    return str_take(&ret);
}

static void check(const char *sql, const char *wanted)
{
    AUTO_FREE char *got = shape(sql, false);

    assert_string_equal(got, wanted);
}

static void test_kinds(void **state)
{
    (void)state;
    check("", "");
    check(" \t\r\n", "");
    check("select a.b", "w:select w:a p:. w:b");
    check("'a' \"b\" `c`", "s:'a' s:\"b\" b:`c`");
    check("'it''s' 'it\\'s' '\\\\'", "s:'it''s' s:'it\\'s' s:'\\\\'");
    check("\"a\"\"b\" \"a\\\"b\"", "s:\"a\"\"b\" s:\"a\\\"b\"");
    check("`a``b` `a\\`", "b:`a``b` b:`a\\`");
    check("1 1.5 .5 1e3 1.5e-3 2e", "n:1 n:1.5 n:.5 n:1e3 n:1.5e-3 w:2e");
    check("2024_sales 1abc", "w:2024_sales w:1abc");
    check("\xe8\xa7\x86\xe5\x9b\xbe_1", "w:\xe8\xa7\x86\xe5\x9b\xbe_1");
    check("@@global.x=1", "p:@ p:@ w:global p:. w:x p:= n:1");
    check("a\\b", "w:a p:\\ w:b");
}

static void test_comments(void **state)
{
    (void)state;
    check("-- x\na", "c:-- x w:a");
    check("--x\na", "c:--x w:a"); /* no space needed in StarRocks */
    check("-- x\ra", "c:-- x w:a"); /* ends at a carriage return */
    check("a - -b", "w:a p:- p:- w:b");
    check("/* ; */a", "c:/* ; */ w:a");
    check("/**/a /*/ */b", "c:/**/ w:a c:/*/ */ w:b");
    check("/*+ SET_VAR(a=1) */ b", "h:/*+ SET_VAR(a=1) */ w:b");
    check("/*!50000 drop */", "c:/*!50000 drop */");
    check("a # b", "w:a p:# w:b");
}

static void test_hash(void **state)
{
    AUTO_FREE char *got = shape("a # b\nc '#'", true);

    (void)state;
    assert_string_equal(got, "w:a c:# b w:c s:'#'");
}

static void test_code(void **state)
{
    (void)state;
    check("as $$ it's; $$ x", "w:as d:$$ it's; $$ w:x");
    check("a $$b", "w:a w:$$b");
}

static void test_open(void **state)
{
    (void)state;
    check("a 'b", "w:a s!'b");
    check("a 'b\\'", "w:a s!'b\\'");
    check("a 'b''", "w:a s!'b''");
    check("a 'b\\", "w:a s!'b\\");
    check("`a", "b!`a");
    check("/* a", "c!/* a");
    check("/*/", "c!/*/");
    check("/*+ a", "h!/*+ a");
}

static void test_ideographic_space(void **state)
{
    (void)state;
    check("drop \xe3\x80\x80table", "w:drop w:table");
    check("t\xe3\x80\x80where", "w:t\xe3\x80\x80where"); /* one name to the FE's lexer */
}

static void test_split(void **state)
{
    static const char sql[] = "; a ';' ;; /* x */ ; `b;` -- ;\n;c";
    struct tokens all = token_start(sql, sizeof sql - 1);
    struct tokens one;
    struct token token;

    (void)state;
    assert_true(token_split(&all, &one));
    token = token_next_code(&one);
    assert_true(token_is(&token, "A"));
    token = token_next_code(&one);
    assert_int_equal(token.kind, TOKEN_STRING);
    token = token_next_code(&one);
    assert_int_equal(token.kind, TOKEN_END);
    assert_true(token_split(&all, &one));
    token = token_next_code(&one);
    assert_int_equal(token.kind, TOKEN_NAME);
    assert_true(token_split(&all, &one));
    token = token_next_code(&one);
    assert_true(token_is(&token, "C"));
    assert_false(token_split(&all, &one));
    assert_false(token_split(&all, &one));
}

static void test_words(void **state)
{
    struct tokens tokens = token_start("Select `select`", 15);
    struct token token = token_next(&tokens);

    (void)state;
    assert_true(token_is(&token, "SELECT"));
    assert_false(token_is(&token, "SELEC"));
    assert_false(token_is(&token, "SELECTS"));
    token = token_next(&tokens);
    assert_false(token_is(&token, "SELECT"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),  cmocka_unit_test(test_comments),
        cmocka_unit_test(test_hash),   cmocka_unit_test(test_code),
        cmocka_unit_test(test_open),   cmocka_unit_test(test_ideographic_space),
        cmocka_unit_test(test_split),  cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Reading as the classic client: text in, items out, fed whole, by lines and byte by byte. The
 * expectations were taken from what the mariadb client 10.11 sent to a server with its general log
 * on; tests/cli/test_as_classic.py compares the two programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "scan_classic.h"

/* S[…] delimiter, g \g, G \G, I end of input; E empty; \x[…] letter; W[…] word; L[word|args] long;
 * ?x unknown; 0[…] NUL. */
static void add_item(const struct scan_item *item, bool lines, struct str *ret)
{
    switch (item->kind) {
    case SCAN_MORE:
        return;
    case SCAN_STATEMENT:
        str_addf(ret, "%c[", "SgGI"[item->end]);
        break;
    case SCAN_EMPTY:
        str_add(ret, "E[");
        break;
    case SCAN_LONG:
        str_addf(ret, "L[%s|", item->word);
        break;
    case SCAN_WORD:
        str_addf(ret, "W%c[", item->letter);
        break;
    case SCAN_LETTER:
        str_addc(ret, '[');
        break;
    case SCAN_UNKNOWN:
        str_addf(ret, "?[%c", item->letter);
        break;
    case SCAN_NUL:
        str_add(ret, "0[");
        break;
    }
    str_addn(ret, item->text, item->len);
    str_addc(ret, ']');
    if (lines)
        str_addf(ret, "@%u", item->line);
    str_addc(ret, ' ');
}

/* false: a NUL byte stops all. */
static bool take_items(struct scanner *s, bool lines, struct str *ret)
{
    for (;;) {
        struct scan_item item = scan_next(s);

        if (item.kind == SCAN_MORE)
            return true;
        add_item(&item, lines, ret);
        if (item.kind == SCAN_NUL)
            return false;
        if (item.letter == 'd' && (item.kind == SCAN_WORD || item.kind == SCAN_LETTER)) {
            const char *at = item.text + (item.kind == SCAN_WORD ? strlen("delimiter") : 2);
            AUTO_STR given = { 0 };

            at += strspn(at, " ");
            str_addn(&given, at, strcspn(at, " "));
            scan_set_delimiter(s, str_text(&given));
        }
    }
}

/* Characters of two bytes, the second of which may be any: as in gbk. */
static unsigned two_bytes(const char *at, const char *end)
{
    return (unsigned char)*at >= 0x81 && end - at > 1 ? 2 : 0;
}

static struct scan_classic how;
static bool wide;
static bool ansi;
static bool plain_backslash;

static char *scan_all(const char *text, size_t len, size_t piece, bool lines)
{
    struct scanner *s = scan_new_classic(&how);
    struct str ret = { 0 };

    if (wide)
        scan_set_multibyte(s, two_bytes, true);
    scan_set_modes(s, ansi, plain_backslash);
    while (len > 0) {
        size_t n = piece == 0 || piece > len ? len : piece;

        scan_feed(s, text, n);
        text += n;
        len -= n;
        if (!take_items(s, lines, &ret))
            break;
        if (len == 0) {
            scan_finish(s);
            take_items(s, lines, &ret);
        }
    }
    scan_free(s);
    return str_take(&ret);
}

static void check_n(const char *text, size_t len, bool lines, const char *want)
{
    for (size_t piece = 0; piece < 9; piece++) {
        char *got = scan_all(text, len, piece, lines);

        if (strcmp(got != NULL ? got : "", want) != 0)
            print_error("pieces of %zu: %s\n", piece, text);
        assert_string_equal(got != NULL ? got : "", want);
        free(got);
    }
}

static void check(const char *text, const char *want)
{
    check_n(text, strlen(text), false, want);
}

static void check_lines(const char *text, const char *want)
{
    check_n(text, strlen(text), true, want);
}

static int defaults(void **state)
{
    (void)state;
    how = (struct scan_classic){ 0 };
    wide = ansi = plain_backslash = false;
    return 0;
}

static void test_statements(void **state)
{
    (void)state;
    check("", "");
    check("\n\n", "");
    check("select 1", "I[select 1] ");
    check("select 1;\nselect 2;\n", "S[select 1] S[select 2] ");
    check("select 1; select 2;", "S[select 1] S[select 2] ");
    check("select 1\\Gselect 2\\g\n", "G[select 1] g[select 2] ");
    check("  \n\t select\n  1;\n", "S[select\n  1] ");
    check(";;", "E[] E[] ");
    check("select 1 ;\n", "S[select 1] ");
    check("select \\N;", "S[select \\N] ");
    check("select 'a;b', \";\", `;`;", "S[select 'a;b', \";\", `;`] ");
    check("select 'a\nb';", "S[select 'a\nb'] ");
    check("select 'it''s', 'a\\'b';", "S[select 'it''s', 'a\\'b'] ");
    check("select `a\\`;", "S[select `a\\`] ");
    check("select 'open", "I[select 'open] ");
    check("select 'a\\\nb';", "S[select 'a\nb'] "); /* a backslash at the end of a line is lost */
}

static void test_comments(void **state)
{
    (void)state;
    check("select /* c */ 1;", "S[select  1] ");
    check("select/* c */1;", "S[select 1] ");
    check("/* a */select 1;", "S[ select 1] ");
    check("select 1 -- c\n+1;", "S[select 1 \n+1] ");
    check("select 1 # c ; \n+1;", "S[select 1 \n+1] ");
    check("--c\nselect 1--1;", "S[select 1--1] ");
    check("select 1;-- c\n-- d\n", "S[select 1] ");
    check("select /*! 1 */;", "S[select /*! 1 */] ");
    check("select /*M! 1 */;", "S[select /*M! 1 */] ");
    check("select /*+ hint */ 1;", "S[select  1] ");
    check("/*\nuse\n*/ select 1;", "S[ select 1] ");
    check("select /* ' */ 1;", "S[select  1] ");
    check("select '/* c */';", "S[select '/* c */'] ");
    check("select /*! /* c */ 1 */ 2;", "S[select /*!  2] ");
    check("/* open\nselect 1;", "");
    check("/*!1 ; */ select 1;", "S[/*!1] S[*/ select 1] ");
}

static void test_kept_comments(void **state)
{
    (void)state;
    how.keep_comments = true;
    check("select /* c */ 1;", "S[select /* c */ 1] ");
    check("  select 1;", "S[  select 1] ");
    check("-- one\nselect 1;\n", "S[-- one] S[select 1] ");
    check("select 1; -- same line\nselect 2;", "S[select 1 -- same line] S[select 2] ");
    check("select 1 # c\n+1;", "S[select 1 # c\n+1] ");
    check("/* a\nb */ select 1;", "S[/* a\nb */ select 1] ");
}

static void test_commands(void **state)
{
    (void)state;
    check("use test\nselect 1;\n", "Wu[use test] S[select 1] ");
    check("use test;\n", "Wu[use test] ");
    check("USE test;\n", "Wu[USE test] ");
    check("  use test\n", "Wu[  use test] ");
    check("use\n", "Wu[use] ");
    check("use 'open\n", "I[use 'open] ");
    check("use ''\n", "I[use ''] ");
    check("quit now\n", "I[quit now] ");
    check("quit\nselect 1;", "Wq[quit] S[select 1] ");
    check("select 1\nquit\n;", "S[select 1\nquit] ");
}

static void test_words_within(void **state)
{
    (void)state;
    check("select\nhelp\n;", "S[select\nhelp] ");
    how.named_commands = true;
    check("select\nprint\n;", "Wp[print] S[select] ");
    check("select 1\ngo\n", "g[select 1] ");
    check("select 1\nuse test\n", "Wu[use test] I[select 1] ");
    check("select 1\nuse test", "Wu[use test] I[select 1] ");
    check("select 1\nclear\nselect 2;", "Wc[clear] S[select 2] ");
}

static void test_letters(void **state)
{
    (void)state;
    check("\\u test\nselect 1;\n", "[\\u test] S[select 1] ");
    check("\\u test; select 1;\n", "[\\u test; select 1;] S[select 1] ");
    check("select 1 \\p +1;\n", "[\\p +1;] S[select 1  +1] ");
    check("select 1 \\c select 2;\n", "[\\c select 2;] S[select 2] ");
    check("\\restore-plan x\n", "[\\restore-plan x] ");
    check("select \\y 1;\n", "?[y] S[select \\y 1] ");
    check("\\! ls; select 1;\n", "[\\! ls; select 1;] S[select 1] ");
    check("select '\\p';", "S[select '\\p'] ");
    check("select /*! \\u a;b */ 1;\n", "[\\u a;b */ 1;] S[select /*! */ 1] ");
    check("/*M!999999\\- enable the sandbox mode */\nselect 1;",
          "[\\- enable the sandbox mode */] S[/*M!999999 enable the sandbox mode */\nselect 1] ");
}

static void test_delimiter(void **state)
{
    (void)state;
    check("delimiter //\nselect 1; select 2//\n", "Wd[delimiter //] S[select 1; select 2] ");
    check("delimiter ;;\nselect 1;;\ndelimiter ;\nselect 2;\n",
          "Wd[delimiter ;;] S[select 1] Wd[delimiter ;] S[select 2] ");
    check("\\d // select 1//\n", "[\\d // select 1//] S[select 1] ");
    check("delimiter\n", "Wd[delimiter] ");
    check("print;\n", "Wp[print] ");
    check("quit;\n", "Wq[quit] ");
    check("go;\n", "g[go] ");
}

static void test_long(void **state)
{
    static const char *const longs[] = { "leader", "mv", NULL };

    (void)state;
    check("\\leader --pod\n", "?[l] I[\\leader --pod] ");
    how.longs = longs;
    check("\\leader --pod;\nselect 1;", "L[leader|--pod] S[select 1] ");
    check("select \\leader;", "?[l] S[select \\leader] ");
    check("\\leaders\n", "?[l] I[\\leaders] ");
}

static void test_lines(void **state)
{
    (void)state;
    check_lines("select 1;\n\nselect\n2; bad;\nselect 3;\n",
                "S[select 1]@1 S[select\n2]@3 S[bad]@3 S[select 3]@5 ");
    check_lines("\xef\xbb\xbfselect 1;\n", "S[select 1]@1 ");
    check("select 1;\r\nselect 'a\r\nb';\r\n", "S[select 1] S[select 'a\nb'] ");
    how.given = true;
    check("select 'a\r\nb'", "I[select 'a\r\nb'] ");
    how = (struct scan_classic){ .binary = true };
    check("select 'a\r\nb';\n", "S[select 'a\r\nb'] ");
}

static void test_bytes(void **state)
{
    static const char nul[] = "select 1;\nselect 'a\0b';\nselect 2;\n";

    (void)state;
    check_n(nul, sizeof nul - 1, false, "S[select 1] 0[select 'a] ");
    how.binary = true;
    check("use test\n\\u test;\n\\C utf8\nselect 1;",
          "?[u] S[use test\n\\u test] [\\C utf8] S[select 1] ");
    check("delimiter //\nselect 1//", "Wd[delimiter //] S[select 1] ");
    defaults(NULL);
    check("select '\xbf\\', 1;", "I[select '\xbf\\', 1;] "); /* the quote is escaped */
    wide = true;
    check("select '\xbf\\', 1;", "S[select '\xbf\\', 1] ");
}

static void test_modes(void **state)
{
    (void)state;
    plain_backslash = true;
    check("select 'a\\';", "S[select 'a\\'] ");
    plain_backslash = false;
    check("select \"a\\\";", "I[select \"a\\\";] ");
    ansi = true;
    check("select \"a\\\";", "S[select \"a\\\"] ");
}

static void test_open(void **state)
{
    struct scanner *s;

    (void)state;
    how.typed = true;
    s = scan_new_classic(&how);
    assert_int_equal(scan_open(s), SCAN_OPEN_NOTHING);
    scan_feed(s, "select 'a\n", 10);
    assert_int_equal(scan_next(s).kind, SCAN_MORE);
    assert_int_equal(scan_open(s), SCAN_OPEN_SINGLE);
    assert_string_equal(scan_pending(s), "select 'a\n");
    scan_clear(s);
    assert_int_equal(scan_open(s), SCAN_OPEN_NOTHING);
    scan_feed(s, "/* a\n", 5);
    assert_int_equal(scan_next(s).kind, SCAN_MORE);
    assert_int_equal(scan_open(s), SCAN_OPEN_COMMENT);
    scan_clear(s);
    scan_set_pending(s, "select 1", 8);
    assert_int_equal(scan_open(s), SCAN_OPEN_STATEMENT);
    scan_feed(s, ";\n", 2);
    struct scan_item item = scan_next(s);
    assert_int_equal(item.kind, SCAN_STATEMENT);
    assert_string_equal(item.text, "select 1");
    scan_free(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, defaults)
    const struct CMUnitTest tests[] = {
        TEST(test_statements),   TEST(test_comments), TEST(test_kept_comments),
        TEST(test_commands),     TEST(test_words_within), TEST(test_letters),
        TEST(test_delimiter),    TEST(test_long),     TEST(test_lines),
        TEST(test_bytes),        TEST(test_modes),    TEST(test_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

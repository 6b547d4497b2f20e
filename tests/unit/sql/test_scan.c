/*
 * The scanner: text in, items out, fed whole, by lines and byte by byte. What counts as a statement
 * was compared with what the mariadb client 10.11 sends for some thousand random scripts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/list.h>
#include <belay/str.h>

#include "clock.h"
#include "scan.h"

static const char *const words[] = { "?",     "charset", "clear",  "connect", "delimiter", "edit",
                                     "ego",   "exit",    "go",     "help",    "nopager",   "notee",
                                     "pager", "print",   "prompt", "quit",    "rehash",    "source",
                                     "status", "system", "tee",    "use",     "warnings",  NULL };
static const char letters[] = "?!.#-CGPRTWcdeghnopqrstuwx";

/*
 * An item as text: S[…] delimiter, g[…] \g, G[…] \G, I[…] end of input; E empty; L[word|args] long;
 * c[args] a letter; W[word|args]. Behind a long one: G or g when it ended so. @n: line.
 */
static void add_item(const struct scan_item *item, bool lines, struct str *ret)
{
    static const char ends[] = "SgGI";

    switch (item->kind) {
    case SCAN_MORE:
    case SCAN_UNKNOWN:
    case SCAN_NUL:
        return;
    case SCAN_STATEMENT:
        str_addc(ret, ends[item->end]);
        str_addc(ret, '[');
        str_addn(ret, item->text, item->len);
        if (*item->target != '\0')
            str_addf(ret, "|%s", item->target);
        break;
    case SCAN_EMPTY:
        str_add(ret, "E[");
        break;
    case SCAN_LONG:
    case SCAN_WORD:
        str_addf(ret, "%c[%s|%s", item->kind == SCAN_LONG ? 'L' : 'W', item->word, item->text);
        break;
    case SCAN_LETTER:
        str_addf(ret, "\\%c[%s", item->letter, item->text);
        break;
    }
    str_addc(ret, ']');
    if (item->kind == SCAN_LONG && (item->end == SCAN_END_GO || item->end == SCAN_END_VERTICAL))
        str_addf(ret, "%c%s%s", ends[item->end], *item->target != '\0' ? "|" : "", item->target);
    if (lines)
        str_addf(ret, "@%u", item->line);
    str_addc(ret, ' ');
    assert_int_equal(item->text[item->len], '\0');
}

static void take_items(struct scanner *s, bool lines, struct str *ret)
{
    for (;;) {
        struct scan_item item = scan_next(s);

        if (item.kind == SCAN_MORE)
            return;
        add_item(&item, lines, ret);
        if ((item.kind == SCAN_WORD && strcmp(item.word, "delimiter") == 0) ||
            (item.kind == SCAN_LETTER && item.letter == 'd')) {
            AUTO_STRV args = { 0 };

            if (scan_args(item.text, &args) && args.n > 0)
                scan_set_delimiter(s, args.v[0]);
        }
    }
}

/* piece 0: whole, 1: by lines, else by that many bytes less one. */
static char *scan_all(const char *text, size_t len, size_t piece, bool lines)
{
    struct scanner *s = scan_new(words, letters);
    struct str ret = { 0 };

    while (len > 0) {
        const char *eol = memchr(text, '\n', len);
        size_t line = eol != NULL ? (size_t)(eol - text) + 1 : len;
        size_t n = piece == 0 ? len : piece == 1 ? line : piece - 1;

        n = n < len ? n : len;
        scan_feed(s, text, n);
        take_items(s, lines, &ret);
        text += n;
        len -= n;
    }
    scan_finish(s);
    take_items(s, lines, &ret);
    assert_int_equal(scan_open(s), SCAN_OPEN_NOTHING);
    scan_free(s);
    if (ret.len > 0)
        str_cut(&ret, ret.len - 1);
    return str_take(&ret);
}

static void check_n(const char *text, size_t len, const char *wanted, bool lines)
{
    for (size_t piece = 0; piece < 6; piece++) {
        AUTO_FREE char *got = scan_all(text, len, piece, lines);

        if (strcmp(got, wanted) != 0)
            fail_msg("in pieces of %zu: %s\n got    %s\n wanted %s", piece, text, got, wanted);
    }
}

struct row {
    const char *text;
    const char *wanted;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_n(rows[i].text, strlen(rows[i].text), rows[i].wanted, false);
}

#define CHECK(...)                                                                                 \
    do {                                                                                           \
        const struct row rows[] = { __VA_ARGS__ };                                                 \
        check(rows, sizeof rows / sizeof *rows);                                                   \
    } while (0)

static void test_statements(void **state)
{
    (void)state;
    CHECK({ "", "" }, { "\n \n", "" }, { "select 1;", "S[select 1]" },
          { "select 1", "I[select 1]" },
          { "select 1;select 2;\n", "S[select 1] S[select 2]" },
          { "select 1;select 2", "S[select 1] I[select 2]" },
          { "  select 1  ;  \n", "S[select 1]" }, { "select\n 1\n;", "S[select\n 1]" },
          { ";", "E[]" }, { ";;\n;", "E[] E[] E[]" }, { "select 1;;", "S[select 1] E[]" },
          { "select 1\\g", "g[select 1]" }, { "select 1\\G", "G[select 1]" },
          { "select 1\\Gselect 2\\g", "G[select 1] g[select 2]" },
          { "select 1\\g select 2;", "g[select 1] S[select 2]" },
          { "\\g", "E[]" }, { "\\G\\g\n", "E[] E[]" }, { "select 1\\G;", "G[select 1] E[]" },
          { "select 1 \\G\n", "G[select 1]" });
}

static void test_quotes(void **state)
{
    (void)state;
    CHECK({ "select ';', \";\", `;`;", "S[select ';', \";\", `;`]" },
          { "select 'a''b;';", "S[select 'a''b;']" }, { "select 'a\\';b';", "S[select 'a\\';b']" },
          { "select \"a\"\"b;\";", "S[select \"a\"\"b;\"]" },
          { "select \"a\\\";b\";", "S[select \"a\\\";b\"]" },
          { "select 'a\\\\';select 2;", "S[select 'a\\\\'] S[select 2]" },
          { "select `a\\`;select 2;", "S[select `a\\`] S[select 2]" },
          { "select `a``;b`;", "S[select `a``;b`]" }, { "select '\";';", "S[select '\";']" },
          { "select 'a\n;\nb';", "S[select 'a\n;\nb']" }, { "select '\\g\\G\\q';",
            "S[select '\\g\\G\\q']" },
          { "select '-- ; # ; /* ;';", "S[select '-- ; # ; /* ;']" },
          { "select 'open;\n", "I[select 'open;]" }, { "select '\\", "I[select '\\]" },
          { "select 'a\\\n;b';", "S[select 'a\\\n;b']" });
}

static void test_comments(void **state)
{
    (void)state;
    CHECK({ "-- a;b\nselect 1;", "S[-- a;b\nselect 1]" }, { "-- only\n", "" },
          { "-- only", "" }, { "/* only */", "" }, { "/* ; */;", "E[]" }, { "--", "" },
          { "# a;b\nselect 1;", "S[select 1]" }, { "#\n#x\n select 1;", "S[select 1]" },
          { "select 1 # a;b\n;", "S[select 1 # a;b]" },
          { "select 1 -- a;b\n+2;", "S[select 1 -- a;b\n+2]" },
          { "select 1 --a;b\n;", "S[select 1 --a] S[b]" }, { "select 1--;", "S[select 1--]" },
          { "select 1 --\n+1;", "S[select 1 --\n+1]" },
          { "select 1 --\t;\n;", "S[select 1 --\t;]" },
          { "--a;b\nselect 1;", "S[--a;b\nselect 1]" }, /* no space needed where nothing stands */
          { "/* a */--b;\nselect 1;", "S[/* a */--b;\nselect 1]" },
          { "select 1; -- after; it\nselect 2;", "S[select 1] S[select 2]" },
          { "select 1; # after\nselect 2;", "S[select 1] S[select 2]" },
          { "select 1\\g -- after\nselect 2;", "g[select 1] S[select 2]" },
          { "select 1;\n-- before\nselect 2;", "S[select 1] S[-- before\nselect 2]" },
          { "/* a;\n b */ select 1;", "S[/* a;\n b */ select 1]" },
          { "select /* ; ' */ 1;", "S[select /* ; ' */ 1]" },
          { "select /*+ SET_VAR(a=1) */ 1;", "S[select /*+ SET_VAR(a=1) */ 1]" },
          { "/*+ ; */ select 1;", "S[/*+ ; */ select 1]" },
          { "/*!40101 SET NAMES utf8 */;", "S[/*!40101 SET NAMES utf8 */]" },
          { "/*M!100 SET x=1 */;", "S[/*M!100 SET x=1 */]" },
          { "/*!1 ; */;", "S[/*!1] S[*/]" },
          { "select 1 /*! '*/;' */;", "S[select 1 /*! '*/;' */]" },
          { "select 1 / 2 /3;", "S[select 1 / 2 /3]" }, { "/**/;", "E[]" }, { "/*/ ; */;", "E[]" },
          { "/* /*/ ; */;", "E[]" }, { "/* a /* b */ c;", "S[/* a /* b */ c]" },
          { "/* \\g \\q */ select 1;", "S[/* \\g \\q */ select 1]" },
          { "-- \\g\nselect 1;", "S[-- \\g\nselect 1]" }, { "select 1 - -1;", "S[select 1 - -1]" },
          { "select 1 /* open ;", "I[select 1 /* open ;]" }, { "/* open ;", "" },
          { "select 2*3, a.* from t;", "S[select 2*3, a.* from t]" },
          { "select 1 /", "I[select 1 /]" }, { "select 1 -", "I[select 1 -]" });
}

static void test_letters(void **state)
{
    (void)state;
    CHECK({ "\\q", "\\q[]" }, { "\\s\n", "\\s[]" }, { "\\u test\n", "\\u[test]" },
          { "\\u test;select 1;", "\\u[test] S[select 1]" },
          { "\\u 'a;b'; select 1;", "\\u['a;b'] S[select 1]" },
          { "\\!echo a; echo b\n", "\\![echo a; echo b]" }, { "\\. a b.sql\nselect 1;",
            "\\.[a b.sql] S[select 1]" },
          { "\\. a.sql;\n", "\\.[a.sql]" }, { "\\T out.txt ;\n", "\\T[out.txt]" },
          { "\\d //\nselect 1;//", "\\d[//] S[select 1;]" },
          { "\\d//\nselect 1//", "\\d[//] S[select 1]" },
          { "\\d ;\nselect 1;", "\\d[;] S[select 1]" },
          { "\\P less -S\r\n", "\\P[less -S]" }, { "\\o f;\n", "\\o[f]" }, { "\\R a;b> \n", "\\R[a;b> ]" },
          { "\\h select; \\p", "\\h[select] \\p[]" }, { "\\-\nselect 1;", "\\-[] S[select 1]" },
          { "\\#\n", "\\#[]" }, { "\\?\n", "\\?[]" }, { "\\W\\w\\p", "\\W[] \\w[] \\p[]" },
          { "select 1 \\p , 2;", "\\p[] S[select 1  , 2]" },
          { "select 1 \\c select 2;", "\\c[] S[select 2]" }, { "select 1 \\c\n;", "\\c[] E[]" },
          { "select \\psecond;", "\\p[] S[select second]" }, /* in the middle only letters count */
          { "select 1\n\\u d\n+ 1;", "\\u[d] S[select 1\n\n+ 1]" },
          { "select \\N;", "S[select \\N]" }, { "\\N;", "S[\\N]" }, { "select \\k, \\;1;",
            "S[select \\k, \\;1]" },
          { "select \\\\g;", "S[select \\\\g]" }, { "select \\';\\';", "S[select \\'] S[\\']" },
          { "\\\nselect 1;", "S[select 1]" }, { "\\\r\nselect 1;", "S[select 1]" },
          { "select 1\\\n;", "S[select 1\\]" }, { "\\", "I[\\]" },
          { "select 1 \\", "I[select 1 \\]" });
}

static void test_long(void **state)
{
    (void)state;
    CHECK({ "\\leader", "L[leader|]" }, { "\\leader --pod\n", "L[leader|--pod]" },
          { "  \\leader  --pod  \r\nselect 1;", "L[leader|--pod] S[select 1]" },
          { "\\restore-plan x\n", "L[restore-plan|x]" }, { "\\qq\n", "L[qq|]" },
          { "\\utest\n", "L[utest|]" }, { "\\mv list --only 'a;b'; select 1;",
            "L[mv|list --only 'a;b'] S[select 1]" },
          { "\\mv list --only \"a\\\";b\"\n", "L[mv|list --only \"a\\\";b\"]" },
          { "\\mv list --only a\\;b\n", "L[mv|list --only a\\;b]" },
          { "\\mv list --only it's; x\n", "L[mv|list --only it's; x]" },
          { "\\leader\\G\n", "L[leader|]G" }, { "\\mv list \\G select 1;",
            "L[mv|list]G S[select 1]" },
          { "\\nodes\\g;", "L[nodes|]g E[]" }, { "\\mv list '\\G'\n", "L[mv|list '\\G']" },
          { "\\mv list \\Gx\n", "L[mv|list \\Gx]" },
          { "-- c\n/* d */ \\leader\nselect 1;", "L[leader|] S[select 1]" },
          { "select 1;\\leader", "S[select 1] L[leader|]" },
          { "select 1 \\Gx\n;", "G[select 1] S[x]" }, { "select \\sx;", "\\s[] S[select x]" },
          { "\\Nab\n", "L[Nab|]" }, { "\\a1\n", "\\a[1]" },
          { "\\l\nselect 1;", "\\l[] S[select 1]" }, { "\\l; select 1;", "\\l[] S[select 1]" },
          { "\\i a.sql\n/* c */ \\l+ x", "\\i[a.sql] \\l[+ x]" },
          { "delimiter //\n\\leader x//; select 1//",
            "W[delimiter|//] L[leader|x//] S[select 1]" });
}

static void test_words(void **state)
{
    (void)state;
    CHECK({ "use test\n", "W[use|test]" }, { "USE Test;", "W[use|Test]" }, { "use\n", "W[use|]" },
          { "  use `a b` ;select 1;", "W[use|`a b`] S[select 1]" },
          { "use 'a;b'; x;", "W[use|'a;b'] S[x]" }, { "source a b.sql\r\n", "W[source|a b.sql]" },
          { "exit", "W[exit|]" }, { "quit;", "W[quit|]" }, { "? select\n", "W[?|select]" },
          { "?\n", "W[?|]" }, { "help;", "W[help|]" }, { "select 1;\nuse d;\nselect 2;",
            "S[select 1] W[use|d] S[select 2]" },
          { "select 1; use d; select 2;", "S[select 1] W[use|d] S[select 2]" },
          { "/* c */ use d\n", "W[use|d]" }, { "-- c\nuse d\n", "W[use|d]" },
          { "used 1;", "S[used 1]" }, { "use_x;", "S[use_x]" }, { "use.x;", "S[use.x]" },
          { "use d\\g", "g[use d]" }, { "status x;", "S[status x]" }, { "clear data cache rules;",
            "S[clear data cache rules]" }, /* with arguments it is a statement of StarRocks */
          { "status\n", "W[status|]" }, { "select\nuse d\n;", "S[select\nuse d]" },
          { "select '\nuse d\n';", "S[select '\nuse d\n']" }, { "/*\nuse d\n*/select 1;",
            "S[/*\nuse d\n*/select 1]" },
          { "source x", "W[source|x]" }, { "us", "I[us]" },
          { "system echo it's; x\n", "W[system|echo it's; x]" });
}

static void test_delimiter(void **state)
{
    (void)state;
    CHECK({ "delimiter //\nselect 1; select 2//", "W[delimiter|//] S[select 1; select 2]" },
          { "delimiter //\r\nselect 1//\r\ndelimiter ;\r\nselect 2;\r\n",
            "W[delimiter|//] S[select 1] W[delimiter|;] S[select 2]" },
          { "DELIMITER $$\nselect '$$', $ $$;", "W[delimiter|$$] S[select '$$', $] I[;]" },
          { "delimiter //\nselect 1\ndelimiter ;\n//", "W[delimiter|//] S[select 1\ndelimiter ;]" },
          { "delimiter END\nselect 1 END select 2 end END",
            "W[delimiter|END] S[select 1] S[select 2 end]" },
          { "delimiter //\nselect 1 / 2 //\nuse d//", "W[delimiter|//] S[select 1 / 2] W[use|d]" },
          { "delimiter //\nuse d;\nselect 1;//", "W[delimiter|//] W[use|d] S[select 1;]" },
          { "delimiter \xc2\xa7\nselect 1;\xc2\xa7", "W[delimiter|\xc2\xa7] S[select 1;]" },
          { "delimiter --\nselect 1--\n", "W[delimiter|--] S[select 1]" },
          { "delimiter #\nselect 1#\n", "W[delimiter|#] S[select 1]" },
          { "delimiter '\nselect 1'", "W[delimiter|'] I[select 1']" });
}

static void test_redirect(void **state)
{
    (void)state;
    CHECK({ "select 1\\g > f.txt\nselect 2;", "g[select 1|> f.txt] S[select 2]" },
          { "select 1\\G | less -S ; x\n", "G[select 1|| less -S ; x]" },
          { "select 1\\g>>f", "g[select 1|>>f]" }, { "select 1\\g \n> f;", "g[select 1] S[> f]" },
          { "\\g > f\n", "E[]" }, { "select 1 > 2;", "S[select 1 > 2]" },
          { "select 1\\g (format=json, null='x') > f\n", "g[select 1|(format=json, null='x') > f]" },
          { "select 1\\G ( null-as = x )\n;", "G[select 1|( null-as = x )] E[]" },
          { "select 1\\g (select 2);", "g[select 1] S[(select 2)]" },
          { "select 1\\g (select a=1);", "g[select 1] S[(select a=1)]" },
          { "\\leader --x \\g > f\nselect 1;", "L[leader|--x]g|> f S[select 1]" },
          { "\\leader \\G (format=csv) | y; z\n", "L[leader|]G|(format=csv) | y; z" },
          { "\\leader \\g select 1;\n", "L[leader|]g S[select 1]" });
}

/* Long commands in place of a terminator; without them the letter and a text, as ever. */
static void test_enders(void **state)
{
    static const char *const enders[] = { "gset", "watch", NULL };
    static const struct { const char *text, *items; } cases[] = {
        { "select 1 \\gset\nselect 2;", "gset[select 1|] S[select 2]" },
        { "select 1\\gset p_ ; select 2;", "gset[select 1|p_] S[select 2]" },
        { "select 1\n\\watch 2 until a='x;y'\n;", "watch[select 1|2 until a='x;y'] E[]" },
        { "select '\\gset' \\watch", "watch[select '\\gset'|]" },
        { "select 1 \\gsets\n", "g[select 1] I[sets]" },
        { "select 1 \\g set\n", "g[select 1] I[set]" },
        { "\\gset x\n", "L[gset|x]" },
    };

    (void)state;
    for (size_t step = 1; step < 100; step += 7) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct scanner *s = scan_new(words, letters);
            const char *text = cases[i].text;
            size_t len = strlen(text);
            AUTO_STR got = { 0 };

            scan_set_enders(s, enders);
            for (size_t at = 0;; at += step) {
                if (at < len)
                    scan_feed(s, text + at, len - at < step ? len - at : step);
                else
                    scan_finish(s);
                for (struct scan_item item; (item = scan_next(s)).kind != SCAN_MORE;) {
                    if (*item.ender != '\0')
                        str_addf(&got, "%s[%s|%s] ", item.ender, item.text, item.target);
                    else
                        add_item(&item, false, &got);
                }
                if (at >= len)
                    break;
            }
            str_cut(&got, got.len - 1);
            assert_string_equal(got.s, cases[i].items);
            scan_free(s);
        }
    }
}

static void test_bytes(void **state)
{
    (void)state;
    CHECK({ "\xef\xbb\xbfselect 1;", "S[select 1]" }, { "\xef\xbb\xbfuse d\n", "W[use|d]" },
          { "\xef\xbb\xbf", "" }, { "\xef\xbb", "I[\xef\xbb]" },
          { "select 1;\xef\xbb\xbfselect 2;", "S[select 1] S[\xef\xbb\xbfselect 2]" },
          { "select 1;\r\nselect 2;\r\n", "S[select 1] S[select 2]" },
          { "select\r\n1;", "S[select\r\n1]" }, { "select '\xe4\xb8\xad;\xf0\x9f\x98\x80';",
            "S[select '\xe4\xb8\xad;\xf0\x9f\x98\x80']" });
}

static void test_nul(void **state)
{
    static const char text[] = "select 'a\0;b'\0, 1;select 2;";
    struct scanner *s = scan_new(words, letters);
    struct scan_item item;

    (void)state;
    scan_feed(s, text, sizeof text - 1);
    item = scan_next(s);
    assert_int_equal(item.kind, SCAN_STATEMENT);
    assert_int_equal(item.len, sizeof "select 'a\0;b'\0, 1" - 1);
    assert_memory_equal(item.text, text, item.len);
    item = scan_next(s);
    assert_string_equal(item.text, "select 2");
    scan_free(s);
}

static void test_lines(void **state)
{
    static const char text[] = "select 1;\n\n  -- c\n/* d\n */ select\n2; select 3;\n"
                               "use d\n\\leader\n;\n'a\nb'\\p;\nselect 4";

    (void)state;
    check_n(text, sizeof text - 1,
            "S[select 1]@1 S[-- c\n/* d\n */ select\n2]@5 S[select 3]@6 W[use|d]@7 L[leader|]@8 "
            "E[]@9 \\p[]@11 S['a\nb']@10 I[select 4]@12",
            true);
}

static void feed(struct scanner *s, const char *text)
{
    scan_feed(s, text, strlen(text));
}

static void test_open(void **state)
{
    static const struct {
        const char *text;
        enum scan_open open;
        unsigned line;
    } rows[] = {
        { "", SCAN_OPEN_NOTHING, 0 },           { "-- c\n", SCAN_OPEN_NOTHING, 0 },
        { "select 1;\n", SCAN_OPEN_NOTHING, 0 }, { "\n-- c\nselect\n1\n", SCAN_OPEN_STATEMENT, 3 },
        { "select\n'a\n", SCAN_OPEN_SINGLE, 2 }, { "select\n\"a''\n", SCAN_OPEN_DOUBLE, 2 },
        { "select\n\n`a\\\n", SCAN_OPEN_BACKTICK, 3 }, { "select\n/* '\n", SCAN_OPEN_COMMENT, 2 },
        { "/*\n", SCAN_OPEN_COMMENT, 1 },       { "select 'a'\n", SCAN_OPEN_STATEMENT, 1 },
        { "select /*+ x */\n", SCAN_OPEN_STATEMENT, 1 }, { "select 'a\\'\n", SCAN_OPEN_SINGLE, 1 },
        { "select -- '\n", SCAN_OPEN_STATEMENT, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scanner *s = scan_new(words, letters);

        feed(s, rows[i].text);
        while (scan_next(s).kind != SCAN_MORE)
            ;
        assert_int_equal(scan_open(s), rows[i].open);
        assert_int_equal(scan_open_line(s), rows[i].line);
        scan_free(s);
    }
}

static void test_open_at_end(void **state)
{
    struct scanner *s = scan_new(words, letters);
    struct scan_item item;

    (void)state;
    feed(s, "\nselect\n'a");
    assert_int_equal(scan_next(s).kind, SCAN_MORE);
    assert_string_equal(scan_pending(s), "select\n'a");
    scan_finish(s);
    item = scan_next(s);
    assert_int_equal(item.kind, SCAN_STATEMENT);
    assert_int_equal(item.end, SCAN_END_INPUT);
    assert_int_equal(item.open, SCAN_OPEN_SINGLE);
    assert_int_equal(item.open_line, 3);
    assert_int_equal(item.line, 2);
    assert_int_equal(scan_next(s).kind, SCAN_MORE);
    feed(s, "select 2;"); /* and on with the next text */
    assert_string_equal(scan_next(s).text, "select 2");
    scan_free(s);
}

static void test_clear(void **state)
{
    struct scanner *s = scan_new(words, letters);

    (void)state;
    feed(s, "select 'a\nb");
    scan_next(s);
    scan_clear(s);
    assert_int_equal(scan_open(s), SCAN_OPEN_NOTHING);
    assert_string_equal(scan_pending(s), "");
    feed(s, "use d"); /* not complete yet: neither run nor pending */
    assert_int_equal(scan_next(s).kind, SCAN_MORE);
    scan_clear(s);
    feed(s, "select 1;");
    assert_string_equal(scan_next(s).text, "select 1");
    scan_free(s);
}

static void test_unknown_letters(void **state)
{
    struct scanner *s = scan_new(words, "g");

    (void)state;
    feed(s, "select 1 \\p \\G;");
    assert_string_equal(scan_next(s).text, "select 1 \\p \\G");
    scan_free(s);
}

static void test_set_delimiter(void **state)
{
    struct scanner *s = scan_new(words, letters);

    (void)state;
    assert_string_equal(scan_delimiter(s), ";");
    assert_false(scan_set_delimiter(s, ""));
    assert_false(scan_set_delimiter(s, "\\"));
    assert_false(scan_set_delimiter(s, "a\\b"));
    assert_string_equal(scan_delimiter(s), ";");
    assert_true(scan_set_delimiter(s, "@@"));
    feed(s, "a;b@c@@");
    assert_string_equal(scan_next(s).text, "a;b@c");
    scan_free(s);
}

static void test_args(void **state)
{
    static const struct row rows[] = {
        { "", "" },
        { "  ", "" },
        { "a b\tc", "<a><b><c>" },
        { "'a b' \"c d\"", "<a b><c d>" },
        { "a'b c'd", "<ab cd>" },
        { "'' \"\"", "<><>" },
        { "a\\ b \\' \\\\", "<a b><'><\\>" },
        { "'a\\' \"\\\"\\\\\\n\"", "<a\\><\"\\\\n>" },
        { "--only='^a$'", "<--only=^a$>" },
        { "\xe4\xb8\xad \xe6\x96\x87", "<\xe4\xb8\xad><\xe6\x96\x87>" },
        { "a\\", "<a\\>" },
    };
    AUTO_STRV kept = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO_STRV args = { 0 };
        AUTO_STR got = { 0 };

        assert_true(scan_args(rows[i].text, &args));
        for (size_t n = 0; n < args.n; n++)
            str_addf(&got, "<%s>", args.v[n]);
        assert_string_equal(str_text(&got), rows[i].wanted);
    }
    assert_false(scan_args("a 'b", &kept));
    assert_false(scan_args("a \"b\\\"", &kept));
    assert_int_equal(kept.n, 0); /* untouched on failure */
    assert_false(scan_names("`a b", &kept));
    assert_false(scan_names("`a``", &kept));
    assert_int_equal(kept.n, 0);
    assert_true(scan_names("`a b`.`c``d` 'e`' \"`\" `\\` --only='`x'", &kept));
    assert_int_equal(kept.n, 5);
    assert_string_equal(kept.v[0], "a b.c`d");
    assert_string_equal(kept.v[1], "e`");
    assert_string_equal(kept.v[2], "`");
    assert_string_equal(kept.v[3], "\\");
    assert_string_equal(kept.v[4], "--only=`x");
    AUTO_STRV plain = { 0 };
    assert_true(scan_args("`a b`", &plain)); /* no quote where no names are expected */
    assert_int_equal(plain.n, 2);
}

/* Time for one shape of input, fed in pieces of some bytes. */
static int64_t time_of(const char *line, size_t bytes, size_t piece, const char *end)
{
    struct scanner *s = scan_new(words, letters);
    AUTO_STR text = { 0 };
    int64_t start;

    while (text.len < bytes)
        str_add(&text, line);
    str_add(&text, end);
    start = clock_ms();
    for (size_t at = 0; at < text.len; at += piece) {
        scan_feed(s, text.s + at, text.len - at < piece ? text.len - at : piece);
        while (scan_next(s).kind != SCAN_MORE)
            ;
    }
    scan_finish(s);
    while (scan_next(s).kind != SCAN_MORE)
        ;
    scan_free(s);
    return clock_ms() - start;
}

/* Large inputs of every shape: what is quadratic takes minutes. */
static void test_linear(void **state)
{
    static const char *const lines[] = { "insert into t values (1, 'abc', \"x\");\n",
                                         "(1, 'abc;', 2), -- c\n",
                                         "'", "-- c\n", "/* c */", "/", "-", "\\", "*", " ",
                                         ";", "use ", "\\g", "\\u d ", "\\mv a ", "\\g    " };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_true(time_of(lines[i], 4 << 20, 4 << 20, "") < 20000);
        assert_true(time_of(lines[i], 1 << 20, 64, ";\n") < 20000);
        assert_true(time_of(lines[i], 1 << 18, 1, "\n") < 20000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements), cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_comments),   cmocka_unit_test(test_letters),
        cmocka_unit_test(test_long), cmocka_unit_test(test_enders),       cmocka_unit_test(test_words),
        cmocka_unit_test(test_delimiter),  cmocka_unit_test(test_redirect),
        cmocka_unit_test(test_bytes),      cmocka_unit_test(test_nul),
        cmocka_unit_test(test_lines),      cmocka_unit_test(test_open),
        cmocka_unit_test(test_open_at_end), cmocka_unit_test(test_clear),
        cmocka_unit_test(test_unknown_letters), cmocka_unit_test(test_set_delimiter),
        cmocka_unit_test(test_args),       cmocka_unit_test(test_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* --named-commands: words are commands at the start of every line, also within a statement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/str.h>

#include "scan.h"

static void take_items(struct scanner *s, struct str *ret)
{
    for (struct scan_item item = scan_next(s); item.kind != SCAN_MORE; item = scan_next(s)) {
        str_addf(ret, "%c[", item.kind == SCAN_WORD ? 'W' : "SgGI"[item.end]);
        str_add(ret, item.word);
        str_addn(ret, item.text, item.len);
        str_add(ret, "] ");
    }
}

static char *scan_all(const char *text, size_t piece, bool on)
{
    static const char *const words[] = { "go", "ego", "print", "use", NULL };
    struct scanner *s = scan_new(words, "gG");
    struct str ret = { 0 };

    scan_set_named(s, on);
    while (*text != '\0') {
        size_t n = strnlen(text, piece);

        scan_feed(s, text, n);
        take_items(s, &ret);
        text += n;
    }
    scan_finish(s);
    take_items(s, &ret);
    scan_free(s);
    return str_take(&ret);
}

static void check(const char *text, bool on, const char *want)
{
    for (size_t piece = 1; piece < 100; piece += 3) {
        char *got = scan_all(text, piece, on);

        assert_string_equal(got, want);
        free(got);
    }
}

static void test_words(void **state)
{
    (void)state;
    check("select 1\ngo\nselect\n  print\n2\nego\nselect 'x\nuse y\n';\nselect use\n;", true,
          "g[select 1] W[print] G[select\n  2] S[select 'x\nuse y\n'] S[select use] ");
    check("use x\nselect 1\n\tuse y;\n+2;", true, "W[usex] W[usey] S[select 1\n\t\n+2] ");
}

static void test_off(void **state)
{
    (void)state;
    check("select 1\ngo\nselect\n  print\n;", false, "S[select 1\ngo\nselect\n  print] ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* UTF-8: every code point, every kind of wrong bytes, and cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "utf8.h"

static void every_code_point_comes_back(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        str_clear(&text);
        utf8_add(&text, code);
        size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        uint32_t back = UINT32_MAX;
        assert_int_equal(text.len, length);
        assert_int_equal(utf8_decode(text.s, text.len, &back), length);
        assert_int_equal(back, code);
        if (length > 1) /* cut short */
            assert_int_equal(utf8_decode(text.s, length - 1, &back), 0);
    }
}

static void what_is_no_code_point_becomes_the_replacement(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    utf8_add(&text, 0xd800);
    utf8_add(&text, 0x110000);
    assert_string_equal(text.s, "\xef\xbf\xbd\xef\xbf\xbd");
}

/* RFC 3629 section 4, by trying all first two bytes and the edges of the rest. */
static void wrong_bytes_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80", /* a following byte first */
        "\xbf",
        "\xc0\x80", /* overlong */
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80", /* surrogates */
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc3(", /* no following byte */
        "\xe2\x82(",
        "\xf0\x9f\x98(",
        "\xc3", /* cut */
        "\xe2\x82",
        "\xf0\x9f\x98",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t code = 7;
        assert_int_equal(utf8_decode(wrong[i], strlen(wrong[i]), &code), 0);
        assert_int_equal(code, 7); /* untouched */
        assert_false(utf8_valid(wrong[i], strlen(wrong[i])));
    }
    uint32_t code;
    assert_int_equal(utf8_decode("", 0, &code), 0);
}

static void whole_texts(void **state)
{
    (void)state;
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0b", 3));
    assert_true(utf8_valid("日报 é 😀", strlen("日报 é 😀")));
    assert_false(utf8_valid("ok\xff", 3));
    assert_false(utf8_valid("日", 2));
}

static void assert_cluster(const char *text, size_t bytes, int cells)
{
    int got = -1;
    assert_int_equal(utf8_cluster(text, strlen(text), &got), bytes);
    assert_int_equal(got, cells);
}

static void clusters(void **state)
{
    (void)state;
    assert_cluster("", 0, 0);
    assert_cluster("ab", 1, 1);
    assert_cluster("a\xcc\x81z", 3, 1); /* a and a combining acute */
    assert_cluster("日报", 3, 2);
    assert_cluster("ｱ", 3, 1); /* half-width katakana */
    assert_cluster("\xff"
                   "a",
                   1, 1); /* not UTF-8 */
    assert_cluster("a\xff", 1, 1);
    assert_cluster("😀x", 4, 2);
    assert_cluster("👩‍🚀x", 11, 2);       /* joined: woman, ZWJ, rocket */
    assert_cluster("👍🏽x", 8, 2);           /* with a skin tone */
    assert_cluster("🇩🇪🇫🇷", 8, 2);                /* flags come in pairs */
    assert_cluster("\u1100\u1161\u11a8x", 9, 2); /* Hangul by its parts */
    assert_cluster("\n", 1, 0);
    assert_cluster("\x1b[0m", 1, 0);
    assert_cluster("\xcd\xb8", 2, 1); /* U+0378 is not assigned */
}

static void cells_of_texts(void **state)
{
    (void)state;
    assert_int_equal(utf8_cells("", 0), 0);
    assert_int_equal(utf8_cells("belay", 5), 5);
    assert_int_equal(utf8_cells("日报_v2", strlen("日报_v2")), 7);
    assert_int_equal(utf8_cells("e\xcc\x81te\xcc\x81", 7), 3);
    assert_int_equal(utf8_cells("\xff\xfe", 2), 2);
    assert_int_equal(utf8_cells("a\tb", 3), 2);
    assert_int_equal(utf8_cells("日", 2), 2); /* cut: two bad bytes, a cell each */
}

/* Any bytes are walked to their end, never past it. */
static void any_bytes_end(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    for (int round = 0; round < 3000; round++) {
        size_t len = (size_t)(round % 40);
        char *bytes = malloc(len > 0 ? len : 1); /* exact: a read past it is caught */
        assert_non_null(bytes);
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (char)(seed >> 24 | (seed >> 16 & 0x80));
        }
        size_t at = 0;
        while (at < len) {
            int cells;
            size_t n = utf8_cluster(bytes + at, len - at, &cells);
            assert_in_range(n, 1, len - at);
            assert_in_range(cells, 0, 2);
            at += n;
        }
        assert_true(utf8_cells(bytes, len) <= 2 * len);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(what_is_no_code_point_becomes_the_replacement),
        cmocka_unit_test(wrong_bytes_are_refused),
        cmocka_unit_test(whole_texts),
        cmocka_unit_test(clusters),
        cmocka_unit_test(cells_of_texts),
        cmocka_unit_test(any_bytes_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

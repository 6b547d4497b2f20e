/* Escaping: all 256 bytes, C1 and bidi controls, invalid UTF-8; everything else unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <belay/output.h>

#include "utf8.h"

static void check(const char *text, const char *line, const char *block)
{
    AUTO_STR got = { 0 };

    escape_line(text, strlen(text), &got);
    assert_string_equal(str_text(&got), line);
    str_clear(&got);
    escape_block(text, strlen(text), &got);
    assert_string_equal(str_text(&got), block);
}

static void test_bytes(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[] = { 'a', (char)c, 'b' };
        char wanted[16];
        AUTO_STR line = { 0 };
        AUTO_STR block = { 0 };

        escape_line(text, sizeof text, &line);
        escape_block(text, sizeof text, &block);
        if (c == '\n' || c == '\t')
            snprintf(wanted, sizeof wanted, "a\\%cb", c == '\n' ? 'n' : 't');
        else if (c == '\r')
            snprintf(wanted, sizeof wanted, "a\\rb");
        else if (c == 0x1b)
            snprintf(wanted, sizeof wanted, "a\\eb");
        else if (c < ' ' || c >= 0x7f)
            snprintf(wanted, sizeof wanted, "a\\x%02Xb", c);
        else
            snprintf(wanted, sizeof wanted, "a%cb", c);
        assert_string_equal(str_text(&line), wanted);
        if (c == '\n' || c == '\t')
            snprintf(wanted, sizeof wanted, "a%cb", c);
        assert_string_equal(str_text(&block), wanted);
    }
}

/* Every character of Unicode: escaped when it is a control of some kind, else the same bytes. */
static void test_characters(void **state)
{
    size_t escaped = 0;

    (void)state;
    for (uint32_t code = 0x80; code < 0x110000; code++) {
        AUTO_STR text = { 0 };
        AUTO_STR got = { 0 };

        if (code >= 0xd800 && code < 0xe000)
            continue;
        utf8_add(&text, code);
        escape_line(str_text(&text), text.len, &got);
        if (strcmp(str_text(&text), str_text(&got)) != 0) {
            char wanted[16];

            snprintf(wanted, sizeof wanted, "\\u{%X}", (unsigned)code);
            assert_string_equal(str_text(&got), wanted);
            escaped++;
        }
    }
    assert_int_equal(escaped, 32 + 3 + 5 + 4); /* C1, marks, embeddings, isolates */
}

static void test_texts(void **state)
{
    (void)state;
    check("", "", "");
    check("plain", "plain", "plain");
    check("\x1b[31mred\x1b[0m", "\\e[31mred\\e[0m", "\\e[31mred\\e[0m");
    check("a\nb\tc\r\n", "a\\nb\\tc\\r\\n", "a\nb\tc\\r\n");
    check("\xc2\x9b"
          "31m",
          "\\u{9B}31m", "\\u{9B}31m");
    check("\x9b"
          "31m",
          "\\x9B31m", "\\x9B31m");
    check("\xe2\x80\xae"
          "gnp.exe",
          "\\u{202E}gnp.exe", "\\u{202E}gnp.exe");
    check("\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87");
    check("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac",
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac",
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac");
    check("\xc0\x9b", "\\xC0\\x9B", "\\xC0\\x9B");         /* overlong */
    check("\xed\xa0\x80", "\\xED\\xA0\\x80", "\\xED\\xA0\\x80"); /* surrogate */
    check("\xe4\xb8", "\\xE4\\xB8", "\\xE4\\xB8");         /* cut */
    check("\\n", "\\n", "\\n");                            /* a backslash stays one */
}

static void test_appends(void **state)
{
    AUTO_STR got = { 0 };

    (void)state;
    escape_line("a", 1, &got);
    escape_line("\0b", 2, &got);
    assert_string_equal(str_text(&got), "a\\x00b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_appends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

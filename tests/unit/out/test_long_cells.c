/*
 * Long cells are copied in wide pieces: what a byte becomes must not depend on where it stands in
 * one, nor on how long the cell is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <belay/output.h>

#include "mem.h"

#define AROUND 'z' /* occurs in no frame that a format puts around a cell */
#define LONGEST 140

static const enum format formats[] = {FORMAT_TAB,  FORMAT_CSV, FORMAT_JSONL,   FORMAT_JSON,
                                      FORMAT_HTML, FORMAT_XML, FORMAT_VERTICAL};

static bool take(void *ctx, const void *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

static void print_cell(enum format format, const char *data, size_t len, struct str *ret)
{
    struct render_options options = {.format = format, .no_names = true};
    struct column column = {.name = (char[]){"c"}, .kind = COLUMN_TEXT};
    struct cell cell = {data, len};
    struct sink *sink = sink_new(-1, "memory");
    struct render *render = render_new(sink, &options);
    struct error err = {0};

    str_clear(ret);
    sink_set_taker(sink, take, ret);
    render_begin(render, &column, 1);
    assert_true(render_row(render, &cell));
    assert_true(render_end(render, &err));
    render_free(render);
    assert_true(sink_flush(sink, NULL));
    sink_free(sink);
}

static void add_around(struct str *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addc(text, AROUND);
}

/* Prints some bytes with `before` and `after` bytes around them. */
static void print_within(enum format format, const char *bytes, size_t len, size_t before,
                         size_t after, struct str *ret)
{
    AUTO_STR text = {0};

    add_around(&text, before);
    str_addn(&text, bytes, len);
    add_around(&text, after);
    print_cell(format, str_text(&text), text.len, ret);
}

/* The output of bytes between one and one must be that between many, but for how many there are. */
static void check(enum format format, const char *bytes, size_t len, size_t before, size_t after)
{
    AUTO_STR near = {0};
    AUTO_STR far = {0};
    AUTO_STR wanted = {0};

    print_within(format, bytes, len, 1, 1, &near);
    print_within(format, bytes, len, before, after, &far);
    const char *first = memchr(str_text(&near), AROUND, near.len);
    const char *last = memrchr(str_text(&near), AROUND, near.len);
    assert_true(first != NULL && first < last);
    str_addn(&wanted, str_text(&near), (size_t)(first - str_text(&near)));
    add_around(&wanted, before);
    str_addn(&wanted, first + 1, (size_t)(last - first) - 1);
    add_around(&wanted, after);
    str_addn(&wanted, last + 1, (size_t)(str_text(&near) + near.len - last) - 1);
    assert_int_equal(far.len, wanted.len);
    assert_memory_equal(str_text(&far), str_text(&wanted), wanted.len);
}

static void test_every_byte(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        for (unsigned c = 0; c < 256; c++)
            for (size_t before = 1; before < LONGEST; before += 1 + before % 5)
                for (size_t after = 1; before + after < LONGEST; after += 13)
                    check(formats[f], (char[]){(char)c}, 1, before, after);
}

static void test_characters(void **state)
{
    static const char text[] = "\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97\xe7\xac\xa6\xe3\x81\x82"
                               "\xc3\xa9\xf0\x9f\x91\xa9\xe2\x80\xae\xed\xa0\x80\xe4\xb8";

    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        for (size_t from = 0; from < sizeof text - 1; from++)
            for (size_t len = 1; from + len < sizeof text; len++)
                for (size_t before = 1; before < 60; before += 1 + before % 3)
                    check(formats[f], text + from, len, before, 1 + (from + before) % 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

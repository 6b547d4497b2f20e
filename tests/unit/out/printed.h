/* What the tests of the formats share: a result printed into memory. Include it after cmocka.h. */
#ifndef BELAY_TEST_PRINTED_H
#define BELAY_TEST_PRINTED_H

#include <belay/output.h>

#define CJK "\xe4\xb8\xad\xe6\x96\x87"
#define WOMAN_SCIENTIST "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac"
#define FLAG "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"

/* A sink's taker: keeps what it is given in the struct str ctx. */
static inline bool keep(void *ctx, const void *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

/* What is printed; columns: of the terminal, 0: none. free() it. */
static inline char *printed(const struct result *result, const struct render_options *options,
                            unsigned columns, bool colour)
{
    struct str text = { 0 };
    struct sink *sink = sink_new(-1, "memory");

    sink_set_taker(sink, keep, &text);
    if (columns > 0)
        sink_set_terminal(sink, columns);
    sink_set_colour(sink, colour);
    render_result(sink, options, result);
    assert_true(sink_flush(sink, NULL));
    sink_free(sink);
    return str_take(&text);
}

#define PRINTS(result, columns, colour, wanted, ...)                                               \
    do {                                                                                           \
        struct render_options chosen = { __VA_ARGS__ };                                            \
        AUTO_FREE char *got = printed(result, &chosen, columns, colour);                           \
        assert_string_equal(got, wanted);                                                          \
    } while (0)

/* In a file, and on a terminal of 80 columns. */
#define FILE_IS(result, wanted, ...) PRINTS(result, 0, false, wanted, __VA_ARGS__)
#define TERMINAL_IS(result, wanted, ...) PRINTS(result, 80, false, wanted, __VA_ARGS__)

/* A text, or NULL, for each column. */
static inline void add_row(struct result *result, const char *first, ...)
{
    size_t row = result_row(result);
    const char *text = first;
    va_list ap;

    va_start(ap, first);
    for (size_t i = 0; i < result->n_columns; i++) {
        if (i > 0)
            text = va_arg(ap, const char *);
        if (text != NULL)
            result_set(result, row, i, text, strlen(text));
    }
    va_end(ap);
}

#endif

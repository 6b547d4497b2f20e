/* One cell as text: escaped for a terminal, or as hex or base64. */
#include <string.h>

#include "render_state.h"

bool render_is_coded(const struct render *render, size_t column)
{
    return render->columns[column].coded;
}

void render_hex(const char *data, size_t len, struct str *ret)
{
    static const char digits[] = "0123456789ABCDEF";

    str_add(ret, "0x");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];

        str_addc(ret, digits[c >> 4]);
        str_addc(ret, digits[c & 15]);
    }
}

void render_base64(const char *data, size_t len, struct str *ret)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)(unsigned char)data[i] << 16;

        if (i + 1 < len)
            bits |= (unsigned)(unsigned char)data[i + 1] << 8;
        if (i + 2 < len)
            bits |= (unsigned char)data[i + 2];
        str_addc(ret, digits[bits >> 18]);
        str_addc(ret, digits[bits >> 12 & 63]);
        str_addc(ret, i + 1 < len ? digits[bits >> 6 & 63] : '=');
        str_addc(ret, i + 2 < len ? digits[bits & 63] : '=');
    }
}

/* The classic client prints a NUL byte in a grid as a space. */
static void add_spaced(const char *data, size_t len, struct str *ret)
{
    size_t from = ret->len;

    str_addn(ret, data, len);
    for (char *nul = len > 0 ? memchr(ret->s + from, '\0', len) : NULL; nul != NULL;
         nul = memchr(nul, '\0', ret->len - (size_t)(nul - ret->s)))
        *nul = ' ';
}

void render_cell(struct render *render, size_t column, const struct cell *cell,
                 enum cell_style style)
{
    struct str *text = &render->text;

    str_clear(text);
    if (cell->data == NULL) {
        /* print_as_hex() of the classic client knows no NULL. */
        str_add(text, render->options.classic && render->columns[column].coded
                          ? "0x" : render->null_text);
    } else if (render->columns[column].coded && render->options.binary == BINARY_BASE64) {
        render_base64(cell->data, cell->len, text);
    } else if (render->columns[column].coded) {
        render_hex(cell->data, cell->len, text);
    } else if (render->escapes && style == CELL_BLOCK) {
        escape_block(cell->data, cell->len, text);
    } else if (render->escapes) {
        escape_line(cell->data, cell->len, text);
    } else if (style == CELL_LINE) {
        add_spaced(cell->data, cell->len, text);
    } else {
        str_addn(text, cell->data, cell->len);
    }
}

void render_null(struct render *render)
{
    if (render->colour)
        sink_text(render->sink, "\033[2m");
    sink_write(render->sink, render->null_text, render->null_len);
    if (render->colour)
        sink_text(render->sink, "\033[0m");
}

static bool is_changed(const struct render *render, size_t row, size_t column,
                       const struct cell *cell)
{
    const struct result *before = render->options.before;

    if (before == NULL)
        return false;
    if (row >= before->n_rows || column >= before->n_columns)
        return true;
    const struct cell *was = &before->cells[row * before->n_columns + column];
    if (was->data == NULL || cell->data == NULL)
        return was->data != cell->data;
    return was->len != cell->len || memcmp(was->data, cell->data, cell->len) != 0;
}

static const struct {
    const char *word;
    const char *colour;
} states[] = {
    {"false", "\033[31m"},   {"FAILED", "\033[31m"},      {"damaged", "\033[31m"},
    {"unknown", "\033[33m"}, {"cannot tell", "\033[33m"}, {"PENDING", "\033[33m"},
    {"RUNNING", "\033[33m"},
};

static const char *state_colour(const struct cell *cell)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (cell->data != NULL && cell->len == strlen(states[i].word) &&
            memcmp(cell->data, states[i].word, cell->len) == 0)
            return states[i].colour;
    }
    return NULL;
}

const char *render_mark(const struct render *render, size_t row, size_t column,
                        const struct cell *cell)
{
    if (!render->colour)
        return NULL;
    if (is_changed(render, row, column, cell))
        return "\033[7m";
    return render->columns[column].kind == COLUMN_STATE ? state_colour(cell) : NULL;
}

void render_pad(struct render *render, size_t times)
{
    static const char spaces[] = "                                                                ";

    for (; times > sizeof spaces - 1; times -= sizeof spaces - 1)
        sink_write(render->sink, spaces, sizeof spaces - 1);
    sink_write(render->sink, spaces, times);
}

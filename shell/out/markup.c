/* Text inside HTML and XML. */
#include "markup.h"

#include "encode.h"
#include "run.h"

static run_bytes special(run_bytes bytes)
{
    return (run_bytes)(bytes == '&') | (run_bytes)(bytes == '<') | (run_bytes)(bytes == '>') |
           (run_bytes)(bytes == '"');
}

static char *one(char *to, const char **from, const char *end)
{
    char c = *(*from)++;
    const char *name = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;"
                     : c == '"' ? "&quot;" : NULL;

    (void)end;
    if (name == NULL) {
        *to++ = c == '\0' ? ' ' : c; /* a NUL is not allowed in either */
        return to;
    }
    size_t len = strlen(name);
    memcpy(to, name, len);
    return to + len;
}

static const struct encoding encoding = {
    .special = special,
    .set = {
        .low = {1, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 4, 0},
        .high = {1, 0, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    },
    .one = one,
    .most = 6,
};

void markup_write(struct sink *sink, const char *text, size_t len)
{
    encode_to(&encoding, sink, text, len);
}

void markup_add(const char *text, size_t len, struct str *ret)
{
    const char *end = text + len;
    char some[8];

    while (text < end)
        str_addn(ret, some, (size_t)(one(some, &text, end) - some));
}

void markup_cell(struct render *render, size_t column, const struct cell *cell)
{
    if (!render->escapes && !render_is_coded(render, column)) {
        markup_write(render->sink, cell->data, cell->len);
        return;
    }
    render_cell(render, column, cell, CELL_BLOCK);
    markup_write(render->sink, str_text(&render->text), render->text.len);
}

/* Text inside HTML and XML. */
#include "markup.h"

#include "encode.h"
#include "run.h"

static uint64_t special(uint64_t x)
{
    return encode_has(x, '&') | encode_has(x, '<') | encode_has(x, '>') | encode_has(x, '"') |
           encode_has_zero(x);
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

static const struct encoding encoding = { special, one, 6, ' ' };

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

static run_bytes special_bytes(run_bytes bytes)
{
    return (run_bytes)(bytes == '&') | (run_bytes)(bytes == '<') | (run_bytes)(bytes == '>') |
           (run_bytes)(bytes == '"');
}

void markup_cell(struct render *render, size_t column, const struct cell *cell)
{
    if (!render->escapes && !render_is_coded(render, column)) {
        if (cell->len <= ENCODE_CHUNK) {
            char *to = sink_room(render->sink, cell->len + ENCODE_SLACK);

            if (run_copy_text(special_bytes, cell->data, cell->len, to)) {
                sink_took(render->sink, to + cell->len);
                return;
            }
        }
        markup_write(render->sink, cell->data, cell->len);
        return;
    }
    render_cell(render, column, cell, CELL_BLOCK);
    markup_write(render->sink, str_text(&render->text), render->text.len);
}

/*
 * A result set as an XML document: print_table_data_xml() of client/mysql.cc. That client writes every
 * byte into it; a parser refuses the document then. Here what XML 1.0 cannot hold (section 2.2,
 * "Characters") is the text \\xFF, as in JSON, and a CR, which a parser would read as LF, is &#13;.
 */
#include <string.h>

#include "encode.h"
#include "markup.h"
#include "run.h"
#include "utf8.h"

static run_bytes special(run_bytes bytes)
{
    return (run_bytes)(bytes == '&') | (run_bytes)(bytes == '<') | (run_bytes)(bytes == '>') |
           (run_bytes)(bytes == '"') | (run_bytes)(bytes < ' ') | (run_bytes)(bytes >= 0x80);
}

static char *put_bytes(char *to, const char *from, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)from[i];

        *to++ = '\\';
        *to++ = 'x';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    return to;
}

static char *one(char *to, const char **from, const char *end)
{
    const char *at = *from;
    uint32_t code = (unsigned char)*at;
    size_t n = code < 0x80 ? 1 : utf8_decode(at, (size_t)(end - at), &code);
    const char *name = code == '&' ? "&amp;" : code == '<' ? "&lt;" : code == '>' ? "&gt;"
                     : code == '"' ? "&quot;" : code == '\r' ? "&#13;" : NULL;

    *from += n > 0 ? n : 1;
    if (n == 0 || code == 0xfffe || code == 0xffff ||
        (code < ' ' && code != '\t' && code != '\n' && code != '\r'))
        return put_bytes(to, at, n > 0 ? n : 1);
    if (name != NULL) {
        n = strlen(name);
        at = name;
    }
    for (size_t i = 0; i < n; i++)
        *to++ = at[i];
    return to;
}

static const struct encoding encoding = {
    .special = special,
    .set = {
        .low = {1, 1, 3, 1, 1, 1, 3, 1, 1, 1, 1, 1, 5, 1, 5, 1},
        .high = {1, 1, 2, 4, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1},
    },
    .one = one,
    .most = 6,
};

static void write_text(struct render *render, const char *text, size_t len)
{
    if (render->options.classic)
        markup_write(render->sink, text, len);
    else
        encode_to(&encoding, render->sink, text, len);
}

static void write_cell(struct render *render, size_t column, const struct cell *cell)
{
    if (render->escapes || render_is_coded(render, column) || render->options.classic) {
        markup_cell(render, column, cell);
        return;
    }
    write_text(render, cell->data, cell->len);
}

/* What stands before a cell, up to the end of the name. */
static void make_lead(const struct render *render, struct render_column *column)
{
    const char *at = column->name;
    const char *stop = at + column->name_len;
    struct str lead = { 0 };
    char some[16];

    str_add(&lead, "\t<field name=\"");
    if (render->options.classic)
        markup_add(column->name, column->name_len, &lead);
    else
        while (at < stop)
            str_addn(&lead, some, (size_t)(one(some, &at, stop) - some));
    column->lead_len = lead.len;
    column->lead = str_take(&lead);
}

static void begin(struct render *render)
{
    const char *statement = render->statement != NULL ? render->statement : "";

    sink_text(render->sink, "<?xml version=\"1.0\"?>\n\n<resultset statement=\"");
    if (render->escapes) {
        AUTO_STR safe = { 0 };

        escape_block(statement, strlen(statement), &safe);
        write_text(render, str_text(&safe), safe.len);
    } else {
        write_text(render, statement, strlen(statement));
    }
    for (size_t i = 0; i < render->n_columns; i++)
        make_lead(render, &render->columns[i]);
    sink_text(render->sink, "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
}

static void row(struct render *render, const struct cell *cells)
{
    struct sink *sink = render->sink;

    sink_text(sink, "\n  <row>\n");
    for (size_t i = 0; i < render->n_columns; i++) {
        sink_write(sink, render->columns[i].lead, render->columns[i].lead_len);
        if (cells[i].data == NULL) {
            sink_text(sink, "\" xsi:nil=\"true\" />\n");
            continue;
        }
        sink_text(sink, "\">");
        write_cell(render, i, &cells[i]);
        sink_text(sink, "</field>\n");
    }
    sink_text(sink, "  </row>\n");
}

static bool end(struct render *render, struct error *err)
{
    (void)err;
    sink_text(render->sink, "</resultset>\n");
    return true;
}

const struct format_ops format_xml = { .begin = begin, .row = row, .end = end };

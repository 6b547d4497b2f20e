/*
 * A table of GitHub's Markdown, for tickets. Inside a cell | and \ are escaped with a backslash, a
 * line break is <br> and < is &lt;, so that a cell stays one and shows what it holds.
 */
#include "render_state.h"

#include <string.h>

static void add_text(struct render *render, const char *text, size_t len, struct str *ret)
{
    AUTO_STR safe = { 0 };

    if (render->escapes) {
        escape_block(text, len, &safe);
        text = str_text(&safe);
        len = safe.len;
    }
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '|' || c == '\\')
            str_addc(ret, '\\');
        if (c == '<')
            str_add(ret, "&lt;");
        else if (c == '\r' && i + 1 < len && text[i + 1] == '\n')
            continue; /* one line break */
        else if (c == '\n' || c == '\r')
            str_add(ret, "<br>");
        else
            str_addc(ret, c == '\0' ? ' ' : c);
    }
}

static void write_field(struct render *render, const char *text, size_t len)
{
    AUTO_STR field = { 0 };

    add_text(render, text, len, &field);
    sink_text(render->sink, " ");
    sink_write(render->sink, str_text(&field), field.len);
    sink_text(render->sink, " |");
}

static void begin(struct render *render)
{
    /* Markdown knows no table without a header: with --skip-column-names it is empty. */
    sink_text(render->sink, "|");
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];

        write_field(render, column->name, render->options.no_names ? 0 : column->name_len);
    }
    sink_text(render->sink, "\n|");
    for (size_t i = 0; i < render->n_columns; i++)
        sink_text(render->sink, render->columns[i].kind == COLUMN_NUMBER ? " ---: |" : " --- |");
    sink_text(render->sink, "\n");
}

static void row(struct render *render, const struct cell *cells)
{
    sink_text(render->sink, "|");
    for (size_t i = 0; i < render->n_columns; i++) {
        if (cells[i].data == NULL) {
            write_field(render, render->null_text, render->null_len);
        } else if (render_is_coded(render, i)) {
            render_cell(render, i, &cells[i], CELL_BLOCK);
            write_field(render, str_text(&render->text), render->text.len);
        } else {
            write_field(render, cells[i].data, cells[i].len);
        }
    }
    sink_text(render->sink, "\n");
}

const struct format_ops format_markdown = {
    .begin = begin, .row = row, .end = render_nothing, .names_as_sent = true,
};

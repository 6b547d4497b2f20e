/* A table of HTML without a line break: print_table_data_html() of client/mysql.cc. */
#include "markup.h"

static void write_head(struct render *render)
{
    struct sink *sink = render->sink;

    sink_text(sink, "<TABLE BORDER=1>");
    if (render->options.no_names)
        return;
    sink_text(sink, "<TR>");
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];

        sink_text(sink, "<TH>");
        if (column->name_len > 0)
            markup_write(sink, column->name, column->name_len);
        else
            sink_text(sink, " &nbsp; ");
        sink_text(sink, "</TH>");
    }
    sink_text(sink, "</TR>");
}

static void begin(struct render *render)
{
    if (render->options.quick)
        write_head(render);
}

static void row(struct render *render, const struct cell *cells)
{
    struct sink *sink = render->sink;

    if (render->rows == 1 && !render->options.quick)
        write_head(render);
    sink_text(sink, "<TR>");
    for (size_t i = 0; i < render->n_columns; i++) {
        sink_text(sink, "<TD>");
        if (cells[i].data == NULL && render->options.classic && render_is_coded(render, i))
            sink_text(sink, "0x");
        else if (cells[i].data == NULL)
            markup_write(sink, render->null_text, render->null_len);
        else
            markup_cell(render, i, &cells[i]);
        sink_text(sink, "</TD>");
    }
    sink_text(sink, "</TR>");
}

static bool end(struct render *render, struct error *err)
{
    (void)err;
    if (render->rows > 0 || render->options.quick)
        sink_text(render->sink, "</TABLE>");
    return true;
}

const struct format_ops format_html = { .begin = begin, .row = row, .end = end };

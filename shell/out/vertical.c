/* One column a line: print_table_data_vertically() of client/mysql.cc, the form of \G. */
#include <inttypes.h>

#include "render_state.h"

static void begin(struct render *render)
{
    size_t widest = 0;

    for (size_t i = 0; i < render->n_columns; i++)
        if (render->columns[i].name_cells > widest)
            widest = render->columns[i].name_cells;
    for (size_t i = 0; i < render->n_columns; i++)
        render->columns[i].cells = widest;
}

static void row(struct render *render, const struct cell *cells)
{
    static const char stars[] = "***************************";

    sink_f(render->sink, "%s %" PRIu64 ". row %s\n", stars, render->rows, stars);
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];

        if (!render->options.no_names) {
            render_pad(render, column->cells - column->name_cells);
            sink_write(render->sink, column->name, column->name_len);
            sink_write(render->sink, ": ", 2);
        }
        render_cell(render, i, &cells[i], render->escapes ? CELL_BLOCK : CELL_LINE);
        sink_write(render->sink, str_text(&render->text), render->text.len);
        sink_write(render->sink, "\n", 1);
    }
}

static void end(struct render *render)
{
    (void)render;
}

const struct format_ops format_vertical = { .begin = begin, .row = row, .end = end };

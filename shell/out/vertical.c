/* One column a line: print_table_data_vertically() of client/mysql.cc, the form of \G. */
#include <inttypes.h>

#include "render_state.h"
#include "spool.h"

/* The classic client pads names by bytes. */
static size_t width_of(const struct render *render, const struct render_column *column)
{
    return render->escapes ? column->name_cells : column->name_len;
}

static void begin(struct render *render)
{
    size_t widest = 0;

    for (size_t i = 0; i < render->n_columns; i++)
        if (width_of(render, &render->columns[i]) > widest)
            widest = width_of(render, &render->columns[i]);
    for (size_t i = 0; i < render->n_columns; i++)
        render->columns[i].cells = widest;
}

static void write_row(struct render *render, uint64_t number, const struct cell *cells)
{
    static const char stars[] = "***************************";

    sink_f(render->sink, "%s %" PRIu64 ". row %s\n", stars, number, stars);
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];

        if (!render->options.no_names) {
            render_pad(render, column->cells - width_of(render, column));
            sink_write(render->sink, column->name, column->name_len);
            sink_write(render->sink, ": ", 2);
        }
        bool changed = render_changed(render, (size_t)number - 1, i, &cells[i]);
        if (changed)
            render_mark(render, true);
        if (cells[i].data == NULL) {
            render_null(render);
        } else {
            render_cell(render, i, &cells[i], render->escapes ? CELL_BLOCK : CELL_LINE);
            sink_write(render->sink, str_text(&render->text), render->text.len);
        }
        if (changed)
            render_mark(render, false);
        sink_write(render->sink, "\n", 1);
    }
}

static void row(struct render *render, const struct cell *cells)
{
    write_row(render, render->rows, cells);
}

bool render_kept_vertically(struct render *render, struct error *err)
{
    const struct cell *cells;

    begin(render);
    for (uint64_t number = 1; (cells = render_next(render)) != NULL; number++)
        write_row(render, number, cells);
    return !render_failed(render) || spool_error(render->spool, err);
}

const struct format_ops format_vertical = { .begin = begin, .row = row, .end = render_nothing };

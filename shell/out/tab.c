/* Tab-separated values as the classic client's -B: print_tab_data() of client/mysql.cc. */
#include "render_state.h"

static void begin(struct render *render)
{
    (void)render; /* a set without rows has no header either */
}

static void write_header(struct render *render)
{
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_write(render->sink, "\t", 1);
        sink_write(render->sink, render->columns[i].name, render->columns[i].name_len);
    }
    sink_write(render->sink, "\n", 1);
}

static void row(struct render *render, const struct cell *cells)
{
    if (render->rows == 1 && !render->options.no_names)
        write_header(render);
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_write(render->sink, "\t", 1);
        render_cell(render, i, &cells[i], render->options.raw ? CELL_BLOCK : CELL_TAB);
        sink_write(render->sink, str_text(&render->text), render->text.len);
    }
    sink_write(render->sink, "\n", 1);
}

static void end(struct render *render)
{
    (void)render;
}

const struct format_ops format_tab = { .begin = begin, .row = row, .end = end };

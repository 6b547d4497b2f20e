/* One column a line: print_table_data_vertically() of client/mysql.cc, the form of \G. */
#include "encode.h"
#include "render_state.h"
#include "run.h"
#include "spool.h"

/* The classic client pads names by bytes. */
static size_t width_of(const struct render *render, const struct render_column *column)
{
    return render->escapes ? column->name_cells : column->name_len;
}

/* What stands before a cell: the name, padded, and a colon. */
static void make_lead(const struct render *render, struct render_column *column, size_t widest)
{
    struct str lead = { 0 };

    free(column->lead);
    if (!render->options.no_names) {
        str_pad(&lead, ' ', widest - width_of(render, column));
        str_addn(&lead, column->name, column->name_len);
        str_add(&lead, ": ");
    }
    column->lead_len = lead.len;
    column->lead = str_take(&lead);
}

static void begin(struct render *render)
{
    size_t widest = 0;

    for (size_t i = 0; i < render->n_columns; i++)
        if (width_of(render, &render->columns[i]) > widest)
            widest = width_of(render, &render->columns[i]);
    for (size_t i = 0; i < render->n_columns; i++)
        make_lead(render, &render->columns[i], widest);
}

static run_bytes nothing(run_bytes bytes)
{
    return bytes ^ bytes;
}

static void slow_cell(struct render *render, size_t i, const struct cell *cell)
{
    sink_write(render->sink, render->columns[i].lead, render->columns[i].lead_len);
    if (cell->data == NULL) {
        render_null(render);
    } else {
        render_cell(render, i, cell, render->escapes ? CELL_BLOCK : CELL_LINE);
        sink_write(render->sink, str_text(&render->text), render->text.len);
    }
    sink_write(render->sink, "\n", 1);
}

static void write_cell(struct render *render, size_t i, const struct cell *cell)
{
    const struct render_column *column = &render->columns[i];
    size_t room = cell->len + column->lead_len + 64;

    if (cell->data == NULL || render->escapes || column->coded || room > SINK_BUFFER) {
        slow_cell(render, i, cell);
        return;
    }
    char *to = encode_copy(sink_room(render->sink, room), column->lead, column->lead_len);
    if (!run_copy_text(nothing, cell->data, cell->len, to)) { /* it has a NUL */
        slow_cell(render, i, cell);
        return;
    }
    to += cell->len;
    *to++ = '\n';
    sink_took(render->sink, to);
}

static void write_row(struct render *render, uint64_t number, const struct cell *cells)
{
    static const char stars[] = "***************************";
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    sink_write(render->sink, stars, sizeof stars - 1);
    sink_write(render->sink, " ", 1);
    sink_write(render->sink, digits + at, sizeof digits - at);
    sink_write(render->sink, ". row ", 6);
    sink_write(render->sink, stars, sizeof stars - 1);
    sink_write(render->sink, "\n", 1);
    for (size_t i = 0; i < render->n_columns; i++)
        write_cell(render, i, &cells[i]);
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

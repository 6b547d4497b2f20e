/*
 * The classic grid: print_table_data() of client/mysql.cc. Rows are kept until the end, because the
 * widths are known only then.
 */
#include <string.h>

#include "mem.h"
#include "render_state.h"

#define WIDTH_MIN 4    /* room for NULL */
#define WIDTH_MAX 1024 /* wider columns are padded to this only, and not right-aligned */

struct table_cell {
    size_t len;
    size_t cells;
};

struct table_row {
    char *text; /* the printed cells one behind the other */
    struct table_cell cells[];
};

void table_drop(struct render *render)
{
    for (size_t i = 0; render->table != NULL && i < render->rows; i++) {
        free(render->table[i]->text);
        free(render->table[i]);
    }
    free(render->table);
    render->table = NULL;
    render->cap_table = 0;
}

static void begin(struct render *render)
{
    for (size_t i = 0; i < render->n_columns; i++) {
        struct render_column *column = &render->columns[i];

        /* The classic client makes a column as wide as its longest value has bytes, and pads by
         * cells: with CJK the grid is wider than it must be, and aligned all the same. */
        column->cells = render->options.no_names ? 0 : column->name_len;
        if (column->cells < WIDTH_MIN && !column->not_null)
            column->cells = WIDTH_MIN;
    }
}

static void keep_row(struct render *render, const struct cell *cells)
{
    size_t n = render->n_columns;
    struct table_row *row = mem_alloc(sizeof *row + n * sizeof *row->cells);
    AUTO_STR text = { 0 };

    for (size_t i = 0; i < n; i++) {
        struct render_column *column = &render->columns[i];

        render_cell(render, i, &cells[i], CELL_LINE);
        row->cells[i].len = render->text.len;
        row->cells[i].cells = render_cells(str_text(&render->text), render->text.len);
        if (row->cells[i].len > column->cells)
            column->cells = row->cells[i].len;
        str_addn(&text, str_text(&render->text), render->text.len);
    }
    row->text = str_take(&text);
    render->table = mem_grow(render->table, &render->cap_table, render->rows,
                             sizeof *render->table);
    render->table[render->rows - 1] = row;
}

static void add_rule(const struct render *render, struct str *ret)
{
    str_addc(ret, '+');
    for (size_t i = 0; i < render->n_columns; i++) {
        str_pad(ret, '-', render->columns[i].cells + 2);
        str_addc(ret, '+');
    }
    str_addc(ret, '\n');
}

static void write_cell(struct render *render, const struct render_column *column, const char *text,
                       const struct table_cell *cell, bool number)
{
    size_t width = column->cells < WIDTH_MAX ? column->cells : WIDTH_MAX;
    size_t pad = width > cell->cells ? width - cell->cells : 0;
    bool right = number && column->cells <= WIDTH_MAX;

    sink_write(render->sink, " ", 1);
    if (right)
        render_pad(render, pad);
    sink_write(render->sink, text, cell->len);
    if (!right)
        render_pad(render, pad);
    sink_write(render->sink, " |", 2);
}

static void write_names(struct render *render)
{
    sink_write(render->sink, "|", 1);
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];
        struct table_cell cell = { column->name_len, column->name_cells };

        write_cell(render, column, column->name, &cell, false);
    }
    sink_write(render->sink, "\n", 1);
}

static void end(struct render *render)
{
    AUTO_STR rule = { 0 };

    if (render->rows == 0 || render->n_columns == 0)
        return;
    add_rule(render, &rule);
    sink_write(render->sink, rule.s, rule.len);
    if (!render->options.no_names) {
        write_names(render);
        sink_write(render->sink, rule.s, rule.len);
    }
    for (size_t row = 0; row < render->rows; row++) {
        const struct table_row *kept = render->table[row];
        const char *text = kept->text;

        sink_write(render->sink, "|", 1);
        for (size_t i = 0; i < render->n_columns; i++) {
            const struct render_column *column = &render->columns[i];

            write_cell(render, column, text, &kept->cells[i], column->kind == COLUMN_NUMBER);
            text += kept->cells[i].len;
        }
        sink_write(render->sink, "\n", 1);
    }
    sink_write(render->sink, rule.s, rule.len);
    table_drop(render);
}

const struct format_ops format_table = { .begin = begin, .row = keep_row, .end = end };

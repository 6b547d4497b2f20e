/*
 * The grids. Rows are kept until the end, because the widths are known only then; with quick the
 * widths are those that the server announced, and nothing is kept.
 */
#include "grid.h"
#include "spool.h"

#define WIDTH_MIN 4              /* room for NULL */
#define ANNOUNCED_MAX ((size_t)1 << 20) /* a LONGTEXT announces 4 GiB: no rule is that long */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Widths with what is known before the rows. */
static void first_width(const struct render *render, struct render_column *column)
{
    size_t announced = column->announced;

    column->bytes = 0;
    column->cells = 0;
    if (!render->options.no_names)
        column->cells = render->escapes ? column->name_cells : column->name_len;
    if (!render->options.quick)
        return;
    if (render->options.quick_width > 0 && announced > render->options.quick_width)
        announced = render->options.quick_width;
    if (announced > ANNOUNCED_MAX && !render->options.classic)
        announced = ANNOUNCED_MAX;
    column->bytes = announced;
}

/* And after the rows. */
static void last_width(const struct render *render, struct render_column *column)
{
    column->cells = larger(column->cells, column->bytes);
    if (column->cells < WIDTH_MIN && !column->not_null)
        column->cells = WIDTH_MIN;
    /* The classic client doubles whatever the width is, the name's too. */
    if (column->coded && render->options.classic)
        column->cells = 2 + 2 * column->cells;
    if (render->escapes && column->cells > GRID_MAX)
        column->cells = GRID_MAX;
}

static void rule(struct render *render, enum grid_rule which)
{
    if (render->escapes)
        grid_split_rule(render, which);
    else
        grid_classic_rule(render);
}

static void write_head(struct render *render)
{
    rule(render, GRID_TOP);
    if (render->options.no_names)
        return;
    if (render->escapes)
        grid_split_names(render);
    else
        grid_classic_names(render);
    rule(render, GRID_MIDDLE);
}

static void write_row(struct render *render, const struct cell *cells)
{
    if (render->escapes)
        grid_split_row(render, cells);
    else
        grid_classic_row(render, cells);
}

/*
 * Would a grid be wider than the terminal? The classic client judges by the bytes that it holds or,
 * with quick, by what was announced: get_result_width() of client/mysql.cc. A cell that is printed as
 * hex counts as it came.
 */
static bool too_wide(const struct render *render)
{
    size_t width = 1;

    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];
        size_t cells = column->cells;

        if (render->options.classic) {
            cells = larger(render->options.no_names ? 0 : column->name_len,
                           render->options.quick ? column->announced : column->bytes);
            cells = column->not_null ? cells : larger(cells, WIDTH_MIN);
        }
        width += cells + 3;
    }
    return width > sink_columns(render->sink);
}

/* The classic client's auto-vertical-output judges tab-separated output too, as if it were a grid. */
static bool begin_another(struct render *render)
{
    const struct format_ops *chosen = render->options.format == FORMAT_TAB ? &format_tab
                                                                           : &format_table;

    if (!render->options.classic || !render->options.auto_vertical || !render->options.quick)
        return false;
    if (too_wide(render))
        chosen = &format_vertical;
    if (chosen == &format_table)
        return false;
    render->ops = chosen;
    chosen->begin(render);
    return true;
}

/* Rows that turned out to fit, as tabs. */
static bool kept_as_tab(struct render *render, struct error *err)
{
    uint64_t rows = render->rows;
    const struct cell *cells;

    format_tab.begin(render);
    for (render->rows = 1; (cells = render_next(render)) != NULL; render->rows++)
        format_tab.row(render, cells);
    render->rows = rows;
    return !render_failed(render) || spool_error(render->spool, err);
}

static void begin(struct render *render)
{
    if (begin_another(render))
        return;
    for (size_t i = 0; i < render->n_columns; i++)
        first_width(render, &render->columns[i]);
    render->streaming = render->options.quick;
    if (!render->streaming) {
        if (render->n_columns > 0 && render->kept == NULL)
            render->spool = spool_new(render->n_columns);
        return;
    }
    if (render->options.types)
        render_facts(render, false);
    for (size_t i = 0; i < render->n_columns; i++)
        last_width(render, &render->columns[i]);
    write_head(render);
}

/* Bytes that the classic client would print for a cell. */
static size_t bytes_of(const struct render *render, const struct render_column *column,
                       const struct cell *cell)
{
    if (cell->data == NULL)
        return render->options.classic ? 0 : render->null_len;
    if (!column->coded || render->options.classic)
        return cell->len;
    return render->options.binary == BINARY_BASE64 ? (cell->len + 2) / 3 * 4 : 2 + 2 * cell->len;
}

static void row(struct render *render, const struct cell *cells)
{
    if (render->streaming) {
        write_row(render, cells);
        return;
    }
    for (size_t i = 0; i < render->n_columns; i++) {
        struct render_column *column = &render->columns[i];
        size_t size = render->escapes ? grid_split_width(render, i, &cells[i])
                                      : bytes_of(render, column, &cells[i]);

        if (size > column->bytes)
            column->bytes = size;
        if (cells[i].len > column->sent)
            column->sent = cells[i].len;
    }
    if (render->spool != NULL)
        spool_add(render->spool, cells);
}

static bool end(struct render *render, struct error *err)
{
    const struct cell *cells;

    if (render->streaming) {
        rule(render, GRID_BOTTOM);
        return true;
    }
    bool vertical = render->options.auto_vertical && render->options.classic && render->rows > 0 &&
                    too_wide(render);
    if (render->options.types && render->options.format != FORMAT_TAB && !vertical)
        render_facts(render, true);
    if (render->rows == 0 || render->n_columns == 0)
        return true;
    if (render->spool != NULL && !spool_rewind(render->spool, err))
        return false;
    for (size_t i = 0; i < render->n_columns; i++)
        last_width(render, &render->columns[i]);
    if (vertical || (render->options.auto_vertical && too_wide(render)))
        return render_kept_vertically(render, err);
    if (render->options.format == FORMAT_TAB)
        return kept_as_tab(render, err);
    write_head(render);
    while ((cells = render_next(render)) != NULL && !sink_failed(render->sink))
        write_row(render, cells);
    rule(render, GRID_BOTTOM);
    return !render_failed(render) || spool_error(render->spool, err);
}

const struct format_ops format_table = { .begin = begin, .row = row, .end = end };

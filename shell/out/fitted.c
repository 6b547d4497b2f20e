/* Result sets of commands on a narrow terminal: cut in the middle rather than wrapped into pulp. */
#include <belay/output.h>
#include <mem.h>
#include <utf8.h>

#define LEAST 24    /* no cell is cut shorter than this: names must stay names */
#define VERTICAL 3  /* so many rows are better shown vertically than cut */

/* The width that the grid gives a cell, where nothing breaks its line. */
static size_t width_of(const struct cell *cell)
{
    AUTO_STR safe = {0};

    if (cell->data == NULL)
        return 4;
    escape_line(cell->data, cell->len, &safe);
    return utf8_cells(str_text(&safe), safe.len);
}

/* Widths of the columns that hold a value at all; 0: no cell of the column has one. */
static void measure(const struct result *result, size_t *widths)
{
    for (size_t c = 0; c < result->n_columns; c++) {
        bool any = false;
        size_t width = utf8_cells(result->columns[c].name, strlen(result->columns[c].name));
        for (size_t r = 0; r < result->n_rows; r++) {
            const struct cell *cell = &result->cells[r * result->n_columns + c];
            size_t cells = width_of(cell);
            any = any || cell->len > 0;
            width = cells > width ? cells : width;
        }
        widths[c] = any ? (width < 4 ? 4 : width) : 0;
    }
}

static size_t total(const size_t *widths, size_t n)
{
    size_t sum = 1;

    for (size_t i = 0; i < n; i++)
        sum += widths[i] > 0 ? widths[i] + 3 : 0;
    return sum;
}

/* The least width of a column: its name, whole, and enough of a cell to tell it by. */
static size_t floor_of(const struct result *result, size_t c)
{
    size_t name = utf8_cells(result->columns[c].name, strlen(result->columns[c].name));

    return name > LEAST ? name : LEAST;
}

/* Takes from the widest column that may lose until the grid fits; then leaves out columns from the
 * right. */
static void shrink(const struct result *result, size_t *widths, size_t columns)
{
    size_t n = result->n_columns;

    while (total(widths, n) > columns) {
        size_t widest = n;
        for (size_t i = 0; i < n; i++) {
            if (widths[i] > floor_of(result, i) && (widest == n || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest < n) {
            widths[widest]--;
            continue;
        }
        size_t last = n;
        while (last > 1 && widths[last - 1] == 0)
            last--;
        if (last <= 1)
            return;
        widths[last - 1] = 0;
    }
}

/* Appends text with its middle replaced by "…" so that it takes at most `width` cells. */
static void elide(const char *text, size_t len, size_t width, struct str *ret)
{
    size_t head_room = (width - 1) / 2;
    size_t left = utf8_cells(text, len);
    size_t head = 0;
    size_t tail;
    size_t taken = 0;
    int cells;

    for (size_t step; head < len; head += step, taken += (size_t)cells) {
        step = utf8_cluster(text + head, len - head, &cells);
        if (taken + (size_t)cells > head_room)
            break;
    }
    left -= taken;
    for (tail = head; left > width - 1 - taken; left -= (size_t)cells)
        tail += utf8_cluster(text + tail, len - tail, &cells);
    str_addn(ret, text, head);
    str_add(ret, "…");
    str_addn(ret, text + tail, len - tail);
}

static void cut(const struct result *from, const size_t *widths, struct result *ret)
{
    for (size_t c = 0; c < from->n_columns; c++) {
        if (widths[c] > 0)
            result_column(ret, from->columns[c].name, from->columns[c].kind);
    }
    for (size_t r = 0; r < from->n_rows; r++) {
        size_t row = result_row(ret);
        size_t to = 0;
        for (size_t c = 0; c < from->n_columns; c++) {
            const struct cell *cell = &from->cells[r * from->n_columns + c];
            AUTO_STR safe = {0};
            AUTO_STR shown = {0};
            if (widths[c] == 0)
                continue;
            if (cell->data != NULL) {
                escape_line(cell->data, cell->len, &safe);
                if (utf8_cells(str_text(&safe), safe.len) > widths[c])
                    elide(str_text(&safe), safe.len, widths[c], &shown);
                else
                    str_addn(&shown, str_text(&safe), safe.len);
                result_set(ret, row, to, str_text(&shown), shown.len);
            }
            to++;
        }
    }
}

static bool is_grid(enum format format)
{
    return format == FORMAT_TABLE || format == FORMAT_AUTO || format == FORMAT_UNICODE;
}

bool render_fitted(struct sink *sink, const struct render_options *options,
                   const struct result *result)
{
    size_t *widths = mem_array(result->n_columns + 1, sizeof(*widths));
    struct render_options vertical = *options;
    struct render_options grid = *options;
    bool narrow = false;

    grid.one_line = true;
    measure(result, widths);
    if (is_grid(options->format) && sink_is_terminal(sink) && result->n_rows > 0)
        narrow = total(widths, result->n_columns) > sink_columns(sink);
    vertical.format = FORMAT_VERTICAL;
    if (!narrow) {
        render_result(sink, &grid, result);
    } else if (result->n_rows <= VERTICAL) {
        narrow = false; /* nothing is cut */
        render_result(sink, &vertical, result);
    } else {
        AUTO_RESULT shown = {0};
        shrink(result, widths, sink_columns(sink));
        cut(result, widths, &shown);
        render_result(sink, &grid, &shown);
    }
    free(widths);
    return narrow;
}

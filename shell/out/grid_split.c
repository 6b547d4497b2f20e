/* A grid for reading: cells split at line breaks, tabs expanded, widths in cells of the terminal. */
#include "grid.h"

#include <string.h>

#include "mem.h"
#include "utf8.h"

#define TAB_STOP 8

/* What the lines of a grid are made of. */
struct pen {
    const char *line;
    const char *bar;
    const char *corners[3][3]; /* top, middle, bottom: left, between, right */
    const char *more;          /* behind a line of a cell that has more */
    const char *wrapped;       /* behind one that did not fit */
};

static const struct pen ascii = {
    "-", "|", {{"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"}}, "+", ".",
};

static const struct pen box = {
    "─", "│", {{"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}}, "↵", "…",
};

static const struct pen *pen_of(const struct render *render)
{
    return render->options.format == FORMAT_UNICODE ? &box : &ascii;
}

static void repeat(struct sink *sink, const char *text, size_t times)
{
    while (times-- > 0)
        sink_text(sink, text);
}

void grid_split_rule(struct render *render, enum grid_rule which)
{
    const struct pen *pen = pen_of(render);

    sink_text(render->sink, pen->corners[which][0]);
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_text(render->sink, pen->corners[which][1]);
        repeat(render->sink, pen->line, render->columns[i].cells + 2);
    }
    sink_text(render->sink, pen->corners[which][2]);
    sink_text(render->sink, "\n");
}

/* Bytes of printable ASCII at the start. */
static size_t plain_bytes(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] >= ' ' && text[n] < 0x7f)
        n++;
    return n;
}

/* One line of a cell's text. */
struct line {
    size_t bytes; /* of the text that it takes, with its line break */
    size_t cells;
    bool more;    /* a line break ended it */
    bool wrapped; /* it did not fit */
};

/* Reads the first line of at most `width` cells; appends what is shown to ret unless it is NULL. */
static struct line first_line(const char *text, size_t len, size_t width, struct str *ret)
{
    struct line line = {0};

    while (line.bytes < len) {
        const char *at = text + line.bytes;
        int cells = 0;
        size_t n = 1;

        if (*at == '\n') {
            line.bytes++;
            line.more = true;
            break;
        }
        if (*at == '\t')
            cells = (int)(TAB_STOP - line.cells % TAB_STOP);
        else
            n = utf8_cluster(at, len - line.bytes, &cells);
        if (line.cells + (size_t)cells > width && line.cells > 0) {
            line.wrapped = true;
            break;
        }
        if (ret != NULL && *at == '\t')
            str_pad(ret, ' ', (size_t)cells);
        else if (ret != NULL)
            str_addn(ret, at, n);
        line.cells += (size_t)cells;
        line.bytes += n;
    }
    return line;
}

static enum cell_style style_of(const struct render *render)
{
    return render->options.one_line ? CELL_LINE : CELL_BLOCK;
}

size_t grid_split_width(struct render *render, size_t column, const struct cell *cell)
{
    size_t widest = 0;

    if (cell->data != NULL && !render_is_coded(render, column) &&
        plain_bytes(cell->data, cell->len) == cell->len)
        return cell->len < GRID_MAX ? cell->len : GRID_MAX;
    render_cell(render, column, cell, style_of(render));
    const char *text = str_text(&render->text);
    for (size_t at = 0; at < render->text.len;) {
        struct line line = first_line(text + at, render->text.len - at, GRID_MAX, NULL);
        widest = line.cells > widest ? line.cells : widest;
        at += line.bytes;
    }
    return widest;
}

/* The cells of a row as text, and how far each is written. */
struct pending {
    char *text;
    size_t len;
    size_t at;
    bool done; /* nothing more, not even an empty line */
    const char *mark; /* what makes it stand out, or NULL */
};

static void write_padding(struct render *render, size_t width, size_t cells)
{
    render_pad(render, width > cells ? width - cells : 0);
}

/* Writes the next line of a cell into its column; true: it has more. */
static bool write_line(struct render *render, size_t i, struct pending *cell, bool is_null)
{
    const struct render_column *column = &render->columns[i];
    const struct pen *pen = pen_of(render);
    bool right = column->kind == COLUMN_NUMBER;
    struct str *shown = &render->text;
    struct line line = {0};

    str_clear(shown);
    if (!cell->done)
        line = first_line(cell->text + cell->at, cell->len - cell->at, column->cells, shown);
    cell->at += line.bytes;
    cell->done = !line.more && !line.wrapped;
    sink_write(render->sink, " ", 1);
    if (right)
        write_padding(render, column->cells, line.cells);
    if (cell->mark != NULL)
        sink_text(render->sink, cell->mark);
    if (is_null && line.bytes > 0)
        render_null(render);
    else
        sink_write(render->sink, str_text(shown), shown->len);
    if (cell->mark != NULL)
        sink_text(render->sink, RENDER_MARK_END);
    if (!right)
        write_padding(render, column->cells, line.cells);
    sink_text(render->sink, line.more ? pen->more : line.wrapped ? pen->wrapped : " ");
    sink_text(render->sink, pen->bar);
    return !cell->done;
}

void grid_split_row(struct render *render, const struct cell *cells)
{
    struct pending *pending = mem_array(render->n_columns + 1, sizeof *pending);
    bool more = true;

    for (size_t i = 0; i < render->n_columns; i++) {
        render_cell(render, i, &cells[i], style_of(render));
        pending[i].len = render->text.len;
        if (render->kept != NULL && render->next_kept > 0)
            pending[i].mark = render_mark(render, render->next_kept - 1, i, &cells[i]);
        pending[i].text = mem_textn(str_text(&render->text), render->text.len);
    }
    while (more) {
        more = false;
        sink_text(render->sink, pen_of(render)->bar);
        for (size_t i = 0; i < render->n_columns; i++)
            more = write_line(render, i, &pending[i], cells[i].data == NULL) || more;
        sink_text(render->sink, "\n");
    }
    for (size_t i = 0; i < render->n_columns; i++)
        free(pending[i].text);
    free(pending);
}

void grid_split_names(struct render *render)
{
    const struct pen *pen = pen_of(render);

    sink_text(render->sink, pen->bar);
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];

        sink_write(render->sink, " ", 1);
        sink_write(render->sink, column->name, column->name_len);
        write_padding(render, column->cells, column->name_cells);
        sink_text(render->sink, " ");
        sink_text(render->sink, pen->bar);
    }
    sink_text(render->sink, "\n");
}

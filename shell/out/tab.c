/* Tab-separated values as the classic client's -B: print_tab_data() of client/mysql.cc. */
#include "encode.h"
#include "render_state.h"
#include "run.h"

static void write_header(struct render *render)
{
    if (render->options.no_names || render->options.no_tab_names)
        return;
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_write(render->sink, "\t", 1);
        sink_write(render->sink, render->columns[i].name, render->columns[i].name_len);
    }
    sink_write(render->sink, "\n", 1);
}

static void begin(struct render *render)
{
    render->plain = !render->special_cells && !render->options.raw && render->n_columns > 0;
    /* The classic client tells an empty set only where it has stored it. */
    if (render->options.quick)
        write_header(render);
}

/* safe_put_field() of the classic client: these and NUL. */
static run_bytes special(run_bytes bytes)
{
    return (run_bytes)(bytes == '\t') | (run_bytes)(bytes == '\n') | (run_bytes)(bytes == '\\');
}

static char *one(char *to, const char **from, const char *end)
{
    char c = *(*from)++;

    (void)end;
    if (c != '\0' && c != '\t' && c != '\n' && c != '\\') {
        *to++ = c;
        return to;
    }
    *to++ = '\\';
    *to++ = c == '\0' ? '0' : c == '\t' ? 't' : c == '\n' ? 'n' : '\\';
    return to;
}

static const struct encoding encoding = {
    .special = special,
    .set = {
        .low = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0, 0},
        .high = {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    },
    .one = one,
    .most = 2,
};

/* In gbk, sjis and their like a backslash may be the second byte of a character, and stays. */
static void add_double(const char *text, size_t len, struct str *ret)
{
    const char *end = text + len;

    while (text < end) {
        char two[2];

        if ((unsigned char)*text > 0x80 && end - text > 1 && (unsigned char)text[1] >= 0x40) {
            str_addn(ret, text, 2);
            text += 2;
        } else {
            str_addn(ret, two, (size_t)(one(two, &text, end) - two));
        }
    }
}

static void slow_cell(struct render *render, size_t column, const struct cell *cell)
{
    struct sink *sink = render->sink;
    AUTO_STR text = { 0 };

    if (cell->data == NULL && !render_is_coded(render, column)) {
        sink_write(sink, render->null_text, render->null_len);
    } else if (render_is_coded(render, column)) {
        render_cell(render, column, cell, CELL_BLOCK);
        sink_write(sink, str_text(&render->text), render->text.len);
    } else if (render->options.raw && render->escapes) {
        escape_block(cell->data, cell->len, &text);
        sink_write(sink, str_text(&text), text.len);
    } else if (render->options.raw) {
        sink_write(sink, cell->data, cell->len);
    } else if (render->escapes) {
        for (const char *at = cell->data, *stop = at + cell->len; at < stop;) {
            char two[2];
            str_addn(&text, two, (size_t)(one(two, &at, stop) - two));
        }
        str_clear(&render->text);
        escape_line(str_text(&text), text.len, &render->text);
        sink_write(sink, str_text(&render->text), render->text.len);
    } else if (render->options.charset == CHARSET_DOUBLE) {
        add_double(cell->data, cell->len, &text);
        sink_write(sink, str_text(&text), text.len);
    } else {
        encode_to(&encoding, sink, cell->data, cell->len);
    }
}

static void slow_row(struct render *render, const struct cell *cells)
{
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_write(render->sink, "\t", 1);
        slow_cell(render, i, &cells[i]);
    }
    sink_write(render->sink, "\n", 1);
}

/* Is there nothing to do but what safe_put_field() does, and room for all of it at once? */
static bool is_simple(const struct render *render, const struct cell *cells, size_t *ret_room)
{
    size_t room = 32;

    if (!render->plain)
        return false;
    for (size_t i = 0; i < render->n_columns; i++)
        room += cells[i].data != NULL ? 2 * cells[i].len + 1 : render->null_len + 1;
    *ret_room = room;
    return room <= SINK_BUFFER;
}

static inline char *put_cell(const struct render *render, const struct cell *cell, char *to)
{
    if (cell->data == NULL)
        to = encode_copy(to, render->null_text, render->null_len);
    else
        to = encode_text(&encoding, to, cell->data, cell->len);
    *to++ = '\t';
    return to;
}

static void row(struct render *render, const struct cell *cells)
{
    size_t n = render->n_columns;
    size_t room;

    if (render->rows == 1 && !render->options.quick)
        write_header(render);
    if (render->plain && run_cells(cells, n) == n) { /* most rows that have no long cell */
        char *whole = sink_room(render->sink, RUN_MAX + 32);

        if (run_copy(special, cells, n, whole)) {
            whole = run_separate(cells, n, whole, '\t');
            whole[-1] = '\n';
            sink_took(render->sink, whole);
            return;
        }
    }
    if (!is_simple(render, cells, &room)) {
        slow_row(render, cells);
        return;
    }
    char *to = sink_room(render->sink, room);
    for (size_t i = 0, unlike = 0; i < n;) {
        size_t run = i >= unlike ? run_cells(cells + i, n - i) : 1;

        if (run > 1 && run_copy(special, cells + i, run, to)) {
            to = run_separate(cells + i, run, to, '\t');
            i += run;
            continue;
        }
        if (run > 1)
            unlike = i + run; /* one of these needs more: each by itself */
        to = put_cell(render, &cells[i++], to);
    }
    to[-1] = '\n';
    sink_took(render->sink, to);
}

const struct format_ops format_tab = { .begin = begin, .row = row, .end = render_nothing };

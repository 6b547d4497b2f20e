/* The classic grid to the byte: print_table_data() and tee_print_sized_data() of client/mysql.cc. */
#include "encode.h"
#include "grid.h"
#include "run.h"
#include "utf8.h"

static void fill(struct sink *sink, char c, size_t times)
{
    while (times > 0) {
        size_t n = times < SINK_BUFFER ? times : SINK_BUFFER;
        char *to = sink_room(sink, n);

        memset(to, c, n);
        sink_took(sink, to + n);
        times -= n;
    }
}

void grid_classic_rule(struct render *render)
{
    sink_write(render->sink, "+", 1);
    for (size_t i = 0; i < render->n_columns; i++) {
        /* 32 bits there: with quick a LONGTEXT, announced with 4 GiB, has a rule of one dash. */
        fill(render->sink, '-', (uint32_t)(render->columns[i].cells + 2));
        sink_write(render->sink, "+", 1);
    }
    sink_write(render->sink, "\n", 1);
}

void grid_classic_names(struct render *render)
{
    sink_write(render->sink, "|", 1);
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];
        size_t cells = grid_classic_cells(column->name, column->name_len, render->options.charset);
        size_t width = column->cells + column->name_len - cells;

        width = width < GRID_MAX ? width : GRID_MAX;
        sink_write(render->sink, " ", 1);
        sink_write(render->sink, column->name, column->name_len);
        render_pad(render, width > column->name_len ? width - column->name_len : 0);
        sink_write(render->sink, " |", 2);
    }
    sink_write(render->sink, "\n", 1);
}

/*
 * Cells of a character as the client of MariaDB 10.11 counts them: 2 for what is wide, 1 for all
 * else, combining marks and joiners too. The wide ranges are those it was seen to use.
 */
static size_t cells_of(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } wide[] = {
        {0x1100, 0x1159}, {0x115f, 0x115f}, {0x2329, 0x232a}, {0x2e80, 0x2e99}, {0x2e9b, 0x2ef3},
        {0x2f00, 0x2fd5}, {0x2ff0, 0x2ffb}, {0x3000, 0x303e}, {0x3041, 0x3096}, {0x3099, 0x30ff},
        {0x3105, 0x312c}, {0x3131, 0x318e}, {0x3190, 0x31b7}, {0x31f0, 0x321e}, {0x3220, 0x3243},
        {0x3250, 0x327d}, {0x327f, 0x32fe}, {0x3300, 0x4db5}, {0x4e00, 0x9fa5}, {0xa000, 0xa48c},
        {0xa490, 0xa4c6}, {0xac00, 0xd7a3}, {0xf900, 0xfa2d}, {0xfa30, 0xfa6a}, {0xfe30, 0xfe52},
        {0xfe54, 0xfe66}, {0xfe68, 0xfe6b}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x20000, 0x3fffd},
    };

    for (size_t i = 0; i < sizeof wide / sizeof *wide && code >= wide[i].first; i++)
        if (code <= wide[i].last)
            return 2;
    return 1;
}

size_t grid_classic_cells(const char *text, size_t len, enum charset charset)
{
    const char *end = text + len;
    size_t cells = 0;

    if (charset != CHARSET_UTF8 && charset != CHARSET_UTF8MB3)
        return len;
    while (text < end) {
        uint32_t code;
        size_t n = utf8_decode(text, (size_t)(end - text), &code);

        if (n == 4 && charset == CHARSET_UTF8MB3)
            n = 0;
        cells += n == 0 ? 0 : cells_of(code); /* a byte that is no UTF-8 counts as nothing */
        text += n == 0 ? 1 : n;
    }
    return cells;
}

/* Not 0 when one of the eight bytes is NUL or not ASCII. Tells no place. */
static uint64_t odd_bytes(uint64_t x)
{
    return ((x - UINT64_C(0x0101010101010101)) | x) & UINT64_C(0x8080808080808080);
}

/* Copies; *ret_odd is not 0 when a byte is NUL or not ASCII. Room for 8 bytes more is needed. */
static char *copy_noting(char *to, const char *from, size_t len, uint64_t *ret_odd)
{
    char *end = to + len;
    uint64_t odd = 0;

    for (; len >= 8; len -= 8, to += 8, from += 8) {
        uint64_t x = run_load(from);
        odd |= odd_bytes(x);
        memcpy(to, &x, 8);
    }
    uint64_t x = run_load_some(from, len, ' ');
    odd |= odd_bytes(x);
    memcpy(to, &x, 8);
    *ret_odd = odd;
    return end;
}

static void space_nuls(char *text, size_t len)
{
    for (char *end = text + len; (text = memchr(text, '\0', (size_t)(end - text))) != NULL;)
        *text = ' ';
}

/* A cell where everything fits into the room. */
static char *put_cell(const struct render *render, const struct render_column *column,
                      const char *text, size_t len, char *to)
{
    bool right = column->kind == COLUMN_NUMBER && column->cells <= GRID_MAX;
    size_t width = column->cells < GRID_MAX ? column->cells : GRID_MAX;
    size_t pad = width > len ? width - len : 0;
    uint64_t odd;
    char *at = to + 1;

    *to = ' ';
    if (right)
        memset(at, ' ', pad);
    char *from = right ? at + pad : at;
    char *end = copy_noting(from, text, len, &odd);
    if (__builtin_expect(odd != 0, 0)) {
        size_t cells = grid_classic_cells(text, len, render->options.charset);
        size_t wider = width > cells ? width - cells : 0;

        if (right && wider != pad) {
            memset(at, ' ', wider);
            from = at + wider;
            end = copy_noting(from, text, len, &odd);
        }
        space_nuls(from, len);
        pad = wider;
    }
    if (!right) {
        memset(end, ' ', pad);
        end += pad;
    }
    memcpy(end, " |", 2);
    return end + 2;
}

/* The same where the text is ASCII without NUL and may be copied with slack. */
static char *put_plain_cell(const struct render_column *column, const char *text, size_t len,
                            char *to)
{
    size_t width = column->cells < GRID_MAX ? column->cells : GRID_MAX;
    size_t pad = width > len ? width - len : 0;

    *to++ = ' ';
    if (column->kind == COLUMN_NUMBER && column->cells <= GRID_MAX) {
        to = encode_spaces(to, pad);
        to = encode_copy_slack(to, text, len);
    } else {
        to = encode_copy_slack(to, text, len);
        to = encode_spaces(to, pad);
    }
    memcpy(to, " |", 2);
    return to + 2;
}

static run_bytes not_ascii(run_bytes bytes)
{
    return (run_bytes)(bytes >= 0x80);
}

/* Are all cells ASCII without NUL, in a row that the spool gave back? */
static bool is_plain(const struct render *render, const struct cell *cells)
{
    size_t n = render->n_columns;

    if (render->spool == NULL)
        return false; /* what comes from elsewhere has no slack behind it */
    for (size_t i = 0; i < n;) {
        size_t run = run_cells(cells + i, n - i);

        if (run == 0 ? !render->null_plain : !run_copy(not_ascii, cells + i, run, NULL))
            return false;
        i += run > 0 ? run : 1;
    }
    return true;
}

/* A cell of any length. */
static void write_cell(struct render *render, const struct render_column *column, const char *text,
                       size_t len)
{
    bool right = column->kind == COLUMN_NUMBER && column->cells <= GRID_MAX;
    size_t width = column->cells < GRID_MAX ? column->cells : GRID_MAX;
    size_t cells = grid_classic_cells(text, len, render->options.charset);
    size_t pad = width > cells ? width - cells : 0;

    sink_write(render->sink, " ", 1);
    if (right)
        render_pad(render, pad);
    while (len > 0) {
        size_t n = len < ENCODE_CHUNK ? len : ENCODE_CHUNK;
        char *to = sink_room(render->sink, n);

        memcpy(to, text, n);
        space_nuls(to, n);
        sink_took(render->sink, to + n);
        text += n;
        len -= n;
    }
    if (!right)
        render_pad(render, pad);
    sink_write(render->sink, " |", 2);
}

/* Text and length of a cell that is written as hex or base64, as it is printed. */
static void coded(struct render *render, size_t i, const struct cell *cell, struct cell *ret)
{
    render_cell(render, i, cell, CELL_LINE);
    *ret = (struct cell){str_text(&render->text), render->text.len};
}

static void slow_row(struct render *render, const struct cell *cells)
{
    sink_write(render->sink, "|", 1);
    for (size_t i = 0; i < render->n_columns; i++) {
        struct cell cell = cells[i];

        if (render->columns[i].coded)
            coded(render, i, &cells[i], &cell);
        else if (cell.data == NULL)
            cell = (struct cell){render->null_text, render->null_len};
        write_cell(render, &render->columns[i], cell.data, cell.len);
    }
    sink_write(render->sink, "\n", 1);
}

void grid_classic_row(struct render *render, const struct cell *cells)
{
    size_t room = 32;

    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];
        size_t len = cells[i].data == NULL ? render->null_len : cells[i].len;

        room += len + (column->cells < GRID_MAX ? column->cells : GRID_MAX) + 3;
        if (column->coded)
            room = SINK_BUFFER + 1;
    }
    if (room > SINK_BUFFER) {
        slow_row(render, cells);
        return;
    }
    char *to = sink_room(render->sink, room);
    bool plain = is_plain(render, cells);
    *to++ = '|';
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];
        const char *text = cells[i].data != NULL ? cells[i].data : render->null_text;
        size_t len = cells[i].data != NULL ? cells[i].len : render->null_len;

        to = plain ? put_plain_cell(column, text, len, to)
                   : put_cell(render, column, text, len, to);
    }
    *to++ = '\n';
    sink_took(render->sink, to);
}

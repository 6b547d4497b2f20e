/*
 * Objects, a row a line: one array of them, or JSON Lines. Written by hand and not through jansson,
 * so that rows leave as they come and a number keeps the digits it had.
 */
#include "encode.h"
#include "json_number.h"
#include "mem.h"
#include "render_state.h"
#include "run.h"
#include "utf8.h"

static char *put_code(char *to, uint32_t code)
{
    static const char short_names[] = "btn\0fr"; /* for 8 … 13 */
    static const char digits[] = "0123456789abcdef";

    *to++ = '\\';
    if (code == '"' || code == '\\') {
        *to++ = (char)code;
    } else if (code >= 8 && code <= 13 && code != 11) {
        *to++ = short_names[code - 8];
    } else {
        *to++ = 'u';
        for (int shift = 12; shift >= 0; shift -= 4)
            *to++ = digits[code >> shift & 15];
    }
    return to;
}

/* A byte that is no UTF-8 becomes the text \xFF: nothing else in JSON can say it. */
static char *put_byte(char *to, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    memcpy(to, "\\\\x", 3);
    to[3] = digits[c >> 4];
    to[4] = digits[c & 15];
    return to + 5;
}

/* Is it written as \u…? Controls must be; C1 and bidi controls are, for the terminal's sake. */
static bool is_hidden(uint32_t code)
{
    return code < ' ' || code == '"' || code == '\\' || (code >= 0x7f && code < 0xa0) ||
           code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* What may have to change: these, controls and all that is not ASCII. */
static run_bytes special(run_bytes bytes)
{
    run_bytes low = (run_bytes)((run_signed)bytes < ' '); /* those from 0x80 on, too */

    return (low & ~(run_bytes)(bytes == 0)) | (run_bytes)(bytes == '"') |
           (run_bytes)(bytes == '\\') | (run_bytes)(bytes == 0x7f);
}

/*
 * Are the first 12 bytes four characters of three bytes each, from U+3000 on and no
 * surrogates? Such are Chinese and Japanese; none of them is hidden or overlong. Looking at four at
 * once halves the time that JSON of Chinese text takes.
 */
static bool are_four(run_bytes x)
{
    const run_bytes which = {0xf0, 0xc0, 0xc0, 0xf0, 0xc0, 0xc0, 0xf0, 0xc0,
                             0xc0, 0xf0, 0xc0, 0xc0, 0,    0,    0,    0};
    const run_bytes wanted = {0xe0, 0x80, 0x80, 0xe0, 0x80, 0x80, 0xe0, 0x80,
                              0x80, 0xe0, 0x80, 0x80, 0,    0,    0,    0};
    const run_bytes least = {0xe3, 0, 0, 0xe3, 0, 0, 0xe3, 0, 0, 0xe3, 0, 0, 0, 0, 0, 0};
    run_bytes leads = (run_bytes)(wanted == 0xe0);
    run_bytes bad = (run_bytes)((x & which) != wanted) | (run_bytes)(x < least) |
                    ((run_bytes)(x == 0xed) & leads);
    return run_bits(bad) == 0;
}

static char *one(char *to, const char **from, const char *end)
{
    uint32_t code = (unsigned char)**from;
    size_t n = 1;

    while (code >= 0xe3 && end - *from >= 12) {
        run_bytes bytes = run_first(*from, (size_t)(end - *from));

        if (!are_four(bytes))
            break;
        memcpy(to, &bytes, sizeof bytes);
        to += 12;
        *from += 12;
        if (*from == end)
            return to;
        code = (unsigned char)**from;
    }
    if (code >= 0x80)
        n = utf8_decode(*from, (size_t)(end - *from), &code);
    if (n == 0) {
        to = put_byte(to, (unsigned char)**from);
        n = 1;
    } else if (is_hidden(code)) {
        to = put_code(to, code);
    } else {
        for (size_t i = 0; i < n; i++)
            *to++ = (*from)[i];
    }
    *from += n;
    return to;
}

static const struct encoding encoding = {
    .special = special,
    .set = {
        .low = {1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 1, 1, 9},
        .high = {1, 1, 2, 0, 0, 4, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1},
    },
    .one = one,
    .most = 6,
};

static void add_string(const char *text, size_t len, struct str *ret)
{
    const char *end = text + len;
    char some[8];

    str_addc(ret, '"');
    while (text < end)
        str_addn(ret, some, (size_t)(one(some, &text, end) - some));
    str_addc(ret, '"');
}

static bool is_taken(const struct render *render, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(render->columns[i].name, name) == 0)
            return true;
    return false;
}

/* Two members of one name would be one for most readers: the second gets its position as well. */
static void make_unique(struct render *render)
{
    size_t spare = render->n_columns;

    for (size_t i = 1; i < render->n_columns; i++) {
        struct render_column *column = &render->columns[i];
        char *name;

        if (!is_taken(render, i, column->name))
            continue;
        name = str_format("%s_%zu", column->name, i + 1);
        while (is_taken(render, i, name)) {
            free(name);
            name = str_format("%s_%zu", column->name, ++spare);
        }
        free(column->name);
        column->name = name;
        column->name_len = strlen(name);
    }
}

static void begin(struct render *render)
{
    make_unique(render);
    render->lead_bytes = 0;
    for (size_t i = 0; i < render->n_columns; i++) {
        struct render_column *column = &render->columns[i];
        struct str lead = { 0 };

        str_addc(&lead, i == 0 ? '{' : ',');
        add_string(column->name, column->name_len, &lead);
        str_addc(&lead, ':');
        column->lead_len = lead.len;
        render->lead_bytes += lead.len + 6;
        str_pad(&lead, '\0', ENCODE_SLACK);
        column->lead = str_take(&lead);
    }
}

/* A cell of any length. */
static void write_cell(struct render *render, size_t column, const struct cell *cell)
{
    struct sink *sink = render->sink;

    sink_write(sink, render->columns[column].lead, render->columns[column].lead_len);
    if (cell->data == NULL) {
        sink_text(sink, "null");
        return;
    }
    if (render->columns[column].kind == COLUMN_NUMBER && json_number(cell->data, cell->len)) {
        sink_write(sink, cell->data, cell->len);
        return;
    }
    sink_write(sink, "\"", 1);
    if (render_is_coded(render, column)) {
        render_cell(render, column, cell, CELL_BLOCK);
        sink_write(sink, str_text(&render->text), render->text.len);
    } else {
        encode_to(&encoding, sink, cell->data, cell->len);
    }
    sink_write(sink, "\"", 1);
}

/* A cell where there is room for it. */
static char *put_cell(const struct render_column *column, const struct cell *cell, char *to)
{
    const char *data = cell->data;

    to = encode_copy_slack(to, column->lead, column->lead_len);
    if (data == NULL) {
        memcpy(to, "null", 4);
        return to + 4;
    }
    if (column->kind == COLUMN_NUMBER && json_number(data, cell->len))
        return encode_copy(to, data, cell->len);
    *to++ = '"';
    to = encode_text(&encoding, to, data, cell->len);
    *to++ = '"';
    return to;
}

/* The same for one without a special byte, where 17 bytes from its first on may be read. */
static inline char *put_plain(const struct render_column *column, const char *data, size_t len,
                              char *to)
{
    bool quoted = column->kind != COLUMN_NUMBER || !json_number_near(data, len);

    to = encode_copy_slack(to, column->lead, column->lead_len);
    *to = '"';
    to += quoted;
    to = len <= 16 ? encode_copy_slack(to, data, len) : encode_copy(to, data, len);
    *to = '"';
    return to + quoted;
}

/* A run of cells without a special byte; the last ones are copied, so that more may be read. */
static char *put_plain_run(const struct render_column *columns, const struct cell *cells, size_t n,
                           char *to)
{
    const char *end = cells[n - 1].data + cells[n - 1].len;
    char copy[3 * 16] = {0};
    size_t i = 0;

    for (; i < n && end - cells[i].data > 16; i++)
        to = put_plain(&columns[i], cells[i].data, cells[i].len, to);
    memcpy(copy, end - 16, 16);
    for (; i < n; i++)
        to = put_plain(&columns[i], copy + 16 - (end - cells[i].data), cells[i].len, to);
    return to;
}

static char *put_run(const struct render_column *columns, const struct cell *cells, size_t n,
                     size_t bytes, char *to)
{
    if (n > 1 && bytes >= 16 && run_copy(special, cells, n, NULL))
        return put_plain_run(columns, cells, n, to);
    for (size_t i = 0; i < n; i++)
        to = put_cell(&columns[i], &cells[i], to);
    return to;
}

static void write_row(struct render *render, const struct cell *cells, const char *after)
{
    const struct render_column *columns = render->columns;
    size_t n = render->n_columns;

    if (n == 0)
        sink_text(render->sink, "{");
    for (size_t i = 0; i < n;) {
        size_t run = run_cells(cells + i, n - i);
        const struct cell *last = &cells[i + (run > 0 ? run - 1 : 0)];
        size_t bytes = run > 0 ? (size_t)(last->data + last->len - cells[i].data) : 0;
        size_t room = render->lead_bytes + 6 * bytes + 64;

        run += run == 0;
        if (room <= SINK_BUFFER && !render->special_cells)
            sink_took(render->sink, put_run(columns + i, cells + i, run, bytes,
                                            sink_room(render->sink, room)));
        else
            for (size_t k = i; k < i + run; k++)
                write_cell(render, k, &cells[k]);
        i += run;
    }
    sink_text(render->sink, after);
}

static void array_row(struct render *render, const struct cell *cells)
{
    sink_text(render->sink, render->rows == 1 ? "[\n" : ",\n");
    write_row(render, cells, "}");
}

static bool array_end(struct render *render, struct error *err)
{
    (void)err;
    sink_text(render->sink, render->rows == 0 ? "[]\n" : "\n]\n");
    return true;
}

static void line_row(struct render *render, const struct cell *cells)
{
    write_row(render, cells, "}\n");
}

const struct format_ops format_json = {
    .begin = begin, .row = array_row, .end = array_end, .names_as_sent = true,
};

const struct format_ops format_jsonl = {
    .begin = begin, .row = line_row, .end = render_nothing, .names_as_sent = true,
};

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

static uint64_t special(uint64_t x)
{
    return encode_has_less(x, ' ') | encode_has(x, '"') | encode_has(x, '\\') |
           encode_has(x, 0x7f) | (x & ENCODE_HIGH);
}

/*
 * Are these 12 bytes (16 may be read) four characters of three bytes each, from U+3000 on and no
 * surrogates? Such are Chinese and Japanese; none of them is hidden or overlong. Looking at four at
 * once halves the time that JSON of Chinese text takes.
 */
static bool are_four(const char *from)
{
    const run_bytes which = {0xf0, 0xc0, 0xc0, 0xf0, 0xc0, 0xc0, 0xf0, 0xc0,
                             0xc0, 0xf0, 0xc0, 0xc0, 0,    0,    0,    0};
    const run_bytes wanted = {0xe0, 0x80, 0x80, 0xe0, 0x80, 0x80, 0xe0, 0x80,
                              0x80, 0xe0, 0x80, 0x80, 0,    0,    0,    0};
    const run_bytes least = {0xe3, 0, 0, 0xe3, 0, 0, 0xe3, 0, 0, 0xe3, 0, 0, 0, 0, 0, 0};
    run_bytes x;

    memcpy(&x, from, sizeof x);
    run_bytes leads = (run_bytes)(wanted == 0xe0);
    run_bytes bad = (run_bytes)((x & which) != wanted) | (run_bytes)(x < least) |
                    ((run_bytes)(x == 0xed) & leads);
    run_words words = (run_words)bad;
    return (words[0] | words[1]) == 0;
}

static char *one(char *to, const char **from, const char *end)
{
    uint32_t code = (unsigned char)**from;
    size_t n = 1;

    while (code >= 0xe3 && end - *from >= 16 && are_four(*from)) {
        memcpy(to, *from, 12);
        to += 12;
        *from += 12;
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

static const struct encoding encoding = { special, one, 6, ' ' };

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
    for (size_t i = 0; i < render->n_columns; i++) {
        struct render_column *column = &render->columns[i];
        struct str lead = { 0 };

        str_addc(&lead, i == 0 ? '{' : ',');
        add_string(column->name, column->name_len, &lead);
        str_addc(&lead, ':');
        column->lead_len = lead.len;
        str_pad(&lead, '\0', ENCODE_SLACK);
        column->lead = str_take(&lead);
    }
}

/* A cell of any length. */
static void write_cell(struct render *render, size_t column, const struct cell *cell)
{
    struct sink *sink = render->sink;

    if (cell->data == NULL) {
        sink_text(sink, "null");
        return;
    }
    if (render->columns[column].kind == COLUMN_NUMBER && json_number(cell->data, cell->len, false)) {
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

static void slow_row(struct render *render, const struct cell *cells)
{
    if (render->n_columns == 0)
        sink_text(render->sink, "{");
    for (size_t i = 0; i < render->n_columns; i++) {
        sink_write(render->sink, render->columns[i].lead, render->columns[i].lead_len);
        write_cell(render, i, &cells[i]);
    }
    sink_text(render->sink, "}");
}

/* The test of special() for a run of cells. */
static run_bytes special_bytes(run_bytes bytes)
{
    return ((run_bytes)(bytes < ' ') & (run_bytes)(bytes != 0)) | (run_bytes)(bytes == '"') |
           (run_bytes)(bytes == '\\') | (run_bytes)(bytes >= 0x7f);
}

/* plain: no byte of the cell is special, and 17 bytes from its first on may be read. */
static char *put_cell(const struct render_column *column, const struct cell *cell, bool plain,
                      char *to)
{
    const char *data = cell->data;

    to = encode_copy_slack(to, column->lead, column->lead_len);
    if (data == NULL) {
        memcpy(to, "null", 4);
        return to + 4;
    }
    bool bare = column->kind == COLUMN_NUMBER && json_number(data, cell->len, plain);
    *to = '"';
    to += !bare;
    if (plain && cell->len <= 16)
        to = encode_copy_slack(to, data, cell->len);
    else if (plain || bare)
        to = encode_copy(to, data, cell->len);
    else if (run_copy_text(special_bytes, data, cell->len, to))
        to += cell->len;
    else
        to = encode_text(&encoding, to, data, cell->len);
    *to = '"';
    return to + !bare;
}

static void write_row(struct render *render, const struct cell *cells)
{
    size_t n = render->n_columns;
    size_t room = 64;

    for (size_t i = 0; i < n; i++)
        room += render->columns[i].coded ? SINK_BUFFER
                                         : 6 * cells[i].len + render->columns[i].lead_len + 6;
    if (room > SINK_BUFFER || n == 0) {
        slow_row(render, cells);
        return;
    }
    char *to = sink_room(render->sink, room);
    for (size_t i = 0; i < n;) {
        size_t run = run_cells(cells + i, n - i);
        bool plain = run > 1 && run_copy(special_bytes, cells + i, run, NULL);

        const char *last = plain ? cells[i + run - 1].data + cells[i + run - 1].len : NULL;
        for (size_t end = i + (run > 1 ? run : 1); i < end; i++) {
            bool near = plain && last - cells[i].data > 16;
            to = put_cell(&render->columns[i], &cells[i], near, to);
        }
    }
    *to++ = '}';
    sink_took(render->sink, to);
}

static void array_row(struct render *render, const struct cell *cells)
{
    sink_text(render->sink, render->rows == 1 ? "[\n" : ",\n");
    write_row(render, cells);
}

static bool array_end(struct render *render, struct error *err)
{
    (void)err;
    sink_text(render->sink, render->rows == 0 ? "[]\n" : "\n]\n");
    return true;
}

static void line_row(struct render *render, const struct cell *cells)
{
    write_row(render, cells);
    sink_write(render->sink, "\n", 1);
}

const struct format_ops format_json = {
    .begin = begin, .row = array_row, .end = array_end, .names_as_sent = true,
};

const struct format_ops format_jsonl = {
    .begin = begin, .row = line_row, .end = render_nothing, .names_as_sent = true,
};

/*
 * Fuzz target: result sets in every format. The first bytes of the input choose format and options,
 * the rest are columns and cells. What is written must not depend on how the cells lie in memory,
 * must be safe for a terminal where one is written to, and must be JSON where JSON is promised.
 *
 * Without libFuzzer main() replays files and then a few thousand inputs of its own making.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <belay/output.h>
#include <jansson.h>

#include "replay.h"
#include "mem.h"
#include "utf8.h"

#define COLUMNS_MAX 8
#define MADE_INPUTS 4000

struct input {
    const uint8_t *data;
    size_t len, pos;
};

static unsigned next(struct input *input)
{
    return input->pos < input->len ? input->data[input->pos++] : 0;
}

static bool take(void *ctx, const void *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

struct set {
    struct render_options options;
    bool terminal;
    bool colour;
    struct column columns[COLUMNS_MAX];
    size_t n_columns;
    struct input cells;
};

/* Text without NUL, as the names of columns are. */
static char *name(struct input *input)
{
    struct str text = {0};

    for (unsigned n = next(input) % 12; n > 0; n--) {
        unsigned c = next(input);
        if (c != 0)
            str_addc(&text, (char)c);
    }
    return str_take(&text);
}

static struct column_facts *facts(void)
{
    struct column_facts *made = mem_alloc(sizeof *made);

    made->org_name = mem_text("o");
    made->catalog = mem_text("def");
    made->database = mem_text("\x1b[2J");
    made->table = mem_text("t");
    made->org_table = mem_text("t");
    made->type = mem_text("STRING");
    made->collation = mem_text("binary");
    made->flags = mem_text("");
    return made;
}

static void read_set(struct input *input, struct set *ret)
{
    static const char *const nulls[] = {NULL, "", "\\N", "\xe2\x88\x85"};
    unsigned flags;
    unsigned more;

    ret->options.format = (enum format)(next(input) % (FORMAT_XML + 1));
    flags = next(input);
    more = next(input);
    ret->options.no_names = flags & 1;
    ret->options.raw = flags & 2;
    ret->options.classic = flags & 4;
    ret->options.auto_vertical = flags & 8;
    ret->terminal = flags & 16;
    ret->colour = flags & 32;
    ret->options.quick = flags & 64;
    ret->options.types = flags & 128;
    ret->options.binary = (enum binary)(more & 3);
    ret->options.charset = (enum charset)(more >> 2 & 3);
    ret->options.null_as = nulls[more >> 4 & 3];
    ret->options.one_line = more & 64;
    ret->options.quick_width = more & 128 ? 5 : 0;
    ret->options.statement = "select '<\x1b>'";
    ret->options.statement_len = 12;
    ret->n_columns = next(input) % COLUMNS_MAX + 1;
    for (size_t i = 0; i < ret->n_columns; i++) {
        unsigned kind = next(input);
        ret->columns[i] = (struct column){
            .name = name(input), .kind = (enum column_kind)(kind % 3), .not_null = kind & 64,
            .max_cells = next(input), .facts = ret->options.types ? facts() : NULL,
        };
    }
    ret->cells = *input;
}

static void set_done(struct set *set)
{
    for (size_t i = 0; i < set->n_columns; i++) {
        free(set->columns[i].name);
        column_facts_free(set->columns[i].facts);
    }
}

/* Length of the next cell, SIZE_MAX for NULL. */
static size_t cell_length(struct input *input)
{
    size_t n = next(input);

    if (n == 255)
        return SIZE_MAX;
    if (n >= 250)
        n = next(input) * 40;
    return n < input->len - input->pos ? n : input->len - input->pos;
}

/* A row whose cells lie one behind the other with a NUL between them, as in a packet. */
static void write_packed(struct render *render, const struct set *set, struct input *input)
{
    struct cell cells[COLUMNS_MAX];
    size_t starts[COLUMNS_MAX];
    AUTO_STR text = {0};

    for (size_t i = 0; i < set->n_columns; i++) {
        size_t len = cell_length(input);
        starts[i] = text.len;
        cells[i].len = len == SIZE_MAX ? 0 : len;
        cells[i].data = len == SIZE_MAX ? NULL : "";
        if (len == SIZE_MAX)
            continue;
        str_addn(&text, input->data + input->pos, len);
        str_addc(&text, '\0');
        input->pos += len;
    }
    char *exact = mem_array(text.len + 1, 1); /* so that reading on is found */
    memcpy(exact, str_text(&text), text.len);
    for (size_t i = 0; i < set->n_columns; i++)
        cells[i].data = cells[i].data == NULL ? NULL : exact + starts[i];
    render_row(render, cells);
    free(exact);
}

/* The same with each cell in memory of its own. */
static void write_apart(struct render *render, const struct set *set, struct input *input)
{
    struct cell cells[COLUMNS_MAX];

    for (size_t i = 0; i < set->n_columns; i++) {
        size_t len = cell_length(input);
        cells[i].len = len == SIZE_MAX ? 0 : len;
        cells[i].data = len == SIZE_MAX
                            ? NULL
                            : mem_textn((const char *)input->data + input->pos, len);
        input->pos += cells[i].len;
    }
    render_row(render, cells);
    for (size_t i = 0; i < set->n_columns; i++)
        free((char *)cells[i].data);
}

static void write_set(const struct set *set, bool packed, struct str *ret)
{
    struct sink *sink = sink_new(-1, "memory");
    struct render *render;
    struct input cells = set->cells;

    sink_set_taker(sink, take, ret);
    if (set->terminal)
        sink_set_terminal(sink, 40);
    sink_set_colour(sink, set->colour);
    render = render_new(sink, &set->options);
    render_begin(render, set->columns, set->n_columns);
    while (cells.pos < cells.len) {
        if (packed)
            write_packed(render, set, &cells);
        else
            write_apart(render, set, &cells);
    }
    if (!render_end(render, NULL))
        abort();
    render_free(render);
    sink_flush(sink, NULL);
    sink_free(sink);
}

/* Nothing but text, line breaks and tabs, and the colour of NULL where colours are on. */
static void check_safe(const struct set *set, const struct str *text)
{
    if (!utf8_valid(str_text(text), text->len))
        abort();
    for (size_t i = 0; i < text->len; i++) {
        unsigned char c = (unsigned char)text->s[i];
        bool allowed = c >= ' ' || c == '\n' || c == '\t';

        if (c == 0x1b && set->colour && text->len - i >= 4 &&
            (memcmp(text->s + i, "\033[2m", 4) == 0 || memcmp(text->s + i, "\033[0m", 4) == 0))
            allowed = true;
        if (!allowed || c == 0x7f)
            abort();
    }
}

static void check_json(const struct set *set, const struct str *text)
{
    json_t *root;

    if (set->options.format == FORMAT_JSON) {
        root = json_loadb(str_text(text), text->len, JSON_ALLOW_NUL, NULL);
        if (root == NULL)
            abort();
        json_decref(root);
    }
    if (set->options.format != FORMAT_JSONL)
        return;
    for (size_t at = 0, len; at < text->len; at += len + 1) {
        const char *end = memchr(text->s + at, '\n', text->len - at);
        if (end == NULL)
            abort();
        len = (size_t)(end - text->s) - at;
        root = json_loadb(text->s + at, len, JSON_ALLOW_NUL, NULL);
        if (root == NULL)
            abort();
        json_decref(root);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct input input = {data, len, 0};
    struct set set = {.options = {.format = FORMAT_TABLE}};
    AUTO_STR packed = {0};
    AUTO_STR apart = {0};

    read_set(&input, &set);
    write_set(&set, true, &packed);
    write_set(&set, false, &apart);
    if (packed.len != apart.len || memcmp(str_text(&packed), str_text(&apart), apart.len) != 0)
        abort();
    if (set.terminal && !set.options.classic)
        check_safe(&set, &packed);
    check_json(&set, &packed);
    set_done(&set);
    return 0;
}

#ifndef BELAY_LIBFUZZER
static uint64_t random_state = 88172645463325252U;

static unsigned random_below(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % n;
}

/* Bytes that matter to some format are likely. */
static uint8_t random_byte(void)
{
    static const char matters[] = "\0\t\n\r\\\",|<>&'. -0123456789e+\x1b\x7f\xc2\x9b\xe4\xb8\xad"
                                  "\xf0\x9f\x91\xa9\xe2\x80\x8d\xff";

    switch (random_below(3)) {
    case 0:
        return (uint8_t)matters[random_below(sizeof matters - 1)];
    case 1:
        return (uint8_t)('a' + random_below(26));
    }
    return (uint8_t)random_below(256);
}

void replay_more(void)
{
    uint8_t *data = mem_array(4096, 1);

    for (int i = 0; i < MADE_INPUTS; i++) {
        size_t len = random_below(i % 50 == 0 ? 4096 : 300);
        for (size_t at = 0; at < len; at++) {
            data[at] = random_byte();
            if (at > 20 && random_below(6) == 0) /* a short cell */
                data[at] = (uint8_t)random_below(20);
        }
        LLVMFuzzerTestOneInput(data, len);
    }
    free(data);
}
#endif

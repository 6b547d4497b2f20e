/*
 * Comma-separated values by RFC 4180, with LF at the end of a line as other tools of this system
 * write them. NULL is nothing at all, an empty string is "", so that both come back as they were;
 * with --null-as a string that reads like that text is quoted.
 */
#include "encode.h"
#include "render_state.h"
#include "run.h"

/* What a field must be quoted for, and what is at its edges; NUL besides. */
static run_bytes special(run_bytes bytes)
{
    return (run_bytes)(bytes == '"') | (run_bytes)(bytes == ',') |
           ((run_bytes)(bytes < ' ') & (run_bytes)(bytes != 0));
}

/* Must the field be quoted? Also where a reader would drop what is at its edges. */
static bool needs_quotes(const char *text, size_t len)
{
    if (len == 0 || text[0] == ' ' || text[len - 1] == ' ')
        return true;
    for (size_t at = 0; at < len; at += 16) {
        run_bytes bytes = run_first(text + at, len - at);

        if (run_bits(special(bytes) | (run_bytes)(bytes == 0)) != 0)
            return true;
    }
    return false;
}

static run_bytes quote(run_bytes bytes)
{
    return (run_bytes)(bytes == '"');
}

static char *one(char *to, const char **from, const char *end)
{
    (void)end;
    if (**from == '"')
        *to++ = '"';
    *to++ = *(*from)++;
    return to;
}

static const struct encoding quoted = {
    .special = quote,
    .set = {
        .low = {1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        .high = {1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    },
    .one = one,
    .most = 2,
};

static bool is_null_text(const struct render *render, const char *text, size_t len)
{
    return len == render->null_len && memcmp(text, render->null_text, len) == 0;
}

/* A field of any length. */
static void write_field(struct render *render, const char *text, size_t len)
{
    if (!needs_quotes(text, len) && !is_null_text(render, text, len)) {
        sink_write(render->sink, text, len);
        return;
    }
    sink_write(render->sink, "\"", 1);
    encode_to(&quoted, render->sink, text, len);
    sink_write(render->sink, "\"", 1);
}

static void begin(struct render *render)
{
    if (render->options.no_names)
        return;
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_write(render->sink, ",", 1);
        write_field(render, render->columns[i].name, render->columns[i].name_len);
    }
    sink_write(render->sink, "\n", 1);
}

static void slow_row(struct render *render, const struct cell *cells)
{
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            sink_write(render->sink, ",", 1);
        if (cells[i].data == NULL) {
            sink_write(render->sink, render->null_text, render->null_len);
        } else if (render->escapes || render_is_coded(render, i)) {
            render_cell(render, i, &cells[i], CELL_BLOCK);
            write_field(render, str_text(&render->text), render->text.len);
        } else {
            write_field(render, cells[i].data, cells[i].len);
        }
    }
    sink_write(render->sink, "\n", 1);
}

static bool are_plain(const struct render *render, const struct cell *cells, size_t n)
{
    bool plain = true;

    for (size_t i = 0; i < n; i++) {
        const char *text = cells[i].data;
        size_t len = cells[i].len;

        plain = plain && len > 0 && len != render->null_len && text[0] != ' ' &&
                text[len - 1] != ' ';
    }
    return plain;
}

static char *put_fields(const struct render *render, const struct cell *cells, size_t n, char *to)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = cells[i].data;
        size_t len = cells[i].len;

        if (text == NULL) {
            to = encode_copy(to, render->null_text, render->null_len);
        } else if (are_plain(render, &cells[i], 1) && run_copy_text(special, text, len, to)) {
            to += len;
        } else if (needs_quotes(text, len) || is_null_text(render, text, len)) {
            *to++ = '"';
            to = encode_text(&quoted, to, text, len);
            *to++ = '"';
        } else {
            to = encode_copy(to, text, len);
        }
        *to++ = ',';
    }
    return to;
}

static void row(struct render *render, const struct cell *cells)
{
    size_t n = render->n_columns;
    size_t room = 32;

    for (size_t i = 0; i < n; i++)
        room += cells[i].data != NULL ? 2 * cells[i].len + 3 : render->null_len + 1;
    if (render->special_cells || room > SINK_BUFFER || n == 0) {
        slow_row(render, cells);
        return;
    }
    char *to = sink_room(render->sink, room);
    for (size_t i = 0; i < n;) {
        size_t run = run_cells(cells + i, n - i);

        if (run > 1 && are_plain(render, cells + i, run) &&
            run_copy(special, cells + i, run, to)) {
            to = run_separate(cells + i, run, to, ',');
            i += run;
            continue;
        }
        to = put_fields(render, cells + i, run > 1 ? run : 1, to);
        i += run > 1 ? run : 1;
    }
    to[-1] = '\n';
    sink_took(render->sink, to);
}

const struct format_ops format_csv = { .begin = begin, .row = row, .end = render_nothing };

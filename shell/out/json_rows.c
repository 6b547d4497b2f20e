/*
 * One array of objects, a row a line. Written by hand and not through jansson, so that rows leave
 * as they come and a number keeps the digits it had.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "mem.h"
#include "render_state.h"
#include "utf8.h"

#define EXACT_DIGITS 15 /* decimal digits that every double keeps (DBL_DIG) */
#define ROUND_DIGITS 17 /* and those that some keep (DBL_DECIMAL_DIG) */
#define SAFE_INTEGER (1LL << 53)

static void add_code(uint32_t code, struct str *ret)
{
    static const char short_names[] = "btn\0fr"; /* for 8 … 13 */

    if (code == '"' || code == '\\') {
        str_addc(ret, '\\');
        str_addc(ret, (char)code);
    } else if (code >= 8 && code <= 13 && code != 11) {
        str_addc(ret, '\\');
        str_addc(ret, short_names[code - 8]);
    } else {
        str_addf(ret, "\\u%04" PRIx32, code);
    }
}

/* Is it written as \u…? Controls must be; C1 and bidi controls are, for the terminal's sake. */
static bool is_hidden(uint32_t code)
{
    return code < ' ' || code == '"' || code == '\\' || (code >= 0x7f && code < 0xa0) ||
           code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void add_string(const char *text, size_t len, struct str *ret)
{
    const char *end = text + len;

    str_addc(ret, '"');
    while (text < end) {
        uint32_t code = (unsigned char)*text;
        size_t n = 1;

        if (code >= 0x80)
            n = utf8_decode(text, (size_t)(end - text), &code);
        if (n == 0) {
            str_addf(ret, "\\\\x%02X", (unsigned char)*text);
            n = 1;
        } else if (is_hidden(code)) {
            add_code(code, ret);
        } else {
            str_addn(ret, text, n);
        }
        text += n;
    }
    str_addc(ret, '"');
}

static const char *skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The grammar of a JSON number. */
static bool is_json_number(const char *text, size_t len)
{
    const char *at = *text == '-' ? text + 1 : text;
    const char *digits = at;

    at = skip_digits(at);
    if (at == digits || (*digits == '0' && at > digits + 1))
        return false;
    if (*at == '.') {
        digits = ++at;
        at = skip_digits(at);
        if (at == digits)
            return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        digits = *at == '+' || *at == '-' ? at + 1 : at;
        at = skip_digits(digits);
        if (at == digits)
            return false;
    }
    return at == text + len;
}

/* The digits of a number that matter, without zeros in front and behind; their count. */
static size_t digits_of(const char *text, char ret[ROUND_DIGITS + 1])
{
    size_t n = 0;
    size_t last = 0;

    for (; *text != '\0' && *text != 'e' && *text != 'E'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0'))
            continue;
        if (n < ROUND_DIGITS)
            ret[n] = *text;
        n++;
        if (*text != '0')
            last = n;
    }
    ret[last < ROUND_DIGITS ? last : ROUND_DIGITS] = '\0';
    return last;
}

/* Does a reader that takes numbers for doubles get this one back as it was? */
static bool is_exact(const char *text)
{
    char digits[ROUND_DIGITS + 1];
    char again[ROUND_DIGITS + 1];
    char printed[64];
    size_t n = digits_of(text, digits);
    double value;
    char *end;

    if (strpbrk(text, ".eE") == NULL) {
        long long integer = strtoll(text, NULL, 10); /* clamped when out of range */

        return integer >= -SAFE_INTEGER && integer <= SAFE_INTEGER;
    }
    value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    if (n <= EXACT_DIGITS)
        return value != 0.0 || n == 0;
    if (n > ROUND_DIGITS)
        return false;
    snprintf(printed, sizeof printed, "%.*e", (int)n - 1, value);
    digits_of(printed, again);
    return strcmp(digits, again) == 0;
}

static bool is_taken(const struct render *render, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(render->columns[i].name, name) == 0)
            return true;
    return false;
}

/* Two members of one name would be one for most readers: the second gets its position as well. */
static void begin(struct render *render)
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

static void add_cell(const struct render_column *column, const struct cell *cell, struct str *ret)
{
    if (cell->data == NULL) {
        str_add(ret, "null");
    } else if (column->kind == COLUMN_BINARY) {
        str_addc(ret, '"');
        render_hex(cell->data, cell->len, ret);
        str_addc(ret, '"');
    } else if (column->kind == COLUMN_NUMBER && is_json_number(cell->data, cell->len) &&
               is_exact(cell->data)) {
        str_addn(ret, cell->data, cell->len);
    } else {
        add_string(cell->data, cell->len, ret);
    }
}

static void row(struct render *render, const struct cell *cells)
{
    struct str *text = &render->text;

    str_clear(text);
    str_add(text, render->rows == 1 ? "[\n{" : ",\n{");
    for (size_t i = 0; i < render->n_columns; i++) {
        if (i > 0)
            str_addc(text, ',');
        add_string(render->columns[i].name, render->columns[i].name_len, text);
        str_addc(text, ':');
        add_cell(&render->columns[i], &cells[i], text);
    }
    str_addc(text, '}');
    sink_write(render->sink, text->s, text->len);
}

static void end(struct render *render)
{
    sink_text(render->sink, render->rows == 0 ? "[]\n" : "\n]\n");
}

const struct format_ops format_json = { .begin = begin, .row = row, .end = end };

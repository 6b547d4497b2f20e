/* Words for people: sizes, counts, near names, folded lines. */
#include "text.h"

#include <ctype.h>
#include <stdbool.h>

#include <belay/str.h>

#include "utf8.h"

#define WORD_MAX 64 /* longer names are no typing mistakes */

void text_bytes(uint64_t bytes, struct str *ret)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        str_addf(ret, "%u B", (unsigned)bytes);
        return;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        unsigned shift = 10 * (unsigned)(i + 1);
        uint64_t half = (uint64_t)1 << (shift - 1);
        uint64_t whole = bytes >> shift;
        uint64_t rest = bytes & (((uint64_t)1 << shift) - 1);
        uint64_t tenths = whole * 10 + ((rest * 10 + half) >> shift);
        uint64_t rounded = whole + (rest >= half);
        if (tenths < 100) {
            str_addf(ret, "%u.%u %s", (unsigned)(tenths / 10), (unsigned)(tenths % 10), units[i]);
            return;
        }
        if (rounded < 1024) {
            str_addf(ret, "%u %s", (unsigned)rounded, units[i]);
            return;
        }
    }
}

void text_count(size_t n, const char *word, struct str *ret)
{
    text_number(n, ret);
    str_addf(ret, " %s%s", word, n == 1 ? "" : "s");
}

void text_number(uint64_t n, struct str *ret)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            str_addc(ret, ' ');
        str_addc(ret, digits[i]);
    }
}

/* --- near names ------------------------------------------------------------------------------ */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Edits that make a from b: one added, left out, changed, or two swapped (optimal string
 * alignment). Letter case counts for nothing. Neither is longer than WORD_MAX.
 */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0]; /* the row above the row above */
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        above[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            char x = lower(a[i - 1]);
            char y = lower(b[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[m];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    size_t len = strlen(word);
    if (len == 0 || len > WORD_MAX)
        return NULL;
    /* One mistake in a short word, two in one of six letters, three from nine on. */
    size_t limit = len < 6 ? 1 : len < 9 ? 2 : 3;
    for (size_t i = 0; i < n; i++) {
        size_t other = candidates[i] != NULL ? strlen(candidates[i]) : 0;
        if (other == 0 || other > WORD_MAX)
            continue;
        size_t d = distance(word, len, candidates[i], other);
        /* A word of which nothing stays is another word. */
        if (d > limit || d >= len || d >= other)
            continue;
        best = candidates[i];
        if (d == 0)
            break;
        limit = d - 1; /* the first of equals wins */
    }
    return best;
}

/* --- folding --------------------------------------------------------------------------------- */

/* Cells of the last line of what is there already. */
static size_t column_of(const struct str *text)
{
    size_t at = text->len;
    while (at > 0 && text->s[at - 1] != '\n')
        at--;
    return at < text->len ? utf8_cells(text->s + at, text->len - at) : 0;
}

void text_fold(const char *text, size_t width, size_t indent, struct str *ret)
{
    size_t column = column_of(ret);
    size_t spaces = 0;      /* owed before the next word */
    bool line_start = true; /* nothing of the text is on this line yet */
    bool broken = false;    /* this line was begun by us: it owes its indentation */
    while (*text != '\0') {
        if (*text == '\n') {
            str_addc(ret, '\n');
            column = spaces = 0;
            line_start = broken = true;
            text++;
            continue;
        }
        if (*text == ' ') {
            spaces++;
            text++;
            continue;
        }
        size_t len = strcspn(text, " \n");
        size_t cells = utf8_cells(text, len);
        if ((!line_start || column > indent) && column + spaces + cells > width) {
            str_addc(ret, '\n');
            column = spaces = 0;
            line_start = broken = true;
        }
        size_t pad = spaces + (line_start && broken ? indent : 0);
        str_pad(ret, ' ', pad);
        str_addn(ret, text, len);
        column += pad + cells;
        spaces = 0;
        line_start = false;
        text += len;
    }
}

void text_last_line(const struct str *text, struct str *ret)
{
    const char *s = str_text(text);
    size_t end = text->len;

    while (end > 0 && isspace((unsigned char)s[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && s[start - 1] != '\n')
        start--;
    str_addn(ret, s + start, end - start);
}

/* Downgrades that StarRocks does not support. */
#include "way_back.h"

#include <stddef.h>

#include <belay/str.h>

#define R(a, b, c) {a, b, c}

static const struct way_back_row table[] = {
    {R(3, 0, 0), R(2, 0, 0), R(2, 5, 3), "StarRocks docs, downgrade.md: v3.0 to v2.5.3 or later"},
    {R(3, 3, 0), R(3, 2, 0), R(3, 2, 3),
     "StarRocks docs, downgrade.md: never to v3.2.0, v3.2.1 or v3.2.2, which lose metadata"},
    {R(3, 3, 9), R(3, 2, 0), R(3, 2, 11), "StarRocks docs, release-3.3.md, v3.3.9"},
    {R(3, 4, 0), R(3, 3, 0), R(3, 3, 9), "StarRocks docs, release-3.4.md, v3.4.0"},
    {R(3, 5, 0), R(3, 4, 0), R(3, 4, 6), "StarRocks docs, release-3.5.md"},
    {R(3, 5, 2), R(3, 5, 0), R(3, 5, 2), "StarRocks docs, release-3.5.md, v3.5.2"},
    {R(4, 0, 0), R(3, 5, 0), R(3, 5, 2), "StarRocks docs, release-4.0.md"},
    {R(4, 1, 0), R(4, 0, 0), R(4, 0, 6), "StarRocks docs, release-4.1.md"},
};

/* The first of each line. */
static const struct release lines[] = {R(2, 5, 0), R(3, 0, 0), R(3, 1, 0), R(3, 2, 0), R(3, 3, 0),
                                       R(3, 4, 0), R(3, 5, 0), R(4, 0, 0), R(4, 1, 0)};

bool way_knows(struct release release)
{
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (release_same_line(lines[i], release))
            return true;
    }
    return false;
}

bool way_back_is_long(struct release now, struct release then)
{
    int between = 0;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        between += release_compare(then, lines[i]) < 0 && release_compare(lines[i], now) <= 0;
    return between > 1;
}

void way_between(struct release from, struct release to, struct str *ret)
{
    const size_t n = sizeof(lines) / sizeof(lines[0]);
    bool up = release_compare(from, to) < 0;
    struct release low = up ? from : to, high = up ? to : from;
    size_t begin = ret->len;

    for (size_t i = 0; i < n; i++) {
        struct release line = lines[up ? i : n - 1 - i];
        bool of_low = line.major == low.major && line.minor == low.minor;
        bool of_high = line.major == high.major && line.minor == high.minor;
        if (release_compare(line, low) > 0 && release_compare(line, high) < 0 && !of_low && !of_high)
            str_addf(ret, "%s%d.%d", ret->len > begin ? ", " : "", line.major, line.minor);
    }
}

const struct way_back_row *way_back_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}

const struct way_back_row *way_back_barred(struct release now, struct release then)
{
    const struct way_back_row *barred = NULL;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct way_back_row *row = &table[i];
        if (release_compare(now, row->from) >= 0 && release_compare(then, row->line) >= 0 &&
            release_compare(then, row->least) < 0 &&
            (barred == NULL || release_compare(barred->least, row->least) < 0))
            barred = row;
    }
    return barred;
}

/* Release numbers: parse and compare. */
#include "release.h"

#include <ctype.h>
#include <limits.h>
#include <stddef.h>

#include <belay/str.h>

static const char *number(const char *p, int *ret)
{
    long value = 0;

    while (isdigit((unsigned char)*p)) {
        value = value * 10 + (*p++ - '0');
        if (value > 100000)
            value = 100000;
    }
    *ret = (int)value;
    return p;
}

bool release_parse(const char *text, struct release *ret)
{
    for (const char *p = text; p != NULL && *p != '\0'; p++) {
        struct release found = {0};

        if (!isdigit((unsigned char)*p))
            continue;
        const char *end = number(p, &found.major);
        if (*end != '.' || !isdigit((unsigned char)end[1])) {
            p = end - 1;
            continue;
        }
        end = number(end + 1, &found.minor);
        if (*end == '.' && isdigit((unsigned char)end[1]))
            number(end + 1, &found.patch);
        *ret = found;
        return true;
    }
    return false;
}

void release_text(struct release release, struct str *ret)
{
    str_addf(ret, "%d.%d.%d", release.major, release.minor, release.patch);
}

int release_compare(struct release a, struct release b)
{
    if (a.major != b.major)
        return a.major - b.major;
    if (a.minor != b.minor)
        return a.minor - b.minor;
    return a.patch - b.patch;
}

bool release_known(struct release release)
{
    return release.major != 0;
}

bool release_all(struct release_range range)
{
    return range.from.major == 0 && range.until.major == 0;
}

void release_range_text(struct release_range range, struct str *ret)
{
    if (range.from.major != 0) {
        release_text(range.from, ret);
        str_add(ret, range.until.major != 0 ? " up to before " : " or later");
    } else if (range.until.major != 0) {
        str_add(ret, "before ");
    }
    if (range.until.major != 0)
        release_text(range.until, ret);
}

bool release_in(struct release_range range, struct release release)
{
    return (range.from.major == 0 ||
            (release.major != 0 && release_compare(release, range.from) >= 0)) &&
           (range.until.major == 0 ||
            (release.major != 0 && release_compare(release, range.until) < 0));
}

bool release_same_line(struct release a, struct release b)
{
    return a.major == b.major && a.minor == b.minor;
}

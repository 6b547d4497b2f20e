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

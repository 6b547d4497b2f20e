/* JaroWinklerSimilarity.java of Apache Commons Text, which StarRocks' error texts are made with. */
#include "similar.h"

#include <stdbool.h>
#include <string.h>

#define LONGEST 256 /* longer texts are compared by their beginning */
#define BOOST_FROM 0.7
#define BOOST 0.1
#define PREFIX 4

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t length(const char *text)
{
    return min(strlen(text), LONGEST);
}

/* Characters of the shorter text that are in the longer one at about the same place. */
static size_t match(const char *shorter, size_t n, const char *longer, size_t n_longer,
                    bool *shorter_has, bool *longer_has)
{
    size_t range = n_longer / 2 < 1 ? 0 : n_longer / 2 - 1, matches = 0;
    for (size_t i = 0; i < n; i++) {
        size_t from = i < range ? 0 : i - range, to = min(i + range + 1, n_longer);
        for (size_t at = from; at < to && !shorter_has[i]; at++) {
            if (longer_has[at] || shorter[i] != longer[at])
                continue;
            shorter_has[i] = longer_has[at] = true;
            matches++;
        }
    }
    return matches;
}

/* How many of the matches stand in another order. */
static size_t displaced(const char *a, size_t n, const char *b, const bool *a_has,
                        const bool *b_has)
{
    size_t at = 0, found = 0;
    for (size_t i = 0; i < n; i++) {
        if (!a_has[i])
            continue;
        while (!b_has[at])
            at++;
        found += a[i] != b[at++];
    }
    return found;
}

double similarity(const char *a, const char *b)
{
    bool shorter_has[LONGEST] = {false}, longer_has[LONGEST] = {false};
    const char *shorter = length(a) > length(b) ? b : a, *longer = shorter == a ? b : a;
    size_t n = length(shorter), n_longer = length(longer), prefix = 0;
    if (strcmp(a, b) == 0)
        return 1;
    size_t matches = match(shorter, n, longer, n_longer, shorter_has, longer_has);
    if (matches == 0)
        return 0;
    double m = (double)matches;
    double swaps = (double)displaced(shorter, n, longer, shorter_has, longer_has) / 2;
    double jaro = (m / (double)n + m / (double)n_longer + (m - swaps) / m) / 3;
    while (prefix < min(PREFIX, n) && a[prefix] == b[prefix])
        prefix++;
    return jaro < BOOST_FROM ? jaro : jaro + BOOST * (double)prefix * (1 - jaro);
}

size_t similar_find(const char *given, const char *const *texts, size_t n, size_t most,
                    size_t *ret)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        double mine = similarity(texts[i], given);
        size_t at = found;
        while (at > 0 && similarity(texts[ret[at - 1]], given) < mine)
            at--;
        if (at >= most)
            continue;
        found = min(found + 1, most);
        memmove(&ret[at + 1], &ret[at], (found - at - 1) * sizeof *ret);
        ret[at] = i;
    }
    return found;
}

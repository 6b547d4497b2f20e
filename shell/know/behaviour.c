/* Finds the row of a release table that holds for a release. */
#include "behaviour.h"

static bool holds(const struct behaviour_row *row, struct release release)
{
    static const struct release always = {0};

    return release_compare(row->from, release) <= 0 &&
           (release_compare(row->until, always) == 0 || release_compare(release, row->until) < 0);
}

const struct behaviour_row *behaviour_find(const struct behaviour_row *table, size_t n, int what,
                                           struct release release)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].what == what && holds(&table[i], release))
            return &table[i];
    }
    return NULL;
}

/* The withdrawn releases: "Yanked" in the release notes. */
#include "withdrawn.h"

#include <stddef.h>

#define R(a, b, c) {a, b, c}
#define EXTERNAL "wrong privileges when external tables are queried"

static const struct withdrawn_row table[] = {
    {R(3, 1, 3), "the release notes do not say why", "StarRocks docs, release-3.1.md, 3.1.3"},
    {R(3, 1, 10), EXTERNAL, "StarRocks docs, release-3.1.md, 3.1.10"},
    {R(3, 2, 4), EXTERNAL, "StarRocks docs, release-3.2.md, 3.2.4"},
    {R(3, 2, 5), EXTERNAL, "StarRocks docs, release-3.2.md, 3.2.5"},
    {R(3, 3, 1), "queries of primary key tables fail after an upgrade from releases before 3.1.11 and 3.2.4",
     "StarRocks docs, release-3.3.md, 3.3.1"},
    {R(3, 3, 10), "loss of metadata in shared-data clusters",
     "StarRocks docs, release-3.3.md, 3.3.10"},
    {R(3, 4, 1), "loss of metadata in shared-data clusters", "StarRocks docs, release-3.4.md, 3.4.1"},
};

const struct withdrawn_row *withdrawn_find(struct release release)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (release_compare(table[i].release, release) == 0)
            return &table[i];
    }
    return NULL;
}

const struct withdrawn_row *withdrawn_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}

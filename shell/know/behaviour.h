/*
 * A row of a release table: how something behaves from one release on until another one. The tables
 * are those of starrocks.h and operator.h.
 */
#ifndef BELAY_BEHAVIOUR_H
#define BELAY_BEHAVIOUR_H

#include <stddef.h>

#include "release.h"

struct behaviour_row {
    int what;             /* a value of the table's own enum */
    struct release from;  /* first release it holds for */
    struct release until; /* first release it no longer holds for; {0} means still true */
    int value;
    const char *says;   /* for people, may be NULL */
    const char *source; /* public source of the claim */
};

/*
 * The row for this release, or NULL when none is known. For an unknown release (major 0) always
 * NULL: the caller says "cannot tell" or takes the careful side. The row is the table's.
 */
const struct behaviour_row *behaviour_find(const struct behaviour_row *table, size_t n, int what,
                                           struct release release);

#endif

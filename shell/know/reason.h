/*
 * Why a materialized view is inactive, as StarRocks says it: what that means, and what to do. One table,
 * a row per reason that needs more than its words.
 */
#ifndef BELAY_REASON_H
#define BELAY_REASON_H

#include <stdbool.h>

struct reason_row {
    const char *begins; /* how the reason begins */
    const char *says;   /* in short; NULL: its own words are */
    const char *remedy; /* for people */
    bool lasting;       /* the FE activates no such view by itself */
    const char *source; /* public source of the text */
};

/* The row for a reason, or NULL. */
const struct reason_row *reason_row(const char *reason);

/* The whole table, for tests. */
const struct reason_row *reason_table(unsigned *ret_rows);

#endif

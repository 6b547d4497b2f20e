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

/*
 * The reason without what an FE puts in front of it at its start: from 3.5.8 on "check and set active
 * failed: …", what its own check of the view ran into (#64217; recorded on 3.5.16 and 4.1.0). Points
 * into the text.
 */
const char *reason_bare(const char *reason);

/* The row for a reason, bare or not, or NULL. */
const struct reason_row *reason_row(const char *reason);

/* The whole table, for tests. */
const struct reason_row *reason_table(unsigned *ret_rows);

#endif

/*
 * From one release back to an older one: is it enough to set the images back, or must the metadata go
 * back too? One table, each row with its public source.
 */
#ifndef BELAY_KNOW_WAY_BACK_H
#define BELAY_KNOW_WAY_BACK_H

#include <stdbool.h>

#include "release.h"

struct str;

struct way_back_row {
    struct release from;  /* these releases and all later ones … */
    struct release line;  /* … cannot go back to one from here on … */
    struct release least; /* … below this, by their images alone */
    const char *source;
};

/* The whole table. */
const struct way_back_row *way_back_table(unsigned *ret_rows);

/* The row that bars the way from the release that runs to an older one; NULL: none does, StarRocks
 * supports that downgrade. Borrowed, for good. */
const struct way_back_row *way_back_barred(struct release now, struct release then);

/* Is the release of a line (2.5, 3.0 … 4.1) that is known here? */
bool way_knows(struct release release);

/* Does a line of releases lie between the two? StarRocks advises one minor release at a time. */
bool way_back_is_long(struct release now, struct release then);

/* The lines that lie between, in the order of the way from one to the other: "3.4, 3.5". Appends. */
void way_between(struct release from, struct release to, struct str *ret);

#endif

/* Keys of fe.conf that a later FE does not know any more: it passes over them without a word. */
#ifndef BELAY_KNOW_DROPPED_H
#define BELAY_KNOW_DROPPED_H

#include <stdbool.h>

#include "release.h"

struct dropped_row {
    const char *key;
    struct release gone; /* in this release at the latest it is not known */
    const char *source;
};

/* The row of a key that this release does not know; NULL: it does, as far as is known here. Borrowed. */
const struct dropped_row *dropped_find(const char *key, struct release release);

/* The whole table. */
const struct dropped_row *dropped_table(unsigned *ret_rows);

#endif

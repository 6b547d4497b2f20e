/* Table fault: which kinds there are, and when one strikes. */
#ifndef PRACTICE_WORLD_FAULT_H
#define PRACTICE_WORLD_FAULT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* A kind of fault: what goes wrong in whom, in words for people. */
struct fault_word {
    const char *program; /* fe, kubectl or pod */
    const char *kind;
    const char *does;    /* with ARG where it takes one */
};

extern const struct fault_word fault_words[]; /* ends with a NULL program */

/*
 * A row that matches: true when it strikes now, and then it is used up by one; false while its `after`
 * lets matches pass.
 */
bool fault_strikes(sqlite3 *db, int64_t id, int64_t after);

#endif

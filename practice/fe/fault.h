/* Faults that tests and \practice put into table fault: found, counted, applied. */
#ifndef PRACTICE_FE_FAULT_H
#define PRACTICE_FE_FAULT_H

#include <stdbool.h>

struct world;

enum fault_kind {
    FAULT_NONE,
    FAULT_DROP_BEFORE,  /* the connection ends, the statement is not executed */
    FAULT_DROP_AFTER,   /* executed, then the connection ends without an answer */
    FAULT_DROP_IN_ROWS, /* the connection ends amid the rows */
    FAULT_HANG,         /* never answers */
    FAULT_ERROR,        /* arg: "1064|HY000|text" */
    FAULT_SLOW,         /* arg: real milliseconds before execution */
    FAULT_HELD,         /* arg: real milliseconds that the nodes hold the rows of a query back */
    FAULT_LEADER_MOVES  /* another FE becomes leader just before */
};

struct fault {
    enum fault_kind kind;
    char *arg; /* owned, or NULL */
};

void fault_done(struct fault *fault);
#define AUTO_FAULT __attribute__((cleanup(fault_done))) struct fault

/* The fault for this statement text, used up by one. Under the lock. */
void fault_take(struct world *w, const char *text, struct fault *ret);

/* By the name in the table; FAULT_NONE: no such kind. */
enum fault_kind fault_kind_of(const char *name);

#endif

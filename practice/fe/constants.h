/* SELECTs of constants: no table, FROM dual, or VALUES. The FE types and folds them itself. */
#ifndef PRACTICE_FE_CONSTANTS_H
#define PRACTICE_FE_CONSTANTS_H

#include "expr.h"

struct constant_row {
    struct expr **items;
    char **names; /* aliases, NULL where none */
    size_t n, room;
    struct expr *where; /* or NULL */
    bool distinct;      /* joined to those before by UNION without ALL */
};

/* In its own memory. */
struct constants {
    struct arena *arena;
    struct constant_row *rows;
    size_t n;
    int64_t limit, offset; /* limit -1: none */
};

void constants_free(struct constants *constants); /* NULL is allowed */

/*
 * At SELECT, where the parser stays. ret->constants stays NULL when this is no such SELECT, or has
 * an expression that is not evaluated here.
 */
void parse_constants(struct parser *p, struct stmt *ret);

/* false: it was declined, and the answer is still empty; else the answer is there. */
bool exec_constants(struct exec *x);

#endif

/* What the two halves of the expressions' grammar share: a position, and the making of nodes. */
#ifndef PRACTICE_FE_EXPR_READER_H
#define PRACTICE_FE_EXPR_READER_H

#include "expr.h"

#define READER_MAX_DEPTH 100

struct reader {
    struct parser *p;
    struct arena *arena;
    int depth;
};

const struct token *reader_now(const struct reader *r);
/* Takes the keyword or symbol when it is next. */
bool reader_word(struct reader *r, const char *text);
bool reader_symbol(struct reader *r, const char *text);

/* A node that begins at `first` and ends before the reader. */
struct expr *reader_node(struct reader *r, enum expr_kind kind, const struct token *first,
                         const char *name);
void reader_add(struct reader *r, struct expr *to, struct expr *arg);
/* An operator's node over its operands; NULL when one of them is. */
struct expr *reader_join(struct reader *r, enum expr_kind kind, const char *name,
                         struct expr *left, struct expr *right);
/* Adds items up to the closing symbol, which is taken. */
bool reader_list(struct reader *r, struct expr *to, const char *close);
/* The node ends here. */
struct expr *reader_close(struct reader *r, struct expr *expr);

/* NULL: nothing that is known here. A whole expression; one without a binary operator. */
struct expr *reader_expression(struct reader *r);
struct expr *reader_primary(struct reader *r);
/* INTERVAL n DAY behind a time. */
struct expr *reader_interval(struct reader *r, const char *name, struct expr *time);

#endif

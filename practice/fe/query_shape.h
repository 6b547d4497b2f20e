/* The shape of a query over one table, so that two of them can be compared. */
#ifndef PRACTICE_FE_QUERY_SHAPE_H
#define PRACTICE_FE_QUERY_SHAPE_H

#include "exec.h"

#define SHAPE_ITEMS 64

/* SELECT items FROM table [GROUP BY columns]; plain views in between are looked through. */
struct shape {
    int64_t table;          /* object id */
    struct strv columns;    /* of each item: the table's column, "*" for count(*) */
    struct strv functions;  /* …and the function over it, "" for the column itself */
    struct strv groups;     /* columns of GROUP BY */
};
void shape_done(struct shape *shape);
#define AUTO_SHAPE __attribute__((cleanup(shape_done))) struct shape

/* Reads tokens first … last - 1. false: the query is of another kind, or names what is not there. */
bool shape_read(struct exec *x, const struct tokens *tokens, size_t first, size_t last,
                struct shape *ret);

/* The query that a view of any kind stores. */
bool shape_of_view(struct exec *x, int64_t view, struct shape *ret);

/* Position (from 1) of the item among the items of `of`; 0: not among them. */
size_t shape_find(const struct shape *of, const char *function, const char *column);

/* The rows of `view` answer the query as they are: same table, same groups, all its items there. */
bool shape_answers(const struct shape *view, const struct shape *query);

#endif

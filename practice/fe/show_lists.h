/* SHOW statements whose answer is the same table on every cluster of a release. */
#ifndef PRACTICE_FE_SHOW_LISTS_H
#define PRACTICE_FE_SHOW_LISTS_H

#include <stdbool.h>
#include <stddef.h>

struct show_list {
    const char *words;        /* after SHOW, by blanks */
    int from, to;             /* releases */
    bool db, like;            /* FROM db and LIKE or WHERE may follow */
    const char *columns;      /* "Name 192,Id bigint 20": texts when no type is named */
    const char *const *cells; /* row by row, ended by NULL; "\\N" is SQL NULL */
};

/* By its words and the release; NULL: no such list. */
const struct show_list *show_list_find(const char *words, int release);

/* The i-th list, NULL after the last one. */
const struct show_list *show_list_at(size_t i);

#endif

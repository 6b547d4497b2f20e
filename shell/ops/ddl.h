/* The clauses of a SHOW CREATE MATERIALIZED VIEW text. */
#ifndef BELAY_DDL_H
#define BELAY_DDL_H

#include <stdbool.h>
#include <stddef.h>

/* Where they stand in the text; borrowed from it. */
struct ddl_parts {
    const char *head;    /* CREATE …, COMMENT, PARTITION BY, DISTRIBUTED BY */
    size_t head_len;
    const char *refresh; /* the clause, without the spaces behind it */
    size_t refresh_len;
    const char *layout;  /* what stands between it and PROPERTIES, ORDER BY */
    size_t layout_len;
    const char *properties; /* the lines between the brackets; NULL: there are none */
    size_t properties_len;
    const char *query;      /* AS … to the end */
};

/* false: a comment or a literal imitates the FE's own clauses, or it is no such text. */
bool ddl_take_apart(const char *ddl, struct ddl_parts *ret);

#endif

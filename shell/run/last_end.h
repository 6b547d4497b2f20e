/* How the last statement ended: for variables such as ROW_COUNT and for \errverbose. */
#ifndef BELAY_LAST_END_H
#define BELAY_LAST_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>

struct query_end;
struct scan_item;
struct shell;

struct last_end {
    bool failed;        /* the last statement or command */
    uint64_t rows;      /* of the last statement: returned or affected */
    struct error error; /* the last that there was; kept until the next one */
    char *statement;    /* which it was, without its secrets; NULL: a command */
    unsigned line;
    char *source;       /* where it stood; NULL: the keyboard */
};

void last_end_done(struct last_end *last);

/* A statement was answered. */
void last_end_rows(struct shell *shell, const struct query_end *end);
/* An item ended: well when err holds none. */
void last_end_note(struct shell *shell, const struct scan_item *item, const struct error *err);

#endif

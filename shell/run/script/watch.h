/* What \watch was told: how often, how many times, until when. */
#ifndef BELAY_WATCH_H
#define BELAY_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/result.h>

struct watch {
    int64_t every_ms;
    long count;   /* 0: without end */
    char *column; /* of "until"; NULL: the number of rows */
    char *op;     /* NULL: no condition */
    char *value;
};

void watch_done(struct watch *watch);

/* Reads "[SECONDS] [count=N] [until CONDITION]"; ERR_USAGE. Free with watch_done. */
bool watch_parse(const char *text, struct watch *ret, struct error *err);

/*
 * Does the condition hold? "rows OP N" on the number of rows, "COLUMN OP VALUE" on every row of at
 * least one. ERR_USAGE: there is no such column.
 */
bool watch_holds(const struct watch *watch, const struct result *rows, bool *ret,
                 struct error *err);

#endif

/*
 * What StarRocks says when it refuses to change the state of a materialized view: the cause without
 * what is wrapped around it, and what to do. One table, a row per cause, each with its source.
 */
#ifndef BELAY_REFUSAL_H
#define BELAY_REFUSAL_H

struct str;

enum refusal_end {
    REFUSAL_STANDS, /* it is refused for as long as the cause is there */
    REFUSAL_BUSY,   /* the same may be sent again a little later */
    REFUSAL_UNKNOWN /* it may have happened: only its proof tells */
};

struct refusal_row {
    const char *part; /* of the cause, letter case counts */
    enum refusal_end end;
    const char *remedy; /* for people */
    const char *source; /* public source of the text */
};

/*
 * Appends the cause in one line: a refused ACTIVE carries the whole definition of the view before it,
 * and "Getting analyzing error from line … of that definition". Never more than 300 bytes.
 */
void refusal_cause(const char *message, struct str *ret);

/* The row for a cause (or for a whole message), or NULL. */
const struct refusal_row *refusal_row(const char *cause);

/* The whole table, for tests. */
const struct refusal_row *refusal_table(unsigned *ret_rows);

#endif

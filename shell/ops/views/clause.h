/* A refresh clause, understood as a whole: what is put back later must be nothing but a clause. */
#ifndef BELAY_CLAUSE_H
#define BELAY_CLAUSE_H

#include <stdbool.h>
#include <stdint.h>

enum clause_kind {
    CLAUSE_UNKNOWN, /* empty, or a form that is not known here */
    CLAUSE_MANUAL,
    CLAUSE_ON_LOAD, /* ASYNC without EVERY: runs when a base was loaded, and at once when set */
    CLAUSE_EVERY    /* ASYNC … EVERY(…): by a schedule; setting it causes no run */
};

struct clause {
    enum clause_kind kind;
    bool deferred;
    int64_t start_s;  /* START as seconds of a clock without a zone; -1: none */
    int64_t period_s; /* of EVERY; 0: none, or in a unit that has no fixed length */
};

/* Reads "REFRESH [IMMEDIATE|DEFERRED] MANUAL | ASYNC [START("…")] [EVERY(INTERVAL n UNIT)]". */
void clause_parse(const char *text, struct clause *ret);

/* What SHOW CREATE shows after REFRESH MANUAL: DEFERRED is kept (recorded on 3.3.5 to 4.1.0). */
const char *clause_when_manual(const struct clause *clause);

/*
 * The same but for DEFERRED or IMMEDIATE? They only say what happens at the creation, no ALTER changes
 * them, and up to 3.5 an FE forgets DEFERRED at its start once the view was refreshed or its clause
 * altered (#58585; recorded on 3.3.5 and 3.5.16).
 */
bool clause_same(const char *one, const char *other);

/*
 * "2026-11-22 15:08:42" or a date alone as seconds of a clock without a zone: only differences between
 * two texts of one server mean anything. -1: it is no time.
 */
int64_t clause_time(const char *text);
/* And back; free() it. */
char *clause_time_text(int64_t seconds);

#endif

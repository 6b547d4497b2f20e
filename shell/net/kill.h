/*
 * Ends what another connection runs, from a thread of its own: whoever waits for the answer goes on
 * waiting, and a server that is gone costs nobody any time.
 *
 * Connection ids are local to one FE (recorded on 3.3.5 to 4.1.0: up to 3.4 every FE counts from 0,
 * and the id of one FE's connection ends another's). So a number is sent only after the second
 * connection has seen the first in its own list. A name (custom_query_id) goes to all FEs from 3.4
 * on (StarRocks#47632) and needs no such care.
 */
#ifndef BELAY_KILL_H
#define BELAY_KILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>

#include "connect.h"

struct kill; /* opaque */

struct kill_order {
    const struct connection *victim; /* all of these are copied */
    bool whole_connection;           /* KILL, not KILL QUERY */
    const char *name;                /* the session's custom_query_id, or NULL */
    const char *sql;                 /* what it runs, to know it again in the list */
    size_t len;
    int64_t limit_ms;                /* for all of it, from connecting on */
    void (*ended)(void);             /* called by the thread at its end; NULL: nothing */
};

/* Starts; returns at once. NULL when there can be no thread. Free with kill_free. */
struct kill *kill_start(const struct kill_order *order);

/* Has it ended? Then *ret_ok says whether the server took it, and err why not. Does not block. */
bool kill_ended(struct kill *kill, bool *ret_ok, struct error *err);

/* Waits for its end, at most so many milliseconds. */
void kill_wait(struct kill *kill, int64_t ms);

/*
 * From here on nothing is sent any more. false: it was sent and is still not answered after so many
 * milliseconds, so that it may hit whatever the connection runs next. Blocks for at most that time.
 */
bool kill_settle(struct kill *kill, int64_t ms);

/* Does not wait: what is on its way ends by itself, unseen. NULL is allowed. */
void kill_free(struct kill *kill);

#endif

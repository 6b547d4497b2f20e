/*
 * Connections to the nodes of one cluster, by name, opened when first needed: guided commands speak
 * to more than one FE. A name is resolved to an address by a callback of the layer above, since
 * what "leader" means is not known here.
 */
#ifndef BELAY_POOL_H
#define BELAY_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/result.h>

#include "connect.h"
#include "query.h"

struct permit; /* the right to change something; made only by guide/guard.c */
struct pool;   /* opaque */

/*
 * Fills host and port for a node name ("" is the address belay was started with). login and TLS
 * are those of the pool. anew: the way that was found before leads to nobody. Returns false with the
 * reason.
 */
typedef bool pool_route(void *ctx, const char *node, bool anew, struct endpoint *ret,
                        struct error *err);

/* Copies the endpoint (login, TLS, entry address). */
struct pool *pool_new(const struct endpoint *entry, pool_route *route, void *ctx);
void pool_free(struct pool *pool);

/* Sent once on each new connection (SET ROLE ALL); its failure is ignored. NULL: nothing. */
void pool_greeting(struct pool *pool, const char *sql);

/* Called with each statement before it is sent; NULL: nobody wants to know. */
void pool_echo(struct pool *pool, void (*echo)(void *ctx, const char *sql), void *ctx);

/* leave_fd (> 0): when readable, a wait is given up at once. timeout_ms: limit for one statement. */
void pool_limits(struct pool *pool, int leave_fd, int64_t timeout_ms);
/* Another limit for each statement from now on; gives the one before. */
int64_t pool_timeout(struct pool *pool, int64_t timeout_ms);

/*
 * Watches wake_fd instead of leave_fd: when it is readable, woken is called during a wait; it drains
 * it, and false gives the wait up at once. 0 and NULL: leave_fd again.
 */
void pool_wake(struct pool *pool, int wake_fd, bool (*woken)(void *ctx), void *ctx);

/* Where the pool goes for this node, "host:port", or "" before the first use. Borrowed. */
const char *pool_where(const struct pool *pool, const char *node);

/* How often a connection to this node was opened: what is known of the node behind it stays true for
 * as long as this number does. 0: none is open, or the one that was is lost. */
unsigned pool_opened(const struct pool *pool, const char *node);

/*
 * A statement that only reads: refused (ERR_FAILED) when sql_classify says anything else. A
 * connection found lost is opened again and the statement sent once more.
 */
bool pool_read(struct pool *pool, const char *node, const char *sql, struct result *ret,
               struct error *err);

/*
 * The same row by row, none of them kept. Sent once more only while nothing of an answer has come.
 */
bool pool_read_rows(struct pool *pool, const char *node, const char *sql,
                    const struct query_sink *sink, struct error *err);

/* Is it what an FE says that does not reach its leader? An election may be under way. */
bool pool_lost_leader(const struct error *err);

/*
 * A statement that changes: needs the permit. Never sent twice. On failure *ret_unknown says that
 * the statement may have run all the same (connection lost after sending, time-out, a transport
 * text of the FE such as "Socket is closed by peer." in the code of a syntax error).
 */
bool pool_change(struct pool *pool, const struct permit *permit, const char *node, const char *sql,
                 bool *ret_unknown, struct error *err);

/* Closes the connection to a node, so that the next use resolves its name again. */
void pool_forget(struct pool *pool, const char *node);
void pool_forget_all(struct pool *pool);

#endif

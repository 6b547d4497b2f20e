/*
 * A statement on its way to the server, over a connection that may have gone. Sent twice is only
 * what reads and has shown nothing yet; of the rest the outcome is said to be unknown.
 */
#ifndef BELAY_SEND_H
#define BELAY_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include <query.h>

struct interrupts;
struct shell;

/*
 * query_run on the user's connection, for his own statements: interrupts goes with limits. Where the
 * connection is lost and the statement only reads, it connects again, restores the session, says so,
 * and sends once more. Blocks until the answer begins, as query_run.
 */
bool send_statement(struct shell *shell, struct interrupts *interrupts, const char *sql, size_t len,
                    const struct query_sink *sink, const struct query_limits *limits,
                    struct query_end *ret, struct error *err);

/* The connection was lost under this statement: closes it, says in err what is known about it. */
void send_lost(struct shell *shell, const char *sql, size_t len, struct error *err);

/*
 * While a line is typed next: the server that ends the connection is noticed at once, and said above
 * the line.
 */
void send_watch(struct shell *shell);

#endif

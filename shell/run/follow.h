/*
 * What the session was told, so that a new connection can be put where the old one was: database,
 * catalog, roles, variables. No server tells these (StarRocks tracks no session state): they are
 * read from what is sent.
 */
#ifndef BELAY_FOLLOW_H
#define BELAY_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>

struct shell;
struct str;

/* Notes what a statement that went well has changed in the session. */
void follow_statement(struct shell *shell, const char *sql, size_t len);

/* The same for a database ("db", "catalog.db") that was changed to without a statement. */
void follow_use(struct shell *shell, const char *database);

/* The session is as new, though belay did not lose it: the server reset it, or the user went elsewhere. */
void follow_forget(struct shell *shell);
void follow_free(struct shell *shell);

/* The catalog that SET CATALOG chose, or NULL. Borrowed. */
const char *follow_catalog(const struct shell *shell);

/* May a connection that was lost be opened again (--reconnect; in batch only when asked for)? */
bool follow_reconnects(const struct shell *shell);

/*
 * Puts a connection that was just opened where the last one was, one SET a variable. What cannot be
 * put back is said on the terminal, one line each; ret gets what was ("database x, 2 variables").
 * false: something was lost. Blocks for the time limits of belay's own statements; ^C gives up.
 */
bool follow_restore(struct shell *shell, struct str *ret);

/*
 * The name under which KILL QUERY finds what this connection runs from any FE, or NULL. It is set by
 * follow_name_queries, at most once a connection.
 */
const char *follow_query_name(const struct shell *shell);
void follow_name_queries(struct shell *shell);

#endif

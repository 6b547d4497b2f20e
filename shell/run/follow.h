/* What the session was told, so that a reconnect can put it back; and what a loss means. */
#ifndef BELAY_FOLLOW_H
#define BELAY_FOLLOW_H

#include <stddef.h>

struct error;
struct shell;

/* Notes what a statement that went well has changed in the session. */
void follow_statement(struct shell *shell, const char *sql, size_t len);

/* The connection was lost under this statement: closes it, says in err what is known about it. */
void follow_loss(struct shell *shell, const char *sql, size_t len, struct error *err);

#endif

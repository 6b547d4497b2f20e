/*
 * Hides secrets in a statement and keeps the rest: passwords in CREATE/ALTER USER and SET PASSWORD,
 * and values of properties whose key looks like a secret (*password*, *secret*, *access_key*,
 * *token*, *credential*, …). Works on tokens, so that quotes inside values do not fool it. When the
 * statement cannot be scanned to its end (open quote) and mentions a secret word, everything from
 * that word on is hidden.
 */
#ifndef BELAY_REDACT_H
#define BELAY_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct str;

/* Appends the statement with each secret replaced by '***'. true when something was hidden. */
bool sql_redact(const char *sql, size_t len, struct str *ret);

#endif

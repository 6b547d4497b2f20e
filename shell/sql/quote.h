/*
 * The only way for a name or a value into a statement.
 *
 * A StarRocks identifier cannot hold a backtick: the FE strips every backtick inside a quoted name,
 * doubling does not help (recorded on 3.3.5, 3.4.8, 3.5.16 and 4.1.0). So such a name is refused.
 */
#ifndef BELAY_QUOTE_H
#define BELAY_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

struct str;

/* May this name be quoted at all: not empty, valid UTF-8, no backtick, at most 1024 bytes? */
bool quote_name_ok(const char *name);

/* Appends `name`; ERR_FAILED when it cannot be quoted. */
bool quote_name(const char *name, struct str *sql, struct error *err);

/* Appends `database`.`name`. */
bool quote_name2(const char *database, const char *name, struct str *sql, struct error *err);

/* Appends 'text' with quote and backslash escaped; refuses NUL and invalid UTF-8. */
bool quote_text(const char *text, struct str *sql, struct error *err);

/* Appends "text" in the same way, for places where the grammar wants double quotes. */
bool quote_text_double(const char *text, struct str *sql, struct error *err);

#endif

/*
 * Variables of the shell in a statement: :{name} is replaced by the value as it is, :{'name'} by the
 * value as a string of SQL, :{`name`} by the value as a name. Nothing is replaced inside quotes and
 * comments, and nothing that does not look exactly so: StarRocks has colons and braces of its own.
 */
#ifndef BELAY_BRACES_H
#define BELAY_BRACES_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

struct str;

/* The value of a variable, to be freed by the caller; NULL with the error: there is none. */
typedef char *braces_value(void *ctx, const char *name, struct error *err);

/* May the text hold a variable at all? Quick: for the many that do not. */
bool braces_any(const char *text, size_t len);

/* Appends the text with its variables replaced; ret is untouched on failure. */
bool braces_replace(const char *text, size_t len, braces_value *value, void *ctx, struct str *ret,
                    struct error *err);

/* Is it a name that a variable may have: letters, digits and _, not a digit first? */
bool braces_name_ok(const char *name);

#endif

/* Java properties files, as FE writes ROLE and VERSION (java.util.Properties.store, ISO-8859-1). */
#ifndef BELAY_OPS_META_PROPERTIES_H
#define BELAY_OPS_META_PROPERTIES_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/str.h>

/*
 * Puts the value of key into ret as UTF-8 (the last one wins, as in Java). false when there is no
 * such key; ret is then untouched. A text that breaks the format (bad \uXXXX, a NUL byte) has no
 * keys.
 */
bool properties_get(const char *text, size_t len, const char *key, struct str *ret);

#endif

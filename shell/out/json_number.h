/* Which texts may stand in JSON as numbers. */
#ifndef BELAY_JSON_NUMBER_H
#define BELAY_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Does the text follow the grammar of a JSON number, and does a reader that takes numbers for
 * doubles get it back as it was? A NUL must follow its bytes. slack: 17 bytes may be
 * read.
 */
bool json_number(const char *text, size_t len, bool slack);

#endif

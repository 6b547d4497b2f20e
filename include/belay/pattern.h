/* Regular expressions: the one user of pcre2. UTF-8, with limits so that no pattern hangs belay. */
#ifndef BELAY_PATTERN_H
#define BELAY_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

struct pattern;

/* Compiles; NULL with ERR_USAGE and the place of the mistake. Free with pattern_free. */
struct pattern *pattern_new(const char *text, struct error *err);
void pattern_free(struct pattern *pattern);

/* true when the pattern is found anywhere in the text. A match that runs into a limit is false. */
bool pattern_match(const struct pattern *pattern, const char *text, size_t len);

#endif

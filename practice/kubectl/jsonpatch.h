/* Changes to JSON values: RFC 6902 (JSON Patch) and RFC 7386 (merge patch). */
#ifndef PRACTICE_KUBECTL_JSONPATCH_H
#define PRACTICE_KUBECTL_JSONPATCH_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Applies the operations to the value in place, as the API server's library does: replace on an
 * absent member adds it, test for null holds on an absent one (recorded). false: one failed; the
 * value is spoilt then.
 */
bool jsonpatch_apply(json_t *value, const json_t *operations);

/* RFC 7386: members by members, null removes, everything else replaces. */
void jsonpatch_merge(json_t *value, const json_t *patch);

#endif

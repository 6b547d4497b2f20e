/* Label and field selectors: which objects of a list are meant. */
#ifndef PRACTICE_KUBECTL_SELECTOR_H
#define PRACTICE_KUBECTL_SELECTOR_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Does the object carry the labels? Understands "a=b", "a==b", "a!=b", "a", "!a", by comma.
 * An empty or NULL selector matches all.
 */
bool selector_labels(const char *selector, const json_t *object);

/* "metadata.name=x,status.phase!=Running": dotted paths into the object. */
bool selector_fields(const char *selector, const json_t *object);

#endif

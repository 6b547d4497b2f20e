/* Objects as text: JSON as kubectl indents it, YAML, names, tables. */
#ifndef PRACTICE_KUBECTL_PRINT_H
#define PRACTICE_KUBECTL_PRINT_H

#include <belay/list.h>

#include "call.h"

/* Keys of an object in byte order; none for other types. */
void print_sorted_keys(const json_t *object, struct strv *ret);

/* A value as JSONPath shows it: strings raw, maps and lists as compact JSON. */
void print_value(const json_t *value, struct str *ret);

/* Go's json.MarshalIndent: sorted keys unless keep_order, <, > and & escaped, final newline. */
void print_json(const json_t *value, size_t indent, bool keep_order, struct str *ret);

/* Block YAML as sigs.k8s.io/yaml writes it: sorted keys, strings quoted only when they must. */
void print_yaml(const json_t *value, struct str *ret);

/*
 * Prints one object, or the objects as a List when list is set, in the form of -o. Without -o it is
 * a short table. Returns the exit status.
 */
int print_objects(struct call *call, const struct kind *kind, const json_t *objects, bool list);

/* `text` for people unless -o asks for the object: what patch, scale and delete print. */
int print_result(struct call *call, const struct kind *kind, const json_t *object,
                 const char *done);

#endif

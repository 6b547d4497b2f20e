/*
 * kubectl's JSONPath templates: text with {expressions}. Known: fields (.a, ['a'], a\.b), [*],
 * [n], [a:b], recursive descent (..a), filters [?(@.a=="b")], literals {"\n"}, {range}…{end}.
 */
#ifndef PRACTICE_KUBECTL_JSONPATH_H
#define PRACTICE_KUBECTL_JSONPATH_H

#include <jansson.h>
#include <stdbool.h>

#include <belay/str.h>

/* Appends the template's output. false: why, in ret_problem, as kubectl words it. */
bool jsonpath_print(const char *template, const json_t *object, struct str *ret,
                    struct str *ret_problem);

/*
 * All values that one path ("{.status.phase}", ".status.phase", "status.phase") leads to: a new
 * array, or NULL with the problem set.
 */
json_t *jsonpath_values(const char *path, const json_t *object, struct str *ret_problem);

#endif

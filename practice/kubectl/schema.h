/* What the installed StarRocksCluster CRD knows: its fields, for explain, pruning and checks. */
#ifndef PRACTICE_KUBECTL_SCHEMA_H
#define PRACTICE_KUBECTL_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include <belay/str.h>

/*
 * Is there such a field? path: names by dots from the top ("spec.starRocksFeSpec.image"). ret_type:
 * "Object", "[]Object", "string", …; may be NULL.
 */
bool schema_has(const char *path, const char **ret_type);

/*
 * Checks the cluster object against the schema and takes out unknown fields, with a line "Warning:
 * unknown field …" each. false: why it is invalid, in ret_problem, as the API server words it.
 */
bool schema_check(json_t *cluster, struct str *ret_warnings, struct str *ret_problem);

#endif

/* What the installed StarRocksCluster CRD knows: its fields, for explain, pruning and checks. */
#ifndef PRACTICE_KUBECTL_SCHEMA_H
#define PRACTICE_KUBECTL_SCHEMA_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>

#include <belay/str.h>

/*
 * The release that the CRD in the store is from, by its annotation "version": 1.9.10 is 109010. Before
 * 1.9.7 there is no annotation; the practice cluster knows which it brought, else it is 1.9.4.
 */
int schema_release(sqlite3 *db);

/*
 * Is there such a field in the CRD of that release? path: names by dots from the top ("spec.starRocksFeSpec.image"). ret_type:
 * "Object", "[]Object", "string", …; may be NULL.
 */
bool schema_has(int release, const char *path, const char **ret_type);

/*
 * Checks the cluster object against the schema and takes out unknown fields, with a line "Warning:
 * unknown field …" each. false: why it is invalid, in ret_problem, as the API server words it.
 */
bool schema_check(int release, json_t *cluster, struct str *ret_warnings, struct str *ret_problem);

#endif

/* Rows of table fault with program 'pod': what goes wrong when a container starts. */
#ifndef PRACTICE_KUBECTL_POD_FAULTS_H
#define PRACTICE_KUBECTL_POD_FAULTS_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Does a fault of that kind strike the pod now? It is matched with "POD IMAGE". */
bool pod_fault(sqlite3 *db, const json_t *pod, const char *kind);

/* Milliseconds that its process is up later; 0: none. */
int64_t pod_fault_slow(sqlite3 *db, const json_t *pod);

#endif

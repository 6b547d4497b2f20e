/* What the operator's write leaves of a StatefulSet that somebody edited by hand; by its release. */
#ifndef PRACTICE_KUBECTL_OPERATOR_MERGE_H
#define PRACTICE_KUBECTL_OPERATOR_MERGE_H

#include <stdbool.h>

#include <jansson.h>

/* The annotation with what the operator wrote last. */
#define OPERATOR_APPLIED "starrocks.kubernetes.operator/last-applied-configuration"

/*
 * Does the operator with this image ("starrocks/operator:v1.7.1") write a set whose hash says that
 * nothing is new?
 */
bool operator_writes_always(const char *image);

/* Takes out of what an operator wants the fields that its release does not know. */
void operator_forget(json_t *wanted, const char *image);

/* Puts what the operator wants over what is there. */
void operator_merge(json_t *set, const json_t *wanted, const char *image);

#endif

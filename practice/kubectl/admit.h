/* What the API server checks before it stores an object. */
#ifndef PRACTICE_KUBECTL_ADMIT_H
#define PRACTICE_KUBECTL_ADMIT_H

#include "call.h"

/* How the request came: its words differ. */
enum admit_how { ADMIT_CREATE, ADMIT_REPLACE, ADMIT_PATCH };

/*
 * Checks and completes the object; `old` is the stored one, NULL for a new one. Unknown fields of a
 * StarRocksCluster are taken out with a warning by PATCH, refused by the others (recorded).
 * Returns 0, or 1 with the refusal on stderr.
 */
int admit(struct call *call, enum admit_how how, const struct kind *kind, const json_t *old,
          json_t *object);

/*
 * What is wrong with the strategy of a StatefulSet, as the API server says it; NULL: nothing. free()
 * it. A rolling update without its details gets them.
 */
char *admit_set_problem(json_t *set);

#endif

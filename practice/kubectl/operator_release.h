/* How releases of the StarRocks operator differ. */
#ifndef PRACTICE_KUBECTL_OPERATOR_RELEASE_H
#define PRACTICE_KUBECTL_OPERATOR_RELEASE_H

#include <stdbool.h>

enum operator_trait {
    OPERATOR_AT_ONCE,         /* sees a difference in every StatefulSet: hand edits are undone at once */
    OPERATOR_WHOLE,           /* writes the whole StatefulSet: nothing of a hand edit stays */
    OPERATOR_OVER,            /* writes a JSON merge patch: what it does not want does not go */
    OPERATOR_INITS,           /* initContainers and sidecars in the resource */
    OPERATOR_STRATEGY,        /* updateStrategy in the resource */
    OPERATOR_STRATEGY_COUNTS, /* a change of updateStrategy alone is written */
    OPERATOR_KEEPS_MANY,      /* from several FEs to one is refused */
    OPERATOR_GRACEFUL_STOP,   /* preStop is stop_fe.sh -g, not fe_prestop.sh */
    OPERATOR_TELLS,           /* an error becomes phase failed with its reason; else the status stays */
    OPERATOR_ROLLOUT,         /* the phase looks at the rollout, not at pods alone */
    OPERATOR_RECONCILING,     /* a cluster that is not ready is `reconciling`, not `pending` */
    OPERATOR_WAREHOUSES,      /* StarRocksWarehouse */
    OPERATOR_FULL_ROLLOUT,    /* waitForFullRollout */
};

/* "starrocks/operator:v1.9.10" → 109010. A tag without a version (a digest, a name) is the newest. */
int operator_release(const char *image);

bool operator_has(int release, enum operator_trait trait);

#endif

/*
 * What is true of a release of the StarRocks operator (starrocks-kubernetes-operator): one table, a
 * row per behaviour and range of releases, each with its source.
 */
#ifndef BELAY_OPERATOR_H
#define BELAY_OPERATOR_H

#include <stdbool.h>

#include "behaviour.h"

enum operator_behaviour {
    OP_PROBE_FIELD,  /* the CR has starRocksFeSpec.startupProbeFailureSeconds: 0 or 1 */
    OP_REFUSES_ONE,  /* scaling the FEs from more than one to one is refused: 0 or 1 */
    OP_UNDOES_EDITS, /* a hand edit of a StatefulSet is put back at once: 0 or 1 */
    OP_INIT_FIELD,   /* the CR has starRocksFeSpec.initContainers: 0 or 1 */
    OP_KEEPS_INIT,   /* one that is taken out of the CR stays in the StatefulSet: 0 or 1 */
    OP_RECOVERY_FIELD, /* the CR has disasterRecovery: 0 or 1 */
    OP_DROPS_NODES   /* compute nodes that have no pod are dropped from the FE: 0 or 1 */
};

/* The row for this release, as behaviour_find. */
const struct behaviour_row *operator_row(enum operator_behaviour what, struct release release);

/* The row's value, or `careful` when none is known. */
int operator_value(enum operator_behaviour what, struct release release, int careful);

/* The whole table, for tests and documents. */
const struct behaviour_row *operator_table(unsigned *ret_rows);

#endif

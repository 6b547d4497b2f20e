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
    OP_DROPS_NODES,  /* compute nodes that have no pod are dropped from the FE: 0 or 1 */
    OP_ON_DELETE,    /* how updateStrategy OnDelete gets into a StatefulSet: enum on_delete */
    OP_HASHES_STRATEGY /* a change of updateStrategy alone is written: 0 or 1 */
};

enum on_delete {
    ON_DELETE_NEVER,     /* the resource has no such field, and an edit by hand does not stay */
    ON_DELETE_SET_FIRST, /* refused on a StatefulSet that rolls, unless it is edited by hand before */
    ON_DELETE_BY_RESOURCE
};

/* The row for this release, as behaviour_find. */
const struct behaviour_row *operator_row(enum operator_behaviour what, struct release release);

/* The row's value, or `careful` when none is known. */
int operator_value(enum operator_behaviour what, struct release release, int careful);

/* The whole table, for tests and documents. */
const struct behaviour_row *operator_table(unsigned *ret_rows);

#endif

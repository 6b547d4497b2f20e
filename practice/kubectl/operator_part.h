/* One StatefulSet of the operator's: a component of a cluster, or the compute nodes of a warehouse. */
#ifndef PRACTICE_KUBECTL_OPERATOR_PART_H
#define PRACTICE_KUBECTL_OPERATOR_PART_H

#include "components.h"
#include "controllers.h"

struct part {
    struct controllers *c;
    int release;   /* of the operator */
    struct wanted want;
    char *set;     /* name of the StatefulSet */
    const char *ns; /* borrowed from the owner */
};

/* A component of a StarRocksCluster. End with part_done. */
struct part part_of_cluster(struct controllers *c, int release, const json_t *cluster,
                            const struct component *component);

/* The compute nodes of a StarRocksWarehouse. End with part_done. */
struct part part_of_warehouse(struct controllers *c, int release, const json_t *warehouse);

void part_done(struct part *part);
#define AUTO_PART __attribute__((cleanup(part_done))) struct part

/* Its StatefulSet as it is; NULL: there is none. New reference. */
json_t *part_get(const struct part *part);

/* Its pods. New reference. */
json_t *part_pods(const struct part *part);

/*
 * Makes or changes the StatefulSet, when there is something to change. recovers: for a recovery from a
 * cluster snapshot. ret_refused: why nothing was written, free() it; NULL: nothing to say.
 */
bool part_write(const struct part *part, bool recovers, char **ret_refused, struct error *err);

/*
 * What the resource's status says of it. ret_problem: the operator's own look failed so, free() it;
 * NULL: it did not. NULL: there is no StatefulSet.
 */
json_t *part_status(const struct part *part, char **ret_problem);

#endif

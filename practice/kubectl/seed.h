/* Fills the Kubernetes side of a new practice cluster. */
#ifndef PRACTICE_KUBECTL_SEED_H
#define PRACTICE_KUBECTL_SEED_H

#include <stdbool.h>

#include <belay/error.h>

#include "world.h"

/*
 * Makes the stand-in's tables, DIR/kubeconfig and all objects: the StarRocksCluster, what operator
 * 1.11.5 makes of it, the operator itself, nodes, namespaces, rights. Call it once, when the rows
 * of fe and node exist; runs inside the caller's transaction.
 */
bool kube_seed(struct world *w, struct error *err);

#endif

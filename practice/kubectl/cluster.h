/*
 * What runs on its own in a Kubernetes cluster: the StarRocks operator, the StatefulSet controller,
 * the kubelets. They work on the objects of store.h and start and stop the world's processes.
 */
#ifndef PRACTICE_KUBECTL_CLUSTER_H
#define PRACTICE_KUBECTL_CLUSTER_H

#include "world.h"

/*
 * Lets happen what is due by now: pods start, become ready, end; controllers answer to changes.
 * Cheap when nothing is due. Both programs call it after world_advance(), outside a transaction.
 */
bool kube_advance(struct world *w, struct error *err);

/* The same inside the caller's transaction, with everything that is under way ended at `at_ms`. */
bool kube_settle(struct world *w, int64_t at_ms, struct error *err);

/* Something was changed through the API: controllers shall look. */
void kube_touch(sqlite3 *db);

#endif

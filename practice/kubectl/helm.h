/* Helm, as far as it meets an upgrade: the release that owns the cluster is synced again. */
#ifndef PRACTICE_KUBECTL_HELM_H
#define PRACTICE_KUBECTL_HELM_H

#include <jansson.h>

#include "world.h"

/* Remembers what the chart wrote. */
bool helm_remember(struct world *w, const json_t *cluster, struct error *err);

/*
 * The values of the chart are put back where they changed since, as a forced upgrade of the release
 * or the sync of a GitOps controller does; fields that the chart does not write stay. ERR_USAGE: no
 * release owns this cluster.
 */
bool helm_sync(struct world *w, struct error *err);

#endif

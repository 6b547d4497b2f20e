/* Frontends that are registered by address (HOST_TYPE=IP): which pods they are. */
#ifndef BELAY_CLUSTER_ADDRESS_H
#define BELAY_CLUSTER_ADDRESS_H

#include <stdbool.h>

#include <belay/cluster.h>

/* "10.1.2.3", "fd00::3" */
bool cluster_is_address(const char *host);

/*
 * Fills pod and ns of the frontends whose address is that of a pod of frontends. Asked once in a session, and
 * again when other addresses are registered; without kubectl, or an answer of its API server, nothing is
 * filled. May block for a call of kubectl, ten seconds at most.
 */
void cluster_find_addresses(struct session *session, struct cluster *cluster);

#endif

/* Which Lease is the lock of a cluster: "belay-<cluster>" in the namespace of its frontends. */
#ifndef BELAY_LEASE_PLACE_H
#define BELAY_LEASE_PLACE_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/plan.h>
#include <belay/session.h>
#include <belay/str.h>
#include <lease.h>

/*
 * false: this cluster has no Lease, and ret_why says why: it does not live in Kubernetes (neither the
 * names of its frontends nor an option say so), or there is no kubectl. lease_place_done(ret)
 * afterwards. Sends nothing to the API server; finds kubectl at the first use, which blocks.
 */
bool lease_place_of_cluster(struct session *session, const struct cluster *cluster,
                            struct lease_place *ret, struct str *ret_why);

/* The same for the cluster of a plan, by what makes it this cluster. */
bool lease_place_of_plan(struct session *session, const struct plan *plan, struct lease_place *ret,
                         struct str *ret_why);

#endif

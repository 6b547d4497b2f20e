/* The parts of cluster.c; each works at simulated time `at` and notes whether it changed a thing. */
#ifndef PRACTICE_KUBECTL_CONTROLLERS_H
#define PRACTICE_KUBECTL_CONTROLLERS_H

#include <belay/json.h>

#include "kinds.h"
#include "world.h"

struct controllers {
    struct world *world;
    sqlite3 *db;
    int64_t at;
    bool changed;
};

/* operator.c: writes StatefulSets from StarRocksClusters, and their status. */
bool operator_step(struct controllers *c, struct error *err);

/* deployments.c: makes and deletes the pods of Deployments, and writes their status. */
bool deployments_step(struct controllers *c, struct error *err);

/* sets.c: makes and deletes the pods of StatefulSets, and writes their status. */
bool sets_step(struct controllers *c, struct error *err);

/* kubelet.c: takes the earliest pod transition that is due by `until`, sets at to its time. */
bool kubelet_step(struct controllers *c, int64_t until, bool *ret_none, struct error *err);

/*
 * Of an FE f: it answers /api/health, and so its clients. That takes a group with a majority, and the
 * server that plays the FEs must listen at its port (it looks ten times a second).
 */
#define KUBELET_FE_SERVES                                                                          \
    "(f.alive AND (f.listen_port = 0 OR f.listens_ms = f.start_ms) AND"                            \
    " (SELECT sum(alive) * 2 > count(*) FROM fe WHERE grouped AND role <> 'OBSERVER'))"

/* Running pods whose readiness is not what their process says; a BE or CN is ready while it runs. */
#define KUBELET_MISMATCH                                                                           \
    "SELECT k.namespace, k.name FROM k8s_pod k"                                                    \
    " LEFT JOIN fe f ON f.pod = k.name LEFT JOIN node n ON n.pod = k.name"                         \
    " JOIN k8s_object o ON o.resource = 'pods' AND o.namespace = k.namespace AND o.name = k.name"  \
    " WHERE k.state = 'running'"                                                                   \
    "  AND CASE WHEN f.alive IS NULL THEN n.alive ELSE " KUBELET_FE_SERVES " END"                  \
    "      <> json_extract(o.json, '$.status.containerStatuses[0].ready')"

/* kubelet.c: pods whose process died or came back without Kubernetes: readiness follows. */
bool kubelet_look(struct controllers *c, struct error *err);

/* kubelet.c: schedules a pod that was just stored; sets its status. */
bool kubelet_take(struct controllers *c, json_t *pod, struct error *err);

/* kubelet.c: a deletion was asked for; grace_s < 0: the pod's own. */
bool kubelet_end(struct controllers *c, json_t *pod, long grace_s, struct error *err);

/* Stores the object and remembers that something changed. */
bool controllers_save(struct controllers *c, const struct kind *kind, json_t *object,
                      struct error *err);

/* Is the pod ready? */
bool pod_ready(const json_t *pod);

#endif

/* The operator's spec.disasterRecovery (fe_disaster_recovery.go of releases from 1.10.0 on). */
#ifndef PRACTICE_KUBECTL_OPERATOR_RECOVERY_H
#define PRACTICE_KUBECTL_OPERATOR_RECOVERY_H

#include "controllers.h"

/*
 * A pass begins: .status.disasterRecoveryStatus goes on, by what the frontends' pods are. true: the
 * StatefulSet of this pass is the one that recovers.
 */
bool recovery_step(json_t *cluster, const json_t *pods, int64_t at);

/* One replica, and the environment that has the FE fetch the snapshot. */
void recovery_rewrite(const json_t *cluster, json_t *set);

/* The cluster_snapshot_path in the file that the pod mounts; NULL: none. free() it. */
char *recovery_path(struct controllers *c, const json_t *pod);

#endif

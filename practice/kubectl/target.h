/* The pod and the container that exec, logs and port-forward mean. */
#ifndef PRACTICE_KUBECTL_TARGET_H
#define PRACTICE_KUBECTL_TARGET_H

#include "call.h"

/*
 * "NAME", "pod/NAME", or a pod of "sts/NAME", "svc/NAME", "deploy/NAME": a new reference. NULL: the
 * message is on stderr.
 */
json_t *target_pod(struct call *call, const char *word);

/*
 * Checks --container, or sets it to the pod's default and says so on stderr when there are several.
 * false: the message is on stderr.
 */
bool target_container(struct call *call, const json_t *pod);

/* Does the pod's main container run? */
bool target_running(const json_t *pod);

/* Does the container of that name run, an init container among them? */
bool target_runs(const json_t *pod, const char *container);

#endif

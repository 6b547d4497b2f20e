/* A running `kubectl port-forward` to one pod, for FEs that are not reachable by name from here. */
#ifndef BELAY_FORWARD_H
#define BELAY_FORWARD_H

#include <stdbool.h>

#include <belay/error.h>

#include "kubectl.h"

struct forward; /* opaque */

/*
 * Starts a forward from a free port of 127.0.0.1 to `port` of the pod; returns once kubectl has said
 * which port it took (--address 127.0.0.1: without it kubectl goes on with ::1 alone when the port
 * is taken). Blocks for up to 15 s. End it with forward_stop.
 */
struct forward *forward_start(struct kube *kube, const char *pod, unsigned port, struct error *err);
void forward_stop(struct forward *forward);

unsigned forward_port(const struct forward *forward);
/* The first refused connection ends a forward; a new one must be started then. */
bool forward_alive(struct forward *forward);

#endif

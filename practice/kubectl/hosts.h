/*
 * Frontends without Kubernetes: each a process of a host of its own, 127.0.0.21 and on, whose
 * directory is the tree of what was its pod. bin/start_fe.sh and bin/stop_fe.sh there start and stop
 * it, and bin/fe.pid says whether it runs, as StarRocks' own scripts have it.
 */
#ifndef PRACTICE_KUBECTL_HOSTS_H
#define PRACTICE_KUBECTL_HOSTS_H

#include "world.h"

/* No Kubernetes from here on. */
bool hosts_begin(struct world *w, struct error *err);
bool hosts_are(struct world *w);
/* "127.0.0.22" of the frontend with ordinal 1. free() it. */
char *hosts_address(int ordinal);

/* What the scripts do. helper: "HOST:PORT" of --helper, or "". ERR_FAILED: it runs, or does not. */
bool hosts_fe_start(struct world *w, const char *pod, const char *helper, struct error *err);
bool hosts_fe_stop(struct world *w, const char *pod, struct error *err);

/* After something happened to processes: fe.pid of each as it is now. */
bool hosts_look(struct world *w, struct error *err);

#endif

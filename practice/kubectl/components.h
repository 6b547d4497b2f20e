/* The components of a StarRocksCluster or StarRocksWarehouse, as the operator deploys them. */
#ifndef PRACTICE_KUBECTL_COMPONENTS_H
#define PRACTICE_KUBECTL_COMPONENTS_H

#include <jansson.h>
#include <stdbool.h>

struct component {
    const char *name;       /* "fe": part of names, the container's name */
    const char *spec;       /* "starRocksFeSpec" */
    const char *status;     /* "starRocksFeStatus" */
    const char *controller; /* "FE", for messages */
    const char *env;        /* "feEnvVars" */
    const char *stop;       /* command of the preStop hook */
    const char *ports;      /* JSON of the container's ports */
    const char *health;     /* port of the probes */
};

/* The variable that tells a compute node which warehouse is its own (pkg/subcontrollers/cn/cn_pod.go). */
#define COMPONENT_WAREHOUSE "KUBE_STARROCKS_MULTI_WAREHOUSE"

extern const struct component components[]; /* fe, be, cn; ends with a NULL name */

/* The component of that name, NULL: none. */
const struct component *component_find(const char *name);

/* A StatefulSet that the operator wants. */
struct wanted {
    const json_t *owner;               /* StarRocksCluster or StarRocksWarehouse, borrowed */
    const struct component *component;
    const json_t *spec;                /* what the owner says of it, borrowed; NULL: nothing */
    const char *cluster;               /* whose FEs it asks, borrowed */
    char *prefix;                      /* names begin so: the cluster's; NAME-warehouse */
};

/*
 * Metadata and spec, no status. graceful: its pods are stopped by stop_fe.sh -g, not fe_prestop.sh.
 * NULL when the owner says nothing of it. A new reference.
 */
json_t *component_set(const struct wanted *wanted, bool graceful);

#endif

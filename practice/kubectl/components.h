/* The components of a StarRocksCluster, as operator 1.11.5 deploys them. */
#ifndef PRACTICE_KUBECTL_COMPONENTS_H
#define PRACTICE_KUBECTL_COMPONENTS_H

#include <jansson.h>

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

extern const struct component components[]; /* fe, be, cn; ends with a NULL name */

/* The component of that name, NULL: none. */
const struct component *component_find(const char *name);

/*
 * The StatefulSet that the operator wants for a component of the cluster: metadata and spec, no
 * status. NULL when the cluster has no such component. A new reference.
 */
json_t *component_set(const json_t *cluster, const struct component *component);

#endif

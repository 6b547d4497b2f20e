/* How clusters differ that are not just a resource of somebody with kubectl. */
#ifndef PRACTICE_KUBECTL_SEED_SHAPES_H
#define PRACTICE_KUBECTL_SEED_SHAPES_H

#include <jansson.h>

/* Labels and annotations of an object that a release of the chart owns, and Helm as its manager. */
void seed_helm_owns(json_t *object, const char *release, const char *ns);

/* The hash of its configuration that the chart puts on a component's pods. */
void seed_helm_hash(json_t *spec, const char *component);

/* What the chart adds to the ConfigMap of a component. */
void seed_helm_config(json_t *map, const char *component);

/* Makes the operator's StatefulSet, or Service, one that a person wrote: nobody owns it. */
void seed_plain(json_t *object, const char *cluster, const char *component);

/* Takes the volume of the metadata out of an FE's spec. */
void seed_emptydir(json_t *cluster);

/* The frontends register under their pods' addresses. */
void seed_by_address(json_t *cluster);

#endif

/*
 * Addresses of pods: one that is made anew gets another. Where frontends are registered by address
 * (scenario by-address) that is the end of their membership, until somebody changes it.
 */
#ifndef PRACTICE_KUBECTL_POD_ADDRESS_H
#define PRACTICE_KUBECTL_POD_ADDRESS_H

#include "controllers.h"

/* Has the first container this variable, with this value? */
bool pod_env_is(const json_t *pod, const char *name, const char *value);

/* HOST_TYPE=IP of its FE: registered by address. */
bool pod_is_by_address(const json_t *pod);

/*
 * Gives a new pod of such an FE its address, in the annotation that Calico's network plugin writes: the
 * registered one to the first pod of its name, and to each later one another.
 */
bool pod_address_take(struct controllers *c, json_t *pod, struct error *err);

/* What pod_address_take() gave; "": nothing. Borrowed. */
const char *pod_address_given(const json_t *pod);

#endif

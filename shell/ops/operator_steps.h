/* What stops and starts the operator, for plans that work on its StatefulSets themselves. */
#ifndef BELAY_OPERATOR_STEPS_H
#define BELAY_OPERATOR_STEPS_H

#include <inttypes.h>

#include <belay/plan.h>

#define OPERATOR_QUIET_S "30" /* a new operator rolled within 2 s of its start (recorded with 1.11.5) */

/*
 * Its Deployment from one number of replicas to another; from < 0: whatever it is. operator: a fact with
 * name, namespace, uid and selector; ns: where kubectl works without being told.
 */
void operator_patch(const json_t *operator, const char *ns, struct action *action, int64_t from,
                    int64_t to);
/* It is that Deployment still, with so many pods ready; of 0 none is left. */
void operator_is(const json_t *operator, struct probe *probe, int64_t replicas);

#endif

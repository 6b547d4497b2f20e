/* The empty plan that everything guided begins with. */
#ifndef BELAY_CLUSTER_PLAN_H
#define BELAY_CLUSTER_PLAN_H

#include <belay/cluster.h>
#include <belay/plan.h>

/* A plan without stages that says which cluster it is for and through whom it was reached. Owned by the caller. */
struct plan *cluster_plan_new(const char *command, const struct cluster *cluster);

/* The same from facts["cluster"]. NULL with the error where that is no cluster. */
struct plan *cluster_plan(const char *command, const json_t *facts, struct error *err);

#endif

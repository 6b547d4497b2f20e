/* An empty plan for one cluster. */
#include "cluster_plan.h"

#include <mem.h>

struct plan *cluster_plan_new(const char *command, const struct cluster *cluster)
{
    struct plan *plan = plan_new(command);

    plan->cluster = mem_text(cluster->name);
    plan->identity = cluster_identity(cluster);
    plan->through = cluster_through(cluster);
    return plan;
}

struct plan *cluster_plan(const char *command, const json_t *facts, struct error *err)
{
    struct cluster cluster = {.leader = -1};

    if (!cluster_from_json(json_object_get(facts, "cluster"), &cluster, err))
        return NULL;
    struct plan *plan = cluster_plan_new(command, &cluster);
    cluster_done(&cluster);
    return plan;
}

/* What the operator says of a part: instances, phase, reason. */
#include "operator_part.h"

#include <inttypes.h>

#include "operator_release.h"
#include "selector.h"

static const char only_rolling[] =
    "rollout status is only available for RollingUpdate strategy type";

static bool all_ready(const json_t *pods)
{
    size_t i;
    json_t *pod;
    json_array_foreach (pods, i, pod)
        if (!pod_ready(pod))
            return false;
    return true;
}

/* Why the rollout is not over, in the words of kubectl's rollout status; NULL: it is. free() it. */
static char *rollout_reason(const json_t *set)
{
    const json_t *spec = json_object_get(set, "spec"), *status = json_object_get(set, "status");
    int64_t generation = json_int(json_object_get(set, "metadata"), "generation");
    if (json_int(status, "observedGeneration") < generation)
        return str_format("Waiting for statefulset spec update to be observed");
    int64_t replicas = json_int(spec, "replicas"), updated = json_int(status, "updatedReplicas");
    int64_t partition = json_int(json_at(spec, "updateStrategy", "rollingUpdate", NULL),
                                 "partition");
    if (updated >= replicas - partition)
        return NULL;
    return str_format("Waiting for partitioned roll out to finish: %" PRId64 " out of %" PRId64
                      " new pods have been updated",
                      updated, replicas - partition);
}

static void list_instances(json_t *status, const json_t *pods)
{
    json_t *running = json_array(), *creating = json_array(), *pod;
    size_t i;
    json_array_foreach (pods, i, pod)
        json_array_append_new(pod_ready(pod) ? running : creating,
                              json_string(json_str_at(pod, "metadata", "name", NULL)));
    json_put(status, "runningInstances", running);
    json_put(status, "creatingInstances", creating);
    if (json_array_size(running) == 0)
        json_object_del(status, "runningInstances");
    if (json_array_size(creating) == 0)
        json_object_del(status, "creatingInstances");
}

/* The members that only compute nodes have. */
static void add_scaler(const struct part *part, const json_t *set, json_t *status)
{
    AUTO_FREE char *selector = str_format(
        "app.kubernetes.io/component=cn,app.starrocks.ownerreference/name=%s", part->set);
    json_put_str(status, "selector", selector);
    json_put(status, "horizontalScaler", json_object());
    json_put_int(status, "replicas", json_int(json_object_get(set, "status"), "replicas"));
}

json_t *part_status(const struct part *part, char **ret_problem)
{
    AUTO_JSON *set = part_get(part);
    if (!set)
        return NULL;
    AUTO_JSON *pods = part_pods(part);
    AUTO_FREE char *service = str_format("%s-service", part->set);
    json_t *status = json_pack("{s:s,s:[s],s:s}", "phase", "reconciling", "resourceNames",
                               part->set, "serviceName", service);
    list_instances(status, pods);
    if (str_equal(part->want.component->name, "cn"))
        add_scaler(part, set, status);
    if (!all_ready(pods))
        return status;
    if (!operator_has(part->release, OPERATOR_ROLLOUT)) {
        json_put_str(status, "phase", "running");
        return status;
    }
    /* All pods ready under OnDelete: the operator's look at the rollout fails (recorded). */
    if (!str_equal(json_str_at(set, "spec", "updateStrategy", "type", NULL), "RollingUpdate")) {
        *ret_problem = str_format("%s", only_rolling);
        return status;
    }
    AUTO_FREE char *reason = rollout_reason(set);
    if (reason)
        json_put_str(status, "reason", reason);
    else
        json_put_str(status, "phase", "running");
    return status;
}

/*
 * The StarRocks operator 1.11.5: components in the order FE, BE, CN; BE and CN wait until one FE is
 * ready, an error of the FE part stops the pass (pkg/controllers, recorded in timelines).
 */
#include "controllers.h"

#include <inttypes.h>

#include <belay/list.h>

#include "components.h"
#include "digest.h"
#include "mem.h"
#include "operator_merge.h"
#include "operator_recovery.h"
#include "selector.h"
#include "store.h"

#define HASH "app.starrocks.components/hash"

static const char only_rolling[] =
    "rollout status is only available for RollingUpdate strategy type";

static char *hash_of(const json_t *set)
{
    AUTO_FREE char *text = json_canonical(json_object_get(set, "spec"));
    return str_format("%" PRIu32, crc32_add(0, text, strlen(text)));
}

static char *set_name(const json_t *cluster, const struct component *component)
{
    return str_format("%s-%s", json_str_at(cluster, "metadata", "name", NULL), component->name);
}

static json_t *get_set(struct controllers *c, const json_t *cluster,
                       const struct component *component)
{
    AUTO_FREE char *name = set_name(cluster, component);
    return store_get(c->db, kind_find("statefulsets"),
                     json_str_at(cluster, "metadata", "namespace", NULL), name);
}

/* The pods of a component, new reference. */
static json_t *get_pods(struct controllers *c, const json_t *cluster,
                        const struct component *component)
{
    AUTO_FREE char *owner = set_name(cluster, component);
    AUTO_FREE char *selector =
        str_format("app.kubernetes.io/component=%s,app.starrocks.ownerreference/name=%s",
                   component->name, owner);
    AUTO_JSON *all =
        store_list(c->db, kind_pods(), json_str_at(cluster, "metadata", "namespace", NULL));
    json_t *mine = json_array(), *pod;
    size_t i;
    json_array_foreach (all, i, pod)
        if (selector_labels(selector, pod))
            json_array_append(mine, pod);
    return mine;
}

static bool fe_is_ready(struct controllers *c, const json_t *cluster)
{
    AUTO_JSON *pods = get_pods(c, cluster, component_find("fe"));
    size_t i;
    json_t *pod;
    json_array_foreach (pods, i, pod)
        if (pod_ready(pod) && !*json_str_at(pod, "metadata", "deletionTimestamp", NULL))
            return true;
    return false;
}

static void annotate(json_t *set, const json_t *wanted, const char *hash)
{
    json_t *metadata = json_object_get(set, "metadata");
    json_t *notes = json_object_get(metadata, "annotations");
    if (!notes) {
        notes = json_object();
        json_put(metadata, "annotations", notes);
    }
    AUTO_JSON *applied = json_pack("{s:{s:s},s:O}", "metadata", "name", json_str(metadata, "name"),
                                   "spec", json_object_get(wanted, "spec"));
    AUTO_FREE char *text = json_canonical(applied);
    json_put_str(notes, OPERATOR_APPLIED, text);
    json_put_str(notes, HASH, hash);
}

/* The image of the operator that works; NULL: its Deployment has no replica. free() it. */
static char *operator_image(struct controllers *c)
{
    AUTO_JSON *deployments = store_list(c->db, kind_find("deployments"), NULL);
    size_t i;
    json_t *deployment;
    json_array_foreach (deployments, i, deployment)
        if (selector_labels("app=kube-starrocks-operator", deployment) &&
            json_int(json_object_get(deployment, "spec"), "replicas") > 0)
            return mem_text(json_str(
                json_array_get(
                    json_at(deployment, "spec", "template", "spec", "containers", NULL), 0),
                "image"));
    return NULL;
}

static bool write_set(struct controllers *c, const json_t *cluster,
                      const struct component *component, bool recovers, struct error *err)
{
    AUTO_JSON *wanted = component_set(cluster, component);
    if (recovers)
        recovery_rewrite(cluster, wanted);
    AUTO_JSON *set = get_set(c, cluster, component);
    const struct kind *kind = kind_find("statefulsets");
    AUTO_FREE char *image = operator_image(c);
    operator_forget(wanted, image);
    AUTO_FREE char *hash = hash_of(wanted);
    if (!set) {
        annotate(wanted, wanted, hash);
        json_put(wanted, "status", json_pack("{s:i,s:i}", "replicas", 0, "collisionCount", 0));
        c->changed = true;
        return store_create(c->db, kind, wanted, c->at, err);
    }
    if (str_equal(json_str(json_at(set, "metadata", "annotations", NULL), HASH), hash) &&
        !operator_writes_always(image))
        return true;
    operator_merge(set, wanted, image);
    annotate(set, wanted, hash);
    return controllers_save(c, kind, set, err);
}

/* FE from more than one to one is refused (operator 1.9.1 and later). */
static bool refused(struct controllers *c, const json_t *cluster,
                    const struct component *component, char **ret_reason)
{
    AUTO_JSON *set = get_set(c, cluster, component);
    const json_t *wanted = json_at(cluster, "spec", component->spec, "replicas", NULL);
    if (!str_equal(component->name, "fe") || !set || (wanted && json_integer_value(wanted) != 1) ||
        json_int(json_object_get(set, "spec"), "replicas") <= 1)
        return false;
    AUTO_FREE char *name = set_name(cluster, component);
    *ret_reason = str_format("the replicas of statefulset %s can not be scaled to 1", name);
    return true;
}

/* The component's phase with its reason (free() it), after kubectl's rollout status. */
static const char *component_phase(const json_t *set, const json_t *pods, char **ret_reason)
{
    const json_t *spec = json_object_get(set, "spec"), *status = json_object_get(set, "status");
    size_t i, ready = 0;
    json_t *pod;
    json_array_foreach (pods, i, pod)
        ready += pod_ready(pod);
    if (ready < json_array_size(pods))
        return "reconciling";
    int64_t generation = json_int(json_object_get(set, "metadata"), "generation");
    if (json_int(status, "observedGeneration") < generation) {
        *ret_reason = str_format("Waiting for statefulset spec update to be observed");
        return "reconciling";
    }
    int64_t replicas = json_int(spec, "replicas"), updated = json_int(status, "updatedReplicas");
    int64_t partition = json_int(json_at(spec, "updateStrategy", "rollingUpdate", NULL),
                                 "partition");
    if (updated < replicas - partition) {
        *ret_reason = str_format("Waiting for partitioned roll out to finish: %" PRId64
                                 " out of %" PRId64 " new pods have been updated",
                                 updated, replicas - partition);
        return "reconciling";
    }
    return "running";
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

static json_t *component_status(struct controllers *c, const json_t *cluster,
                                const struct component *component)
{
    AUTO_JSON *set = get_set(c, cluster, component);
    AUTO_JSON *pods = get_pods(c, cluster, component);
    AUTO_FREE char *name = set_name(cluster, component);
    AUTO_FREE char *service = str_format("%s-service", name);
    AUTO_FREE char *reason = NULL;
    const char *phase = component_phase(set, pods, &reason);
    json_t *status = json_pack("{s:s,s:[s],s:s}", "phase", phase, "resourceNames", name,
                               "serviceName", service);
    if (reason)
        json_put_str(status, "reason", reason);
    list_instances(status, pods);
    if (str_equal(component->name, "cn")) {
        AUTO_FREE char *selector = str_format(
            "app.kubernetes.io/component=cn,app.starrocks.ownerreference/name=%s", name);
        json_put_str(status, "selector", selector);
        json_put(status, "horizontalScaler", json_object());
        json_put_int(status, "replicas", json_int(json_object_get(set, "status"), "replicas"));
    }
    return status;
}

/* All pods ready under OnDelete: the operator's own status check errors (recorded). */
static bool status_error(struct controllers *c, const json_t *cluster,
                         const struct component *component)
{
    AUTO_JSON *set = get_set(c, cluster, component);
    const char *type = json_str_at(set, "spec", "updateStrategy", "type", NULL);
    AUTO_JSON *pods = get_pods(c, cluster, component);
    size_t i;
    json_t *pod;
    json_array_foreach (pods, i, pod)
        if (!pod_ready(pod))
            return false;
    return set && !str_equal(type, "RollingUpdate");
}

static bool write_status(struct controllers *c, json_t *cluster, const char *failed,
                         struct error *err)
{
    json_t *status = json_object_get(cluster, "status");
    if (!status) {
        status = json_object();
        json_put(cluster, "status", status);
    }
    const char *phase = "running";
    AUTO_FREE char *reason = failed ? str_format("%s", failed) : NULL;
    for (const struct component *k = components; k->name; k++) {
        AUTO_JSON *set = get_set(c, cluster, k);
        if (!set)
            continue;
        if (!reason && status_error(c, cluster, k))
            reason = str_format("error from %s controller: %s", k->controller, only_rolling);
        json_put(status, k->status, component_status(c, cluster, k));
        if (!str_equal(json_str_at(status, k->status, "phase", NULL), "running") &&
            str_equal(phase, "running"))
            phase = "reconciling";
    }
    json_put_str(status, "phase", reason ? "failed" : phase);
    json_object_del(status, "reason");
    if (reason)
        json_put_str(status, "reason", reason);
    return controllers_save(c, kind_find("starrocksclusters"), cluster, err);
}

static bool reconcile(struct controllers *c, json_t *cluster, struct error *err)
{
    AUTO_FREE char *problem = NULL;
    AUTO_JSON *frontends = get_pods(c, cluster, component_find("fe"));
    bool recovers = recovery_step(cluster, frontends, c->at);
    for (const struct component *k = components; k->name; k++) {
        if (!json_at(cluster, "spec", k->spec, NULL))
            continue;
        AUTO_FREE char *reason = NULL;
        if (refused(c, cluster, k, &reason)) {
            problem = str_format("error from %s controller: %s", k->controller, reason);
            if (!str_equal(json_str_at(cluster, "status", "reason", NULL), problem) &&
                !store_event(c->db, cluster, "Warning", "SyncFeFailed", reason, c->at, err))
                return false;
            break;
        }
        if (!str_equal(k->name, "fe") && (recovers || !fe_is_ready(c, cluster)))
            continue; /* "FE is not ready, skipping CN sync": silent */
        if (!write_set(c, cluster, k, recovers && str_equal(k->name, "fe"), err))
            return false;
    }
    return write_status(c, cluster, problem, err);
}

bool operator_step(struct controllers *c, struct error *err)
{
    AUTO_FREE char *image = operator_image(c);
    if (!image)
        return true;
    AUTO_JSON *clusters = store_list(c->db, kind_find("starrocksclusters"), NULL);
    size_t i;
    json_t *cluster;
    json_array_foreach (clusters, i, cluster)
        if (!str_equal(json_str(json_at(cluster, "metadata", "annotations", NULL),
                                "starrocks.com/ignored"),
                       "true") &&
            !reconcile(c, cluster, err))
            return false;
    return true;
}

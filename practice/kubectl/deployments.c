/*
 * The Deployment controller, as far as the operator's Deployment needs one: pods come and go with its
 * replicas, in the same moment (times are unrecorded), and the status says so.
 */
#include "controllers.h"

#include "digest.h"
#include "selector.h"
#include "store.h"

/* "a=b" of the labels that it selects by; free() it. */
static char *selector_of(const json_t *deployment)
{
    AUTO_STR text = {0};
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)json_at(deployment, "spec", "selector", "matchLabels", NULL), key,
                         value)
        str_addf(&text, "%s%s=%s", text.len ? "," : "", key, json_string_value(value));
    return str_take(&text);
}

static bool make_pod(struct controllers *c, const json_t *deployment, struct error *err)
{
    const char *name = json_str_at(deployment, "metadata", "name", NULL);
    const json_t *template = json_at(deployment, "spec", "template", NULL);
    const json_t *container =
        json_array_get(json_at(template, "spec", "containers", NULL), 0);
    char hex[7];
    random_hex(hex, 6);
    AUTO_FREE char *prefix = str_format("%s-9b55946d7-", name);
    AUTO_FREE char *pod_name = str_format("%s%.5s", prefix, hex);
    json_t *spec = json_deep_copy(json_object_get(template, "spec"));
    json_put_str(spec, "nodeName", "node-b");
    json_t *state = json_pack("{s:s,s:s,s:{},s:s,s:b,s:i,s:{s:{s:o}}}", "image",
                              json_str(container, "image"), "imageID", "", "lastState", "name",
                              json_str(container, "name"), "ready", 1, "restartCount", 0, "state",
                              "running", "startedAt", store_time(c->at));
    AUTO_JSON *pod = json_pack(
        "{s:s,s:s,s:{s:s,s:s,s:s,s:o},s:o,s:{s:[o],s:[{s:s,s:s}],s:s,s:s,s:[{s:s}]}}", "apiVersion",
        "v1", "kind", "Pod", "metadata", "generateName", prefix, "name", pod_name, "namespace",
        json_str_at(deployment, "metadata", "namespace", NULL), "labels",
        json_deep_copy(json_at(template, "metadata", "labels", NULL)), "spec", spec, "status",
        "containerStatuses", state, "conditions", "type", "Ready", "status", "True", "phase",
        "Running", "podIP", "10.244.0.2", "podIPs", "ip", "10.244.0.2");
    c->changed = true;
    return store_create(c->db, kind_pods(), pod, c->at, err);
}

/* Makes or deletes pods until there are as many as it wants. */
static bool count_pods(struct controllers *c, const json_t *deployment, int64_t wanted,
                       struct error *err)
{
    const char *ns = json_str_at(deployment, "metadata", "namespace", NULL);
    AUTO_FREE char *selector = selector_of(deployment);
    AUTO_JSON *all = store_list(c->db, kind_pods(), ns);
    int64_t have = 0;
    size_t i;
    json_t *pod;
    json_array_foreach (all, i, pod) {
        if (!selector_labels(selector, pod))
            continue;
        if (have == wanted) {
            c->changed = true;
            if (!store_delete(c->db, kind_pods(), ns, json_str_at(pod, "metadata", "name", NULL),
                              err))
                return false;
        } else {
            have++;
        }
    }
    for (; have < wanted; have++)
        if (!make_pod(c, deployment, err))
            return false;
    return true;
}

static bool work(struct controllers *c, json_t *deployment, struct error *err)
{
    static const char *const counts[] = {"replicas", "readyReplicas", "availableReplicas",
                                         "updatedReplicas"};
    int64_t generation = json_int(json_object_get(deployment, "metadata"), "generation");
    json_t *status = json_object_get(deployment, "status");
    int64_t wanted = json_int(json_object_get(deployment, "spec"), "replicas");
    if (json_int(status, "observedGeneration") == generation)
        return true;
    if (!count_pods(c, deployment, wanted, err))
        return false;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        json_object_del(status, counts[i]);
        if (wanted > 0)
            json_put_int(status, counts[i], wanted);
    }
    json_put_int(status, "observedGeneration", generation);
    return controllers_save(c, kind_find("deployments"), deployment, err);
}

bool deployments_step(struct controllers *c, struct error *err)
{
    AUTO_JSON *all = store_list(c->db, kind_find("deployments"), NULL);
    size_t i;
    json_t *deployment;
    json_array_foreach (all, i, deployment)
        if (!work(c, deployment, err))
            return false;
    return true;
}

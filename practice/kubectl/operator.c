/*
 * The StarRocks operator: components in the order FE, BE, CN; BE and CN wait until one FE is ready,
 * an error of a part ends the pass (pkg/controllers, recorded in timelines). Up to 1.8 the order is
 * that of a Go map, another one each time; here it is the same.
 */
#include "controllers.h"

#include <belay/list.h>

#include "components.h"
#include "operator_part.h"
#include "operator_recovery.h"
#include "operator_release.h"
#include "selector.h"
#include "store.h"

/* The release of the operator that works; 0: its Deployment has no replica, or there is none. */
static int release_at_work(struct controllers *c)
{
    AUTO_JSON *deployments = store_list(c->db, kind_find("deployments"), NULL);
    size_t i;
    json_t *deployment;
    json_array_foreach (deployments, i, deployment)
        if (selector_labels("app=kube-starrocks-operator", deployment) &&
            json_int(json_object_get(deployment, "spec"), "replicas") > 0)
            return operator_release(json_str(
                json_array_get(
                    json_at(deployment, "spec", "template", "spec", "containers", NULL), 0),
                "image"));
    return 0;
}

/* The endpoints of the FE service have an address. */
static bool fe_is_ready(const json_t *frontends)
{
    size_t i;
    json_t *pod;
    json_array_foreach (frontends, i, pod)
        if (pod_ready(pod) && !*json_str_at(pod, "metadata", "deletionTimestamp", NULL))
            return true;
    return false;
}

/*
 * waitForFullRollout reads the status of the FE's StatefulSet and compares no generations: in the
 * pass that changed it, the old status still looks finished (#801; recorded).
 */
static bool fe_rolled_out(const struct part *fe)
{
    AUTO_JSON *set = part_get(fe);
    const json_t *status = json_object_get(set, "status");
    return json_int(status, "readyReplicas") >= json_int(json_object_get(set, "spec"), "replicas") &&
           str_equal(json_str(status, "currentRevision"), json_str(status, "updateRevision"));
}

static bool may_follow(struct controllers *c, int release, const json_t *cluster)
{
    AUTO_PART fe = part_of_cluster(c, release, cluster, component_find("fe"));
    AUTO_JSON *frontends = part_pods(&fe);
    bool waits = json_flag(json_object_get(cluster, "spec"), "waitForFullRollout") &&
                 operator_has(release, OPERATOR_FULL_ROLLOUT);
    return waits ? fe_rolled_out(&fe) : fe_is_ready(frontends);
}

static json_t *status_of(json_t *resource)
{
    json_t *status = json_object_get(resource, "status");
    if (!status) {
        status = json_object();
        json_put(resource, "status", status);
    }
    return status;
}

/* Phase failed with a reason; before 1.9.0 an error only goes to the operator's log. */
static void tell_failed(json_t *cluster, int release, const struct component *component,
                        const char *problem)
{
    AUTO_FREE char *reason = str_format("error from %s controller: %s", component->controller,
                                        problem);
    if (!operator_has(release, OPERATOR_TELLS))
        return;
    json_put_str(status_of(cluster), "phase", "failed");
    json_put_str(status_of(cluster), "reason", reason);
}

/* What the parts say, FE first; a part whose look fails ends it, and the others keep what they said. */
static void look_at_parts(struct controllers *c, int release, json_t *cluster)
{
    json_t *status = status_of(cluster);
    const char *phase = "running";
    for (const struct component *k = components; k->name; k++) {
        AUTO_PART part = part_of_cluster(c, release, cluster, k);
        AUTO_FREE char *problem = NULL;
        json_t *said = part_status(&part, &problem);
        if (!said)
            continue;
        if (problem && !operator_has(release, OPERATOR_TELLS)) {
            json_decref(said);
            return;
        }
        json_put(status, k->status, said);
        if (problem) {
            tell_failed(cluster, release, k, problem);
            return;
        }
        if (!str_equal(json_str(said, "phase"), "running"))
            phase = operator_has(release, OPERATOR_RECONCILING) ? "reconciling" : "pending";
    }
    json_put_str(status, "phase", phase);
    json_object_del(status, "reason");
}

static bool tell_refused(struct controllers *c, json_t *cluster, int release,
                         const struct component *component, const char *refused, struct error *err)
{
    AUTO_FREE char *before = str_format("%s", json_str_at(cluster, "status", "reason", NULL));
    AUTO_FREE char *event = str_format("Sync%c%cFailed", component->controller[0],
                                       component->controller[1] | ' ');
    tell_failed(cluster, release, component, refused);
    return str_equal(before, json_str_at(cluster, "status", "reason", NULL)) ||
           store_event(c->db, cluster, "Warning", event, refused, c->at, err);
}

static bool reconcile(struct controllers *c, int release, json_t *cluster, struct error *err)
{
    AUTO_PART fe = part_of_cluster(c, release, cluster, component_find("fe"));
    AUTO_JSON *frontends = part_pods(&fe);
    bool recovers = recovery_step(cluster, frontends, c->at);
    for (const struct component *k = components; k->name; k++) {
        AUTO_PART part = part_of_cluster(c, release, cluster, k);
        AUTO_FREE char *refused = NULL;
        bool is_fe = str_equal(k->name, "fe");
        if (!part.want.spec || (!is_fe && (recovers || !may_follow(c, release, cluster))))
            continue; /* "FE is not ready, skipping CN sync": silent */
        if (!part_write(&part, recovers && is_fe, &refused, err))
            return false;
        if (refused)
            return tell_refused(c, cluster, release, k, refused, err) &&
                   controllers_save(c, kind_find("starrocksclusters"), cluster, err);
    }
    look_at_parts(c, release, cluster);
    return controllers_save(c, kind_find("starrocksclusters"), cluster, err);
}

/* The other reconciler: a warehouse has compute nodes alone, and its status is theirs. */
static bool reconcile_warehouse(struct controllers *c, int release, json_t *warehouse,
                                struct error *err)
{
    AUTO_PART part = part_of_warehouse(c, release, warehouse);
    AUTO_JSON *cluster = store_get(c->db, kind_find("starrocksclusters"), part.ns,
                                   part.want.cluster);
    AUTO_FREE char *problem = NULL;
    AUTO_PART fe = part_of_cluster(c, release, cluster, component_find("fe"));
    AUTO_JSON *frontends = part_pods(&fe);
    if (!cluster)
        problem = str_format("custom resource StarRocksCluster is missing");
    else if (!fe_is_ready(frontends))
        problem = str_format("component fe is not ready");
    else if (!part_write(&part, false, &problem, err))
        return false;
    json_t *said = problem ? NULL : part_status(&part, &problem);
    if (said)
        json_put(warehouse, "status", said);
    if (problem) {
        json_put_str(status_of(warehouse), "phase", "failed");
        json_put_str(status_of(warehouse), "reason", problem);
    }
    return controllers_save(c, kind_find("starrockswarehouses"), warehouse, err);
}

static bool ignored(const json_t *cluster)
{
    return str_equal(json_str(json_at(cluster, "metadata", "annotations", NULL),
                              "starrocks.com/ignored"),
                     "true");
}

bool operator_step(struct controllers *c, struct error *err)
{
    int release = release_at_work(c);
    if (release == 0)
        return true;
    AUTO_JSON *clusters = store_list(c->db, kind_find("starrocksclusters"), NULL);
    AUTO_JSON *warehouses = operator_has(release, OPERATOR_WAREHOUSES)
                                ? store_list(c->db, kind_find("starrockswarehouses"), NULL)
                                : json_array();
    size_t i;
    json_t *resource;
    json_array_foreach (clusters, i, resource)
        if (!ignored(resource) && !reconcile(c, release, resource, err))
            return false;
    json_array_foreach (warehouses, i, resource)
        if (!reconcile_warehouse(c, release, resource, err))
            return false;
    return true;
}

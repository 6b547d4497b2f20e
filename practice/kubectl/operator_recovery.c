/* todo, doing, done: what becomes of a cluster that is to be recovered from a cluster snapshot. */
#include "operator_recovery.h"

#include <inttypes.h>

#include "mem.h"
#include "store.h"

#define YAML "cluster_snapshot.yaml"
#define STATUS "disasterRecoveryStatus"

static const json_t *mount_of(const json_t *cluster)
{
    size_t i;
    json_t *map;

    json_array_foreach (json_at(cluster, "spec", "starRocksFeSpec", "configMaps", NULL), i, map)
        if (strstr(json_str(map, "subPath"), YAML))
            return map;
    return NULL;
}

/* Every frontend is ready, and some variable of its environment has the generation as its value. */
static bool ready_with(const json_t *pods, const char *generation)
{
    size_t i, k;
    json_t *pod, *env;

    json_array_foreach ((json_t *)pods, i, pod) {
        const json_t *fe = json_array_get(json_at(pod, "spec", "containers", NULL), 0);
        bool has = false;
        json_array_foreach (json_object_get(fe, "env"), k, env)
            has = has || str_equal(json_str(env, "value"), generation);
        if (!has || !pod_ready(pod))
            return false;
    }
    return json_array_size(pods) > 0;
}

bool recovery_step(json_t *cluster, const json_t *pods, int64_t at)
{
    const json_t *spec = json_at(cluster, "spec", "disasterRecovery", NULL);
    json_t *status = (json_t *)json_at(cluster, "status", STATUS, NULL);
    int64_t generation = json_int(spec, "generation");
    AUTO_FREE char *text = str_format("%" PRId64, generation);

    if (!json_flag(spec, "enabled"))
        return false;
    if (status && json_int(status, "observedGeneration") == generation &&
        str_equal(json_str(status, "phase"), "done"))
        return false;
    if (!status || generation > json_int(status, "observedGeneration")) {
        status = json_pack("{s:s,s:I,s:I}", "phase", "todo", "observedGeneration",
                           (json_int_t)generation, "startTimestamp", (json_int_t)(at / 1000));
        json_t *all = json_object_get(cluster, "status");
        if (!all) {
            all = json_object();
            json_put(cluster, "status", all);
        }
        json_put(all, STATUS, status);
    }
    if (str_equal(json_str(status, "phase"), "todo") && !mount_of(cluster)) {
        json_put_str(status, "reason", YAML " is not mounted");
        return false;
    }
    if (str_equal(json_str(status, "phase"), "todo")) {
        json_put_str(status, "phase", "doing");
        json_put_str(status, "reason", "has changed to pod template for disaster recovery");
    } else if (ready_with(pods, text)) {
        json_put_str(status, "phase", "done");
        json_put_str(status, "reason", "disaster recovery is done");
        json_put_int(status, "endTimestamp", at / 1000);
    }
    return true;
}

void recovery_rewrite(const json_t *cluster, json_t *set)
{
    json_t *spec = json_object_get(set, "spec");
    json_t *fe = json_array_get(json_at(spec, "template", "spec", "containers", NULL), 0);
    AUTO_FREE char *generation =
        str_format("%" PRId64, json_int(json_at(cluster, "spec", "disasterRecovery", NULL),
                                        "generation"));

    json_put_int(spec, "replicas", 1);
    json_object_del(fe, "startupProbe");
    json_object_del(fe, "livenessProbe");
    json_array_append_new(json_object_get(fe, "env"),
                          json_pack("{s:s,s:s}", "name", "RESTORE_CLUSTER_GENERATION", "value",
                                    generation));
    json_array_append_new(json_object_get(fe, "env"),
                          json_pack("{s:s,s:s}", "name", "RESTORE_CLUSTER_SNAPSHOT", "value", "true"));
}

/* The name of the ConfigMap behind the mount of that file, "" without one. */
static const char *mounted_map(const json_t *pod)
{
    const json_t *fe = json_array_get(json_at(pod, "spec", "containers", NULL), 0);
    size_t i, k;
    json_t *mount, *volume;

    json_array_foreach (json_object_get(fe, "volumeMounts"), i, mount) {
        if (!str_ends(json_str(mount, "mountPath"), "/" YAML))
            continue;
        json_array_foreach (json_at(pod, "spec", "volumes", NULL), k, volume)
            if (str_equal(json_str(volume, "name"), json_str(mount, "name")))
                return json_str_at(volume, "configMap", "name", NULL);
    }
    return "";
}

char *recovery_path(struct controllers *c, const json_t *pod)
{
    const char *map = mounted_map(pod);
    AUTO_JSON *object = *map ? store_get(c->db, kind_find("configmaps"),
                                         json_str_at(pod, "metadata", "namespace", NULL), map)
                             : NULL;
    const char *text = json_str(json_object_get(object, "data"), YAML);
    const char *at = strstr(text, "cluster_snapshot_path:");

    if (!at)
        return NULL;
    at += strlen("cluster_snapshot_path:");
    at += strspn(at, " ");
    return mem_textn(at, strcspn(at, "\n"));
}

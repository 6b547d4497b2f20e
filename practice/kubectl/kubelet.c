/*
 * The kubelets: pods start, become ready, fail, end. The process of an FE, BE or CN pod is a row of
 * the world; other pods have only their tree.
 */
#include "controllers.h"

#include <ctype.h>
#include <inttypes.h>
#include <unistd.h>

#include "clock.h"
#include "components.h"
#include "fe_start.h"
#include "init_run.h"
#include "kubelet_log.h"
#include "mem.h"
#include "mounts.h"
#include "operator_recovery.h"
#include "pod_address.h"
#include "pod_faults.h"
#include "pods.h"
#include "scenario_name.h"
#include "store.h"
#include "world_db.h"
#include "world_nodes.h"

#define START_FE_MS 20000 /* unrecorded: an FE with little metadata */
#define START_MS 8000     /* unrecorded: BE, CN, helper pods */
#define BACK_OFF_S 10     /* the first wait; each is twice the one before (pkg/kubelet/kubelet.go) */
#define BACK_OFF_MAX_S 300
#define CRASHED "[StarRocksFE.start():185] StarRocksFE start failed"
#define STOP_MS 3000      /* unrecorded: stop_fe.sh -g on an idle FE */

bool pod_ready(const json_t *pod)
{
    const json_t *states = json_at(pod, "status", "containerStatuses", NULL);
    size_t i;
    json_t *state;
    json_array_foreach (states, i, state)
        if (!json_flag(state, "ready"))
            return false;
    return json_array_size(states) > 0;
}

static const char *image_of(const json_t *pod)
{
    return json_str(json_array_get(json_at(pod, "spec", "containers", NULL), 0), "image");
}

/* The text after the last ':' of an image, "latest" without one. */
static const char *tag_of(const char *image)
{
    const char *slash = strrchr(image, '/');
    const char *colon = strrchr(slash ? slash : image, ':');
    return colon ? colon + 1 : "latest";
}

static const char *pod_name(const json_t *pod)
{
    return json_str_at(pod, "metadata", "name", NULL);
}

static const char *component_of(const json_t *pod)
{
    return json_str(json_at(pod, "metadata", "labels", NULL), "app.kubernetes.io/component");
}

/*
 * Why the pod's container cannot run, or NULL. Tags that no release has cannot be pulled, nor one
 * with "missing" in it; one with "crash" in it is an image whose process ends at once.
 */
static const char *broken_because(const json_t *pod)
{
    const char *tag = tag_of(image_of(pod));
    if (strstr(tag, "crash"))
        return "CrashLoopBackOff";
    bool ours = component_find(component_of(pod)) != NULL;
    bool none = strstr(tag, "missing") != NULL || !isdigit((unsigned char)*tag);
    return ours && none ? "ImagePullBackOff" : NULL;
}

/* A condition that stays as it was keeps its time. old: the status of before. */
static json_t *condition(const json_t *old, const char *type, bool holds, int64_t at)
{
    const char *status = holds ? "True" : "False";
    json_t *since = NULL, *before;
    size_t i;
    json_array_foreach (json_object_get(old, "conditions"), i, before)
        if (str_equal(json_str(before, "type"), type) &&
            str_equal(json_str(before, "status"), status))
            since = json_incref(json_object_get(before, "lastTransitionTime"));
    return json_pack("{s:n,s:o,s:s,s:s}", "lastProbeTime", "lastTransitionTime",
                     since ? since : store_time(at), "status", status, "type", type);
}

/*
 * How long the kubelet waits before it tries again, in seconds. It counts its tries in memory; since
 * each wait is as long as all before it together, the time since when the pod is not ready tells.
 */
static int64_t back_off_s(const json_t *status, int64_t at)
{
    int64_t wait = BACK_OFF_S, since = 0;
    size_t i;
    json_t *before;
    json_array_foreach (json_object_get(status, "conditions"), i, before)
        if (str_equal(json_str(before, "type"), "Ready") &&
            str_equal(json_str(before, "status"), "False"))
            clock_read_utc(json_str(before, "lastTransitionTime"), &since);
    if (since == 0)
        return wait;
    while (wait < BACK_OFF_MAX_S && wait * 2 <= at / 1000 - since)
        wait *= 2;
    return wait < BACK_OFF_MAX_S ? wait : BACK_OFF_MAX_S;
}

/* {"waiting":{…}}; the words are those of kubernetes pkg/kubelet (images, kuberuntime). */
static json_t *waiting_state(const json_t *pod, const json_t *container, const char *reason,
                             int64_t wait_s)
{
    json_t *state = json_pack("{s:s}", "reason", reason);
    AUTO_FREE char *minutes = str_format("%" PRId64 "m", wait_s / 60);
    AUTO_FREE char *message = NULL;
    if (str_equal(reason, "ImagePullBackOff"))
        message = str_format("Back-off pulling image \"%s\"", json_str(container, "image"));
    else if (str_equal(reason, "CrashLoopBackOff"))
        message = str_format("back-off %s%" PRId64 "s restarting failed container=%s pod=%s_%s(%s)",
                             wait_s < 60 ? "" : minutes, wait_s % 60, json_str(container, "name"),
                             pod_name(pod),
                             json_str_at(pod, "metadata", "namespace", NULL),
                             json_str_at(pod, "metadata", "uid", NULL));
    if (message)
        json_put_str(state, "message", message);
    return json_pack("{s:o}", "waiting", state);
}

/* before: how its last process ended, NULL: none did. */
static json_t *container_status(const json_t *pod, const json_t *container, const char *waiting,
                                bool ready, int64_t restarts, const json_t *before, int64_t at)
{
    json_t *state = waiting ? waiting_state(pod, container, waiting,
                                            back_off_s(json_object_get(pod, "status"), at))
                            : json_pack("{s:{s:o}}", "running", "startedAt", store_time(at));
    json_t *last = before ? json_deep_copy(before) : json_object();
    if (waiting && str_equal(waiting, "CrashLoopBackOff"))
        json_put(last, "terminated", json_pack("{s:i,s:s}", "exitCode", 255, "reason", "Error"));
    return json_pack("{s:s,s:s,s:o,s:s,s:b,s:I,s:b,s:o}", "image", json_str(container, "image"),
                     "imageID", "", "lastState", last, "name", json_str(container, "name"), "ready",
                     (int)ready, "restartCount", (json_int_t)restarts, "started", (int)!waiting,
                     "state", state);
}

/* 10.244.0.N: FE from 11, BE and CN from 21, those of warehouses from 41, others from 101. */
static char *address_of(const json_t *pod)
{
    const char *component = component_of(pod), *given = pod_address_given(pod);
    const char *name = json_str_at(pod, "metadata", "name", NULL);
    const char *dash = strrchr(name, '-');
    unsigned ordinal = dash ? (unsigned)strtoul(dash + 1, NULL, 10) % 90 : 0;
    unsigned base = str_equal(component, "fe")     ? 11
                    : strstr(name, "-warehouse-cn-") ? 41
                    : component_find(component)      ? 21
                                                     : 101;
    return *given ? mem_text(given) : str_format("10.244.0.%u", base + ordinal);
}

/* Writes .status; waiting: why the container does not run, NULL: it runs. */
static void set_status(json_t *pod, const char *waiting, bool ready, int64_t at)
{
    const json_t *old = json_object_get(pod, "status");
    const json_t *old_state = json_array_get(json_object_get(old, "containerStatuses"), 0);
    int64_t restarts = json_int(old_state, "restartCount") +
                       (waiting && str_equal(waiting, "CrashLoopBackOff"));
    json_t *states = json_array(), *container;
    size_t i;
    json_array_foreach (json_at(pod, "spec", "containers", NULL), i, container)
        json_array_append_new(states, container_status(pod, container, waiting, ready, restarts,
                                                       json_object_get(old_state, "lastState"), at));
    AUTO_FREE char *ip = address_of(pod);
    bool pending = waiting && !str_equal(waiting, "CrashLoopBackOff");
    json_t *status = json_pack(
        "{s:[o,o,o,o],s:o,s:s,s:[{s:s}],s:s,s:s,s:o}", "conditions",
        condition(old, "Initialized", !waiting || !str_equal(waiting, "PodInitializing"), at),
        condition(old, "Ready", ready, at), condition(old, "ContainersReady", ready, at),
        condition(old, "PodScheduled", true, at),
        "containerStatuses", states, "hostIP", "10.0.0.1", "hostIPs", "ip", "10.0.0.1", "phase",
        pending ? "Pending" : "Running", "qosClass", "Burstable", "startTime", store_time(at));
    if (!pending) {
        json_put_str(status, "podIP", ip);
        json_put(status, "podIPs", json_pack("[{s:s}]", "ip", ip));
    }
    const json_t *first = json_object_get(old, "initContainerStatuses");
    if (first)
        json_put(status, "initContainerStatuses", json_deep_copy(first));
    json_put(pod, "status", status);
}

static bool schedule(struct controllers *c, const json_t *pod, const char *state, int64_t in_ms,
                     struct error *err)
{
    c->changed = true;
    return db_run(c->db, err, "INSERT OR REPLACE INTO k8s_pod VALUES (?1, ?2, ?3, ?4, ?5)", "sssis",
                  json_str_at(pod, "metadata", "namespace", NULL),
                  json_str_at(pod, "metadata", "name", NULL), state, c->at + in_ms,
                  component_of(pod));
}

bool kubelet_take(struct controllers *c, json_t *pod, struct error *err)
{
    bool fe = str_equal(component_of(pod), "fe");
    if (fe && !pod_address_take(c, pod, err))
        return false;
    set_status(pod, "ContainerCreating", false, c->at);
    return controllers_save(c, kind_pods(), pod, err) &&
           schedule(c, pod, "starting",
                    (fe ? START_FE_MS : START_MS) + pod_fault_slow(c->db, pod), err);
}

bool kubelet_end(struct controllers *c, json_t *pod, long grace_s, struct error *err)
{
    json_t *metadata = json_object_get(pod, "metadata");
    const json_t *spec = json_object_get(pod, "spec");
    long grace = grace_s >= 0 ? grace_s : (long)json_int(spec, "terminationGracePeriodSeconds");
    if (!*json_str(metadata, "deletionTimestamp")) {
        json_put(metadata, "deletionTimestamp", store_time(c->at + grace * 1000));
        json_put_int(metadata, "deletionGracePeriodSeconds", grace);
        if (!controllers_save(c, kind_pods(), pod, err))
            return false;
    }
    return schedule(c, pod, "stopping", grace == 0 ? 0 : STOP_MS, err);
}

/* The version of the pod's image, as SHOW FRONTENDS has it; NULL: the one that ran there. free() it. */
static char *version_of(struct controllers *c, const char *pod, const char *tag)
{
    char version[48];
    AUTO_FREE char *now = db_text(c->db,
                                  "SELECT version FROM fe WHERE pod = ?1"
                                  " UNION ALL SELECT version FROM node WHERE pod = ?1",
                                  "s", pod);
    bool known = scenario_version(tag, version);
    return !known || str_equal(now, version) ? NULL : mem_text(version);
}

/* The FE reads its ConfigMap at the start of the pod. */
static bool mount_conf(struct controllers *c, const json_t *pod, struct error *err)
{
    size_t i;
    json_t *volume;
    json_array_foreach (json_at(pod, "spec", "volumes", NULL), i, volume) {
        const char *name = json_str_at(volume, "configMap", "name", NULL);
        AUTO_JSON *map = *name ? store_get(c->db, kind_find("configmaps"),
                                           json_str_at(pod, "metadata", "namespace", NULL), name)
                               : NULL;
        const char *conf = json_str(json_object_get(map, "data"), "fe.conf");
        if (*conf && !pods_write_conf(world_dir(c->world),
                                      json_str_at(pod, "metadata", "name", NULL), conf, err))
            return false;
    }
    return true;
}

static bool restores(const json_t *pod)
{
    return pod_env_is(pod, "RESTORE_CLUSTER_SNAPSHOT", "true");
}

static bool start_from_snapshot(struct controllers *c, const json_t *pod, bool *ret_exits,
                                struct error *err)
{
    AUTO_FREE char *path = recovery_path(c, pod);
    return fe_start_from_snapshot(c, json_str_at(pod, "metadata", "name", NULL), path, ret_exits,
                                  err);
}

/* Starts the pod's process. ret_exits: it ended at once. */
static bool start_process(struct controllers *c, const json_t *pod, bool *ret_exits,
                          struct error *err)
{
    const char *name = json_str_at(pod, "metadata", "name", NULL), *component = component_of(pod);
    AUTO_FREE char *version = version_of(c, name, tag_of(image_of(pod)));
    if (str_equal(component, "fe"))
        return mount_conf(c, pod, err) &&
               (restores(pod) ? start_from_snapshot(c, pod, ret_exits, err)
                              : fe_start(c, name, version, pod_address_given(pod), ret_exits, err)) &&
               (*ret_exits || nodes_fe_start(c->world, name, version, err));
    if (component_find(component))
        return nodes_be_start(c->world, name, version, err);
    return mounts_make(world_dir(c->world), pod, err);
}

static bool stop_process(struct controllers *c, const char *name, const char *component,
                         struct error *err)
{
    if (str_equal(component, "fe"))
        return nodes_fe_stop(c->world, name, err);
    return !component_find(component) || nodes_be_stop(c->world, name, err);
}

static bool is_serving(struct controllers *c, const json_t *pod)
{
    return !str_equal(component_of(pod), "fe") ||
           db_int(c->db, 0, "SELECT " KUBELET_FE_SERVES " FROM fe f WHERE pod = ?1", "s",
                  pod_name(pod)) != 0;
}

static bool started(struct controllers *c, json_t *pod, struct error *err)
{
    const char *broken = broken_because(pod);
    bool exits = broken && str_equal(broken, "CrashLoopBackOff"), again = false;
    if (!broken && pod_fault(c->db, pod, "missing")) {
        broken = "ImagePullBackOff";
        again = true;
    }
    enum init_end first = broken ? INIT_PASSED : init_run(world_dir(c->world), pod, c->at);
    if (first != INIT_PASSED) {
        broken = "PodInitializing";
        again = first == INIT_FAILED;
    }
    if (!broken && pod_fault(c->db, pod, "crash"))
        exits = again = true;
    if (exits)
        kubelet_log(world_dir(c->world), pod, c->at, CRASHED);
    else if (!broken && !start_process(c, pod, &exits, err))
        return false;
    if (exits) {
        again = again || !broken;
        broken = "CrashLoopBackOff";
    }
    if (!broken && pod_fault(c->db, pod, "lags") && !nodes_fe_stick(c->world, pod_name(pod), err))
        return false;
    int64_t wait = again ? back_off_s(json_object_get(pod, "status"), c->at) * 1000 : 0;
    set_status(pod, broken, !broken && is_serving(c, pod), c->at);
    return controllers_save(c, kind_pods(), pod, err) &&
           schedule(c, pod, again ? "starting" : broken ? "broken" : "running", wait, err);
}

static bool ended(struct controllers *c, json_t *pod, struct error *err)
{
    const char *ns = json_str_at(pod, "metadata", "namespace", NULL);
    const char *name = json_str_at(pod, "metadata", "name", NULL);
    c->changed = true;
    return stop_process(c, name, component_of(pod), err) &&
           (component_find(component_of(pod)) ? mounts_forget(world_dir(c->world), pod, err)
                                              : mounts_remove(world_dir(c->world), pod, err)) &&
           db_run(c->db, err, "DELETE FROM k8s_pod WHERE namespace = ?1 AND name = ?2", "ss", ns,
                  name) &&
           store_delete(c->db, kind_pods(), ns, name, err);
}

bool kubelet_step(struct controllers *c, int64_t until, bool *ret_none, struct error *err)
{
    AUTO_STMT *row = db_prepare(c->db, err,
                                "SELECT namespace, name, state, due_ms FROM k8s_pod"
                                " WHERE state IN ('starting', 'stopping') AND due_ms <= ?1"
                                " ORDER BY due_ms, name LIMIT 1",
                                "i", until);
    *ret_none = row && sqlite3_step(row) != SQLITE_ROW;
    if (!row || *ret_none)
        return row != NULL;
    AUTO_JSON *pod = store_get(c->db, kind_pods(), db_column(row, 0), db_column(row, 1));
    bool starting = str_equal(db_column(row, 2), "starting");
    if (sqlite3_column_int64(row, 3) > c->at)
        c->at = sqlite3_column_int64(row, 3);
    if (!pod) /* force-deleted meanwhile */
        return db_run(c->db, err, "DELETE FROM k8s_pod WHERE namespace = ?1 AND name = ?2", "ss",
                      db_column(row, 0), db_column(row, 1));
    return starting ? started(c, pod, err) : ended(c, pod, err);
}

bool kubelet_look(struct controllers *c, struct error *err)
{
    AUTO_STMT *row = db_prepare(c->db, err, KUBELET_MISMATCH, "");
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        AUTO_JSON *pod = store_get(c->db, kind_pods(), db_column(row, 0), db_column(row, 1));
        if (!pod)
            continue;
        set_status(pod, NULL, !pod_ready(pod), c->at);
        if (!controllers_save(c, kind_pods(), pod, err))
            return false;
    }
    return row != NULL;
}

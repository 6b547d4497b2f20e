/* `kubectl rollout`: restart, and status in the words of kubectl's StatefulSetStatusViewer. */
#include <inttypes.h>

#include "clock.h"
#include "cluster.h"
#include "store.h"
#include "verbs.h"

#define LOOK_MS 20

/* Appends the line for the set's state. true: the rollout is complete. */
static bool set_state(const json_t *set, struct str *ret)
{
    const json_t *spec = json_object_get(set, "spec"), *status = json_object_get(set, "status");
    int64_t replicas = json_int(spec, "replicas"), updated = json_int(status, "updatedReplicas");
    int64_t ready = json_int(status, "readyReplicas");
    int64_t partition =
        json_int(json_at(spec, "updateStrategy", "rollingUpdate", NULL), "partition");
    if (json_int(status, "observedGeneration") <
        json_int(json_object_get(set, "metadata"), "generation")) {
        str_add(ret, "Waiting for statefulset spec update to be observed...\n");
        return false;
    }
    if (ready < replicas) {
        str_addf(ret, "Waiting for %" PRId64 " pods to be ready...\n", replicas - ready);
        return false;
    }
    if (updated < replicas - partition) {
        str_addf(ret,
                 "Waiting for partitioned roll out to finish: %" PRId64 " out of %" PRId64
                 " new pods have been updated...\n",
                 updated, replicas - partition);
        return false;
    }
    str_addf(ret, "partitioned roll out complete: %" PRId64 " new pods have been updated...\n",
             updated);
    return true;
}

static int watch_set(struct call *call, const struct kind *kind, const char *name)
{
    long limit = call->args.timeout ? args_duration(call->args.timeout) : 0;
    bool watch = !call->args.watch || args_flag(call->args.watch);
    AUTO_STR last = {0};
    for (int64_t begin = clock_ms();; clock_sleep(LOOK_MS, 0)) {
        AUTO_JSON *set = store_get(call->db, kind, call->ns, name);
        AUTO_STR line = {0};
        if (!set)
            return call_not_found(call, kind, name);
        if (!str_equal(json_str_at(set, "spec", "updateStrategy", "type", NULL), "RollingUpdate"))
            return call_fail(call, "error: rollout status is only available for RollingUpdate "
                                   "strategy type");
        bool complete = set_state(set, &line);
        if (!str_equal(str_text(&line), str_text(&last)))
            str_add(&call->out, str_text(&line));
        str_clear(&last);
        str_add(&last, str_text(&line));
        if (complete || !watch)
            return 0;
        if (limit > 0 && clock_ms() - begin >= limit)
            return call_fail(call, "error: timed out waiting for the condition");
        if (!world_advance(call->world, NULL) || !kube_advance(call->world, NULL))
            return 1;
    }
}

int verb_rollout(struct call *call)
{
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    const char *what = args_word(&call->args, 0);
    if (str_equal(what, "restart"))
        return call_transaction(call, change_restart);
    if (!str_equal(what, "status"))
        return call_fail(call, "error: unknown command \"rollout %s\"", what ? what : "");
    if (!call_target(call, 1, &kind, &name))
        return 1;
    if (str_equal(kind->group, "starrocks.com"))
        return call_fail(call, "error: no kind \"%s\" is registered for version \"%s/%s\" in "
                               "scheme \"pkg/scheme/scheme.go:28\"",
                         kind->kind, kind->group, kind->version);
    AUTO_JSON *object = call_get(call, kind, name);
    if (!object)
        return 1;
    if (str_equal(kind->kind, "StatefulSet"))
        return watch_set(call, kind, name);
    str_addf(&call->out, "%s \"%s\" successfully rolled out\n", kind->singular, name);
    return 0;
}

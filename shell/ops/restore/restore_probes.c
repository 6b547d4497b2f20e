/* What the API server says during a restore: objects, pods that are gone or ready, rights. */
#include <inttypes.h>

#include <belay/str.h>
#include <mem.h>

#include "kinds.h"
#include "restore_set.h"
#include "session_inside.h"

/* --- object_is: kind, name, then pairs of JSON pointer and value; "" as value: it is not there -- */

/* As a patch would write it, so that the arguments of a step are those of its proof. */
static char *value_text(const json_t *value)
{
    if (value == NULL || json_is_null(value))
        return mem_text("");
    return json_is_string(value) ? mem_text(json_string_value(value)) : json_canonical(value);
}

static void ask_object(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *object = probe_object(world, args->v[0], args->v[1], ret);
    AUTO_STR seen = {0};
    bool same = true;

    if (object == NULL)
        return;
    if (json_is_null(object)) {
        evidence_set(ret, ANSWER_NO, "there is no %s", args->v[1]);
        return;
    }
    for (size_t i = 2; i + 1 < args->n; i += 2) {
        AUTO_FREE char *value = value_text(json_pointer(object, args->v[i]));
        const char *last = strrchr(args->v[i], '/');
        same = same && str_equal(value, args->v[i + 1]);
        str_addf(&seen, "%s%s %s", i > 2 ? ", " : "", last != NULL ? last + 1 : args->v[i],
                 *value != '\0' ? value : "not set");
    }
    evidence_set(ret, same ? ANSWER_YES : ANSWER_NO, "%s: %s", args->v[1], str_text(&seen));
}

static void ask_objects(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_object(world, &probes[i]->args, &ret[i]);
}

static void say_object(const struct probe *probe, struct str *ret)
{
    const struct strv *args = &probe->args;

    str_add(ret, args->v[1]);
    for (size_t i = 2; i + 1 < args->n; i += 2) {
        const char *last = strrchr(args->v[i], '/');
        str_addf(ret, "%s %s is %s", i > 2 ? "," : "", last != NULL ? last + 1 : args->v[i],
                 *args->v[i + 1] != '\0' ? args->v[i + 1] : "not set");
    }
}

const struct probe_kind probe_object_is = {"object_is", ask_objects, say_object};

/* --- pods_gone: StatefulSet, selector, how many pods it had ------------------------------------- */

/* The StatefulSet has none, and its controller has seen that it is to have none. */
static bool set_is_empty(const json_t *set, struct evidence *ret)
{
    const json_t *status = json_object_get(set, "status");
    int64_t seen = json_int(status, "observedGeneration");
    int64_t left = json_int(status, "replicas");
    bool wanted = json_int(json_object_get(set, "spec"), "replicas") == 0;

    if (wanted && left == 0 && seen >= json_int(json_object_get(set, "metadata"), "generation"))
        return true;
    if (!wanted)
        evidence_set(ret, ANSWER_NO, "the StatefulSet is still to have %" PRId64 " pods: does the "
                     "operator run?", json_int(json_object_get(set, "spec"), "replicas"));
    else
        evidence_set(ret, ANSWER_NO, "%" PRId64 " pods are still ending", left);
    return false;
}

/*
 * Neither of the three alone is enough: a wrong label or namespace gives an empty list with success
 * (recorded with kubectl 1.32.4), and a count is only as new as the controller's last look.
 */
static void ask_gone(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *set = probe_object(world, "statefulsets.apps", args->v[0], ret);
    AUTO_JSON *list = NULL;
    AUTO_ERROR err = {0};
    long n = strtol(args->v[2], NULL, 10);

    if (set == NULL)
        return;
    if (json_is_null(set)) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "there is no StatefulSet %s", args->v[0]);
        return;
    }
    if (!set_is_empty(set, ret))
        return;
    if (!kube_get(session_kube(session_of(world), NULL), "pods", NULL, args->v[1], &list, &err)) {
        evidence_failed(ret, NULL, &err);
        return;
    }
    if (json_array_size(json_object_get(list, "items")) > 0) {
        evidence_set(ret, ANSWER_NO, "%zu pods have its labels",
                     json_array_size(json_object_get(list, "items")));
        return;
    }
    for (long i = 0; i < n; i++) {
        AUTO_FREE char *pod = str_format("%s-%ld", args->v[0], i);
        AUTO_JSON *object = probe_object(world, "pods", pod, ret);
        if (object == NULL)
            return;
        if (!json_is_null(object)) {
            evidence_set(ret, ANSWER_NO, "%s is still there", pod);
            return;
        }
    }
    evidence_set(ret, ANSWER_YES, "no pod has its labels, none its names, replicas 0");
}

static void ask_all_gone(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_gone(world, &probes[i]->args, &ret[i]);
}

static void say_gone(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "no pod of %s is left", probe->args.v[0]);
}

const struct probe_kind probe_pods_gone = {"pods_gone", ask_all_gone, say_gone};

/* --- pod_gone: name ------------------------------------------------------------------------------ */

static void ask_pod_gone(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_JSON *pod = probe_object(world, "pods", probes[i]->args.v[0], &ret[i]);
        if (pod != NULL)
            evidence_set(&ret[i], json_is_null(pod) ? ANSWER_YES : ANSWER_NO, "%s",
                         json_is_null(pod) ? "no such pod" : "it is there");
    }
}

static void say_pod_gone(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is gone", probe->args.v[0]);
}

const struct probe_kind probe_pod_gone = {"pod_gone", ask_pod_gone, say_pod_gone};

/* --- pod_ready: name, uid that it must not have ("": any) ---------------------------------------- */

static const char *condition(const json_t *pod, const char *type)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)json_at(pod, "status", "conditions", NULL), i, one)
    {
        if (str_equal(json_str(one, "type"), type))
            return json_str(one, "status");
    }
    return "";
}

#define RESTARTS_MAX 3 /* a container that ended so often does not come up by waiting */

/* Why it is not ready, as far as the kubelet says: "CrashLoopBackOff", "Pending". */
static const char *waits_for(const json_t *pod)
{
    const json_t *state =
        json_array_get(json_at(pod, "status", "containerStatuses", NULL), 0);
    const char *reason = json_str_at(state, "state", "waiting", "reason", NULL);

    return *reason != '\0' ? reason : json_str_at(pod, "status", "phase", NULL);
}

static void ask_ready(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *pod = probe_object(world, "pods", args->v[0], ret);
    const char *uid = json_str_at(pod, "metadata", "uid", NULL);

    if (pod == NULL)
        return;
    if (json_is_null(pod))
        evidence_set(ret, ANSWER_NO, "%s is not there", args->v[0]);
    else if (*json_str_at(pod, "metadata", "deletionTimestamp", NULL) != '\0')
        evidence_set(ret, ANSWER_NO, "%s is ending", args->v[0]);
    else if (*args->v[1] != '\0' && str_equal(uid, args->v[1]))
        evidence_set(ret, ANSWER_NO, "%s is still the one of before", args->v[0]);
    else if (str_equal(condition(pod, "Ready"), "True"))
        evidence_set(ret, ANSWER_YES, "on %s", json_str_at(pod, "spec", "nodeName", NULL));
    else {
        const json_t *state =
            json_array_get(json_at(pod, "status", "containerStatuses", NULL), 0);
        int64_t restarts = json_int(state, "restartCount");
        evidence_set(ret, ANSWER_NO, "%s is not ready: %s", args->v[0], waits_for(pod));
        if (restarts < RESTARTS_MAX)
            return;
        evidence_set(ret, ANSWER_NO, "%s is not ready: %s, started %" PRId64 " times; kubectl logs "
                     "%s says why", args->v[0], waits_for(pod), restarts + 1, args->v[0]);
        /* One that runs again may get ready: its cause was mended. */
        ret->vain = json_at(state, "state", "running", NULL) == NULL;
    }
}

static void ask_all_ready(struct world *world, const struct probe *const *probes, size_t n,
                          struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_ready(world, &probes[i]->args, &ret[i]);
}

static void say_ready(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s%s is ready", probe->args.v[0],
             *probe->args.v[1] != '\0' ? ", made anew," : "");
}

const struct probe_kind probe_pod_ready = {"pod_ready", ask_all_ready, say_ready};

/* --- pod_held: name, init container -------------------------------------------------------------------- */

static void ask_held(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *pod = probe_object(world, "pods", args->v[0], ret);
    const json_t *states = json_at(pod, "status", "initContainerStatuses", NULL);
    size_t i;
    json_t *state;

    if (pod == NULL)
        return;
    evidence_set(ret, ANSWER_NO, "%s %s", args->v[0],
                 json_is_null(pod) ? "is not there" : "is not that far yet");
    if (json_is_null(pod) || *json_str_at(pod, "metadata", "deletionTimestamp", NULL) != '\0')
        return;
    json_array_foreach((json_t *)states, i, state)
    {
        if (!str_equal(json_str(state, "name"), args->v[1]))
            continue;
        bool runs = json_at(state, "state", "running", NULL) != NULL;
        evidence_set(ret, runs ? ANSWER_YES : ANSWER_NO, "its init container %s %s", args->v[1],
                     runs ? "runs" : json_str_at(state, "state", "waiting", "reason", NULL));
        return;
    }
    if (*json_str_at(pod, "status", "phase", NULL) == '\0' ||
        str_equal(json_str_at(pod, "status", "phase", NULL), "Pending"))
        return;
    evidence_set(ret, ANSWER_NO, "%s started without the init container %s", args->v[0], args->v[1]);
    ret->vain = true;
}

static void ask_all_held(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_held(world, &probes[i]->args, &ret[i]);
}

static void say_held(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is held back by %s", probe->args.v[0], probe->args.v[1]);
}

const struct probe_kind probe_pod_held = {"pod_held", ask_all_held, say_held};

/* --- pod_replaced: name, uid of the one before ---------------------------------------------------- */

static void ask_replaced(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        if (!kube_name_ok(args->v[0])) { /* a slot without a value yet */
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "which one is told when its turn comes");
            continue;
        }
        AUTO_JSON *pod = probe_object(world, "pods", args->v[0], &ret[i]);
        if (pod == NULL)
            continue;
        bool same = str_equal(json_str_at(pod, "metadata", "uid", NULL), args->v[1]) &&
                    *json_str_at(pod, "metadata", "deletionTimestamp", NULL) == '\0';
        evidence_set(&ret[i], same ? ANSWER_NO : ANSWER_YES, "%s is %s", args->v[0],
                     same ? "still the one of before" : "ending or made anew");
    }
}

static void say_replaced(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is replaced", probe->args.v[0]);
}

const struct probe_kind probe_pod_replaced = {"pod_replaced", ask_replaced, say_replaced};

/* --- slot: the uid of a pod as it is now ---------------------------------------------------------- */

static bool bind_uid(struct world *world, const struct strv *args, struct str *ret,
                     struct error *err)
{
    struct evidence evidence = {0};
    AUTO_JSON *pod = probe_object(world, "pods", args->v[0], &evidence);
    const char *uid = json_str_at(pod, "metadata", "uid", NULL);
    bool plain = *uid != '\0' && strspn(uid, "0123456789abcdefABCDEF-") == strlen(uid);

    if (plain)
        str_add(ret, uid);
    else
        error_set(err, ERR_KUBE, "%s",
                  evidence.text != NULL ? evidence.text : "the pod is not there");
    evidence_done(&evidence);
    return plain;
}

const struct slot_kind slot_pod_uid = {"pod_uid", bind_uid};

/* --- slot: the image of the first container in a StatefulSet's template ---------------------------- */

static bool bind_image(struct world *world, const struct strv *args, struct str *ret,
                       struct error *err)
{
    struct evidence evidence = {0};
    AUTO_JSON *set = probe_object(world, "statefulsets.apps", args->v[0], &evidence);
    const json_t *containers = json_at(set, "spec", "template", "spec", "containers", NULL);
    const char *image = json_str(json_array_get(containers, 0), "image");
    bool plain = restore_plain(image);

    if (plain)
        str_add(ret, image);
    else
        error_set(err, ERR_KUBE, "%s",
                  evidence.text != NULL ? evidence.text : "the StatefulSet names no image");
    evidence_done(&evidence);
    return plain;
}

const struct slot_kind slot_set_image = {"set_image", bind_image};

/* --- kube_rights: verb, resource and subresource ("": none), three words a right ------------------ */

static void ask_rights(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    AUTO_ERROR err = {0};
    struct kube *kube = session_kube(session_of(world), &err);

    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        evidence_set(&ret[i], ANSWER_YES, "all of them");
        for (size_t k = 0; k + 2 < args->n; k += 3) {
            const char *sub = args->v[k + 2];
            int can = kube != NULL
                          ? kube_can(kube, args->v[k], args->v[k + 1], *sub != '\0' ? sub : NULL)
                          : -1;
            if (can == 1)
                continue;
            evidence_set(&ret[i], can == 0 ? ANSWER_NO : ANSWER_CANNOT_TELL, "%s %s%s%s: %s",
                         args->v[k], args->v[k + 1], *sub != '\0' ? "/" : "", sub,
                         can == 0 ? "not allowed" : "cannot tell");
            break;
        }
    }
}

static void say_rights(const struct probe *probe, struct str *ret)
{
    (void)probe;
    str_add(ret, "kubectl may do what this plan does");
}

const struct probe_kind probe_kube_rights = {"kube_rights", ask_rights, say_rights};

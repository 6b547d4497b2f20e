/* What the API server says of the operator, and of a StatefulSet that it must leave alone. */
#include <inttypes.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>

#include "kinds.h"
#include "restore_set.h"
#include "session_inside.h"

/* From a namespace of its own: the operator's. NULL and "cannot tell" when that is not known. */
static json_t *get_in(struct world *world, const char *ns, const char *kind, const char *name,
                      const char *selector, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    AUTO_STRV args = {0};
    AUTO_STR text = {0};
    struct kube *kube = session_kube(session_of(world), &err);
    json_t *object = NULL;

    strv_add(&args, "get");
    strv_add(&args, kind);
    if (name != NULL)
        strv_add(&args, name);
    else
        strv_addf(&args, "--selector=%s", selector);
    strv_addf(&args, "--namespace=%s", ns);
    strv_add(&args, "--output=json");
    strv_add(&args, "--request-timeout=15s");
    if (kube != NULL && kube_run(kube, &args, NULL, 0, &text, NULL, &err))
        object = json_parse(str_text(&text), text.len, (size_t)64 << 20, &err);
    if (object == NULL)
        evidence_failed(ret, NULL, &err);
    return object;
}

/* --- deployment_is: namespace, name, uid, selector of its pods, replicas ------------------------------ */

static void ask_deployment(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *object = get_in(world, args->v[0], "deployments.apps", args->v[1], NULL, ret);
    const json_t *metadata = json_object_get(object, "metadata");
    const json_t *status = json_object_get(object, "status");
    int64_t wanted = strtol(args->v[4], NULL, 10);
    int64_t spec = json_int(json_object_get(object, "spec"), "replicas");
    int64_t ready = json_int(status, "readyReplicas");

    if (object == NULL)
        return;
    if (!str_equal(json_str(metadata, "uid"), args->v[2])) {
        evidence_set(ret, ANSWER_NO, "%s was made anew", args->v[1]);
        ret->vain = true;
        return;
    }
    bool seen = json_int(status, "observedGeneration") >= json_int(metadata, "generation");
    if (spec != wanted || !seen || ready != wanted) {
        evidence_set(ret, ANSWER_NO, "%s: replicas %" PRId64 ", ready %" PRId64, args->v[1], spec,
                     ready);
        return;
    }
    evidence_set(ret, ANSWER_YES, "%s: replicas %" PRId64 "%s", args->v[1], spec,
                 wanted > 0 ? ", ready" : "");
    if (wanted > 0)
        return;
    /* The one that ends still acts: none may be left. */
    AUTO_JSON *pods = get_in(world, args->v[0], "pods", NULL, args->v[3], ret);
    size_t left = json_array_size(json_object_get(pods, "items"));
    if (left > 0)
        evidence_set(ret, ANSWER_NO, "%zu pods of %s are still ending", left, args->v[1]);
}

static void ask_deployments(struct world *world, const struct probe *const *probes, size_t n,
                            struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_deployment(world, &probes[i]->args, &ret[i]);
}

static void say_deployment(const struct probe *probe, struct str *ret)
{
    const char *replicas = probe->args.v[4];

    if (str_equal(replicas, "0"))
        str_addf(ret, "%s is at 0, without a pod", probe->args.v[1]);
    else
        str_addf(ret, "%s is ready", probe->args.v[1]);
}

const struct probe_kind probe_deployment_is = {"deployment_is", ask_deployments, say_deployment};

/* --- set_still: StatefulSet, revision, replicas, since (Unix seconds), for so many seconds ----------- */

static void ask_still(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    AUTO_JSON *set = NULL;
    struct kube *kube = session_kube(session_of(world), &err);
    int64_t wanted = strtol(args->v[2], NULL, 10);
    int64_t passed = clock_unix_ms() / 1000 - strtoll(args->v[3], NULL, 10);

    if (kube == NULL || !kube_get(kube, "statefulsets.apps", args->v[0], NULL, &set, &err)) {
        evidence_failed(ret, NULL, &err);
        return;
    }
    const json_t *status = json_object_get(set, "status");
    const char *revision = json_str(status, "updateRevision");
    int64_t replicas = json_int(json_object_get(set, "spec"), "replicas");
    int64_t ready = json_int(status, "readyReplicas");
    if (!str_equal(revision, args->v[1]) || replicas != wanted) {
        evidence_set(ret, ANSWER_NO, "%s was changed: revision %s (it was %s), replicas %" PRId64,
                     args->v[0], revision, args->v[1], replicas);
        ret->vain = true;
    } else if (ready != wanted || passed < strtoll(args->v[4], NULL, 10)) {
        evidence_set(ret, ANSWER_NO, "%" PRId64 " of %" PRId64 " ready, unchanged for %" PRId64 " s",
                     ready, wanted, passed);
    } else {
        evidence_set(ret, ANSWER_YES, "revision %s and %" PRId64 " pods ready, as before, after %s s",
                     revision, ready, args->v[4]);
    }
}

static void ask_stills(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_still(world, &probes[i]->args, &ret[i]);
}

static void say_still(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is as it was, %s s later", probe->args.v[0], probe->args.v[4]);
}

const struct probe_kind probe_set_still = {"set_still", ask_stills, say_still};

/* --- slots ---------------------------------------------------------------------------------------------- */

static bool bind_revision(struct world *world, const struct strv *args, struct str *ret,
                          struct error *err)
{
    AUTO_JSON *set = NULL;
    struct kube *kube = session_kube(session_of(world), err);

    if (kube == NULL || !kube_get(kube, "statefulsets.apps", args->v[0], NULL, &set, err))
        return false;
    const char *revision = json_str_at(set, "status", "updateRevision", NULL);
    if (!restore_plain(revision))
        return error_set(err, ERR_KUBE, "StatefulSet %s names no revision", args->v[0]);
    str_add(ret, revision);
    return true;
}

const struct slot_kind slot_set_revision = {"set_revision", bind_revision};

static bool bind_seconds(struct world *world, const struct strv *args, struct str *ret,
                         struct error *err)
{
    (void)world;
    (void)args;
    (void)err;
    str_addf(ret, "%" PRId64, clock_unix_ms() / 1000);
    return true;
}

const struct slot_kind slot_seconds = {"seconds", bind_seconds};

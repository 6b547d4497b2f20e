/* What Kubernetes says of a restore through disasterRecovery: its file, the StatefulSet after it. */
#include <inttypes.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>

#include "kinds.h"
#include "restore_set.h"
#include "restore_snapshot_conf.h"
#include "restore_target.h"
#include "session_inside.h"

/* --- snapshot_conf: ConfigMap, path, volume ---------------------------------------------------------- */

static void ask_conf(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_JSON *map = probe_object(world, "configmaps", args->v[0], &ret[i]);
        if (map == NULL)
            continue;
        AUTO_FREE char *problem = snapshot_conf_problem(map, args->v[1], args->v[2]);
        evidence_set(&ret[i], problem == NULL ? ANSWER_YES : ANSWER_NO, "%s",
                     problem == NULL ? "it names the snapshot and its volume" : problem);
        ret[i].vain = problem != NULL;
    }
}

static void say_conf(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "ConfigMap %s tells where the snapshot lies", probe->args.v[0]);
}

const struct probe_kind probe_snapshot_conf = {"snapshot_conf", ask_conf, say_conf};

/* --- object_gone: kind, name --------------------------------------------------------------------------- */

static void ask_gone(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_JSON *object = probe_object(world, probes[i]->args.v[0], probes[i]->args.v[1], &ret[i]);
        if (object == NULL)
            continue;
        bool ends = *json_str_at(object, "metadata", "deletionTimestamp", NULL) != '\0';
        evidence_set(&ret[i], json_is_null(object) ? ANSWER_YES : ANSWER_NO, "%s %s",
                     probes[i]->args.v[1],
                     json_is_null(object) ? "is not there" : ends ? "is ending" : "is there");
    }
}

static void say_gone(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is gone", probe->args.v[1]);
}

const struct probe_kind probe_object_gone = {"object_gone", ask_gone, say_gone};

/* --- set_without: StatefulSet, variable, ConfigMap, replicas ----------------------------------------- */

static bool has_variable(const json_t *pod, const char *name)
{
    size_t i, k;
    json_t *container, *variable;

    json_array_foreach(json_object_get(pod, "containers"), i, container)
    {
        json_array_foreach(json_object_get(container, "env"), k, variable)
        {
            if (str_equal(json_str(variable, "name"), name))
                return true;
        }
    }
    return false;
}

static bool has_map(const json_t *pod, const char *name)
{
    size_t i;
    json_t *volume;

    json_array_foreach(json_object_get(pod, "volumes"), i, volume)
    {
        if (str_equal(json_str_at(volume, "configMap", "name", NULL), name))
            return true;
    }
    return false;
}

/* Its template is the ordinary one again, and every pod is of it. */
static void judge_set(const struct strv *args, const json_t *set, struct evidence *ret)
{
    const json_t *pod = json_at(set, "spec", "template", "spec", NULL);
    const json_t *status = json_object_get(set, "status");
    int64_t wanted = strtol(args->v[3], NULL, 10);
    bool seen = json_int(status, "observedGeneration") >=
                json_int(json_object_get(set, "metadata"), "generation");

    if (has_variable(pod, args->v[1]) || has_map(pod, args->v[2]))
        evidence_set(ret, ANSWER_NO, "its template has %s still",
                     has_map(pod, args->v[2]) ? args->v[2] : args->v[1]);
    else if (json_int(json_object_get(set, "spec"), "replicas") != wanted || !seen ||
             json_int(status, "updatedReplicas") != wanted ||
             json_int(status, "readyReplicas") != wanted)
        evidence_set(ret, ANSWER_NO, "%" PRId64 " of %" PRId64 " pods are of it and ready",
                     json_int(status, "updatedReplicas") < json_int(status, "readyReplicas")
                         ? json_int(status, "updatedReplicas")
                         : json_int(status, "readyReplicas"), wanted);
    else
        evidence_set(ret, ANSWER_YES, "neither variable nor mount, %" PRId64 " ready", wanted);
}

static void ask_sets(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_JSON *set = probe_object(world, "statefulsets.apps", probes[i]->args.v[0], &ret[i]);
        if (set != NULL)
            judge_set(&probes[i]->args, set, &ret[i]);
    }
}

static void say_sets(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s has no trace of the recovery in its template, and rolled", probe->args.v[0]);
}

const struct probe_kind probe_set_without = {"set_without", ask_sets, say_sets};

/* --- slot: StarRocksCluster -------------------------------------------------------------------------- */

/*
 * The time, so that no variable of a frontend has this value by chance, and above the last one that the
 * operator saw: it acts on larger ones only (fe_disaster_recovery.go).
 */
static bool bind_generation(struct world *world, const struct strv *args, struct str *ret,
                            struct error *err)
{
    AUTO_JSON *cr = NULL;
    struct kube *kube = session_kube(session_of(world), err);
    int64_t now = clock_unix_ms() / 1000;

    if (kube == NULL || !kube_get(kube, RESTORE_CR_KIND, args->v[0], NULL, &cr, err))
        return false;
    int64_t last = json_int(json_at(cr, "status", "disasterRecoveryStatus", NULL),
                            "observedGeneration");
    str_addf(ret, "%" PRId64, last >= now ? last + 1 : now);
    return true;
}

const struct slot_kind slot_generation = {"generation", bind_generation};

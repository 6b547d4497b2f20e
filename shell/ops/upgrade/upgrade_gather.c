/*
 * Reads what an upgrade is planned from. By SQL who is in the cluster; by kubectl the StatefulSets that
 * these frontends and nodes come from, their pods, and the object in which the image is written: the
 * operator's resource, a warehouse's, or the StatefulSet itself.
 */
#include <inttypes.h>

#include <belay/backup.h>
#include <belay/cluster.h>
#include <belay/preflight.h>
#include <belay/proof.h>
#include <belay/str.h>
#include <belay/views.h>
#include <belay/writes.h>
#include <clock.h>
#include <kubectl.h>
#include <mem.h>

#include "operator_found.h"
#include "restore/restore_set.h"
#include "session_inside.h"
#include "upgrade_inside.h"

/* --- pods -------------------------------------------------------------------------------------- */

/* Seconds from the pod's start until it was ready; -1: not known, or it was not ready all the while. */
static int64_t start_seconds(const json_t *pod)
{
    const char *started = json_str_at(pod, "status", "startTime", NULL);
    int64_t from = -1, until = -1;
    size_t i;
    json_t *one;

    clock_read_utc(started, &from);
    json_array_foreach((json_t *)json_at(pod, "status", "conditions", NULL), i, one)
    {
        if (str_equal(json_str(one, "type"), "Ready") && str_equal(json_str(one, "status"), "True"))
            clock_read_utc(json_str(one, "lastTransitionTime"), &until);
    }
    return from >= 0 && until >= from ? until - from : -1;
}

static int64_t restarts_of(const json_t *pod)
{
    return json_int(json_array_get(json_at(pod, "status", "containerStatuses", NULL), 0),
                    "restartCount");
}

static json_t *pods_of(const json_t *list, const char *container)
{
    json_t *pods = json_array();
    size_t i;
    json_t *pod;

    json_array_foreach(json_object_get(list, "items"), i, pod)
    {
        json_t *one = json_object();
        json_put_str(one, "name", json_str_at(pod, "metadata", "name", NULL));
        json_put_str(one, "uid", json_str_at(pod, "metadata", "uid", NULL));
        json_put_str(one, "address", json_str_at(pod, "status", "podIP", NULL));
        if (json_flag(json_object_get(pod, "spec"), "hostNetwork"))
            json_put_bool(one, "host_network", true);
        json_put_str(one, "image", upgrade_pod_image(pod, container));
        json_put_str(one, "revision", json_str(json_at(pod, "metadata", "labels", NULL),
                                               "controller-revision-hash"));
        json_put_bool(one, "ready", upgrade_pod_ready(pod));
        json_put_int(one, "restarts", restarts_of(pod));
        json_put_int(one, "start_s", start_seconds(pod));
        json_array_append_new(pods, one);
    }
    return pods;
}

/* --- StatefulSets --------------------------------------------------------------------------------- */

struct gathering {
    struct kube *kube;
    struct cluster cluster;
    json_t *all;  /* StatefulSets of the namespace */
    json_t *sets; /* those of the cluster, as facts */
};

/* The name of the StatefulSet that a pod comes from: the pod's without -ORDINAL. free() it. */
static char *set_of_pod(const char *pod)
{
    const char *dash = strrchr(pod, '-');

    if (dash == NULL || dash[1] == '\0' || strspn(dash + 1, "0123456789") != strlen(dash + 1))
        return mem_text("");
    return mem_textn(pod, (size_t)(dash - pod));
}

static const json_t *find_set(const struct gathering *g, const char *name)
{
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(g->all, "items"), i, set)
    {
        if (str_equal(json_str_at(set, "metadata", "name", NULL), name))
            return set;
    }
    return NULL;
}

/* The container that runs StarRocks: the one of the component's name, else the first. */
static size_t container_of(const json_t *set, const char *component)
{
    size_t i;
    json_t *container;

    json_array_foreach((json_t *)json_at(set, "spec", "template", "spec", "containers", NULL), i,
                       container)
    {
        if (str_equal(json_str(container, "name"), component))
            return i;
    }
    return 0;
}

/* Where the image and the strategy are written for a component of the operator's resource. */
static const char *part_of_resource(const char *component)
{
    return str_equal(component, "fe") ? "starRocksFeSpec"
           : str_equal(component, "be") ? "starRocksBeSpec"
                                        : "starRocksCnSpec";
}

/* {"kind", "name", "uid", "image_path", "strategy_path", "image", "strategy"}; NULL with the error. */
static json_t *object_json(const struct gathering *g, const json_t *owner, const char *kind,
                           const char *prefix, struct error *err)
{
    AUTO_JSON *object = NULL;
    const char *name = json_str(owner, "name");
    AUTO_FREE char *image_path = str_format("%s/image", prefix);
    AUTO_FREE char *strategy_path = str_format("%s/updateStrategy", prefix);
    json_t *facts;

    if (!kube_get(g->kube, kind, name, NULL, &object, err))
        return NULL;
    if (!json_is_object(object)) {
        error_set(err, ERR_UNKNOWN, "kubectl finds no %s %s, which owns the StatefulSets",
                  json_str(owner, "kind"), name);
        return NULL;
    }
    facts = json_object();
    const json_t *image = json_pointer(object, image_path);
    const json_t *strategy = json_pointer(object, strategy_path);
    json_put_str(facts, "kind", kind);
    json_put_str(facts, "name", name);
    json_put_str(facts, "uid", json_str_at(object, "metadata", "uid", NULL));
    json_put_str(facts, "image_path", image_path);
    json_put_str(facts, "strategy_path", strategy_path);
    json_put_str(facts, "image", json_is_string(image) ? json_string_value(image) : "");
    if (json_is_object(strategy))
        json_put(facts, "strategy", json_deep_copy(strategy));
    json_put_str(facts, "helm", json_str_at(object, "metadata", "annotations",
                                            "meta.helm.sh/release-name", NULL));
    return facts;
}

static json_t *plain_object(const json_t *set, size_t container)
{
    json_t *facts = json_object();
    AUTO_FREE char *path = str_format("/spec/template/spec/containers/%zu/image", container);

    json_put_str(facts, "kind", "statefulsets.apps");
    json_put_str(facts, "name", json_str_at(set, "metadata", "name", NULL));
    json_put_str(facts, "uid", json_str_at(set, "metadata", "uid", NULL));
    json_put_str(facts, "image_path", path);
    json_put_str(facts, "strategy_path", "/spec/updateStrategy");
    json_put_str(facts, "image", json_string_value(json_pointer(set, path)));
    json_put(facts, "strategy", json_deep_copy(json_at(set, "spec", "updateStrategy", NULL)));
    return facts;
}

/* The object that rules a StatefulSet. NULL with the error. */
static json_t *ruler_of(const struct gathering *g, const json_t *set, const char *component,
                        size_t container, struct error *err)
{
    const json_t *owners = json_at(set, "metadata", "ownerReferences", NULL);
    const json_t *owner = json_array_get(owners, 0);
    const char *kind = json_str(owner, "kind");

    if (owner == NULL)
        return plain_object(set, container);
    if (!kube_name_ok(json_str(owner, "name")) ||
        (!str_equal(kind, "StarRocksCluster") && !str_equal(kind, "StarRocksWarehouse"))) {
        error_set(err, ERR_VERDICT, "StatefulSet %s belongs to %s %s, an operator that belay does not "
                  "know", json_str_at(set, "metadata", "name", NULL), kind, json_str(owner, "name"));
        error_hint(err, "upgrade with that operator's own means: it would put back what is changed "
                        "under it");
        return NULL;
    }
    if (str_equal(kind, "StarRocksWarehouse"))
        return object_json(g, owner, UPGRADE_WAREHOUSE_KIND, "/spec/template", err);
    AUTO_FREE char *prefix = str_format("/spec/%s", part_of_resource(component));
    return object_json(g, owner, UPGRADE_CR_KIND, prefix, err);
}

static bool check_words(const json_t *facts, struct error *err)
{
    const char *name = json_str(facts, "name");

    return (kube_name_ok(name) && restore_plain(json_str(facts, "uid")) &&
            restore_plain(json_str(facts, "selector")) && restore_plain(json_str(facts, "image")) &&
            kube_name_ok(json_str(facts, "container")) &&
            restore_plain(json_str_at(facts, "object", "image", NULL)) &&
            restore_plain(json_str_at(facts, "object", "uid", NULL))) ||
           error_set(err, ERR_UNKNOWN, "StatefulSet %s has a name, label or image that cannot be put "
                     "into a command", name);
}

static json_t *set_json(const struct gathering *g, const json_t *set, const char *kind,
                        struct error *err)
{
    static const char *const kinds[] = {"FE", "fe", "BE", "be", "CN", "cn"};
    const char *component = "";
    const char *name = json_str_at(set, "metadata", "name", NULL);
    AUTO_FREE char *selector = restore_selector(set);
    AUTO_JSON *pods = NULL;

    for (size_t i = 0; i < 6; i += 2)
        component = str_equal(kinds[i], kind) ? kinds[i + 1] : component;
    size_t at = container_of(set, component);
    const json_t *container =
        json_array_get(json_at(set, "spec", "template", "spec", "containers", NULL), at);
    AUTO_JSON *object = ruler_of(g, set, component, at, err);
    if (object == NULL || !kube_get(g->kube, "pods", NULL, selector, &pods, err))
        return NULL;
    json_t *facts = json_object();
    json_put_str(facts, "kind", kind);
    json_put_str(facts, "name", name);
    json_put_str(facts, "uid", json_str_at(set, "metadata", "uid", NULL));
    json_put_str(facts, "namespace", json_str_at(set, "metadata", "namespace", NULL));
    json_put_str(facts, "selector", selector);
    json_put_str(facts, "container", json_str(container, "name"));
    json_put_int(facts, "index", (int64_t)at);
    json_put_str(facts, "image", json_str(container, "image"));
    json_put_int(facts, "replicas", json_int(json_object_get(set, "spec"), "replicas"));
    json_put(facts, "strategy", json_deep_copy(json_at(set, "spec", "updateStrategy", NULL)));
    json_put_bool(facts, "parallel", str_equal(json_str_at(set, "spec", "podManagementPolicy", NULL),
                                               "Parallel"));
    json_put(facts, "object", json_incref(object));
    json_put(facts, "pods", pods_of(pods, json_str(container, "name")));
    if (check_words(facts, err))
        return facts;
    json_decref(facts);
    return NULL;
}

/* The StatefulSet of a pod joins the facts, once. */
static bool take_set(struct gathering *g, const char *name, const char *kind, struct error *err)
{
    const json_t *set = find_set(g, name);
    size_t i;
    json_t *known;

    json_array_foreach(g->sets, i, known)
    {
        if (str_equal(json_str(known, "name"), name))
            return true;
    }
    if (set == NULL) {
        error_set(err, ERR_UNKNOWN, "kubectl finds no StatefulSet %s in namespace %s of context %s", name,
                  kube_namespace(g->kube), kube_context(g->kube));
        return error_hint(err, "an empty answer is what a wrong namespace gives: check --context, "
                               "--namespace and --cluster");
    }
    json_t *facts = set_json(g, set, kind, err);
    if (facts == NULL)
        return false;
    json_array_append_new(g->sets, facts);
    return true;
}

/* A frontend or node that is known by address comes from the StatefulSet of its component. */
static bool take_host(struct gathering *g, const char *kind, const char *component, const char *pod,
                      struct error *err)
{
    AUTO_FREE char *by_pod = set_of_pod(pod);
    AUTO_FREE char *by_name = str_format("%s-%s", g->cluster.name, component);

    return take_set(g, *by_pod != '\0' ? by_pod : by_name, kind, err);
}

static bool take_sets(struct gathering *g, struct error *err)
{
    bool ok = true;

    for (size_t i = 0; ok && i < g->cluster.n_nodes; i++) {
        const struct node *n = &g->cluster.nodes[i];
        ok = take_host(g, n->kind, str_equal(n->kind, "BE") ? "be" : "cn", n->pod, err);
    }
    for (size_t i = 0; ok && i < g->cluster.n_frontends; i++)
        ok = take_host(g, "FE", "fe", g->cluster.frontends[i].pod, err);
    return ok;
}

static bool check_namespace(const struct gathering *g, struct error *err)
{
    for (size_t i = 0; i < g->cluster.n_frontends; i++) {
        const struct frontend *f = &g->cluster.frontends[i];
        if (*f->ns == '\0' || str_equal(f->ns, kube_namespace(g->kube)))
            continue;
        error_set(err, ERR_UNKNOWN, "kubectl looks in namespace %s of context %s, but FE %s is in "
                  "namespace %s", kube_namespace(g->kube), kube_context(g->kube), f->host, f->ns);
        return error_hint(err, "start belay with --namespace %s, and check the context", f->ns);
    }
    return true;
}

static json_t *operator_json(struct kube *kube)
{
    struct operator_found found = {0};
    json_t *facts = json_object();

    operator_find(kube, &found);
    json_put_int(facts, "found", (int64_t)found.n);
    json_put_str(facts, "version", found.version != NULL ? found.version : "");
    json_put_str(facts, "name", found.name != NULL ? found.name : "");
    json_put_str(facts, "namespace", found.ns != NULL ? found.ns : "");
    json_put_str(facts, "uid", found.uid != NULL ? found.uid : "");
    json_put_str(facts, "selector", found.selector != NULL ? found.selector : "");
    json_put_int(facts, "replicas", found.replicas);
    json_put_bool(facts, "stopped", found.stopped);
    operator_found_done(&found);
    return facts;
}

bool upgrade_gather_kube(struct session *session, json_t *facts, struct error *err)
{
    struct gathering g = {.cluster = {.leader = -1}, .kube = session_kube(session, err)};
    AUTO_JSON *all = NULL;
    AUTO_JSON *sets = json_array();

    bool ok = g.kube != NULL &&
              cluster_from_json(json_object_get(facts, "cluster"), &g.cluster, err) &&
              check_namespace(&g, err) && kube_get(g.kube, "statefulsets.apps", NULL, NULL, &all, err);
    g.all = all;
    g.sets = sets;
    ok = ok && take_sets(&g, err);
    cluster_done(&g.cluster);
    if (!ok)
        return false;
    json_put(facts, "sets", json_incref(sets));
    json_put(facts, "operator", operator_json(g.kube));
    json_put_int(facts, "crd_strategy",
                 operator_crd_knows(g.kube, "src.spec.starRocksFeSpec.updateStrategy"));
    return true;
}

/* Views join the facts of a backup where they are in such facts: at the top, for the ledger. */
static bool gather_sql(struct session *session, const struct upgrade_choice *choice, json_t **ret,
                       struct error *err)
{
    AUTO_JSON *facts = NULL;
    AUTO_JSON *views = NULL;

    if (!backup_gather(session, &facts, err))
        return false;
    if (!choice->leave_views) {
        if (!views_gather(session, &views, err)) {
            error_prefix(err, "which views there are");
            return error_hint(err, "with --leave-views their schedules are left alone");
        }
        json_object_update(facts, views);
    }
    if (choice->pause_writes) {
        AUTO_JSON *writes = NULL;
        if (!writes_gather(session, &writes, err))
            return false;
        json_put(facts, "writes", json_incref(json_object_get(writes, "writes")));
    }
    *ret = json_incref(facts);
    return true;
}

/* Is a frontend or a node of the new release already? */
static bool has_begun(const json_t *facts, struct release to)
{
    struct cluster cluster = {.leader = -1};
    bool begun = false;

    if (!cluster_from_json(json_object_get(facts, "cluster"), &cluster, NULL))
        return false;
    for (size_t i = 0; i < cluster.n_frontends + cluster.n_nodes; i++) {
        struct release one;
        const char *version = i < cluster.n_frontends ? cluster.frontends[i].version
                                                      : cluster.nodes[i - cluster.n_frontends].version;
        begun = begun || (release_parse(version, &one) && release_compare(one, to) == 0);
    }
    cluster_done(&cluster);
    return begun;
}

static bool gather_rules(struct session *session, const struct upgrade_choice *choice, json_t *facts,
                         struct error *err)
{
    const struct strv none = {0};
    AUTO_JSON *rules = NULL;
    AUTO_JSON *chosen = json_object();

    if (!preflight_choose(chosen, &none, choice->exclude != NULL ? choice->exclude : &none, err) ||
        !preflight_gather(session, choice->to, &rules, err))
        return false;
    json_object_update(rules, chosen);
    json_put(facts, "preflight", json_incref(rules));
    return true;
}

static void gather_proof(const struct upgrade_choice *choice, struct release to, json_t *facts)
{
    struct release from = {0};
    struct proof_wants wants = {0};

    if (choice->no_proof)
        return;
    release_parse(json_str_at(facts, "cluster", "version", NULL), &from);
    wants.down = release_compare(to, from) < 0;
    proof_gather(&wants, facts);
}

bool upgrade_gather(struct session *session, const struct upgrade_choice *choice, json_t **ret,
                    struct error *err)
{
    struct release to = {0};
    AUTO_JSON *facts = NULL;

    if (!upgrade_wanted(choice, &to, err))
        return false;
    if (!gather_sql(session, choice, &facts, err) || !upgrade_gather_kube(session, facts, err) ||
        (!has_begun(facts, to) && !gather_rules(session, choice, facts, err)))
        return false;
    gather_proof(choice, to, facts);
    if (!upgrade_gather_writes(session, facts, err) || !upgrade_gather_conf(session, facts, err))
        return false;
    *ret = json_incref(facts);
    return true;
}

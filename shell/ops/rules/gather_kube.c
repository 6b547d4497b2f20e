/* What the rules need of Kubernetes: StatefulSets, the StarRocksCluster, pods, claims, fe.conf, the operator. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <belay/str.h>
#include <mem.h>

#include "image_files.h"
#include "session_inside.h"
#include "gather.h"
#include "pick.h"

/* A list; of a resource that the server does not have (its CRD is optional) there is none. */
static bool get_list(struct gathering *gathering, const char *reading, const char *kind,
                     const char *selector, json_t *(*pick)(const json_t *item, const void *ctx),
                     const void *ctx, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_JSON *list = NULL;
    size_t i;
    json_t *item;

    if (!kube_get(gathering->kube, kind, NULL, selector, &list, &why) &&
        (why.message == NULL || strstr(why.message, "doesn't have a resource type") == NULL))
        return gather_failed(gathering, reading, &why, err);
    json_t *kept = json_array();
    json_array_foreach(json_object_get(list, "items"), i, item)
    {
        json_t *picked = pick(item, ctx);
        if (picked != NULL)
            json_array_append_new(kept, picked);
    }
    gather_put(gathering, reading, kept);
    return true;
}

/* --- where the FEs run -------------------------------------------------------------------------- */

static void kube_is(struct gathering *gathering, const char *kind, const char *why)
{
    json_t *kube = json_object();

    json_put_str(kube, "kind", kind);
    json_put_str(kube, "why", why);
    if (gathering->kube != NULL) {
        json_put_str(kube, "context", kube_context(gathering->kube));
        json_put_str(kube, "namespace", kube_namespace(gathering->kube));
    }
    json_put(gathering->json, "kube", kube);
}

/* pod.service.namespace.svc…: a name that only Kubernetes gives. */
static const struct frontend *kube_named(const struct cluster *cluster)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *frontend = &cluster->frontends[i];
        AUTO_FREE char *after = str_format(".%s.svc", frontend->ns);
        if (*frontend->ns != '\0' && strstr(frontend->host, after) != NULL)
            return frontend;
    }
    return NULL;
}

/* "kube-starrocks-fe-0" → "kube-starrocks-fe"; free() it. */
static char *set_of_pod(const char *pod)
{
    const char *dash = strrchr(pod, '-');

    return dash == NULL ? mem_text("") : mem_textn(pod, (size_t)(dash - pod));
}

/* Is it a StatefulSet of this cluster: by what owns it, by its name, by the pods that SQL names? */
static json_t *pick_set(const json_t *set, const void *ctx)
{
    const struct cluster *cluster = ctx;
    const char *name = json_str_at(set, "metadata", "name", NULL);
    const json_t *owner = json_array_get(json_at(set, "metadata", "ownerReferences", NULL), 0);
    bool ours = (str_equal(json_str(owner, "kind"), "StarRocksCluster") &&
                 str_equal(json_str(owner, "name"), cluster->name)) ||
                str_equal(json_str(owner, "kind"), "StarRocksWarehouse");

    for (size_t i = 0; !ours && i < cluster->n_frontends; i++) {
        AUTO_FREE char *by_pod = set_of_pod(cluster->frontends[i].pod);
        ours = str_equal(name, by_pod);
    }
    for (size_t i = 0; !ours && i < cluster->n_nodes; i++) {
        AUTO_FREE char *by_pod = set_of_pod(cluster->nodes[i].pod);
        ours = str_equal(name, by_pod);
    }
    AUTO_FREE char *by_name = str_format("%s-fe", cluster->name);
    return ours || str_equal(name, by_name) ? pick_set_facts(set) : NULL;
}

static const json_t *fe_set(const struct gathering *gathering)
{
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)json_at(gathering->json, "read", "sets", NULL), i, set)
    {
        if (str_equal(json_str(set, "component"), "fe"))
            return set;
    }
    return NULL;
}

/* false: a person wants out. */
static bool find_sets(struct gathering *gathering, struct error *err)
{
    AUTO_ERROR why = {0};
    const struct frontend *named = kube_named(&gathering->cluster);

    gathering->kube = session_kube(gathering->session, &why);
    if (gathering->kube == NULL) {
        bool off = session_options(gathering->session)->no_kube;
        kube_is(gathering, off ? "off" : named != NULL ? "unread" : "other", why.message);
        return true;
    }
    if (!get_list(gathering, "sets", "statefulsets.apps", NULL, pick_set, &gathering->cluster, err))
        return false;
    const json_t *set = fe_set(gathering);
    const char *unread = json_str_at(gathering->json, "unread", "sets", NULL);
    AUTO_FREE char *nothing =
        str_format("kubectl finds no StatefulSet of these FEs in namespace %s of context %s",
                   kube_namespace(gathering->kube), kube_context(gathering->kube));
    if (set == NULL) {
        kube_is(gathering, named != NULL ? "unread" : "other", *unread != '\0' ? unread : nothing);
        gathering->kube = NULL;
    } else {
        kube_is(gathering, *json_str(set, "owner") != '\0' ? "operator" : "plain", "");
    }
    return true;
}

/* --- pods, claims, nodes ------------------------------------------------------------------------ */

static json_t *pick_pod(const json_t *pod, const void *ctx)
{
    const struct gathering *gathering = ctx;
    const json_t *owner = json_array_get(json_at(pod, "metadata", "ownerReferences", NULL), 0);
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)json_at(gathering->json, "read", "sets", NULL), i, set)
    {
        if (str_equal(json_str(owner, "kind"), "StatefulSet") &&
            str_equal(json_str(owner, "name"), json_str(set, "name")))
            return pick_pod_facts(pod, json_str(set, "component"));
    }
    return NULL;
}

/* HOST_TYPE=IP: the registered address is a pod's. */
static void match_addresses(struct gathering *gathering)
{
    size_t i;
    json_t *pod;

    json_array_foreach((json_t *)json_at(gathering->json, "read", "pods", NULL), i, pod)
    {
        for (size_t k = 0; k < gathering->cluster.n_frontends; k++) {
            struct frontend *frontend = &gathering->cluster.frontends[k];
            if (*frontend->pod != '\0' || !str_equal(frontend->host, json_str(pod, "ip")))
                continue;
            free(frontend->pod);
            frontend->pod = mem_text(json_str(pod, "name"));
        }
    }
}

/* Claims that the templates of the sets make: TEMPLATE-SET-ORDINAL. */
static json_t *pick_claim(const json_t *claim, const void *ctx)
{
    const struct gathering *gathering = ctx;
    const char *name = json_str_at(claim, "metadata", "name", NULL);
    size_t i, k;
    json_t *set, *template;

    json_array_foreach((json_t *)json_at(gathering->json, "read", "sets", NULL), i, set)
    {
        json_array_foreach(json_object_get(set, "claims"), k, template)
        {
            AUTO_FREE char *begin = str_format("%s-%s-", json_string_value(template),
                                               json_str(set, "name"));
            if (!str_starts(name, begin) || !isdigit((unsigned char)name[strlen(begin)]))
                continue;
            json_t *kept = json_object();
            json_put_str(kept, "name", name);
            json_put_str(kept, "phase", json_str_at(claim, "status", "phase", NULL));
            return kept;
        }
    }
    return NULL;
}

static json_t *pick_node(const json_t *node, const void *ctx)
{
    size_t i;
    json_t *condition;

    (void)ctx;
    json_t *kept = json_object();
    json_put_str(kept, "name", json_str_at(node, "metadata", "name", NULL));
    json_put_bool(kept, "cordoned", json_is_true(json_at(node, "spec", "unschedulable", NULL)));
    json_array_foreach((json_t *)json_at(node, "status", "conditions", NULL), i, condition)
        json_put_str(kept, json_str(condition, "type"), json_str(condition, "status"));
    return kept;
}

static json_t *pick_budget(const json_t *budget, const void *ctx)
{
    json_t *kept = json_object();

    (void)ctx;
    json_put_str(kept, "name", json_str_at(budget, "metadata", "name", NULL));
    json_object_set(kept, "selector",
                    (json_t *)json_at(budget, "spec", "selector", "matchLabels", NULL));
    return kept;
}

static json_t *pick_warehouse(const json_t *warehouse, const void *ctx)
{
    const struct cluster *cluster = ctx;
    json_t *kept = NULL;

    if (str_equal(json_str_at(warehouse, "spec", "starRocksCluster", NULL), cluster->name)) {
        kept = json_object();
        json_put_str(kept, "name", json_str_at(warehouse, "metadata", "name", NULL));
        json_put_str(kept, "image", json_str_at(warehouse, "spec", "template", "image", NULL));
    }
    return kept;
}

/* --- the resource, its definition, its operator -------------------------------------------------- */

static bool get_one(struct gathering *gathering, const char *reading, const char *kind,
                    const char *name, json_t *(*pick)(const json_t *object), struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_JSON *object = NULL;

    if (!kube_get(gathering->kube, kind, name, NULL, &object, &why))
        return gather_failed(gathering, reading, &why, err);
    if (json_is_object(object))
        gather_put(gathering, reading, pick(object));
    else
        gather_unread(gathering, reading, "kubectl finds none of that name");
    return true;
}

static json_t *pick_definition(const json_t *crd)
{
    json_t *kept = json_object();

    json_put_str(kept, "version", json_str_at(crd, "metadata", "annotations", "version", NULL));
    return kept;
}

static json_t *pick_operator(const json_t *deployment, const void *ctx)
{
    const json_t *containers = json_at(deployment, "spec", "template", "spec", "containers", NULL);
    const json_t *status = json_object_get(deployment, "status");
    json_t *kept = json_object();

    (void)ctx;
    json_put_str(kept, "name", json_str_at(deployment, "metadata", "name", NULL));
    json_put_str(kept, "namespace", json_str_at(deployment, "metadata", "namespace", NULL));
    json_put_str(kept, "image", json_str(json_array_get(containers, 0), "image"));
    json_put_int(kept, "replicas", json_int(json_object_get(deployment, "spec"), "replicas"));
    json_put_int(kept, "ready", json_int(status, "readyReplicas"));
    return kept;
}

/* In any namespace where that may be asked, else in this one. */
static bool read_operator(struct gathering *gathering, struct error *err)
{
    static const char *const words[] = {"get", "deployments.apps", "--all-namespaces",
                                        "--selector=app=kube-starrocks-operator", "--output=json",
                                        "--request-timeout=15s"};
    AUTO_STRV args = {0};
    AUTO_STR text = {0};
    AUTO_JSON *list = NULL;
    size_t i;
    json_t *item;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        strv_add(&args, words[i]);
    if (kube_run(gathering->kube, &args, NULL, 0, &text, NULL, NULL))
        list = json_parse(str_text(&text), text.len, (size_t)64 << 20, NULL);
    if (list == NULL)
        return get_list(gathering, "operator", "deployments.apps", "app=kube-starrocks-operator",
                        pick_operator, NULL, err);
    json_t *kept = json_array();
    json_array_foreach(json_object_get(list, "items"), i, item)
        json_array_append_new(kept, pick_operator(item, NULL));
    gather_put(gathering, "operator", kept);
    return true;
}

static bool read_owned(struct gathering *gathering, struct error *err)
{
    const char *owner = json_str(fe_set(gathering), "owner");

    if (*owner == '\0')
        return true;
    return get_one(gathering, "resource", "starrocksclusters.v1.starrocks.com", owner,
                   pick_resource, err) &&
           get_one(gathering, "definition", "customresourcedefinitions.apiextensions.k8s.io",
                   "starrocksclusters.starrocks.com", pick_definition, err) &&
           read_operator(gathering, err) &&
           get_list(gathering, "warehouses", "starrockswarehouses.v1.starrocks.com", NULL,
                    pick_warehouse, &gathering->cluster, err);
}

/* --- fe.conf, versions -------------------------------------------------------------------------- */

/* The text of fe.conf in the ConfigMap that the resource names, else the volume of the set; appends. */
static bool conf_of_map(struct gathering *gathering, struct str *ret_map, struct str *ret,
                        struct error *err)
{
    const json_t *info = json_at(gathering->json, "read", "resource", "spec", "starRocksFeSpec",
                                 "configMapInfo", NULL);
    const char *map = json_str(info, "configMapName");
    const char *key = json_str(info, "resolveKey");
    AUTO_JSON *object = NULL;

    if (*map == '\0')
        map = json_str(fe_set(gathering), "config_map");
    if (*key == '\0')
        key = "fe.conf";
    if (!kube_name_ok(map))
        return error_set(err, ERR_UNKNOWN, "the FEs mount no ConfigMap with fe.conf that belay finds");
    if (!kube_get(gathering->kube, "configmaps", map, NULL, &object, err))
        return false;
    const char *text = json_str_at(object, "data", key, NULL);
    if (*text == '\0')
        return error_set(err, ERR_UNKNOWN, "the ConfigMap %s has no %s", map, key);
    str_add(ret_map, map);
    str_add(ret, text);
    return true;
}

/* The same in the pod of a FE: the image's own, or what the ConfigMap puts there. */
static bool conf_of_pod(struct gathering *gathering, struct str *ret)
{
    for (size_t i = 0; i < gathering->cluster.n_frontends; i++) {
        const struct frontend *frontend = &gathering->cluster.frontends[i];
        if (frontend->alive && *frontend->pod != '\0')
            return image_files_text(gathering->kube, frontend->pod, "fe.conf", ret, NULL);
    }
    return false;
}

/* fe.conf's keys and values without secrets. */
static bool read_conf(struct gathering *gathering, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_STR map = {0};
    AUTO_STR text = {0};

    if (!conf_of_map(gathering, &map, &text, &why) &&
        (why.code == ERR_STOPPED || !conf_of_pod(gathering, &text)))
        return gather_failed(gathering, "conf", &why, err);
    json_t *conf = json_object();
    json_put_str(conf, "config_map", str_text(&map));
    json_put(conf, "values", pick_conf(str_text(&text)));
    gather_put(gathering, "conf", conf);
    return true;
}

static bool read_versions(struct gathering *gathering, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_STRV args = {0};
    AUTO_STR text = {0};

    strv_add(&args, "version");
    strv_add(&args, "--output=json");
    strv_add(&args, "--request-timeout=15s");
    if (!kube_run(gathering->kube, &args, NULL, 0, &text, NULL, &why))
        return gather_failed(gathering, "versions", &why, err);
    AUTO_JSON *told = json_parse(str_text(&text), text.len, 1 << 20, &why);
    if (told == NULL)
        return gather_failed(gathering, "versions", &why, err);
    json_t *versions = json_object();
    json_put_str(versions, "client", json_str_at(told, "clientVersion", "gitVersion", NULL));
    json_put_str(versions, "server", json_str_at(told, "serverVersion", "gitVersion", NULL));
    gather_put(gathering, "versions", versions);
    return true;
}

bool gather_kube(struct gathering *gathering, struct error *err)
{
    if (!find_sets(gathering, err))
        return false;
    if (gathering->kube == NULL)
        return true;
    if (!get_list(gathering, "pods", "pods", NULL, pick_pod, gathering, err))
        return false;
    match_addresses(gathering);
    return get_list(gathering, "claims", "persistentvolumeclaims", NULL, pick_claim, gathering, err) &&
           get_list(gathering, "kube_nodes", "nodes", NULL, pick_node, NULL, err) &&
           get_list(gathering, "budgets", "poddisruptionbudgets.policy", NULL, pick_budget, NULL, err) &&
           read_owned(gathering, err) && read_conf(gathering, err) && read_versions(gathering, err);
}

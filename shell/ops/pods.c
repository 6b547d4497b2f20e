/* Pods by label, matched to frontends by name or by address. */
#include <belay/pods.h>

#include <mem.h>

#include "session_inside.h"

void pods_done(struct pods *pods)
{
    json_decref(pods->list);
    pods->list = NULL;
}

static const json_t *pod_of(const struct pods *pods, const char *pod)
{
    return pods->list == NULL || *pod == '\0' ? NULL : json_object_get(pods->list, pod);
}

const char *pods_image(const struct pods *pods, const char *pod)
{
    const json_t *containers = json_at(pod_of(pods, pod), "spec", "containers", NULL);

    return json_str(json_array_get(containers, 0), "image");
}

/* The labels that the operator puts on pods: component, and the StatefulSet's name. */
static bool read_component(struct kube *kube, const char *cluster, const char *component,
                           json_t *ret, struct error *err)
{
    AUTO_FREE char *selector = str_format("app.kubernetes.io/component=%s,"
                                          "app.starrocks.ownerreference/name=%s-%s",
                                          component, cluster, component);
    AUTO_JSON *list = NULL;
    json_t *item;
    size_t i;

    if (!kube_get(kube, "pods", NULL, selector, &list, err))
        return false;
    json_array_foreach(json_object_get(list, "items"), i, item)
        json_object_set(ret, json_str_at(item, "metadata", "name", NULL), item);
    return true;
}

/* The pods that the hosts name and that are not there yet: their names, as members. */
static json_t *missing_pods(const struct cluster *cluster, const json_t *there)
{
    json_t *names = json_object();

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const char *pod = cluster->frontends[i].pod;
        if (*pod != '\0' && json_object_get(there, pod) == NULL)
            json_put_bool(names, pod, true);
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const char *pod = cluster->nodes[i].pod;
        if (*pod != '\0' && json_object_get(there, pod) == NULL)
            json_put_bool(names, pod, true);
    }
    return names;
}

/*
 * StatefulSets that a person wrote have labels of their own, and those of a StarRocksWarehouse have the
 * warehouse's name in them: such pods are known by their names alone.
 */
static bool read_by_name(struct kube *kube, const struct cluster *cluster, json_t *ret,
                         struct error *err)
{
    AUTO_JSON *names = missing_pods(cluster, ret);
    AUTO_JSON *list = NULL;
    json_t *item;
    size_t i;

    if (json_object_size(names) == 0)
        return true;
    if (!kube_get(kube, "pods", NULL, NULL, &list, err))
        return false;
    json_array_foreach(json_object_get(list, "items"), i, item)
    {
        const char *name = json_str_at(item, "metadata", "name", NULL);
        if (json_object_get(names, name) != NULL)
            json_object_set(ret, name, item);
    }
    return true;
}

void pods_read(struct session *session, const struct cluster *cluster, struct pods *ret,
               struct str *note)
{
    AUTO_ERROR err = {0};
    struct kube *kube = session_kube(session, &err);
    static const char *const components[] = {"fe", "be", "cn"};

    ret->list = json_object();
    if (kube == NULL) {
        str_addf(note, "without kubectl: %s", err.message);
        return;
    }
    if (!kube_name_ok(cluster->name)) {
        str_addf(note, "the cluster's name in Kubernetes is not known: give --cluster NAME");
        return;
    }
    for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
        if (!read_component(kube, cluster->name, components[i], ret->list, &err)) {
            str_addf(note, "%s", err.message);
            return;
        }
    }
    if (!read_by_name(kube, cluster, ret->list, &err))
        str_addf(note, "%s", err.message);
    else if (json_object_size(ret->list) == 0)
        str_addf(note, "kubectl finds no pod of %s in namespace %s of context %s", cluster->name,
                 kube_namespace(kube), kube_context(kube));
}

/* HOST_TYPE=IP: the registered address is a pod's. */
static void match_address(const struct pods *pods, struct frontend *frontend)
{
    const char *name;
    json_t *pod;

    json_object_foreach(pods->list, name, pod)
    {
        if (!str_equal(json_str_at(pod, "status", "podIP", NULL), frontend->host))
            continue;
        free(frontend->pod);
        free(frontend->ns);
        frontend->pod = mem_text(name);
        frontend->ns = mem_text(json_str_at(pod, "metadata", "namespace", NULL));
    }
}

void pods_check_frontends(struct session *session, struct cluster *cluster, struct str *note)
{
    struct pods pods = {0};

    if (session_options(session)->no_kube)
        return;
    pods_read(session, cluster, &pods, note);
    for (size_t i = 0; i < cluster->n_frontends && note->len == 0; i++) {
        struct frontend *f = &cluster->frontends[i];
        if (f->pod[0] == '\0')
            match_address(&pods, f);
        if (f->pod[0] != '\0' && pod_of(&pods, f->pod) == NULL)
            str_addf(note, "kubectl does not find the pod %s of FE %s", f->pod, f->host);
    }
    pods_done(&pods);
}

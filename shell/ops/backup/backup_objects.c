/* The cluster's Kubernetes objects, as `kubectl get -o json` shows them. */
#include <belay/str.h>

#include "backup_notes.h"
#include "session_inside.h"

#define OBJECTS_MAX 1000

struct objects {
    struct kube *kube;
    const char *part;
    struct strv *lacks;
    struct strv maps;   /* names of ConfigMaps that were mentioned */
    struct strv claims; /* … and of PersistentVolumeClaims */
    size_t written;
};

static void mention(struct strv *list, const char *name)
{
    if (kube_name_ok(name) && !strv_has(list, name) && list->n < OBJECTS_MAX)
        strv_add(list, name);
}

/*
 * What a pod, or the template of a StatefulSet, mounts. In a template the claims are only names of
 * claim templates (recorded with operator 1.11.5), so they count for pods alone.
 */
static void mention_volumes(struct objects *objects, const json_t *pod_spec, bool is_pod)
{
    json_t *volume;
    size_t i;

    json_array_foreach(json_object_get(pod_spec, "volumes"), i, volume)
    {
        mention(&objects->maps, json_str_at(volume, "configMap", "name", NULL));
        if (is_pod)
            mention(&objects->claims,
                    json_str_at(volume, "persistentVolumeClaim", "claimName", NULL));
    }
}

/* The CR names a ConfigMap for each component. */
static void mention_components(struct objects *objects, const json_t *resource)
{
    const char *key;
    json_t *component;

    json_object_foreach((json_t *)json_at(resource, "spec", NULL), key, component)
        mention(&objects->maps, json_str_at(component, "configMapInfo", "configMapName", NULL));
}

/*
 * Gets one object and writes it as objects/SHORT-NAME.json. must: its absence is a lack. *ret is
 * the object, or NULL; a new reference.
 */
static bool keep(struct objects *objects, const char *kind, const char *brief, const char *name,
                 bool must, json_t **ret, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_FREE char *file = str_format("objects/%s-%s.json", brief, name);

    *ret = NULL;
    if (!kube_name_ok(name) || objects->written >= OBJECTS_MAX) {
        strv_addf(objects->lacks, "%s \"%s\": not read", brief, name);
        return true;
    }
    if (!kube_get(objects->kube, kind, name, NULL, ret, &why)) {
        if (why.code == ERR_STOPPED)
            return error_move(err, &why);
        strv_addf(objects->lacks, "%s %s: %s", brief, name, why.message);
        return true;
    }
    if (json_is_null(*ret)) {
        json_decref(*ret);
        *ret = NULL;
        if (must)
            strv_addf(objects->lacks, "%s %s: there is none", brief, name);
        return true;
    }
    objects->written++;
    return backup_write_json(objects->part, file, *ret, err);
}

static bool keep_all(struct objects *objects, const char *kind, const char *brief,
                     const struct strv *names, struct error *err)
{
    for (size_t i = 0; i < names->n; i++) {
        AUTO_JSON *object = NULL;
        if (!keep(objects, kind, brief, names->v[i], true, &object, err))
            return false;
    }
    return true;
}

static bool keep_sets(struct objects *objects, const char *cluster, struct error *err)
{
    static const char *const components[] = {"fe", "be", "cn"};

    for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
        AUTO_JSON *set = NULL;
        AUTO_FREE char *name = str_format("%s-%s", cluster, components[i]);
        if (!keep(objects, "statefulsets.apps", "statefulset", name, i == 0, &set, err))
            return false;
        mention_volumes(objects, json_at(set, "spec", "template", "spec", NULL), false);
    }
    return true;
}

static bool keep_pods(struct objects *objects, const struct cluster *cluster, struct error *err)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        AUTO_JSON *pod = NULL;
        if (*cluster->frontends[i].pod == '\0')
            continue; /* noted with its files */
        if (!keep(objects, "pods", "pod", cluster->frontends[i].pod, true, &pod, err))
            return false;
        mention_volumes(objects, json_at(pod, "spec", NULL), true);
    }
    return true;
}

bool backup_note_objects(struct session *session, const struct cluster *cluster, const char *part,
                         struct strv *lacks, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_JSON *resource = NULL;
    struct objects objects = {.kube = session_kube(session, &why), .part = part, .lacks = lacks};

    if (objects.kube == NULL) {
        strv_addf(lacks, "Kubernetes objects: %s", why.message);
        return true;
    }
    bool ok = keep(&objects, "starrocksclusters.v1.starrocks.com", "starrockscluster",
                   cluster->name, true, &resource, err);
    mention_components(&objects, resource);
    ok = ok && keep_sets(&objects, cluster->name, err) && keep_pods(&objects, cluster, err) &&
         keep_all(&objects, "configmaps", "configmap", &objects.maps, err) &&
         keep_all(&objects, "persistentvolumeclaims", "claim", &objects.claims, err);
    strv_done(&objects.maps);
    strv_done(&objects.claims);
    return ok;
}

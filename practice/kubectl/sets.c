/*
 * The StatefulSet controller, policy Parallel: makes missing pods, deletes surplus ones, replaces
 * pods of an old revision from the highest ordinal down (stateful_set_control.go).
 */
#include "controllers.h"

#include <inttypes.h>

#include <belay/list.h>

#include "digest.h"
#include "selector.h"
#include "store.h"
#include "world_db.h"

#define ORDINALS_MAX 100

/* The set under work, and its pods by ordinal. */
struct set {
    json_t *object;
    const char *name, *ns;
    const json_t *spec;
    char *update;       /* revision of the template */
    const char *current; /* the revision before it */
    int64_t replicas, partition;
    bool rolling;
    json_t *pods[ORDINALS_MAX]; /* NULL: no such pod */
};

/* "NAME-" and ten characters, like a ControllerRevision's name. */
static char *revision_of(struct controllers *c, const json_t *object, struct error *err)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    AUTO_FREE char *text = json_canonical(json_at(object, "spec", "template", NULL));
    uint64_t number = (uint64_t)crc32_add(0, text, strlen(text)) << 16 ^
                      crc32_add(7, text, strlen(text));
    AUTO_STR name = {0};
    str_addf(&name, "%s-", json_str_at(object, "metadata", "name", NULL));
    for (int i = 0; i < 10; i++, number /= sizeof letters - 1)
        str_addc(&name, letters[number % (sizeof letters - 1)]);
    if (!db_run(c->db, err, "INSERT OR IGNORE INTO k8s_revision VALUES (?1, ?2)", "ss",
                str_text(&name), text))
        return NULL;
    return str_take(&name);
}

static void load_pods(struct controllers *c, struct set *set)
{
    AUTO_JSON *all = store_list_with(c->db, kind_pods(), set->ns, set->name);
    size_t i, n = strlen(set->name);
    json_t *pod;
    json_array_foreach (all, i, pod) {
        const json_t *owner = json_array_get(json_at(pod, "metadata", "ownerReferences", NULL), 0);
        const char *name = json_str_at(pod, "metadata", "name", NULL);
        char *end = "x";
        long ordinal = -1;
        if (str_starts(name, set->name) && name[n] == '-')
            ordinal = strtol(name + n + 1, &end, 10);
        if (!*end && ordinal >= 0 && ordinal < ORDINALS_MAX &&
            str_equal(json_str(owner, "name"), set->name))
            set->pods[ordinal] = json_incref(pod);
    }
}

static void set_done(struct set *set)
{
    free(set->update);
    set->update = NULL;
    for (int i = 0; i < ORDINALS_MAX; i++) {
        json_decref(set->pods[i]);
        set->pods[i] = NULL;
    }
}

static const char *revision(const json_t *pod)
{
    return json_str(json_at(pod, "metadata", "labels", NULL), "controller-revision-hash");
}

static bool ending(const json_t *pod)
{
    return *json_str_at(pod, "metadata", "deletionTimestamp", NULL) != '\0';
}

/* The pod's claims: made once, kept when the pod goes. */
static bool make_claims(struct controllers *c, const struct set *set, const char *pod_name,
                        struct error *err)
{
    size_t i;
    json_t *template;
    json_array_foreach (json_object_get(set->spec, "volumeClaimTemplates"), i, template) {
        const char *volume = json_str_at(template, "metadata", "name", NULL);
        AUTO_FREE char *name = str_format("%s-%s", volume, pod_name);
        AUTO_JSON *old = store_get(c->db, kind_find("pvc"), set->ns, name);
        if (old)
            continue;
        char uid[37];
        store_uid(uid);
        AUTO_FREE char *bound = str_format("pvc-%s", uid);
        AUTO_JSON *claim = json_deep_copy(template);
        json_t *labels =
            json_deep_copy(json_at(set->spec, "selector", "matchLabels", NULL));
        json_put(claim, "metadata",
                 json_pack("{s:s,s:s,s:o,s:[s]}", "name", name, "namespace", set->ns, "labels",
                           labels, "finalizers", "kubernetes.io/pvc-protection"));
        json_put_str(json_object_get(claim, "spec"), "volumeName", bound);
        json_put(claim, "status",
                 json_pack("{s:[s],s:o,s:s}", "accessModes", "ReadWriteOnce", "capacity",
                           json_deep_copy(json_at(claim, "spec", "resources", "requests", NULL)),
                           "phase", "Bound"));
        if (!store_create(c->db, kind_find("pvc"), claim, c->at, err))
            return false;
    }
    return true;
}

/* Claims of the set's templates get the pod's name. */
static void bind_claims(const struct set *set, json_t *pod_spec, const char *pod_name)
{
    size_t i, j;
    json_t *volume, *template;
    json_array_foreach (json_object_get(pod_spec, "volumes"), i, volume)
        json_array_foreach (json_object_get(set->spec, "volumeClaimTemplates"), j, template) {
            const char *name = json_str_at(template, "metadata", "name", NULL);
            AUTO_FREE char *claim = str_format("%s-%s", name, pod_name);
            if (str_equal(json_str(volume, "name"), name))
                json_put_str(json_object_get(volume, "persistentVolumeClaim"), "claimName", claim);
        }
}

/* The template of a revision; that of the set when it is not known. */
static json_t *template_of(struct controllers *c, const struct set *set, const char *name)
{
    AUTO_FREE char *text =
        db_text(c->db, "SELECT template FROM k8s_revision WHERE name = ?1", "s", name);
    json_t *template = text ? json_parse(text, strlen(text), 1 << 20, NULL) : NULL;
    return template ? template : json_deep_copy(json_object_get(set->spec, "template"));
}

static bool make_pod(struct controllers *c, const struct set *set, int ordinal, struct error *err)
{
    const char *wanted = set->rolling && ordinal < set->partition && *set->current ? set->current
                                                                                  : set->update;
    AUTO_FREE char *name = str_format("%s-%d", set->name, ordinal);
    AUTO_FREE char *generate = str_format("%s-", set->name);
    AUTO_FREE char *index = str_format("%d", ordinal);
    AUTO_FREE char *node = str_format("node-%c", 'a' + ordinal % 3);
    AUTO_JSON *template = template_of(c, set, wanted);
    json_t *labels = json_deep_copy(json_at(template, "metadata", "labels", NULL));
    json_put_str(labels, "apps.kubernetes.io/pod-index", index);
    json_put_str(labels, "controller-revision-hash", wanted);
    json_put_str(labels, "statefulset.kubernetes.io/pod-name", name);
    json_t *spec = json_deep_copy(json_object_get(template, "spec"));
    bind_claims(set, spec, name);
    json_put_str(spec, "hostname", name);
    json_put_str(spec, "nodeName", node);
    json_put_str(spec, "subdomain", json_str(set->spec, "serviceName"));
    json_put_str(spec, "serviceAccount", "default");
    json_put_str(spec, "serviceAccountName", "default");
    json_put_bool(spec, "enableServiceLinks", true);
    json_put_int(spec, "priority", 0);
    json_put_str(spec, "preemptionPolicy", "PreemptLowerPriority");
    AUTO_JSON *pod = json_pack(
        "{s:s,s:s,s:{s:s,s:o,s:s,s:s,s:[{s:s,s:b,s:b,s:s,s:s,s:s}]},s:o}", "apiVersion", "v1",
        "kind", "Pod", "metadata", "generateName", generate, "labels", labels, "name", name,
        "namespace", set->ns, "ownerReferences", "apiVersion", "apps/v1", "blockOwnerDeletion", 1,
        "controller", 1, "kind", "StatefulSet", "name", set->name, "uid",
        json_str_at(set->object, "metadata", "uid", NULL), "spec", spec);
    json_t *annotations = json_object_get(json_object_get(template, "metadata"), "annotations");
    if (annotations)
        json_put(json_object_get(pod, "metadata"), "annotations", json_deep_copy(annotations));
    AUTO_FREE char *note =
        str_format("create Pod %s in StatefulSet %s successful", name, set->name);
    return make_claims(c, set, name, err) && store_create(c->db, kind_pods(), pod, c->at, err) &&
           kubelet_take(c, pod, err) &&
           store_event(c->db, set->object, "Normal", "SuccessfulCreate", note, c->at, err);
}

static bool end_pod(struct controllers *c, const struct set *set, json_t *pod, struct error *err)
{
    AUTO_FREE char *note = str_format("delete Pod %s in StatefulSet %s successful",
                                      json_str_at(pod, "metadata", "name", NULL), set->name);
    return kubelet_end(c, pod, -1, err) &&
           store_event(c->db, set->object, "Normal", "SuccessfulDelete", note, c->at, err);
}

/* One pod of an old revision may go, when all above it are of the new one and ready. */
static bool roll(struct controllers *c, const struct set *set, struct error *err)
{
    int64_t last = set->replicas < ORDINALS_MAX ? set->replicas : ORDINALS_MAX;
    for (int64_t i = last - 1; set->rolling && i >= set->partition; i--) {
        json_t *pod = set->pods[i];
        if (!pod || ending(pod))
            return true;
        if (!str_equal(revision(pod), set->update))
            return end_pod(c, set, pod, err);
        if (!pod_ready(pod))
            return true;
    }
    return true;
}

static void put_count(json_t *status, const char *key, int64_t count)
{
    if (count > 0)
        json_put_int(status, key, count);
    else
        json_object_del(status, key); /* absent, not 0 (recorded) */
}

static bool write_status(struct controllers *c, struct set *set, struct error *err)
{
    int64_t total = 0, ready = 0, updated = 0, current = 0;
    for (int i = 0; i < ORDINALS_MAX; i++) {
        const json_t *pod = set->pods[i];
        if (!pod)
            continue;
        total++;
        ready += pod_ready(pod);
        updated += !ending(pod) && str_equal(revision(pod), set->update);
        current += !ending(pod) && str_equal(revision(pod), set->current);
    }
    json_t *status = json_object_get(set->object, "status");
    bool complete = set->rolling && set->partition == 0 && updated == total && ready == total &&
                    total == set->replicas;
    if (complete || !*set->current) {
        json_put_str(status, "currentRevision", set->update);
        current = updated;
    }
    json_put_str(status, "updateRevision", set->update);
    json_put_int(status, "replicas", total);
    json_put_int(status, "availableReplicas", ready);
    put_count(status, "readyReplicas", ready);
    put_count(status, "updatedReplicas", updated);
    put_count(status, "currentReplicas", current);
    json_put_int(status, "observedGeneration",
                 json_int(json_object_get(set->object, "metadata"), "generation"));
    return controllers_save(c, kind_find("statefulsets"), set->object, err);
}

static bool scale(struct controllers *c, struct set *set, struct error *err)
{
    for (int i = 0; i < ORDINALS_MAX; i++) {
        bool wanted = i < set->replicas;
        if (wanted && !set->pods[i] && !make_pod(c, set, i, err))
            return false;
        if (!wanted && set->pods[i] && !ending(set->pods[i]) && !end_pod(c, set, set->pods[i], err))
            return false;
    }
    return true;
}

static bool work(struct controllers *c, json_t *object, struct error *err)
{
    struct set set = {.object = object,
                      .name = json_str_at(object, "metadata", "name", NULL),
                      .ns = json_str_at(object, "metadata", "namespace", NULL),
                      .spec = json_object_get(object, "spec"),
                      .current = json_str_at(object, "status", "currentRevision", NULL)};
    AUTO_FREE char *kept = str_format("%s", set.current); /* status is rewritten below */
    set.current = kept;
    set.replicas = json_int(set.spec, "replicas");
    set.rolling =
        str_equal(json_str_at(set.spec, "updateStrategy", "type", NULL), "RollingUpdate");
    set.partition = json_int(json_at(set.spec, "updateStrategy", "rollingUpdate", NULL),
                             "partition");
    set.update = revision_of(c, object, err);
    load_pods(c, &set);
    bool changed = c->changed;
    c->changed = false;
    bool ok = set.update && scale(c, &set, err) && roll(c, &set, err);
    if (ok && c->changed) {
        set_done(&set);
        set.update = revision_of(c, object, err);
        load_pods(c, &set);
    }
    ok = ok && set.update && write_status(c, &set, err);
    c->changed |= changed;
    set_done(&set);
    return ok;
}

bool sets_step(struct controllers *c, struct error *err)
{
    AUTO_JSON *sets = store_list(c->db, kind_find("statefulsets"), NULL);
    size_t i;
    json_t *set;
    json_array_foreach (sets, i, set)
        if (!work(c, set, err))
            return false;
    return true;
}

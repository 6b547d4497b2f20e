/* Where the metadata of a StatefulSet's frontends lies, and a helper pod that gets at it. */
#include "restore_set.h"

#include <inttypes.h>

#include <kubectl.h>
#include <mem.h>

#include "restore_acts.h"

#define HELPER_SECONDS 14400 /* a helper pod that was forgotten ends after four hours */

static const json_t *named(const json_t *list, const char *name)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)list, i, one)
    {
        if (str_equal(json_str(one, "name"), name))
            return one;
    }
    return NULL;
}

/* The mount that holds the directory: the longest path that is it or leads to it. */
static const json_t *find_mount(const json_t *container, const char *dir)
{
    const json_t *best = NULL;
    size_t best_len = 0, i;
    json_t *mount;

    json_array_foreach(json_object_get(container, "volumeMounts"), i, mount)
    {
        const char *path = json_str(mount, "mountPath");
        size_t len = strlen(path);
        while (len > 1 && path[len - 1] == '/')
            len--;
        if (len > best_len && strncmp(dir, path, len) == 0 &&
            (dir[len] == '/' || dir[len] == '\0')) {
            best = mount;
            best_len = len;
        }
    }
    return best;
}

/* An image with a root of its own: the metadata's place in it is still called fe/meta. */
static const json_t *find_mount_by_end(const json_t *container)
{
    size_t i;
    json_t *mount;

    json_array_foreach(json_object_get(container, "volumeMounts"), i, mount)
    {
        if (str_ends(json_str(mount, "mountPath"), "/fe/meta"))
            return mount;
    }
    return NULL;
}

/* The directory inside the volume: the mount's own subPath, then what lies below the mount. */
static char *sub_path_of(const json_t *mount, const char *dir)
{
    const char *path = json_str(mount, "mountPath");
    const char *own = json_str(mount, "subPath");
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    const char *rest = dir + len + (dir[len] == '/');
    return str_format("%s%s%s", own, *own != '\0' && *rest != '\0' ? "/" : "", rest);
}

static bool is_claim_template(const json_t *set, const char *volume)
{
    size_t i;
    json_t *claim;

    json_array_foreach((json_t *)json_at(set, "spec", "volumeClaimTemplates", NULL), i, claim)
    {
        if (str_equal(json_str_at(claim, "metadata", "name", NULL), volume))
            return true;
    }
    return false;
}

/* Where metadata that no claim holds goes to, and the way out. */
static bool not_lasting(const struct restore_set *facts, const char *dir, const char *lies,
                        struct error *err)
{
    error_set(err, ERR_VERDICT, "no restore can last here: the metadata of %s (%s) lies %s, which "
              "is erased whenever a pod is replaced, and a restore replaces all of them",
              facts->name, dir, lies);
    return error_hint(
        err, "first give the frontends a persistent volume: take \\backup now; add to %s a claim "
        "(name fe-meta, mountPath %s); the API server refuses new claims on an existing "
        "StatefulSet, so it has to be deleted with --cascade=orphan and made again, pod by pod, "
        "while the others hold the majority. Upgrade nothing before that",
        *facts->owner != '\0' ? "spec.starRocksFeSpec.storageVolumes" : "spec.volumeClaimTemplates",
        dir);
}

static bool check_volume(const json_t *set, const struct restore_set *facts, const char *name,
                         const char *dir, struct error *err)
{
    const json_t *volume =
        named(json_at(set, "spec", "template", "spec", "volumes", NULL), name);
    const char *claim = json_str_at(volume, "persistentVolumeClaim", "claimName", NULL);

    if (is_claim_template(set, name))
        return kube_name_ok(name) ||
               error_set(err, ERR_UNKNOWN, "the volume %s has an unusable name", name);
    if (json_object_get(volume, "emptyDir") != NULL)
        return not_lasting(facts, dir, "on an emptyDir", err);
    if (volume == NULL)
        return not_lasting(facts, dir, "in the pod itself", err);
    error_set(err, ERR_VERDICT, "the metadata of %s lies on volume %s, %s%s: belay has no plan for "
              "that", facts->name, name,
              *claim != '\0' ? "one claim for all pods: " : "which is no claim of its own per pod",
              claim);
    return error_hint(err, "each frontend needs a claim of its own (volumeClaimTemplates)");
}

static void find_inits(const json_t *set, const char *volume, struct strv *ret)
{
    size_t i, k;
    json_t *container, *mount;

    json_array_foreach((json_t *)json_at(set, "spec", "template", "spec", "initContainers", NULL), i,
                       container)
    {
        json_array_foreach(json_object_get(container, "volumeMounts"), k, mount)
        {
            if (str_equal(json_str(mount, "name"), volume))
                strv_add(ret, kube_name_ok(json_str(container, "name")) ? json_str(container, "name")
                                                                        : "(without a plain name)");
        }
    }
}

bool restore_set_volume(const json_t *set, const char *meta_dir, struct restore_set *ret,
                        struct error *err)
{
    const json_t *fe = json_array_get(json_at(set, "spec", "template", "spec", "containers", NULL),
                                      ret->container);
    const json_t *mount = find_mount(fe, meta_dir);

    if (mount == NULL && (mount = find_mount_by_end(fe)) != NULL)
        meta_dir = json_str(mount, "mountPath");
    const char *name = json_str(mount, "name");
    if (mount == NULL)
        return not_lasting(ret, meta_dir, "in the pod itself", err);
    if (!check_volume(set, ret, name, meta_dir, err))
        return false;
    if (ret->claims_die) {
        error_set(err, ERR_VERDICT, "StatefulSet %s deletes its claims when it is scaled down "
                  "(persistentVolumeClaimRetentionPolicy.whenScaled: Delete): stopping the "
                  "frontends would erase their metadata", ret->name);
        return error_hint(err, "set whenScaled to Retain first");
    }
    find_inits(set, name, &ret->inits_on_meta);
    free(ret->volume);
    free(ret->sub_path);
    ret->volume = mem_text(name);
    ret->sub_path = sub_path_of(mount, meta_dir);
    return true;
}

char *restore_pod(const struct restore_set *set, int64_t ordinal)
{
    return str_format("%s-%" PRId64, set->name, ordinal);
}

char *restore_claim(const struct restore_set *set, int64_t ordinal)
{
    return str_format("%s-%s-%" PRId64, set->volume, set->name, ordinal);
}

char *restore_helper_name(const struct restore_set *set, int64_t ordinal)
{
    return str_format("belay-restore-%s-%" PRId64, set->name, ordinal);
}

/* A container that sees the metadata, whose volume has that name in its pod, and does nothing. */
static json_t *idle_container(const json_t *fe, const struct restore_set *facts, const char *volume,
                              const char *script)
{
    json_t *container = json_object();
    json_t *mount = json_object();
    json_t *security = json_object_get(fe, "securityContext");

    json_put_str(container, "name", RESTORE_CONTAINER);
    json_put_str(container, "image", facts->image);
    json_put_str(container, "imagePullPolicy", "IfNotPresent");
    json_put(container, "command", json_pack("[s,s,s]", "/bin/sh", "-c", script));
    /* The image may set another root: the scripts and the mount must agree. */
    json_put(container, "env",
             json_pack("[{s:s,s:s}]", "name", "STARROCKS_ROOT", "value", RESTORE_ROOT));
    json_put(container, "resources",
             json_pack("{s:{s:s,s:s},s:{s:s,s:s}}", "requests", "cpu", "100m", "memory", "256Mi",
                       "limits", "cpu", "2", "memory", "1Gi"));
    if (security != NULL)
        json_object_set(container, "securityContext", security);
    json_put_str(mount, "name", volume);
    json_put_str(mount, "mountPath", RESTORE_META);
    if (*facts->sub_path != '\0')
        json_put_str(mount, "subPath", facts->sub_path);
    json_put(container, "volumeMounts", json_pack("[o]", mount));
    return container;
}

/* Ended by a signal it fails, and is started again: only its end with status 0 lets an FE start. */
json_t *restore_hold(const json_t *set, const struct restore_set *facts, const char *image)
{
    const json_t *fe = json_array_get(json_at(set, "spec", "template", "spec", "containers", NULL),
                                      facts->container);
    json_t *container = idle_container(
        fe, facts, facts->volume, "trap 'exit 1' TERM INT; while :; do sleep 3600 & wait; done");

    json_put_str(container, "image", image);
    return container;
}

json_t *restore_helper(const json_t *set, const struct restore_set *facts, int64_t ordinal)
{
    static const char *const copied[] = {"securityContext",  "nodeSelector",      "tolerations",
                                         "imagePullSecrets", "serviceAccountName"};
    const json_t *template = json_at(set, "spec", "template", "spec", NULL);
    const json_t *fe =
        json_array_get(json_object_get(template, "containers"), facts->container);
    AUTO_FREE char *name = restore_helper_name(facts, ordinal);
    AUTO_FREE char *claim = restore_claim(facts, ordinal);
    json_t *spec = json_object();

    json_put_str(spec, "restartPolicy", "Never");
    json_put_bool(spec, "automountServiceAccountToken", false);
    json_put_int(spec, "activeDeadlineSeconds", HELPER_SECONDS);
    json_put_int(spec, "terminationGracePeriodSeconds", 5);
    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
        json_t *value = json_object_get(template, copied[i]);
        if (value != NULL)
            json_object_set(spec, copied[i], value);
    }
    json_put(spec, "containers", json_pack("[o]", idle_container(
                                         fe, facts, "meta",
                                         "trap 'exit 0' TERM INT; sleep 14400 & wait")));
    json_put(spec, "volumes", json_pack("[{s:s,s:{s:s}}]", "name", "meta", "persistentVolumeClaim",
                                        "claimName", claim));
    /* Never the labels of the frontends: Services and the operator count by them. */
    return json_pack("{s:s,s:s,s:{s:s,s:s,s:{s:s,s:s}},s:o}", "apiVersion", "v1", "kind", "Pod",
                     "metadata", "name", name, "namespace", facts->ns, "labels",
                     "app.kubernetes.io/name", "belay-restore", "app.kubernetes.io/managed-by",
                     "belay", "spec", spec);
}

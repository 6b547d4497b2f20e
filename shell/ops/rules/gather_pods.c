/* What each FE's pod holds: its images, the room on its volume. And what the person may do. */
#include <inttypes.h>
#include <stdlib.h>

#include <belay/str.h>
#include <exec.h>

#include "image_files.h"
#include "image_scripts.h"
#include "session_inside.h"
#include "gather.h"

/* Blocks of 1024 bytes that are free where the metadata lies. */
static const char room_script[] = SCRIPT_HEAD "set -- $(df -Pk \"$m\" | tail -n 1)\n"
                                              "echo \"$4\"\n";

static bool read_room(struct kube *kube, const char *pod, json_t *ret, struct error *err)
{
    struct exec_target target = {pod, FE_CONTAINER};
    AUTO_STR text = {0};
    char *end = NULL;
    int status = 0;

    if (!exec_text(kube, target, room_script, NULL, 0, &text, &status, err))
        return false;
    long long kib = strtoll(str_text(&text), &end, 10);
    if (status != 0 || end == str_text(&text) || kib < 0)
        return error_set(err, ERR_UNKNOWN, "df in pod %s gave no number", pod);
    json_put_int(ret, "room_kib", kib);
    return true;
}

static bool read_images(struct kube *kube, const char *pod, json_t *ret, struct error *err)
{
    struct image_files files = {0};
    AUTO_STR unfinished = {0};
    bool ok = image_files_read(kube, pod, IMAGE_LIST_IMAGES, &files, err);

    if (ok) {
        const struct image_file *v2 = image_files_newest(&files, META_KIND_IMAGE_V2);
        const struct image_file *v1 = image_files_newest(&files, META_KIND_IMAGE_V1);
        image_files_unfinished(&files, &unfinished);
        json_put_int(ret, "v2", v2 != NULL ? (int64_t)v2->id : 0);
        json_put_int(ret, "v1", v1 != NULL ? (int64_t)v1->id : 0);
        json_put_str(ret, "unfinished", str_text(&unfinished));
    }
    image_files_done(&files);
    return ok;
}

/* {pod: {"v2", "v1", "unfinished"}} and {pod: {"room_kib"}}; one pod that cannot be asked makes
 * the reading an unread one. */
static bool each_pod(struct gathering *gathering, const char *reading,
                     bool (*one)(struct kube *, const char *, json_t *, struct error *),
                     struct error *err)
{
    AUTO_JSON *all = json_object();

    for (size_t i = 0; i < gathering->cluster.n_frontends; i++) {
        const struct frontend *frontend = &gathering->cluster.frontends[i];
        AUTO_ERROR why = {0};
        if (!frontend->alive || *frontend->pod == '\0')
            continue;
        json_t *pod = json_object();
        json_put(all, frontend->pod, pod);
        if (!one(gathering->kube, frontend->pod, pod, &why))
            return gather_failed(gathering, reading, &why, err);
    }
    gather_put(gathering, reading, json_incref(all));
    return true;
}

bool gather_pods(struct gathering *gathering, struct error *err)
{
    return gathering->kube == NULL || (each_pod(gathering, "images", read_images, err) &&
                                       each_pod(gathering, "room", read_room, err));
}

/* --- rights ------------------------------------------------------------------------------------- */

#define CLUSTERS "starrocksclusters.starrocks.com"
#define WAREHOUSES "starrockswarehouses.starrocks.com"

enum { OPERATOR_ONLY = 1, WAREHOUSES_ONLY };

static const struct {
    const char *name; /* as rules name it */
    const char *verb, *resource, *subresource;
    int when;
} rights[] = {
    {"patch-cluster", "patch", CLUSTERS, NULL, OPERATOR_ONLY},
    {"patch-warehouses", "patch", WAREHOUSES, NULL, WAREHOUSES_ONLY},
    {"patch-sets", "patch", "statefulsets.apps", NULL, 0},
    {"delete-pods", "delete", "pods", NULL, 0},
    {"create-exec", "create", "pods", "exec", 0},
    {"get-exec", "get", "pods", "exec", 0},
    {"get-log", "get", "pods", "log", 0},
    {"create-pods", "create", "pods", NULL, 0},
    {"patch-configmaps", "patch", "configmaps", NULL, 0},
    {"create-leases", "create", "leases.coordination.k8s.io", NULL, 0},
    {"update-leases", "update", "leases.coordination.k8s.io", NULL, 0},
};

/* {name: 1, 0 or -1 (cannot tell)} */
bool gather_rights(struct gathering *gathering, struct error *err)
{
    bool operator = str_equal(json_str_at(gathering->json, "kube", "kind", NULL), "operator");
    bool warehouses = json_array_size(json_at(gathering->json, "read", "warehouses", NULL)) > 0;
    AUTO_JSON *answers = json_object();

    if (gathering->kube == NULL)
        return true;
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        AUTO_ERROR none = {0};
        if ((rights[i].when == OPERATOR_ONLY && !operator) ||
            (rights[i].when == WAREHOUSES_ONLY && !warehouses))
            continue;
        if (world_leaving(session_world(gathering->session)))
            return gather_failed(gathering, "rights", &none, err);
        json_put_int(answers, rights[i].name,
                     kube_can(gathering->kube, rights[i].verb, rights[i].resource,
                              rights[i].subresource));
    }
    gather_put(gathering, "rights", json_incref(answers));
    return true;
}

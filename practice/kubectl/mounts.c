/* A claim "fe-meta-C-fe-0" is the directory that pod C-fe-0 has as its meta. */
#include "mounts.h"

#include <errno.h>
#include <unistd.h>

#include <belay/json.h>

#include "file.h"
#include "mem.h"
#include "pods.h"

/* The directory behind a claim; NULL when no pod's tree has it. free() it. */
static char *claim_directory(const char *dir, const char *claim)
{
    static const struct {
        const char *volume, *sub;
    } known[] = {{"fe-meta-", "meta"}, {"fe-log-", "log"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_starts(claim, known[i].volume))
            return pods_path(dir, claim + strlen(known[i].volume), known[i].sub);
    return NULL;
}

static const char *claim_of(const json_t *pod, const char *volume_name)
{
    size_t i;
    json_t *volume;
    json_array_foreach (json_at(pod, "spec", "volumes", NULL), i, volume)
        if (str_equal(json_str(volume, "name"), volume_name))
            return json_str_at(volume, "persistentVolumeClaim", "claimName", NULL);
    return "";
}

static bool link_mount(const char *root, const char *mount_path, const char *target,
                       struct error *err)
{
    AUTO_FREE char *path = str_format("%s%s", root, mount_path);
    AUTO_FREE char *parent = mem_textn(path, (size_t)(strrchr(path, '/') - path));
    if (strstr(mount_path, "..") || *mount_path != '/')
        return error_set(err, ERR_FAILED, "mount path %s is not usable", mount_path);
    if (!pods_make_dirs(parent, err) || !pods_make_dirs(target, err))
        return false;
    if (symlink(target, path) != 0 && errno != EEXIST)
        return error_errno(err, ERR_OUTPUT, "cannot link %s", path);
    return true;
}

bool mounts_make(const char *dir, const json_t *pod, struct error *err)
{
    AUTO_FREE char *root = pods_path(dir, json_str_at(pod, "metadata", "name", NULL), NULL);
    AUTO_FREE char *home = file_join(root, "root");
    size_t i, j;
    json_t *container, *mount;
    if (!pods_make_dirs(home, err))
        return false;
    json_array_foreach (json_at(pod, "spec", "containers", NULL), i, container)
        json_array_foreach (json_object_get(container, "volumeMounts"), j, mount) {
            AUTO_FREE char *target =
                claim_directory(dir, claim_of(pod, json_str(mount, "name")));
            if (target && !link_mount(root, json_str(mount, "mountPath"), target, err))
                return false;
        }
    return true;
}

char *mounts_place(const char *dir, const json_t *pod, const json_t *container, const char *path)
{
    size_t i;
    json_t *mount;
    json_array_foreach (json_object_get(container, "volumeMounts"), i, mount) {
        const char *at = json_str(mount, "mountPath");
        size_t n = strlen(at);
        if (n == 0 || !str_starts(path, at) || (path[n] != '/' && path[n] != '\0'))
            continue;
        AUTO_FREE char *claim = claim_directory(dir, claim_of(pod, json_str(mount, "name")));
        if (claim)
            return str_format("%s%s", claim, path + n);
    }
    return NULL;
}

bool mounts_remove(const char *dir, const json_t *pod, struct error *err)
{
    AUTO_FREE char *root = pods_path(dir, json_str_at(pod, "metadata", "name", NULL), NULL);
    return file_remove_tree(root, err);
}

static bool is_empty_dir(const json_t *pod, const char *volume_name)
{
    size_t i;
    json_t *volume;
    json_array_foreach (json_at(pod, "spec", "volumes", NULL), i, volume)
        if (str_equal(json_str(volume, "name"), volume_name))
            return json_object_get(volume, "emptyDir") != NULL;
    return false;
}

bool mounts_forget(const char *dir, const json_t *pod, struct error *err)
{
    AUTO_FREE char *root = pods_path(dir, json_str_at(pod, "metadata", "name", NULL), NULL);
    const json_t *main = json_array_get(json_at(pod, "spec", "containers", NULL), 0);
    size_t i;
    json_t *mount;
    json_array_foreach (json_object_get(main, "volumeMounts"), i, mount) {
        AUTO_FREE char *path = str_format("%s%s", root, json_str(mount, "mountPath"));
        if (is_empty_dir(pod, json_str(mount, "name")) && access(path, F_OK) == 0 &&
            !file_remove_tree(path, err))
            return false;
    }
    return true;
}

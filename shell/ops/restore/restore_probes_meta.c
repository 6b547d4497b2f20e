/* What lies on a volume of the metadata, seen through a helper pod, against the backup's own list. */
#include <inttypes.h>

#include <belay/str.h>
#include <clock.h>
#include <exec.h>
#include <file.h>
#include <mem.h>

#include "backup/backup_inside.h"
#include "image_place.h"
#include "kinds.h"
#include "meta/manifest.h"
#include "restore_acts.h"
#include "restore_host.h"
#include "restore_image.h"
#include "session_inside.h"

#define READ_MS ((int64_t)60 * 60000) /* reads every byte once, in the pod */
#define FREE_MIN_KIB ((uint64_t)5 << 20) /* FE refuses to start below 5 GB (MetaHelper.java) */

/* Runs a script of restore_acts.h that only reads; false: not answered, ret says why. */
static bool look(struct world *world, const char *pod, const char *script,
                 const struct strv *params, struct str *ret_text, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *text = restore_script_at(pod, script);
    struct image_place at = {0};
    int status = 0;

    bool ok = image_place_open(session_of(world), pod, &at, &err) &&
              exec_text(at.kube, (struct exec_target){at.pod, RESTORE_CONTAINER}, text, params, READ_MS,
                        ret_text, &status, &err);
    image_place_done(&at);
    if (ok)
        return true;
    evidence_failed(ret, NULL, &err);
    return false;
}

/* --- volume_fits: helper, bytes of the archive, cluster's id, another that is right too or "" ------------------------------------ */

/* Another cluster's metadata under this name would be moved aside and replaced: never. */
static void judge_volume(const struct strv *args, const struct str *text, struct evidence *ret)
{
    AUTO_FREE char *missing = restore_line_after(text, "MISSING");
    AUTO_FREE char *room = restore_line_after(text, "ROOM");
    AUTO_FREE char *id = restore_line_after(text, "CLUSTER");
    uint64_t need = FREE_MIN_KIB + strtoull(args->v[1], NULL, 10) / 512; /* it, and its contents */
    uint64_t have = room != NULL ? strtoull(room, NULL, 10) : 0;

    if (missing != NULL)
        evidence_set(ret, ANSWER_NO, "the image has no %s", missing);
    else if (room == NULL)
        evidence_set(ret, ANSWER_CANNOT_TELL, "the free room cannot be told");
    else if (id != NULL && !str_equal(id, args->v[2]) && !str_equal(id, args->v[3]))
        evidence_set(ret, ANSWER_NO, "the metadata on the volume is of cluster %s, the backup is of "
                     "%s", id, args->v[2]);
    else if (have < need)
        evidence_set(ret, ANSWER_NO, "%" PRIu64 " MiB are free on the volume, needed are %" PRIu64,
                     have >> 10, need >> 10);
    else
        evidence_set(ret, ANSWER_YES, "%" PRIu64 " MiB free, %s", have >> 10,
                     id != NULL ? "metadata of this cluster" : "no metadata");
    ret->vain = ret->answer == ANSWER_NO;
}

static void ask_fits(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_STR text = {0};
        if (look(world, probes[i]->args.v[0], "fit", NULL, &text, &ret[i]))
            judge_volume(&probes[i]->args, &text, &ret[i]);
    }
}

static void say_fits(const struct probe *probe, struct str *ret)
{
    str_add(ret, "the volume under ");
    image_place_say(probe->args.v[0], ret);
    str_add(ret, " has room, tools, and metadata of this cluster");
}

const struct probe_kind probe_volume_fits = {"volume_fits", ask_fits, say_fits};

/* --- archive_in_pod: helper, bytes, SHA-256 -------------------------------------------------------- */

static void ask_archive(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_STRV params = {0};
        AUTO_STR text = {0};
        strv_add(&params, args->v[1]);
        strv_add(&params, args->v[2]);
        if (!look(world, args->v[0], "check", &params, &text, &ret[i]))
            continue;
        AUTO_FREE char *whole = restore_line_after(&text, "WHOLE");
        AUTO_FREE char *wanted = str_format("%s %s", args->v[1], args->v[2]);
        AUTO_FREE char *other = restore_line_after(&text, "NOT WHOLE:");
        bool ok = whole != NULL && str_equal(whole, wanted);
        evidence_set(&ret[i], ok ? ANSWER_YES : ANSWER_NO, "%s%s",
                     ok ? "size and digest are the backup's" : "not whole: ",
                     ok ? "" : other != NULL ? other : "nothing is there");
        ret[i].vain = !ok;
    }
}

static void say_archive(const struct probe *probe, struct str *ret)
{
    str_add(ret, "the archive lies in ");
    image_place_say(probe->args.v[0], ret);
    str_add(ret, ", whole");
}

const struct probe_kind probe_archive_in_pod = {"archive_in_pod", ask_archive, say_archive};

/* --- meta_is: helper, "new" or "live", backup, SHA-256, node name or "", run, "all" or "image" ------- */

/* The list of the archive's files; NULL: not that backup any more. New reference. */
static json_t *wanted_members(const struct strv *args, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *path = file_join(args->v[2], MANIFEST_NAME);
    AUTO_JSON *manifest = manifest_read(path, &err);
    size_t i;
    json_t *file;

    json_array_foreach(json_object_get(manifest, "files"), i, file)
    {
        if (str_equal(json_str(file, "sha256"), args->v[3]))
            return json_incref((json_t *)json_at(manifest, "archive", "members", NULL));
    }
    evidence_set(ret, ANSWER_CANNOT_TELL, "%s",
                 manifest == NULL ? err.message : "the backup is not the one of this plan any more");
    return NULL;
}

static void compare(const struct strv *args, const json_t *members, const struct image_files *have,
                    struct evidence *ret)
{
    bool own_role = *args->v[4] != '\0';
    size_t same = 0, i;
    json_t *member;

    json_array_foreach((json_t *)members, i, member)
    {
        const char *name = json_str(member, "name");
        const struct image_file *file = image_files_find(have, name);
        bool ours = own_role && str_equal(name, "image/ROLE");
        if (str_equal(args->v[6], RESTORE_IMAGE) && !str_starts(name, "image/"))
            continue;
        if (file == NULL || (!ours && !str_equal(file->sha256, json_str(member, "sha256")))) {
            evidence_set(ret, ANSWER_NO, "%s %s", name,
                         file == NULL ? "is not there" : "is not the backup's");
            return;
        }
        same++;
    }
    if (same == 0 || have->n != same)
        evidence_set(ret, ANSWER_NO, "%zu files are there, the backup has %zu", have->n, same);
    else
        evidence_set(ret, ANSWER_YES, "%zu files, each by its digest in the pod", same);
}

static void ask_meta(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *members = wanted_members(args, ret);
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};
    struct image_files have = {0};

    strv_add(&params, args->v[1]);
    strv_add(&params, args->v[5]);
    if (members == NULL || !look(world, args->v[0], "list", &params, &text, ret))
        return;
    AUTO_FREE char *role = restore_line_after(&text, "ROLE");
    AUTO_FREE char *done = restore_line_after(&text, "SWAPPED");
    AUTO_FREE char *dir = restore_line_after(&text, "DIR");
    if (dir == NULL)
        evidence_set(ret, ANSWER_NO, "nothing is there yet");
    else if (str_equal(args->v[1], "live") && done == NULL)
        evidence_set(ret, ANSWER_NO, "the metadata of before is still in its place");
    else if (*args->v[4] != '\0' && (role == NULL || !str_equal(role, args->v[4])))
        evidence_set(ret, ANSWER_NO, "image/ROLE is not of %s", args->v[4]);
    else if (!image_files_parse(text.s, text.len, &have, &err))
        evidence_failed(ret, NULL, &err);
    else
        compare(args, members, &have, ret);
    image_files_done(&have);
    ret->vain = ret->answer == ANSWER_NO;
}

static void ask_metas(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_meta(world, &probes[i]->args, &ret[i]);
}

static void say_meta(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "the files %s ",
             str_equal(probe->args.v[1], "new") ? "beside the metadata in" : "in place under");
    image_place_say(probe->args.v[0], ret);
    str_add(ret, " are the backup's, by their digests");
}

const struct probe_kind probe_meta_is = {"meta_is", ask_metas, say_meta};

/* --- volume_empty: helper, run ---------------------------------------------------------------------- */

static void ask_empty(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_STRV params = {0};
        AUTO_STR text = {0};
        strv_add(&params, "live");
        strv_add(&params, probes[i]->args.v[1]);
        if (!look(world, probes[i]->args.v[0], "list", &params, &text, &ret[i]))
            continue;
        AUTO_FREE char *done = restore_line_after(&text, "SWAPPED");
        AUTO_FREE char *left = restore_line_after(&text, "LEFT");
        bool ok = done != NULL && left == NULL;
        evidence_set(&ret[i], ok ? ANSWER_YES : ANSWER_NO, "%s",
                     ok ? "image and bdb are aside" : "metadata is still in its place");
        ret[i].vain = !ok;
    }
}

static void say_empty(const struct probe *probe, struct str *ret)
{
    str_add(ret, "no metadata is in place under ");
    image_place_say(probe->args.v[0], ret);
}

const struct probe_kind probe_volume_empty = {"volume_empty", ask_empty, say_empty};

/* --- backup_is: path of the archive, bytes, SHA-256 -------------------------------------------------- */

static void ask_backup(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_ERROR err = {0};
        char hex[65];
        uint64_t size = 0;
        bool read = backup_hash(args->v[0], &size, hex, &err);
        AUTO_FREE char *number = str_format("%" PRIu64, size);
        bool same = read && str_equal(number, args->v[1]) && str_equal(hex, args->v[2]);
        evidence_set(&ret[i], same ? ANSWER_YES : ANSWER_NO, "%s",
                     same    ? "size and digest as in its manifest"
                     : !read ? err.message : "it is not the archive that was checked");
    }
}

static void say_backup(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is whole", probe->args.v[0]);
}

const struct probe_kind probe_backup_is = {"backup_is", ask_backup, say_backup};

/* --- slot: what names the metadata that is put aside -------------------------------------------------- */

static bool bind_run(struct world *world, const struct strv *args, struct str *ret,
                     struct error *err)
{
    char stamp[CLOCK_TEXT];

    (void)world;
    (void)args;
    (void)err;
    clock_stamp(clock_unix_ms(), stamp);
    str_add(ret, stamp);
    return true;
}

const struct slot_kind slot_restore_run = {"restore_run", bind_run};

/* The act that finishes a backup: its manifest, one check of everything, and its name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <file.h>

#include "backup_inside.h"
#include "backup_quiet.h"
#include "kinds.h"
#include "meta/dir_walk.h"
#include "meta/manifest.h"
#include "world.h"

struct listing {
    struct strv names;
    struct strv dirs;
    struct strv stale; /* what a process that was killed while writing a file left */
};

static bool take_file(void *ctx, const char *name, int fd, const struct stat *st)
{
    struct listing *listing = ctx;

    const char *slash = strrchr(name, '/');
    const char *base = slash != NULL ? slash + 1 : name;

    (void)fd;
    (void)st;
    if (backup_is_stale(base))
        strv_add(&listing->stale, name);
    else if (!str_equal(name, MANIFEST_NAME))
        strv_add(&listing->names, name);
    return true;
}

static bool enter(void *ctx, const char *name)
{
    struct listing *listing = ctx;

    strv_add(&listing->dirs, name);
    return true;
}

/* All files of the directory, and its directories. */
static bool list(const char *part, struct listing *ret, struct error *err)
{
    struct findings findings = {0};
    struct dir_visitor visitor = {
        .findings = &findings, .ctx = ret, .file = take_file, .enter = enter};
    int fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot open %s", part);
    dir_walk(fd, &visitor);
    close(fd);
    bool ok = findings.n == 0;
    if (!ok)
        error_set(err, ERR_OUTPUT, "%s/%s %s", part, findings.v[0].where, findings.v[0].what);
    findings_done(&findings);
    for (size_t i = 0; ok && i < ret->stale.n; i++) {
        AUTO_FREE char *path = file_join(part, ret->stale.v[i]);
        ok = unlink(path) == 0 || error_errno(err, ERR_OUTPUT, "cannot remove %s", path);
    }
    return ok;
}

static json_t *cluster_facts(const char *part, struct error *err)
{
    AUTO_FREE char *path = file_join(part, BACKUP_CLUSTER);
    AUTO_STR text = {0};

    if (!file_read(path, (size_t)16 << 20, &text, err))
        return NULL;
    return json_parse(str_text(&text), text.len, (size_t)16 << 20, err);
}

/* How it was made, for those who read the manifest alone. */
static json_t *made(const json_t *record, const json_t *cluster)
{
    const json_t *copy = json_object_get(record, PART_TAR);
    json_t *object = json_object();
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    json_put_str(object, "at", now);
    json_put_str(object, "belay", BELAY_VERSION);
    json_put_str(object, "pod", json_str(copy, "pod"));
    json_put_bool(object, "starmgr_in_bdb",
                  str_equal(json_str(cluster, "run_mode"), "shared_data") &&
                      !json_flag(copy, "starmgr_is_new"));
    json_put_int(object, "journal_id_before", json_int(copy, "journal_id_before"));
    json_put(object, "still_written", json_deep_copy(json_object_get(copy, "still_written")));
    json_put(object, MANIFEST_QUIET, quiet_manifest(record, cluster));
    return object;
}

/* What the notes could not read, and what the archive itself lacks. */
static json_t *all_lacks(const json_t *record, const struct meta_verdict *verdict)
{
    const json_t *noted = json_at(record, PART_NOTES, "lacks", NULL);
    json_t *lacks = json_is_array(noted) ? json_deep_copy(noted) : json_array();

    for (size_t i = 0; i < verdict->lacks.n; i++)
        json_array_append_new(lacks, json_string(verdict->lacks.v[i]));
    return lacks;
}

static bool write_manifest(const char *part, const struct listing *listing, struct error *err)
{
    AUTO_JSON *record = backup_record_read(part, err);
    json_t *cluster = record != NULL ? cluster_facts(part, err) : NULL;
    AUTO_FREE char *tar = file_join(part, BACKUP_TAR);
    AUTO_FREE char *path = file_join(part, MANIFEST_NAME);
    AUTO_META_VERDICT verdict = {0};

    if (cluster == NULL || !json_is_object(json_object_get(record, PART_TAR)) ||
        !json_is_object(json_object_get(record, PART_NOTES))) {
        json_decref(cluster);
        if (err->code == ERR_NONE)
            error_set(err, ERR_FAILED, "%s is not complete: copy and notes come first", part);
        return false;
    }
    AUTO_JSON *manifest = manifest_new(cluster);
    json_put(manifest, "made", made(record, json_object_get(manifest, "cluster")));
    if (!meta_judge(tar, &verdict, err))
        return false;
    json_put(manifest, "lacks", all_lacks(record, &verdict));
    manifest_set_archive(manifest, BACKUP_TAR, &verdict);
    for (size_t i = 0; i < listing->names.n; i++) {
        if (!manifest_add_file(manifest, part, listing->names.v[i], err))
            return false;
    }
    return manifest_write(path, manifest, err);
}

/* Everything below is durable before the name says so. */
static bool sync_all(const char *part, const struct listing *listing, struct error *err)
{
    for (size_t i = listing->dirs.n; i > 0; i--) {
        AUTO_FREE char *dir = file_join(part, listing->dirs.v[i - 1]);
        if (!file_sync_dir(dir, err))
            return false;
    }
    return file_sync_dir(part, err);
}

static bool check(const char *part, struct error *err)
{
    AUTO_BACKUP_VERDICT verdict = {0};

    backup_check_dir(part, &verdict);
    if (verdict.state != BACKUP_DAMAGED)
        return true; /* what cannot be told is the final proof's to say */
    return error_set(err, ERR_VERDICT, "the backup is damaged: %s",
                     verdict.findings.n > 0 ? verdict.findings.v[0] : "see \\backup verify");
}

static bool seal(struct world *world, const struct permit *permit, const struct strv *args,
                 bool *ret_unknown, json_t **ret_data, struct error *err)
{
    const char *dir = args->v[0];
    AUTO_FREE char *part = backup_part(dir);
    struct listing listing = {0};

    (void)permit;
    (void)ret_unknown;
    (void)ret_data;
    world_progress(world, 0, 0, "writing the manifest and checking everything");
    bool ok = list(part, &listing, err) && write_manifest(part, &listing, err) &&
              sync_all(part, &listing, err) && check(part, err);
    strv_done(&listing.names);
    strv_done(&listing.dirs);
    strv_done(&listing.stale);
    if (!ok)
        return false;
    /* An empty directory of that name is replaced, one with anything in it is not (rename(2)). */
    if (rename(part, dir) != 0)
        return error_errno(err, ERR_OUTPUT, "cannot rename %s to %s", part, dir);
    return file_sync_parent(dir, err);
}

static void say_seal(const struct strv *args, struct str *ret)
{
    str_addf(ret, "write the manifest, check everything, name it %s", args->v[0]);
}

const struct act_kind act_backup_seal = {"backup_seal", ACTION_LOCAL, seal, say_seal};

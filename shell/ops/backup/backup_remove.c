/*
 * Removes a backup for good. It is first renamed to NAME.removing, so that no half of it keeps the
 * name of a whole one; the file that says whose it is goes last, so that a removal that was cut
 * short is known again.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <file.h>

#include "backup_inside.h"
#include "backup_list.h"
#include "backup_needed.h"
#include "kinds.h"
#include "meta/manifest.h"
#include "session_inside.h"
#include "world.h"

static bool is_there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static char *going_of(const char *path)
{
    return str_format("%s" BACKUP_GOING, path);
}

/* Is the directory the one that the mark was taken of? */
static bool has_mark(const char *path, const char *mark)
{
    char now[65];

    return backup_is_dir(path) && backup_mark(path, now) && str_equal(now, mark);
}

/* An empty mark: a directory with nothing in it, which rmdir alone removes. */
static bool is_same(const char *path, const char *mark)
{
    char now[65];

    if (*mark == '\0')
        return backup_is_dir(path) && !backup_mark(path, now);
    return has_mark(path, mark);
}

/* --- backup_still: path, mark ----------------------------------------------------------------- */

static void ask_still_one(const struct probe *probe, struct evidence *ret)
{
    const char *path = probe->args.v[0];
    const char *mark = probe->args.v[1];
    AUTO_FREE char *going = going_of(path);

    if (is_same(path, mark))
        evidence_set(ret, ANSWER_YES, "%s is as it was", path);
    else if (!is_there(path) && is_same(going, mark))
        evidence_set(ret, ANSWER_YES, "%s: its removal was begun", going);
    else
        evidence_set(ret, ANSWER_NO, "%s is not what it was when the plan was made", path);
}

static void ask_still(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++)
        ask_still_one(probes[i], &ret[i]);
}

static void say_still(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is the backup that the plan is about", probe->args.v[0]);
}

const struct probe_kind probe_backup_still = {"backup_still", ask_still, say_still};

/* --- backup_unneeded: path, cluster's id ------------------------------------------------------ */

static void ask_unneeded(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const char *path = probes[i]->args.v[0];
        AUTO_STR run = {0};
        AUTO_ERROR err = {0};
        bool dead = false;
        if (!backup_needed_by(session_of(world), probes[i]->args.v[1], path, &run, &dead, &err))
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", err.message);
        else if (run.len > 0 && !(dead && str_ends(path, ".part")))
            evidence_set(&ret[i], ANSWER_NO, "run %s is open and names it", run.s);
        else
            evidence_set(&ret[i], ANSWER_YES, "no open run names it");
    }
}

static void say_unneeded(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "no open run needs %s", probe->args.v[0]);
}

const struct probe_kind probe_backup_unneeded = {"backup_unneeded", ask_unneeded, say_unneeded};

/* --- backup_gone: path ------------------------------------------------------------------------ */

static void ask_gone(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++) {
        const char *path = probes[i]->args.v[0];
        AUTO_FREE char *going = going_of(path);
        if (is_there(path) || is_there(going))
            evidence_set(&ret[i], ANSWER_NO, "%s is there", is_there(path) ? path : going);
        else
            evidence_set(&ret[i], ANSWER_YES, "%s is gone", path);
    }
}

static void say_gone(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is gone", probe->args.v[0]);
}

const struct probe_kind probe_backup_gone = {"backup_gone", ask_gone, say_gone};

/* --- the act ---------------------------------------------------------------------------------- */

static bool is_sign(const char *name)
{
    return str_equal(name, MANIFEST_NAME) || str_equal(name, BACKUP_RECORD);
}

/* Everything but what says whose it is. */
static bool remove_most(const char *going, struct error *err)
{
    DIR *handle = opendir(going);
    const struct dirent *entry;
    bool ok = handle != NULL;

    while (ok && (errno = 0, entry = readdir(handle)) != NULL) {
        const char *name = entry->d_name;
        if (is_sign(name) || str_equal(name, ".") || str_equal(name, ".."))
            continue;
        AUTO_FREE char *path = file_join(going, name);
        if (!file_remove_tree(path, err)) {
            closedir(handle);
            return false;
        }
    }
    ok = ok && errno == 0;
    if (!ok)
        error_errno(err, ERR_OUTPUT, "cannot list %s", going);
    if (handle != NULL)
        closedir(handle);
    return ok && file_sync_dir(going, err);
}

/* By the manifest it was known first, so that goes last. */
static bool remove_signs(const char *going, struct error *err)
{
    static const char *const names[] = {BACKUP_RECORD, MANIFEST_NAME};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        AUTO_FREE char *path = file_join(going, names[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return error_errno(err, ERR_OUTPUT, "cannot remove %s", path);
    }
    if (rmdir(going) != 0)
        return error_errno(err, ERR_OUTPUT, "cannot remove %s", going);
    return file_sync_parent(going, err);
}

static bool set_aside(const char *path, const char *going, const char *mark, struct error *err)
{
    if (!is_there(path) && is_same(going, mark))
        return true; /* an earlier process came this far */
    if (!is_same(path, mark))
        return error_set(err, ERR_DRIFT, "%s is not what it was when the plan was made", path);
    if (is_there(going)) {
        error_set(err, ERR_DRIFT, "%s is in the way", going);
        return error_hint(err, "look what it is, and move it elsewhere");
    }
    if (rename(path, going) != 0) /* what came there meanwhile is replaced only if it is empty */
        return error_errno(err, ERR_OUTPUT, "cannot rename %s", path);
    return file_sync_parent(path, err);
}

static bool remove_backup(struct world *world, const struct permit *permit,
                          const struct strv *args, bool *ret_unknown, json_t **ret_data,
                          struct error *err)
{
    const char *path = args->v[0];
    AUTO_FREE char *going = going_of(path);
    AUTO_FREE char *what = str_format("removing %s", path);

    (void)permit;
    (void)ret_unknown;
    (void)ret_data;
    world_progress(world, 0, 0, what);
    return set_aside(path, going, args->v[1], err) && remove_most(going, err) &&
           remove_signs(going, err);
}

static void say_remove(const struct strv *args, struct str *ret)
{
    str_addf(ret, "remove the directory %s", args->v[0]);
}

const struct act_kind act_backup_remove = {"backup_remove", ACTION_LOCAL, remove_backup,
                                           say_remove};

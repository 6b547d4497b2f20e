/* Probes and the slot about the directory of a backup. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <mem.h>
#include <text.h>

#include "backup_inside.h"
#include "kinds.h"
#include "meta/manifest.h"
#include "world.h"

/* --- backup_has: dir, part -------------------------------------------------------------------- */

/* The record says how the copy was; the disk must still say the same. */
static void ask_tar(const char *part, const json_t *copy, struct evidence *ret)
{
    AUTO_FREE char *path = file_join(part, BACKUP_TAR);
    AUTO_ERROR err = {0};
    AUTO_STR words = {0};
    char hex[65];
    uint64_t size = 0;

    if (!backup_hash(path, &size, hex, &err))
        evidence_set(ret, ANSWER_NO, "%s", err.message);
    else if ((int64_t)size != json_int(copy, "size") || !str_equal(hex, json_str(copy, "sha256")))
        evidence_set(ret, ANSWER_NO, "%s is not what was copied", path);
    else {
        text_bytes(size, &words);
        evidence_set(ret, ANSWER_YES, "image %" PRId64 ", %s, read back from disk",
                     json_int(copy, "image_id"), words.s);
    }
}

static void ask_sealed(const char *dir, struct evidence *ret)
{
    AUTO_FREE char *part = backup_part(dir);
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);

    if (file_exists(part) || !file_exists(path))
        evidence_set(ret, ANSWER_NO, "not there yet");
    else
        evidence_set(ret, ANSWER_YES, "%s", dir);
}

static void ask_one(const struct probe *probe, struct evidence *ret)
{
    const char *name = probe->args.v[1];

    if (str_equal(name, PART_ALL)) {
        ask_sealed(probe->args.v[0], ret);
        return;
    }
    AUTO_FREE char *part = backup_part(probe->args.v[0]);
    AUTO_ERROR err = {0};
    AUTO_JSON *record = backup_record_read(part, &err);
    const json_t *found = json_object_get(record, name);
    size_t lacks = json_array_size(json_object_get(found, "lacks"));

    if (record == NULL)
        evidence_set(ret, ANSWER_NO, "%s", err.message);
    else if (str_equal(name, "begun"))
        evidence_set(ret, ANSWER_YES, "%s", part);
    else if (!json_is_object(found))
        evidence_set(ret, ANSWER_NO, "not there yet");
    else if (str_equal(name, PART_TAR))
        ask_tar(part, found, ret);
    else if (lacks > 0)
        evidence_set(ret, ANSWER_YES, "written; %zu could not be read: %s%s", lacks,
                     json_string_value(json_array_get(json_object_get(found, "lacks"), 0)),
                     lacks > 1 ? ", …" : "");
    else
        evidence_set(ret, ANSWER_YES, "written");
}

static void ask_has(struct world *world, const struct probe *const *probes, size_t n,
                    struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++)
        ask_one(probes[i], &ret[i]);
}

static void say_has(const struct probe *probe, struct str *ret)
{
    str_addf(ret,
             str_equal(probe->args.v[1], PART_ALL) ? "%s is finished"
                                                   : "%s.part holds its part \"%s\"",
             probe->args.v[0], probe->args.v[1]);
}

const struct probe_kind probe_backup_has = {"backup_has", ask_has, say_has};

/* --- backup_proved: dir ----------------------------------------------------------------------- */

static void ask_verdict(const char *dir, struct evidence *ret)
{
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_ERROR err = {0};
    AUTO_STR summary = {0};

    if (!file_exists(dir) || !backup_verify(dir, &verdict, &err)) {
        evidence_set(ret, err.code == ERR_UNKNOWN ? ANSWER_CANNOT_TELL : ANSWER_NO, "%s",
                     err.code != ERR_NONE ? err.message : "not there yet");
        return;
    }
    backup_summary(&verdict, &summary);
    switch (verdict.state) {
    case BACKUP_PROVED:
        evidence_set(ret, ANSWER_YES, "%s", summary.s);
        return;
    case BACKUP_CANNOT_TELL:
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s",
                     verdict.findings.n > 0 ? verdict.findings.v[0] : "");
        return;
    case BACKUP_BARE:
    case BACKUP_DAMAGED:
        evidence_set(ret, ANSWER_NO, "%s",
                     verdict.findings.n > 0 ? verdict.findings.v[0]
                                            : backup_state_name(verdict.state));
        return;
    }
}

static void ask_proved(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++)
        ask_verdict(probes[i]->args.v[0], &ret[i]);
}

static void say_proved(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is a whole backup", probe->args.v[0]);
}

const struct probe_kind probe_backup_proved = {"backup_proved", ask_proved, say_proved};

/* --- slot: the directory ---------------------------------------------------------------------- */

static bool is_empty(const char *dir)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;
    int n = 0;

    if (handle == NULL)
        return false;
    while (n <= 2 && (entry = readdir(handle)) != NULL)
        n++;
    closedir(handle);
    return n <= 2; /* "." and ".." */
}

/* Absolute, since \resume may be typed elsewhere. Its parent must exist. */
static bool absolute(const char *path, struct str *ret, struct error *err)
{
    AUTO_FREE char *copy = file_expand_home(path);
    char real[PATH_MAX];
    size_t len = strlen(copy);

    while (len > 1 && copy[len - 1] == '/')
        copy[--len] = '\0';
    char *slash = strrchr(copy, '/');
    const char *name = slash != NULL ? slash + 1 : copy;
    if (*name == '\0' || str_equal(name, ".") || str_equal(name, ".."))
        return error_set(err, ERR_USAGE, "\"%s\" names no new directory", path);
    AUTO_FREE char *parent = slash == NULL   ? mem_text(".")
                             : slash == copy ? mem_text("/")
                                             : mem_textn(copy, (size_t)(slash - copy));
    if (realpath(parent, real) == NULL)
        return error_errno(err, ERR_USAGE, "cannot go to %s", parent);
    AUTO_FREE char *full = file_join(real, name);
    str_add(ret, full);
    return true;
}

/* A name for a file: of the cluster's name only what is plain. */
static void default_name(const char *cluster, struct str *ret)
{
    char stamp[CLOCK_TEXT];

    str_add(ret, "belay-backup-");
    for (const char *p = cluster; *p != '\0'; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '-';
        str_addc(ret, plain ? *p : '_');
    }
    clock_stamp(clock_unix_ms(), stamp);
    str_addf(ret, "-%s", stamp);
}

static bool dir_free(const char *dir, struct str *ret, struct error *err)
{
    struct stat st;

    if (!absolute(dir, ret, err))
        return false;
    AUTO_FREE char *part = backup_part(ret->s);
    if (lstat(ret->s, &st) == 0 && !(S_ISDIR(st.st_mode) && is_empty(ret->s))) {
        error_set(err, ERR_USAGE, "%s is there already and not an empty directory", ret->s);
        return error_hint(err, "choose another name, or none: then it is made from cluster and time");
    }
    if (lstat(part, &st) != 0)
        return true;
    error_set(err, ERR_USAGE, "%s is there already: an unfinished backup", part);
    return error_hint(err, "\\resume goes on with it; else remove it, or choose another name");
}

bool backup_dir_free(const char *dir, struct error *err)
{
    AUTO_STR path = {0};

    return dir_free(dir, &path, err);
}

/* args: the directory as given or "", the cluster's name */
static bool bind_dir(struct world *world, const struct strv *args, struct str *ret,
                     struct error *err)
{
    AUTO_STR name = {0};

    (void)world;
    if (*args->v[0] != '\0')
        str_add(&name, args->v[0]);
    else
        default_name(args->v[1], &name);
    return dir_free(name.s, ret, err);
}

const struct slot_kind slot_backup_dir = {"backup_dir", bind_dir};

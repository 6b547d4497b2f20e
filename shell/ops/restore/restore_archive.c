/* Checks a backup before a plan names it. */
#include "restore_archive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/json.h>
#include <belay/str.h>

#include <file.h>
#include <kubectl.h>
#include <mem.h>

#include "meta/manifest.h"
#include "meta/meta_tree.h"

#define NOTE_MAX ((size_t)16 << 20)

void restore_archive_done(struct restore_archive *archive)
{
    free(archive->path);
    free(archive->node_name);
    free(archive->pod);
    free(archive->version);
    free(archive->run_mode);
    free(archive->dir);
    free(archive->unproved);
    free(archive->made);
    json_decref(archive->cluster);
    json_decref(archive->storage);
    json_decref(archive->cr);
    json_decref(archive->set);
    *archive = (struct restore_archive){0};
}

char *restore_pod_of_node(const char *node_name)
{
    const char *dot = strchr(node_name, '.');
    struct in_addr address;
    AUTO_FREE char *host = mem_textn(node_name, strcspn(node_name, "_"));

    if (dot == NULL || inet_pton(AF_INET, host, &address) == 1)
        return mem_text("");
    return mem_textn(node_name, (size_t)(dot - node_name));
}

/* The first finding of the level, for an error message. */
static const struct finding *first_of(const struct findings *findings, enum finding_level level)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (findings->v[i].level == level)
            return &findings->v[i];
    }
    return NULL;
}

static bool judge(const struct findings *findings, const char *dir, struct error *err)
{
    bool damaged = findings->damage > 0;
    const struct finding *first = first_of(findings, damaged ? FINDING_DAMAGE : FINDING_UNKNOWN);

    if (!damaged && findings->unknown == 0)
        return true;
    error_set(err, damaged ? ERR_VERDICT : ERR_UNKNOWN, "the backup %s %s: %s%s%s", dir,
              damaged ? "is damaged" : "could not be checked",
              first != NULL ? first->where : "", first != NULL && *first->where ? " " : "",
              first != NULL ? first->what : "see \\backup verify");
    return error_hint(err, "see all of it with \\backup verify; take another backup");
}

/* Hashes the archive as it lies on disk. */
static bool hash_file(const char *path, struct restore_archive *ret, struct error *err)
{
    char part[65536];
    struct stat st;
    ssize_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return error_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_USAGE : ERR_UNKNOWN, "cannot open %s", path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return error_set(err, ERR_USAGE, "%s is no file", path);
    }
    struct sha256 *sum = sha256_new();
    uint64_t size = 0;
    while ((n = read(fd, part, sizeof(part))) > 0) {
        sha256_update(sum, part, (size_t)n);
        size += (uint64_t)n;
    }
    sha256_finish(sum, ret->sha256);
    close(fd);
    ret->size = size;
    return n == 0 || error_errno(err, ERR_UNKNOWN, "cannot read %s", path);
}

/* The name that dir/meta.tar will have: absolute, without the ".part" of an unfinished backup. */
static char *final_path(const char *dir)
{
    char real[PATH_MAX];
    AUTO_FREE char *base = mem_text(realpath(dir, real) != NULL ? real : dir);

    if (str_ends(base, ".part"))
        base[strlen(base) - strlen(".part")] = '\0';
    return file_join(base, RESTORE_ARCHIVE);
}

/* Compares the directory with its manifest, when it has one. */
static bool check_manifest(const char *dir, const struct meta_verdict *verdict,
                           struct restore_archive *ret, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    struct findings findings = {0};

    if (!file_exists(path))
        return true;
    AUTO_JSON *manifest = manifest_read(path, err);
    if (manifest == NULL)
        return false;
    manifest_check_files(dir, manifest, &findings);
    manifest_check_archive(manifest, verdict, &findings);
    bool ok = judge(&findings, dir, err);
    findings_done(&findings);
    ret->finished = true;
    ret->starmgr_in_bdb = json_flag(json_object_get(manifest, "made"), "starmgr_in_bdb");
    const json_t *cluster = json_object_get(manifest, "cluster");
    free(ret->version);
    ret->version = mem_text(json_str(cluster, "version"));
    free(ret->made);
    ret->made = mem_text(json_str_at(manifest, "made", "at", NULL));
    return ok;
}

/* The image is of a format that shows no cut, and that is all that cannot be told. */
static const struct finding *only_format(const struct meta_verdict *verdict)
{
    const struct findings *findings = &verdict->findings;
    AUTO_FREE char *name = str_format("image/image.%" PRIu64, verdict->image_id);
    bool old = verdict->image_format == IMAGE_FORMAT_V1 ||
               verdict->image_format == IMAGE_FORMAT_LEGACY;
    const struct finding *first = first_of(findings, FINDING_UNKNOWN);

    return old && findings->damage == 0 && findings->unknown == 1 && first != NULL &&
                   str_equal(first->where, name)
               ? first : NULL;
}

static bool check_contents(const struct meta_verdict *verdict, const char *dir,
                           struct restore_archive *ret, struct error *err)
{
    const struct finding *format = only_format(verdict);

    if (format != NULL)
        ret->unproved = str_format("%s: %s", format->where, format->what);
    else if (!judge(&verdict->findings, dir, err))
        return false;
    if (!verdict->has_role || !verdict->has_version || verdict->image_id == 0)
        return error_set(err, ERR_VERDICT, "the backup %s cannot be restored from: it lacks %s", dir,
                         verdict->image_id == 0 ? "an image" : "image/ROLE or image/VERSION");
    return true;
}

/* One file of the notes; NULL when it is not there or no JSON object. */
static json_t *read_note(const char *dir, const char *name)
{
    AUTO_FREE char *path = file_join(dir, name);
    AUTO_STR text = {0};

    if (!file_exists(path) || !file_read(path, NOTE_MAX, &text, NULL))
        return NULL;
    json_t *value = json_parse(str_text(&text), text.len, NOTE_MAX, NULL);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

/* Names in the notes are names of files in the backup: only plain ones are looked for. */
static void read_notes(const char *dir, struct restore_archive *ret)
{
    ret->cluster = read_note(dir, "cluster.json");
    ret->storage = read_note(dir, "storage.json");
    const char *name = json_str(ret->cluster, "name");
    AUTO_FREE char *cr = str_format("objects/starrockscluster-%s.json", name);
    AUTO_FREE char *set = str_format("objects/statefulset-%s-fe.json", name);

    if (!kube_name_ok(name))
        return;
    ret->cr = read_note(dir, cr);
    ret->set = read_note(dir, set);
}

bool restore_archive_read(const char *dir, struct restore_archive *ret, struct error *err)
{
    AUTO_META_VERDICT verdict = {0};
    struct restore_archive archive = {.given = dir != NULL, .version = mem_text(""),
                                      .made = mem_text("")};

    if (dir == NULL) {
        archive.dir = mem_text("");
        *ret = archive;
        return true;
    }
    AUTO_FREE char *home = file_expand_home(dir);
    AUTO_FREE char *path = file_join(home, RESTORE_ARCHIVE);
    if (!hash_file(path, &archive, err) || !meta_judge(path, &verdict, err) ||
        !check_manifest(home, &verdict, &archive, err) || !check_contents(&verdict, home, &archive, err)) {
        if (err->code == ERR_USAGE)
            error_hint(err, "give the directory of a backup that \\backup made");
        restore_archive_done(&archive);
        return false;
    }
    archive.path = final_path(home);
    archive.dir = mem_textn(archive.path, (size_t)(strrchr(archive.path, '/') - archive.path));
    read_notes(home, &archive);
    archive.image_id = verdict.image_id;
    archive.starmgr_id = verdict.starmgr_id;
    archive.has_journal = verdict.jdb_files > 0;
    archive.node_name = mem_text(verdict.node_name != NULL ? verdict.node_name : "");
    archive.pod = restore_pod_of_node(archive.node_name);
    archive.cluster_id = verdict.cluster_id;
    archive.run_mode = mem_text(verdict.run_mode != NULL ? verdict.run_mode : "");
    *ret = archive;
    return true;
}

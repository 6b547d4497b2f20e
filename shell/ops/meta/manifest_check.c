/* Compares a backup's files with its manifest. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include <belay/str.h>

#include "dir_walk.h"
#include "file.h"
#include "manifest.h"
#include "mem.h"

struct check {
    struct findings *findings;
    const json_t *files; /* by name */
    bool *seen;
};

static bool hash_piece(void *ctx, const void *data, size_t len)
{
    sha256_update(ctx, data, len);
    return true;
}

/* Hashes an open file. false: a finding says why. */
static bool hash_file(int fd, const struct stat *st, const char *name, struct findings *findings,
                      char ret_hex[SHA256_HEX])
{
    struct sha256 *sha = sha256_new();
    bool ok = dir_read_file(fd, st, name, findings, hash_piece, sha);

    sha256_finish(sha, ret_hex);
    return ok;
}

bool manifest_add_file(json_t *manifest, const char *dir, const char *name, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, name);
    struct findings findings = {0};
    struct stat st;
    char hex[SHA256_HEX];
    const char *fault = meta_name_fault(name);

    if (fault != NULL)
        return error_set(err, ERR_USAGE, "a backup cannot hold %s: its name %s", name, fault);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_errno(err, ERR_UNKNOWN, "cannot open %s", path);
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (!ok)
        error_set(err, ERR_UNKNOWN, "%s is no file", path);
    else if (!(ok = hash_file(fd, &st, name, &findings, hex)))
        error_set(err, ERR_UNKNOWN, "%s %s", path, findings.v[0].what);
    close(fd);
    findings_done(&findings);
    if (!ok)
        return false;
    json_t *entry = json_object();
    json_put_str(entry, "name", name);
    json_put_int(entry, "size", st.st_size);
    json_put_str(entry, "sha256", hex);
    json_array_append_new(json_object_get(manifest, "files"), entry);
    return true;
}

/* Position of a name in a list sorted by name; -1 when it is not in it. */
static ssize_t find_entry(const json_t *list, const char *name)
{
    size_t low = 0, high = json_array_size(list);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, json_str(json_array_get(list, middle), "name"));
        if (order == 0)
            return (ssize_t)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

#define SWAPS_MAX 4096 /* in a longer list nobody looks who has whose bytes */

/* The other entry of the list that has these bytes, or NULL. */
static const char *who_else(const json_t *list, const char *name, uint64_t size, const char *sha256)
{
    size_t n = json_array_size(list) <= SWAPS_MAX ? json_array_size(list) : 0;

    for (size_t i = 0; size > 0 && i < n; i++) {
        const json_t *entry = json_array_get(list, i);
        if (json_int(entry, "size") == (int64_t)size &&
            str_equal(json_str(entry, "sha256"), sha256) && !str_equal(json_str(entry, "name"), name))
            return json_str(entry, "name");
    }
    return NULL;
}

static void wrong_size(struct findings *findings, const json_t *entry, const char *name,
                       uint64_t size)
{
    findings_add(findings, FINDING_DAMAGE, name,
                 "has %" PRIu64 " bytes, the manifest says %" PRId64, size,
                 json_int(entry, "size"));
}

static void compare(struct findings *findings, const json_t *list, size_t at, const char *name,
                    uint64_t size, const char *sha256)
{
    const json_t *entry = json_array_get(list, at);
    bool same_size = json_int(entry, "size") == (int64_t)size;

    if (same_size && str_equal(json_str(entry, "sha256"), sha256))
        return;
    const char *other = who_else(list, name, size, sha256);
    if (other != NULL)
        findings_add(findings, FINDING_DAMAGE, name, "holds what the manifest says of %s", other);
    else if (!same_size)
        wrong_size(findings, entry, name, size);
    else
        findings_add(findings, FINDING_DAMAGE, name,
                     "was changed: its SHA-256 is not the manifest's");
}

static bool check_file(void *ctx, const char *name, int fd, const struct stat *st)
{
    struct check *check = ctx;
    char hex[SHA256_HEX];

    if (str_equal(name, MANIFEST_NAME))
        return true;
    ssize_t at = find_entry(check->files, name);
    if (at < 0) {
        findings_add(check->findings, FINDING_NOTE, name,
                     str_equal(name, MANIFEST_LATER_PLAN)
                         ? "was written later and nothing proves it: \\restore-plan prints it anew"
                         : "is not in the manifest");
        return true;
    }
    check->seen[at] = true;
    if (hash_file(fd, st, name, check->findings, hex))
        compare(check->findings, check->files, (size_t)at, name, (uint64_t)st->st_size, hex);
    else if (json_int(json_array_get(check->files, (size_t)at), "size") != st->st_size)
        wrong_size(check->findings, json_array_get(check->files, (size_t)at), name,
                   (uint64_t)st->st_size);
    return true;
}

void manifest_check_files(const char *dir, const json_t *manifest, struct findings *ret)
{
    struct check check = {.findings = ret, .files = json_object_get(manifest, "files")};
    const struct dir_visitor visitor = {.findings = ret, .ctx = &check, .file = check_file};
    size_t n = json_array_size(check.files), unknown = ret->unknown;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        findings_add(ret, FINDING_UNKNOWN, dir, "cannot be opened: %s", strerror(errno));
        return;
    }
    check.seen = mem_array(n + 1, sizeof(*check.seen));
    dir_walk(fd, &visitor);
    close(fd);
    bool all_read = ret->unknown == unknown;
    for (size_t i = 0; i < n; i++) {
        if (!check.seen[i])
            findings_add(ret, all_read ? FINDING_DAMAGE : FINDING_UNKNOWN,
                         json_str(json_array_get(check.files, i), "name"), "is missing");
    }
    free(check.seen);
}

static void check_members(const json_t *list, const struct meta_verdict *verdict,
                          struct findings *ret)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const struct meta_member *member = meta_member_find(verdict, json_str(entry, "name"));
        if (member == NULL)
            findings_add(ret, verdict->state == META_CANNOT_TELL ? FINDING_UNKNOWN : FINDING_DAMAGE,
                         json_str(entry, "name"), "is missing in the archive");
        else if (*member->sha256 != '\0')
            compare(ret, list, i, member->name, member->size, member->sha256);
    }
    for (size_t i = 0; i < verdict->n_members; i++) {
        if (find_entry(list, verdict->members[i].name) < 0)
            findings_add(ret, FINDING_DAMAGE, verdict->members[i].name,
                         "is in the archive but not in the manifest");
    }
}

/* What the manifest alone is asked for must be so, too. */
static void check_image(const json_t *image, const struct meta_verdict *verdict, const char *file,
                        struct findings *ret)
{
    const char *format = image_format_name(verdict->image_format);

    if (!str_equal(json_str(image, "format"), format))
        findings_add(ret, FINDING_DAMAGE, file,
                     "holds an image of format %s, the manifest says \"%s\"", format,
                     json_str(image, "format"));
    if (json_flag(image, "checksum_ok") != verdict->checksum_ok)
        findings_add(ret, FINDING_DAMAGE, file, "%s, the manifest says otherwise",
                     verdict->checksum_ok ? "holds a checksum that proves its image"
                                          : "holds no checksum that proves its image");
    if (json_int(image, "jdb_files") != (int64_t)verdict->jdb_files)
        findings_add(ret, FINDING_DAMAGE, file,
                     "holds %zu journal files, the manifest says %" PRId64, verdict->jdb_files,
                     json_int(image, "jdb_files"));
}

void manifest_check_archive(const json_t *manifest, const struct meta_verdict *verdict,
                            struct findings *ret)
{
    const json_t *archive = json_object_get(manifest, "archive");
    const json_t *image = json_object_get(manifest, "image");
    const char *file = json_str(archive, "file");

    if (!json_is_object(archive)) {
        findings_add(ret, FINDING_UNKNOWN, "", "the manifest describes no archive");
        return;
    }
    check_members(json_object_get(archive, "members"), verdict, ret);
    if (json_int(image, "id") != (int64_t)verdict->image_id ||
        json_int(image, "starmgr_id") != (int64_t)verdict->starmgr_id)
        findings_add(ret, verdict->state == META_CANNOT_TELL ? FINDING_UNKNOWN : FINDING_DAMAGE,
                     file,
                     "holds image %" PRIu64 " and starmgr image %" PRIu64
                     ", the manifest says %" PRId64 " and %" PRId64,
                     verdict->image_id, verdict->starmgr_id, json_int(image, "id"),
                     json_int(image, "starmgr_id"));
    if (verdict->state == META_WHOLE)
        check_image(image, verdict, file, ret);
}

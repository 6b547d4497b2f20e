/* Writes and reads the manifest of a backup. */
#include "manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "dir_walk.h"
#include "file.h"
#include "mem.h"

#define LINE "sha256:"
#define LINE_LEN (sizeof(LINE) - 1 + SHA256_HEX - 1 + 1)

json_t *manifest_new(json_t *take_cluster)
{
    json_t *manifest = json_object();

    json_put_int(manifest, "format", MANIFEST_FORMAT);
    json_put(manifest, "cluster", take_cluster);
    json_put(manifest, "files", json_array());
    return manifest;
}

static json_t *entry_new(const char *name, uint64_t size, const char *sha256)
{
    json_t *entry = json_object();

    json_put_str(entry, "name", name);
    json_put_int(entry, "size", (int64_t)size);
    json_put_str(entry, "sha256", sha256);
    return entry;
}

void manifest_set_archive(json_t *manifest, const char *name, const struct meta_verdict *verdict)
{
    json_t *archive = json_object();
    json_t *members = json_array();
    json_t *image = json_object();

    for (size_t i = 0; i < verdict->n_members; i++) {
        const struct meta_member *member = &verdict->members[i];
        json_array_append_new(members, entry_new(member->name, member->size, member->sha256));
    }
    json_put_str(archive, "file", name);
    json_put(archive, "members", members);
    json_put(manifest, "archive", archive);
    json_put_int(image, "id", (int64_t)verdict->image_id);
    json_put_str(image, "format", image_format_name(verdict->image_format));
    json_put_bool(image, "checksum_ok", verdict->checksum_ok);
    json_put_int(image, "starmgr_id", (int64_t)verdict->starmgr_id);
    json_put_int(image, "jdb_files", (int64_t)verdict->jdb_files);
    json_put(manifest, "image", image);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(json_str(*(json_t *const *)a, "name"), json_str(*(json_t *const *)b, "name"));
}

/* Puts the files in the order of their names. */
static void sort_files(json_t *manifest)
{
    json_t *files = json_object_get(manifest, "files");
    size_t n = json_array_size(files);

    if (n < 2)
        return;
    json_t **order = mem_array(n, sizeof(*order));
    json_t *sorted = json_array();
    for (size_t i = 0; i < n; i++)
        order[i] = json_array_get(files, i);
    qsort(order, n, sizeof(*order), by_name);
    for (size_t i = 0; i < n; i++)
        json_array_append(sorted, order[i]);
    free(order);
    json_put(manifest, "files", sorted);
}

static bool is_sha256(const char *text)
{
    return strlen(text) == SHA256_HEX - 1 && strspn(text, "0123456789abcdef") == SHA256_HEX - 1;
}

/* NULL when the list is in order, else what is wrong. Names rise, so none is there twice. */
static const char *list_fault(const json_t *list)
{
    const char *before = "";

    if (!json_is_array(list))
        return "has no list of files";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *name = json_str(entry, "name");
        if (meta_name_fault(name) != NULL || str_ends(name, "/"))
            return "lists a name that leads elsewhere";
        if (strcmp(before, name) >= 0)
            return "lists a name twice or out of order";
        if (!json_is_integer(json_object_get(entry, "size")) || json_int(entry, "size") < 0)
            return "lists a file without a size";
        if (!is_sha256(json_str(entry, "sha256")))
            return "lists a file without a digest";
        before = name;
    }
    return NULL;
}

static const char *manifest_fault(const json_t *manifest)
{
    const json_t *archive = json_object_get(manifest, "archive");
    const json_t *files = json_object_get(manifest, "files");
    const char *fault = list_fault(files);

    if (fault != NULL)
        return fault;
    for (size_t i = 0; i < json_array_size(files); i++) {
        if (str_equal(json_str(json_array_get(files, i), "name"), MANIFEST_NAME))
            return "lists itself";
    }
    if (!json_is_object(json_object_get(manifest, "cluster")))
        return "does not say which cluster it is of";
    return archive == NULL ? NULL : list_fault(json_object_get(archive, "members"));
}

bool manifest_write(const char *path, json_t *manifest, struct error *err)
{
    AUTO_STR text = {0};
    char hex[SHA256_HEX];

    sort_files(manifest);
    const char *fault = manifest_fault(manifest);
    if (fault != NULL)
        return error_set(err, ERR_USAGE, "the manifest %s", fault);
    AUTO_FREE char *dump = json_dumps(manifest, JSON_INDENT(4) | JSON_SORT_KEYS);
    if (dump == NULL || strlen(dump) > MANIFEST_MAX - LINE_LEN - 1)
        return error_set(err, ERR_USAGE, "the manifest is too large");
    str_add(&text, dump);
    str_addc(&text, '\n');
    sha256_hex(text.s, text.len, hex);
    str_addf(&text, LINE "%s\n", hex);
    return file_write_atomic(path, text.s, text.len, 0600, err);
}

/* Splits off the last line and compares it. Length of what is before, or 0 with the error set. */
static size_t check_digest(const struct str *text, struct error *err)
{
    char hex[SHA256_HEX];

    if (text->len <= LINE_LEN || text->s[text->len - 1] != '\n' ||
        text->s[text->len - LINE_LEN - 1] != '\n' ||
        strncmp(text->s + text->len - LINE_LEN, LINE, sizeof(LINE) - 1) != 0) {
        error_set(err, ERR_VERDICT, "the manifest is cut off: its last line is no digest");
        return 0;
    }
    size_t len = text->len - LINE_LEN;
    sha256_hex(text->s, len, hex);
    if (strncmp(text->s + len + sizeof(LINE) - 1, hex, SHA256_HEX - 1) != 0) {
        error_set(err, ERR_VERDICT, "the manifest is damaged: its digest is wrong");
        return 0;
    }
    return len;
}

/* A link could lead anywhere, and a FIFO in its place would be waited for. */
static bool is_file(const char *path, struct error *err)
{
    struct stat st;

    if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
        return true; /* what is not there is told by who opens it */
    error_set(err, ERR_VERDICT, "the manifest is %s, not a file", dir_type_name(st.st_mode));
    return error_where(err, "%s", path);
}

json_t *manifest_read(const char *path, struct error *err)
{
    AUTO_STR text = {0};
    AUTO_ERROR why = {0};

    if (!is_file(path, err))
        return NULL;
    if (!file_read(path, MANIFEST_MAX, &text, &why)) {
        bool absent = access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
        why.code = absent ? ERR_USAGE : ERR_UNKNOWN;
        error_move(err, &why);
        return NULL;
    }
    size_t len = check_digest(&text, err);
    if (len == 0) {
        error_where(err, "%s", path);
        return NULL;
    }
    AUTO_JSON *manifest = json_parse(text.s, len, MANIFEST_MAX, &why);
    const char *fault = "is no JSON object";
    if (manifest != NULL && json_int(manifest, "format") > MANIFEST_FORMAT) {
        error_set(err, ERR_UNKNOWN, "the manifest has format %" PRId64 ", this belay knows %d",
                  json_int(manifest, "format"), MANIFEST_FORMAT);
        error_where(err, "%s", path);
        return NULL;
    }
    if (json_is_object(manifest))
        fault =
            json_int(manifest, "format") < 1 ? "has no format number" : manifest_fault(manifest);
    if (fault != NULL) {
        error_set(err, ERR_VERDICT, "the manifest %s", fault);
        error_where(err, "%s", path);
        return NULL;
    }
    return json_incref(manifest);
}

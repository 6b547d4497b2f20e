/* Writes and reads the manifest of a backup. */
#include "manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <strings.h>
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

/* --- form: each fault has its own words, appended after "the manifest " ------------------------ */

/* Characters beside digits and a to f make a digest that no belay wrote. */
static bool digest_fault(const char *text, struct str *ret)
{
    if (strlen(text) != SHA256_HEX - 1)
        str_addf(ret, "with a digest of %zu characters", strlen(text));
    else if (strspn(text, "0123456789abcdef") != SHA256_HEX - 1)
        str_add(ret, "with a digest that is not in lower-case hexadecimal");
    else
        return false;
    return true;
}

/* What is wrong with size and digest of an entry, after "lists NAME ". */
static bool entry_fault(const json_t *entry, struct str *ret)
{
    const json_t *size = json_object_get(entry, "size");
    const json_t *sum = json_object_get(entry, "sha256");

    if (size == NULL)
        str_add(ret, "without a size");
    else if (!json_is_integer(size))
        str_add(ret, "with a size that is no whole number");
    else if (json_integer_value(size) < 0)
        str_add(ret, "with a negative size");
    else if (sum == NULL)
        str_add(ret, "without a digest");
    else if (!json_is_string(sum))
        str_add(ret, "with a digest that is no text");
    else
        return digest_fault(json_string_value(sum), ret);
    return true;
}

/* Names rise, so that none is there twice. */
static bool name_fault(const json_t *entry, size_t number, const char *before, const char *what,
                       struct str *ret)
{
    const json_t *value = json_object_get(entry, "name");
    const char *name = json_str(entry, "name");
    const char *fault = meta_name_fault(name);

    if (!json_is_object(entry))
        str_addf(ret, "has an entry %zu of %s that is no object", number, what);
    else if (!json_is_string(value))
        str_addf(ret, "has an entry %zu of %s without a name", number, what);
    else if (strlen(name) != json_string_length(value))
        str_addf(ret, "has an entry %zu of %s whose name holds a zero byte", number, what);
    else if (fault != NULL)
        str_addf(ret, "lists \"%s\", a name that %s", name, fault);
    else if (str_ends(name, "/"))
        str_addf(ret, "lists \"%s\", which is a directory's name", name);
    else if (str_equal(before, name))
        str_addf(ret, "lists %s twice", name);
    else if (strcmp(before, name) > 0)
        str_addf(ret, "lists %s behind %s: out of order", name, before);
    else
        return false;
    return true;
}

static int by_case(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Where letter case does not count one would be written over the other. */
static bool case_fault(const json_t *list, struct str *ret)
{
    size_t n = json_array_size(list);
    const char **names = mem_array(n + 1, sizeof(*names));
    bool clash = false;

    for (size_t i = 0; i < n; i++)
        names[i] = json_str(json_array_get(list, i), "name");
    qsort(names, n, sizeof(*names), by_case);
    for (size_t i = 1; !clash && i < n; i++) {
        clash = strcasecmp(names[i - 1], names[i]) == 0;
        if (clash)
            str_addf(ret, "lists %s and %s, which differ in letter case alone", names[i - 1],
                     names[i]);
    }
    free(names);
    return clash;
}

static bool list_fault(const json_t *list, const char *what, struct str *ret)
{
    const char *before = "";

    if (!json_is_array(list)) {
        str_addf(ret, list == NULL ? "has no list of %s" : "has a list of %s that is no list", what);
        return true;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        AUTO_STR why = {0};
        if (name_fault(entry, i + 1, before, what, ret))
            return true;
        before = json_str(entry, "name");
        if (entry_fault(entry, &why)) {
            str_addf(ret, "lists %s %s", before, why.s);
            return true;
        }
    }
    return case_fault(list, ret);
}

static bool archive_fault(const json_t *archive, struct str *ret)
{
    if (archive == NULL)
        return false;
    if (!json_is_object(archive))
        str_add(ret, "describes its archive by something that is no object");
    else if (!json_is_string(json_object_get(archive, "file")))
        str_add(ret, "does not name the file of its archive");
    else
        return list_fault(json_object_get(archive, "members"), "archive members", ret);
    return true;
}

static bool is_time(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end != NULL && *end == '\0';
}

/* What others than the check read: a list must not show what is no date. */
static bool rest_fault(const json_t *manifest, struct str *ret)
{
    const json_t *made = json_object_get(manifest, "made");
    const json_t *at = json_object_get(made, "at");
    const json_t *lacks = json_object_get(manifest, "lacks");
    const json_t *image = json_object_get(manifest, "image");

    if (made != NULL && !json_is_object(made))
        str_add(ret, "says how it was made by something that is no object");
    else if (at != NULL && !is_time(json_str(made, "at")))
        str_add(ret, "was made at a time that is none");
    else if (lacks != NULL && !json_is_array(lacks))
        str_add(ret, "says what it lacks by something that is no list");
    else if (image != NULL && !json_is_object(image))
        str_add(ret, "describes its image by something that is no object");
    else
        return false;
    return true;
}

/* false: nothing is wrong with its form. */
static bool manifest_fault(const json_t *manifest, struct str *ret)
{
    const json_t *files = json_object_get(manifest, "files");
    const json_t *cluster = json_object_get(manifest, "cluster");

    if (list_fault(files, "files", ret))
        return true;
    for (size_t i = 0; i < json_array_size(files); i++) {
        if (str_equal(json_str(json_array_get(files, i), "name"), MANIFEST_NAME)) {
            str_add(ret, "lists itself");
            return true;
        }
    }
    if (!json_is_object(cluster)) {
        str_add(ret, cluster == NULL ? "does not say which cluster it is of"
                                     : "names its cluster by something that is no object");
        return true;
    }
    return archive_fault(json_object_get(manifest, "archive"), ret) || rest_fault(manifest, ret);
}

bool manifest_write(const char *path, json_t *manifest, struct error *err)
{
    AUTO_STR text = {0};
    char hex[SHA256_HEX];

    sort_files(manifest);
    AUTO_STR fault = {0};
    if (manifest_fault(manifest, &fault))
        return error_set(err, ERR_USAGE, "the manifest %s", fault.s);
    AUTO_FREE char *dump = json_dumps(manifest, JSON_INDENT(4) | JSON_SORT_KEYS);
    if (dump == NULL || strlen(dump) > MANIFEST_MAX - LINE_LEN - 1)
        return error_set(err, ERR_USAGE, "the manifest is too large");
    str_add(&text, dump);
    str_addc(&text, '\n');
    sha256_hex(text.s, text.len, hex);
    str_addf(&text, LINE "%s\n", hex);
    return file_write_atomic(path, text.s, text.len, 0600, err);
}

/* The last line is no digest: why not. */
static bool bad_last_line(const struct str *text, struct error *err)
{
    const char *end = text->len > 0 ? text->s + text->len - 1 : "";
    const char *before = text->len > 1 ? memrchr(text->s, '\n', text->len - 1) : NULL;
    const char *line = before != NULL ? before + 1 : str_text(text);
    size_t len = (size_t)(end - line);

    if (text->len == 0)
        return error_set(err, ERR_VERDICT, "the manifest is empty");
    if (*end != '\n')
        return error_set(err, ERR_VERDICT, "the manifest is cut off in its last line");
    if (len > 0 && end[-1] == '\r')
        return error_set(err, ERR_VERDICT, "the manifest has lines that end with CR LF: it was sent "
                                           "or saved as text");
    if (strncmp(line, LINE, sizeof(LINE) - 1) != 0)
        return error_set(err, ERR_VERDICT, "the manifest is cut off: its last line is no digest");
    if (len != LINE_LEN - 1)
        return error_set(err, ERR_VERDICT, "the manifest ends with a digest of %zu characters",
                         len - (sizeof(LINE) - 1));
    return error_set(err, ERR_VERDICT, "the manifest holds nothing but its digest");
}

/* Splits off the last line and compares it. Length of what is before, or 0 with the error set. */
static size_t check_digest(const struct str *text, struct error *err)
{
    char hex[SHA256_HEX];

    if (text->len <= LINE_LEN || text->s[text->len - 1] != '\n' ||
        text->s[text->len - LINE_LEN - 1] != '\n' ||
        strncmp(text->s + text->len - LINE_LEN, LINE, sizeof(LINE) - 1) != 0) {
        bad_last_line(text, err);
        return 0;
    }
    size_t len = text->len - LINE_LEN;
    const char *said = text->s + len + sizeof(LINE) - 1;
    sha256_hex(text->s, len, hex);
    if (strspn(said, "0123456789abcdef") != SHA256_HEX - 1) {
        error_set(err, ERR_VERDICT, "the manifest ends with a digest that is not in lower-case "
                                    "hexadecimal");
        return 0;
    }
    if (strncmp(said, hex, SHA256_HEX - 1) != 0) {
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

static bool check_form(const json_t *manifest, struct error *err)
{
    const json_t *format = json_object_get(manifest, "format");
    int64_t number = json_int(manifest, "format");
    AUTO_STR fault = {0};

    if (!json_is_object(manifest))
        return error_set(err, ERR_VERDICT, "the manifest is no JSON object");
    if (format == NULL)
        return error_set(err, ERR_VERDICT, "the manifest has no format number");
    if (!json_is_integer(format))
        return error_set(err, ERR_VERDICT, "the manifest has a format that is no number");
    if (number < 1)
        return error_set(err, ERR_VERDICT, "the manifest has format %" PRId64 ", which never was",
                         number);
    if (number > MANIFEST_FORMAT)
        return error_set(err, ERR_UNKNOWN, "the manifest has format %" PRId64
                         ", this belay knows %d", number, MANIFEST_FORMAT);
    return !manifest_fault(manifest, &fault) ||
           error_set(err, ERR_VERDICT, "the manifest %s", fault.s);
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
    if (manifest != NULL && check_form(manifest, err))
        return json_incref(manifest);
    if (manifest == NULL)
        error_set(err, ERR_VERDICT, "the manifest cannot be read: %s", why.message);
    error_where(err, "%s", path);
    return NULL;
}

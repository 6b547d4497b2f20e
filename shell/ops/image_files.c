/* Lists an FE's metadata files through its pod and judges them by their names. */
#include "image_files.h"

#include <inttypes.h>

#include <digest.h>
#include <mem.h>

#include "image_scripts.h"

#define FILES_MAX 100000
#define SMALL_MAX ((size_t)1 << 20)
#define LIST_MS ((int64_t)60000)
#define SUMS_MS ((int64_t)60 * 60000) /* reads every byte once, in the pod */

static const char list_script[] =
    SCRIPT_HEAD "w=$1 p=\n"
                "if cd \"$m\"; then\n"
                "printf 'DIR %s\\n' \"$m\"\n" SCRIPT_COLLECT
                "[ $# -gt 0 ] && stat -c 'FILE %s %Y %n' -- \"$@\"\n"
                "[ $# -gt 0 ] && [ \"$w\" = sums ] && sha256sum -- \"$@\" | sed 's/^/SUM /'\n"
                "fi\n"
                ":";

/* The trailer of gzip holds the CRC-32 of what went in, least byte first (RFC 1952). */
static const char crc_script[] = SCRIPT_HEAD
    "if cd \"$m/image/v2\"; then\n"
    "printf 'SUM '; head -c 64 \"checksum.$1\" | od -An -v -tu1 | tr -d '\\n'; echo\n"
    "printf 'GZ '; gzip -1 -c < \"image.$1\" | tail -c 8 | od -An -v -tu1 | tr -d '\\n'; echo\n"
    "fi\n"
    ":";

static const char text_script[] =
    SCRIPT_HEAD "case $1 in fe.conf) f=$h/conf/fe.conf ;; *) f=$m/image/$1 ;; esac\n"
                "cat \"$f\"";

static const char first_script[] = SCRIPT_HEAD "cd \"$m\" && head -c \"$2\" \"$1\" | sha256sum";

const char image_files_tar[] =
    SCRIPT_HEAD "w=copy p=${m##*/}/\n"
                "if cd \"$m\"; then\n" SCRIPT_COLLECT SCRIPT_TAR("-") "\n"
                "else false; fi";

void image_files_done(struct image_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->v[i].name);
    free(files->v);
    free(files->meta_dir);
    *files = (struct image_files){0};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct image_file *)a)->name, ((const struct image_file *)b)->name);
}

static int name_of(const void *name, const void *file)
{
    return strcmp(name, ((const struct image_file *)file)->name);
}

const struct image_file *image_files_find(const struct image_files *files, const char *name)
{
    if (files->n == 0)
        return NULL;
    return bsearch(name, files->v, files->n, sizeof(*files->v), name_of);
}

/* "SIZE MTIME NAME" */
static bool take_file(struct image_files *files, const char *line)
{
    char *end;
    const char *name = strchr(line, ' ');
    const char *time_text = name != NULL ? name + 1 : NULL;

    name = time_text != NULL ? strchr(time_text, ' ') : NULL;
    if (name == NULL || meta_name_fault(name + 1) != NULL || files->n == FILES_MAX)
        return false;
    AUTO_FREE char *size_text = mem_textn(line, (size_t)(time_text - 1 - line));
    struct image_file file = {.mtime = strtoll(time_text, &end, 10)};
    if (end != name || !meta_name_number(size_text, &file.size))
        return false;
    file.kind = meta_name_kind(name + 1, &file.id);
    file.name = mem_text(name + 1);
    files->v = mem_grow(files->v, &files->cap, files->n + 1, sizeof(*files->v));
    files->v[files->n++] = file;
    return true;
}

/* "HEX  NAME", of a file that was listed. */
static bool take_sum(struct image_files *files, const char *line)
{
    if (strspn(line, "0123456789abcdef") != 64 || !str_starts(line + 64, "  "))
        return false;
    struct image_file *file = (struct image_file *)image_files_find(files, line + 66);
    if (file == NULL)
        return false;
    memcpy(file->sha256, line, 64);
    file->sha256[64] = '\0';
    return true;
}

/* Lines without a mark are what the tools said on stderr; kept for the message. */
static bool take_line(struct image_files *files, const char *line, bool sums, struct str *said)
{
    if (str_starts(line, "FILE "))
        return sums || take_file(files, line + 5);
    if (str_starts(line, "SUM "))
        return !sums || take_sum(files, line + 4);
    if (str_starts(line, "DIR ") && !sums && files->meta_dir == NULL)
        files->meta_dir = mem_text(line + 4);
    else if (str_equal(line, "ODD"))
        files->odd += sums ? 0 : 1;
    else if (!sums && *line != '\0' && said->len < 200)
        str_addf(said, "%s%s", said->len > 0 ? "; " : "", line);
    return true;
}

bool image_files_parse(const char *text, size_t len, struct image_files *ret, struct error *err)
{
    AUTO_STR said = {0};
    AUTO_STR line = {0};
    bool ok = memchr(text, '\0', len) == NULL;

    image_files_done(ret);
    for (int sums = 0; ok && sums < 2; sums++) {
        for (size_t at = 0; ok && at < len;) {
            const char *end = memchr(text + at, '\n', len - at);
            size_t n = end != NULL ? (size_t)(end - (text + at)) : len - at;
            str_clear(&line);
            str_addn(&line, text + at, n);
            ok = take_line(ret, str_text(&line), sums == 1, &said);
            at += n + 1;
        }
        if (sums == 0 && ret->n > 1)
            qsort(ret->v, ret->n, sizeof(*ret->v), by_name);
    }
    for (size_t i = 1; ok && i < ret->n; i++)
        ok = strcmp(ret->v[i - 1].name, ret->v[i].name) != 0;
    if (ok && ret->meta_dir != NULL)
        return true;
    bool no_dir = ok;
    image_files_done(ret);
    if (no_dir)
        return error_set(err, ERR_UNKNOWN,
                         "the pod has no metadata directory that can be entered%s%s",
                         said.len > 0 ? ": " : "", str_text(&said));
    return error_set(err, ERR_UNKNOWN, "the pod's list of metadata files cannot be read");
}

void image_files_print(const struct image_files *files, struct str *ret)
{
    str_addf(ret, "DIR %s\n", files->meta_dir);
    for (size_t i = 0; i < files->n; i++) {
        const struct image_file *file = &files->v[i];
        str_addf(ret, "FILE %" PRIu64 " %" PRId64 " %s\n", file->size, file->mtime, file->name);
        if (*file->sha256 != '\0')
            str_addf(ret, "SUM %s  %s\n", file->sha256, file->name);
    }
}

bool image_files_read(struct kube *kube, const char *pod, enum image_list what,
                      struct image_files *ret, struct error *err)
{
    static const char *const words[] = {"images", "all", "sums"};
    struct exec_target target = {pod, FE_CONTAINER};
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    int status = 0;

    strv_add(&params, words[what]);
    if (!exec_text(kube, target, list_script, &params, what == IMAGE_LIST_SUMS ? SUMS_MS : LIST_MS,
                   &text, &status, err))
        return false;
    return image_files_parse(str_text(&text), text.len, ret, err) || error_prefix(err, "%s", pod);
}

const struct image_file *image_files_newest(const struct image_files *files, enum meta_kind kind)
{
    const struct image_file *best = NULL;

    for (size_t i = 0; i < files->n; i++) {
        if (files->v[i].kind == kind && (best == NULL || files->v[i].id > best->id))
            best = &files->v[i];
    }
    return best;
}

bool image_files_unfinished(const struct image_files *files, struct str *ret)
{
    bool any = false;

    for (size_t i = 0; i < files->n; i++) {
        if (files->v[i].kind != META_KIND_LEFTOVER)
            continue;
        str_addf(ret, "%s%s", any ? ", " : "", files->v[i].name);
        any = true;
    }
    return any;
}

/* The next file below image/ from i on, or n. */
static size_t next_image(const struct image_files *files, size_t i)
{
    while (i < files->n && !str_starts(files->v[i].name, "image/"))
        i++;
    return i;
}

bool image_files_same_images(const struct image_files *a, const struct image_files *b)
{
    size_t i = next_image(a, 0);
    size_t k = next_image(b, 0);

    for (; i < a->n && k < b->n; i = next_image(a, i + 1), k = next_image(b, k + 1)) {
        if (strcmp(a->v[i].name, b->v[k].name) != 0 || a->v[i].size != b->v[k].size ||
            a->v[i].mtime != b->v[k].mtime)
            return false;
    }
    return i >= a->n && k >= b->n;
}

bool image_files_complete(const struct image_files *files, bool v1, uint64_t least,
                          uint64_t *ret_id, struct str *ret_missing)
{
    const char *dir = v1 ? "image" : "image/v2";
    const struct image_file *image =
        image_files_newest(files, v1 ? META_KIND_IMAGE_V1 : META_KIND_IMAGE_V2);
    AUTO_STR unfinished = {0};

    *ret_id = image == NULL ? 0 : image->id;
    if (image == NULL)
        str_addf(ret_missing, "there is no %s/image.N yet", dir);
    else if (image->id < least)
        str_addf(ret_missing,
                 "the newest in %s is image.%" PRIu64 ", wanted is %" PRIu64 " or later", dir,
                 image->id, least);
    if (image_files_unfinished(files, &unfinished))
        str_addf(ret_missing, "%sunfinished: %s", ret_missing->len > 0 ? "; " : "", unfinished.s);
    if (ret_missing->len > 0 || v1)
        return ret_missing->len == 0;
    AUTO_FREE char *sum = str_format("image/v2/checksum.%" PRIu64, image->id);
    if (image_files_find(files, sum) == NULL)
        str_addf(ret_missing, "%s is missing yet", sum);
    return ret_missing->len == 0;
}

/* Numbers 0..255 after a mark at the beginning of a line; how many there were, -1 for none such. */
static int bytes_after(const char *text, const char *mark, unsigned char *ret, int max)
{
    const char *line = text;
    int n = 0;

    while (line != NULL && !str_starts(line, mark)) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL)
        return -1;
    for (const char *p = line + strlen(mark); *p != '\0' && *p != '\n';) {
        char *end;
        p += strspn(p, " ");
        if (*p == '\n' || *p == '\0')
            break;
        unsigned long value = strtoul(p, &end, 10);
        if (end == p || value > 255 || n == max)
            return -1;
        ret[n++] = (unsigned char)value;
        p = end;
    }
    return n;
}

/* true with the two numbers when the script's answer has the right form. */
static bool crc_parse(const char *text, uint64_t *ret_said, uint32_t *ret_is, bool *ret_bare)
{
    unsigned char sum[65] = {0};
    unsigned char tail[8];
    int n = bytes_after(text, "SUM ", sum, 64);

    if (n < 0 || bytes_after(text, "GZ ", tail, 8) != 8)
        return false;
    /* FE reads the whole file with Long.parseLong: nothing but digits may be in it. */
    *ret_bare =
        strlen((const char *)sum) == (size_t)n && meta_name_number((const char *)sum, ret_said);
    *ret_is = (uint32_t)tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 |
              (uint32_t)tail[3] << 24;
    return true;
}

enum answer image_files_check_sum(struct kube *kube, const char *pod, uint64_t id,
                                  struct str *ret_text)
{
    struct exec_target target = {pod, FE_CONTAINER};
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};
    uint64_t said = 0;
    uint32_t is = 0;
    bool bare = false;
    int status = 0;

    strv_addf(&params, "%" PRIu64, id);
    if (!exec_text(kube, target, crc_script, &params, SUMS_MS, &text, &status, &err)) {
        str_addf(ret_text, "%s", err.message);
        return ANSWER_CANNOT_TELL;
    }
    if (!crc_parse(str_text(&text), &said, &is, &bare)) {
        str_addf(ret_text, "the CRC-32 of image.%" PRIu64 " could not be computed in the pod", id);
        return ANSWER_CANNOT_TELL;
    }
    if (!bare)
        str_addf(ret_text, "checksum.%" PRIu64 " holds no bare number", id);
    else if (said != is)
        str_addf(ret_text,
                 "image.%" PRIu64 " has CRC-32 %" PRIu32 ", checksum.%" PRIu64 " says %" PRIu64, id,
                 is, id, said);
    else
        str_addf(ret_text, "image/v2/image.%" PRIu64 ", CRC-32 as in checksum.%" PRIu64, id, id);
    return bare && said == is ? ANSWER_YES : ANSWER_NO;
}

bool image_files_text(struct kube *kube, const char *pod, const char *name, struct str *ret,
                      struct error *err)
{
    struct exec_target target = {pod, FE_CONTAINER};
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    int status = 0;

    strv_add(&params, name);
    if (!exec_text(kube, target, text_script, &params, LIST_MS, &text, &status, err))
        return error_prefix(err, "%s", name);
    if (status != 0)
        return error_set(err, ERR_UNKNOWN, "%s of %s cannot be read: %.*s", name, pod,
                         (int)strcspn(str_text(&text), "\n"), str_text(&text));
    if (text.len == 0 || text.len > SMALL_MAX)
        return error_set(err, ERR_UNKNOWN, "%s of %s has %zu bytes", name, pod, text.len);
    str_addn(ret, text.s, text.len);
    return true;
}

bool image_files_sum_of_first(struct kube *kube, const char *pod, const char *name, uint64_t size,
                              char ret_hex[65], struct error *err)
{
    struct exec_target target = {pod, FE_CONTAINER};
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    int status = 0;

    strv_add(&params, name);
    strv_addf(&params, "%" PRIu64, size);
    if (!exec_text(kube, target, first_script, &params, SUMS_MS, &text, &status, err))
        return false;
    if (status != 0 || strspn(str_text(&text), "0123456789abcdef") != 64)
        return error_set(err, ERR_UNKNOWN, "%s: the digest of %s could not be computed", pod, name);
    memcpy(ret_hex, text.s, 64);
    ret_hex[64] = '\0';
    return true;
}

/* FE images: the v2 file with its checksum, the v1 file, and which of them stay. */
#include "pods.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

#include <belay/json.h>

#include "digest.h"
#include "file.h"
#include "pods_bytes.h"

#define META_VERSION 4 /* StarRocksFEMetaVersion.VERSION_4, the only one that 3.x and 4.x load */
#define CONTENT_MAX (16 << 20)
#define ROLE_MAX 4096

/* The ids of SRMetaBlockID that a small cluster's image holds besides 1 and 2, in save order. */
static const struct {
    int id;
    const char *values; /* JSON array */
} default_blocks[] = {
    {3, "[{\"v\":0}]"},
    {4, "[{\"v\":0},{\"v\":0}]"},
    {5, "[{\"v\":1},{\"n\":\"sql_mode\",\"v\":\"ONLY_FULL_GROUP_BY\"}]"},
    {6, "[{\"nameToResource\":{}}]"},
    {7, "[{\"v\":0}]"},
    {8, "[{\"rm\":{\"rp\":{}}},{\"v\":0}]"},
    {10, "[{\"bi\":1},{\"v\":0}]"},
    {11, "[{\"gn\":{},\"tg\":{},\"gs\":{},\"gb\":{},\"ug\":[]}]"},
    {12, "[{\"v\":0}]"},
    {13, "[{\"v\":0}]"},
    {14, "[{\"v\":0}]"},
    {15, "[{\"v\":0}]"},
    {16, "[{\"v\":0}]"},
    {18, "[{\"v\":1},{\"classifiers\":[],\"name\":\"default_wg\",\"id\":2,\"version\":2}]"},
    {19, "[{\"m\":{\"root\":{\"m\":1024}}},{\"v\":1},{\"user\":\"root\",\"host\":\"%\","
         "\"isDomain\":false},{\"p\":[],\"a\":\"MYSQL_NATIVE_PASSWORD\",\"u\":\"root\"}]"},
    {20, "[{\"r\":{\"root\":-1,\"db_admin\":-2},\"i\":1,\"v\":1},{\"v\":0}]"},
    {21, "[{\"v\":0}]"},
    {22, "[{\"v\":0}]"},
    {28, "[{\"clazz\":\"SharedDataStorageVolumeMgr\",\"defaultSVId\":\"\",\"svToDbs\":{}}]"},
};

/* NODE_MGR: the frontend's own name as ROLE has it. */
static json_t *node_mgr_values(const char *dir, const char *pod)
{
    AUTO_FREE char *path = pods_path(dir, pod, "meta/image/ROLE");
    AUTO_STR role = {0};
    char name[256] = "";
    if (file_read(path, ROLE_MAX, &role, NULL)) {
        const char *line = strstr(str_text(&role), "\nname=");
        if (line)
            sscanf(line, "\nname=%255[^\n]", name);
    }
    json_t *frontends = json_object();
    json_put(frontends, name, json_pack("{s:s,s:s,s:i}", "r", "FOLLOWER", "n", name, "e", 9010));
    return json_pack("[{s:i,s:i,s:o}]", "r", 9020, "h", 8030, "f", frontends);
}

static json_t *make_block(int id, json_t *take_values)
{
    return json_pack("{s:i,s:o}", "id", id, "values", take_values);
}

static bool has_block(const json_t *blocks, int id)
{
    size_t i;
    json_t *block;
    json_array_foreach (blocks, i, block)
        if (json_int(block, "id") == id)
            return true;
    return false;
}

/* What the image says: the given content completed, or a small default. NULL with the error set. */
static json_t *image_content(const char *dir, const char *pod, const char *content,
                             struct error *err)
{
    json_t *image = content ? json_parse(content, strlen(content), CONTENT_MAX, err)
                            : json_pack("{s:i,s:[]}", "beid", 15004, "blocks");
    if (!image)
        return NULL;
    json_t *blocks = json_object_get(image, "blocks");
    if (!json_is_array(blocks) || json_int(image, "beid") <= 0) {
        json_decref(image);
        error_set(err, ERR_FAILED, "image content needs \"beid\" and an array \"blocks\"");
        return NULL;
    }
    if (!has_block(blocks, 2))
        json_array_insert_new(blocks, 0, make_block(2, json_pack("[{s:i}]", "v", 0)));
    if (!has_block(blocks, 1))
        json_array_insert_new(blocks, 0, make_block(1, node_mgr_values(dir, pod)));
    for (size_t i = 0; i < sizeof default_blocks / sizeof *default_blocks; i++)
        if (!has_block(blocks, default_blocks[i].id))
            json_array_append_new(blocks,
                                  make_block(default_blocks[i].id,
                                             json_loads(default_blocks[i].values, 0, NULL)));
    return image;
}

static void add_header(struct str *file, const json_t *image)
{
    AUTO_FREE char *text = str_format("{\"beid\":%" PRId64 "}", json_int(image, "beid"));
    bytes_be32(file, META_VERSION);
    bytes_be32(file, (uint32_t)strlen(text));
    str_add(file, text);
}

/* One JSON value, in v1 with its length in front. */
static void add_value(struct str *file, const json_t *value, bool v1)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (v1)
        bytes_be32(file, (uint32_t)strlen(text));
    str_add(file, text);
    free(text);
}

static void add_blocks(struct str *file, const json_t *image, bool v1)
{
    size_t i, j;
    json_t *block, *value;
    json_array_foreach (json_object_get(image, "blocks"), i, block) {
        size_t start = file->len;
        const json_t *values = json_object_get(block, "values");
        json_t *head = json_pack("{s:{s:I},s:I}", "i", "i", (json_int_t)json_int(block, "id"), "nj",
                                 (json_int_t)json_array_size(values));
        add_value(file, head, v1);
        json_decref(head);
        json_array_foreach (values, j, value)
            add_value(file, value, v1);
        if (!v1)
            continue;
        uint32_t crc = crc32_add(0, file->s + start, file->len - start);
        json_t *foot = json_pack("{s:I}", "c", (json_int_t)crc);
        add_value(file, foot, true);
        json_decref(foot);
    }
}

/* Builds the bytes of the image in file. */
static bool image_bytes(const char *dir, const char *pod, const char *content, bool v1,
                        struct str *file, struct error *err)
{
    AUTO_JSON *image = image_content(dir, pod, content, err);
    if (!image)
        return false;
    add_header(file, image);
    add_blocks(file, image, v1);
    return true;
}

/* Writes image.ckpt in the directory and renames it to image.ID, as the FE does. */
static bool finish_image(const char *image_dir, int64_t journal_id, const struct str *file,
                         struct error *err)
{
    AUTO_FREE char *ckpt = file_join(image_dir, "image.ckpt");
    AUTO_FREE char *done = str_format("%s/image.%" PRId64, image_dir, journal_id);
    if (!pods_make_dirs(image_dir, err) || !bytes_to_file(ckpt, file->s, file->len, err))
        return false;
    if (rename(ckpt, done) != 0)
        return error_errno(err, ERR_OUTPUT, "cannot write %s", done);
    return true;
}

bool pods_begin_image(const char *dir, const char *pod, struct image_forms forms, struct error *err)
{
    AUTO_STR file = {0};
    AUTO_FREE char *image = pods_path(dir, pod, forms.v2 ? "meta/image/v2" : "meta/image");
    AUTO_FREE char *ckpt = file_join(image, "image.ckpt"); /* without its number */
    if (!image_bytes(dir, pod, NULL, !forms.v2, &file, err) || !pods_make_dirs(image, err))
        return false;
    return bytes_to_file(ckpt, file.s, file.len / 2, err);
}

bool pods_part_image(const char *dir, const char *pod, int64_t journal_id, struct image_forms forms,
                     struct error *err)
{
    AUTO_FREE char *image = pods_path(dir, pod, forms.v2 ? "meta/image/v2" : "meta/image");
    AUTO_FREE char *part = str_format("%s/image.%" PRId64 ".part", image, journal_id);
    return pods_make_dirs(image, err) && bytes_to_file(part, "", 0, err);
}

bool pods_write_image_v1(const char *dir, const char *pod, int64_t journal_id, const char *content,
                         struct error *err)
{
    AUTO_STR file = {0};
    AUTO_FREE char *image_dir = pods_path(dir, pod, "meta/image");
    return image_bytes(dir, pod, content, true, &file, err) &&
           finish_image(image_dir, journal_id, &file, err);
}

bool pods_write_image(const char *dir, const char *pod, int64_t journal_id, const char *content,
                      struct image_forms forms, struct error *err)
{
    if (forms.v1 && !pods_write_image_v1(dir, pod, journal_id, content, err))
        return false;
    if (!forms.v2)
        return true;
    AUTO_STR file = {0};
    AUTO_FREE char *v2 = pods_path(dir, pod, "meta/image/v2");
    if (!image_bytes(dir, pod, content, false, &file, err) || !pods_make_dirs(v2, err))
        return false;
    AUTO_FREE char *path = str_format("%s/checksum.%" PRId64, v2, journal_id);
    AUTO_FREE char *crc = str_format("%" PRIu32, crc32_add(0, file.s, file.len));
    return finish_image(v2, journal_id, &file, err) && bytes_to_file(path, crc, strlen(crc), err);
}

/* The number of "image.N" or "checksum.N"; 0 when the name is neither. */
static int64_t image_number(const char *name)
{
    const char *digits = str_starts(name, "image.")      ? name + strlen("image.")
                         : str_starts(name, "checksum.") ? name + strlen("checksum.")
                                                         : NULL;
    char *end;
    if (!digits || *digits < '0' || *digits > '9')
        return 0;
    errno = 0;
    int64_t number = strtoll(digits, &end, 10);
    return *end || errno ? 0 : number;
}

int64_t pods_newest_image(const char *dir, const char *pod, const char *sub)
{
    AUTO_FREE char *image = pods_path(dir, pod, "meta/image");
    AUTO_FREE char *path = file_join(image, sub);
    DIR *entries = opendir(path);
    int64_t newest = 0;
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        int64_t number = str_starts(entry->d_name, "image.") ? image_number(entry->d_name) : 0;
        if (number > newest)
            newest = number;
    }
    if (entries)
        closedir(entries);
    return newest;
}

static bool clean_dir(const char *path, int64_t newest, struct error *err)
{
    DIR *entries = opendir(path);
    if (!entries)
        return errno == ENOENT ? true : error_errno(err, ERR_OUTPUT, "cannot read %s", path);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(entries));) {
        int64_t number = image_number(entry->d_name);
        bool old = (number > 0 && number < newest) || str_ends(entry->d_name, ".part");
        if (old && unlinkat(dirfd(entries), entry->d_name, 0) != 0)
            ok = error_errno(err, ERR_OUTPUT, "cannot remove %s/%s", path, entry->d_name);
    }
    closedir(entries);
    return ok;
}

bool pods_remove_old_images(const char *dir, const char *pod, struct error *err)
{
    static const char *const subs[] = {"", "v2", "starmgr"};
    for (size_t i = 0; i < sizeof subs / sizeof *subs; i++) {
        AUTO_FREE char *image = pods_path(dir, pod, "meta/image");
        AUTO_FREE char *path = file_join(image, subs[i]);
        if (!clean_dir(path, pods_newest_image(dir, pod, subs[i]), err))
            return false;
    }
    return true;
}

static bool spoil(const char *path, struct error *err)
{
    AUTO_STR bytes = {0};
    if (!file_read(path, (size_t)256 << 20, &bytes, err) || bytes.len == 0)
        return false;
    bytes.s[bytes.len / 2] ^= 1;
    return bytes_to_file(path, bytes.s, bytes.len, err);
}

bool pods_spoil_image(const char *dir, const char *pod, struct error *err)
{
    static const char *const subs[] = {"", "v2"};
    for (size_t i = 0; i < sizeof subs / sizeof *subs; i++) {
        AUTO_FREE char *image = pods_path(dir, pod, "meta/image");
        AUTO_FREE char *sub = file_join(image, subs[i]);
        int64_t newest = pods_newest_image(dir, pod, subs[i]);
        AUTO_FREE char *path = str_format("%s/image.%" PRId64, sub, newest);
        if (newest > 0 && !spoil(path, err))
            return false;
    }
    return true;
}

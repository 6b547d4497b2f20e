/* The files of a backup while it is made: names, durable writes, the record, digests from disk. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <digest.h>
#include <file.h>
#include <mem.h>

#include "backup_inside.h"

#define RECORD_MAX ((size_t)16 << 20)
#define PIECE ((size_t)256 << 10)

char *backup_part(const char *dir)
{
    return str_format("%s.part", dir);
}

bool backup_write(const char *dir, const char *name, const void *data, size_t len,
                  struct error *err)
{
    AUTO_FREE char *path = file_join(dir, name);

    /* Makes "fe/POD" for "fe/POD/ROLE", one level after the other. */
    for (char *p = path + strlen(dir) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return error_errno(err, ERR_OUTPUT, "cannot make the directory %s", path);
        if (!file_sync_parent(path, err))
            return false;
        *p = '/';
    }
    return file_write_atomic(path, data, len, 0600, err);
}

bool backup_write_json(const char *dir, const char *name, const json_t *value, struct error *err)
{
    AUTO_FREE char *text = json_dumps(value, JSON_INDENT(4) | JSON_SORT_KEYS);

    if (text == NULL)
        return error_set(err, ERR_FAILED, "%s cannot be written as JSON", name);
    AUTO_FREE char *line = str_format("%s\n", text);
    return backup_write(dir, name, line, strlen(line), err);
}

bool backup_is_stale(const char *name)
{
    return str_starts(name, ".belay-") && str_ends(name, ".tmp");
}

json_t *backup_record_read(const char *dir, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, BACKUP_RECORD);
    AUTO_STR text = {0};

    if (!file_read(path, RECORD_MAX, &text, err))
        return NULL;
    json_t *record = json_parse(str_text(&text), text.len, RECORD_MAX, err);
    if (record == NULL || json_is_object(record))
        return record;
    json_decref(record);
    error_set(err, ERR_FAILED, "%s is no JSON object", path);
    return NULL;
}

bool backup_record_write(const char *dir, const json_t *record, struct error *err)
{
    return backup_write_json(dir, BACKUP_RECORD, record, err);
}

static bool hash_fd(int fd, const char *path, uint64_t *ret_size, struct sha256 *sum,
                    struct error *err)
{
    AUTO_FREE char *piece = mem_alloc(PIECE);

    *ret_size = 0;
    for (;;) {
        ssize_t n = read(fd, piece, PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, ERR_OUTPUT, "cannot read %s back", path);
        if (n == 0)
            return true;
        sha256_update(sum, piece, (size_t)n);
        *ret_size += (uint64_t)n;
    }
}

bool backup_hash(const char *path, uint64_t *ret_size, char ret_hex[65], struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return error_errno(err, errno == ENOENT ? ERR_USAGE : ERR_OUTPUT, "cannot open %s", path);
    /* Clean pages are dropped, so that what is read next comes from the disk. */
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    struct sha256 *sum = sha256_new();
    bool ok = hash_fd(fd, path, ret_size, sum, err);
    sha256_finish(sum, ret_hex);
    close(fd);
    return ok;
}

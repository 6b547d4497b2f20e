/* Visits the files below a directory. */
#include "dir_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include <belay/list.h>
#include <belay/str.h>

#include "mem.h"
#include "meta_tree.h"

#define ENTRIES_MAX 100000
#define PIECE ((size_t)256 << 10)

static void cannot(const struct dir_visitor *visitor, const char *name, const char *what)
{
    findings_add(visitor->findings, FINDING_UNKNOWN, name, "%s: %s", what, strerror(errno));
}

/* Names of a directory, sorted. false: a finding says why. Takes fd. */
static bool list_names(int take_fd, const char *name, const struct dir_visitor *visitor,
                       struct strv *ret)
{
    DIR *dir = fdopendir(take_fd);

    if (dir == NULL) {
        cannot(visitor, name, "cannot be listed");
        close(take_fd);
        return false;
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL)
            break;
        if (str_equal(entry->d_name, ".") || str_equal(entry->d_name, ".."))
            continue;
        if (ret->n == ENTRIES_MAX) {
            findings_add(visitor->findings, FINDING_UNKNOWN, name,
                         "holds more than %d entries: not read further", ENTRIES_MAX);
            closedir(dir);
            return false;
        }
        strv_add(ret, entry->d_name);
    }
    int failed = errno;
    closedir(dir);
    errno = failed;
    if (failed != 0)
        cannot(visitor, name, "cannot be listed");
    strv_sort(ret);
    return failed == 0;
}

const char *dir_type_name(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISLNK(mode))
        return "a symbolic link";
    if (S_ISFIFO(mode))
        return "a FIFO";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

static bool walk(int take_fd, const char *below, unsigned depth, const struct dir_visitor *visitor);

/* One entry. O_NONBLOCK: a FIFO put there meanwhile must not hang us. */
static bool visit(int dir_fd, const char *entry, const char *name, unsigned depth,
                  const struct dir_visitor *visitor)
{
    struct stat st;
    bool go_on = true;

    if (fstatat(dir_fd, entry, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        cannot(visitor, name, "cannot be looked at");
        return true;
    }
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        findings_add(visitor->findings, FINDING_DAMAGE, name, "is %s, not a file",
                     dir_type_name(st.st_mode));
        return true;
    }
    if (S_ISDIR(st.st_mode) && visitor->enter != NULL && !visitor->enter(visitor->ctx, name))
        return true;
    int fd = openat(dir_fd, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        cannot(visitor, name, "cannot be opened");
        if (fd >= 0)
            close(fd);
        return true;
    }
    if (S_ISDIR(st.st_mode))
        return walk(fd, name, depth + 1, visitor);
    if (S_ISREG(st.st_mode))
        go_on = visitor->file(visitor->ctx, name, fd, &st);
    close(fd);
    return go_on;
}

static bool walk(int take_fd, const char *below, unsigned depth, const struct dir_visitor *visitor)
{
    AUTO_STRV names = {0};
    bool go_on = true;

    if (depth > META_DEPTH_MAX) {
        findings_add(visitor->findings, FINDING_UNKNOWN, below, "is too deep: not read");
        close(take_fd);
        return true;
    }
    int dir_fd = fcntl(take_fd, F_DUPFD_CLOEXEC, 0);
    if (dir_fd < 0) {
        cannot(visitor, below, "cannot be listed");
        close(take_fd);
        return true;
    }
    if (list_names(take_fd, below, visitor, &names)) {
        for (size_t i = 0; go_on && i < names.n; i++) {
            AUTO_FREE char *name =
                *below == '\0' ? mem_text(names.v[i]) : str_format("%s/%s", below, names.v[i]);
            go_on = visit(dir_fd, names.v[i], name, depth, visitor);
        }
    }
    close(dir_fd);
    return go_on;
}

void dir_walk(int dir_fd, const struct dir_visitor *visitor)
{
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        cannot(visitor, "", "the directory cannot be opened");
        return;
    }
    walk(fd, "", 0, visitor);
}

/* Bytes that are no holes, as far as they pass the limit; a disk that cannot tell says all of it. */
static uint64_t data_bytes(int fd, uint64_t size, uint64_t limit)
{
    uint64_t data = 0;
    off_t at = 0;

    while (data <= limit && (at = lseek(fd, at, SEEK_DATA)) >= 0) {
        off_t end = lseek(fd, at, SEEK_HOLE);
        if (end < 0)
            return size;
        data += (uint64_t)(end - at);
        at = end;
    }
    return data > limit || errno == ENXIO ? data : size;
}

/* The number of blocks alone proves nothing: some file systems count them only later. */
bool dir_is_hollow(int fd, const struct stat *st, const char *name, struct findings *findings)
{
    uint64_t size = (uint64_t)st->st_size;
    uint64_t least = size / META_RATIO_MAX;

    if (size < META_RATIO_FROM || (uint64_t)st->st_blocks * 512 > least)
        return false;
    errno = 0;
    uint64_t data = data_bytes(fd, size, least);
    if (lseek(fd, 0, SEEK_SET) == 0 && data > least)
        return false;
    findings_add(findings, FINDING_UNKNOWN, name,
                 "claims %" PRIu64 " bytes, of which %" PRIu64 " are no holes: not read", size,
                 data);
    return true;
}

bool dir_read_file(int fd, const struct stat *st, const char *name, struct findings *findings,
                   bool (*take)(void *ctx, const void *data, size_t len), void *ctx)
{
    AUTO_FREE char *buf = mem_alloc(PIECE);
    struct stat now;
    uint64_t size = 0;

    if (dir_is_hollow(fd, st, name, findings))
        return false;
    for (;;) {
        ssize_t got = read(fd, buf, PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            findings_add(findings, FINDING_UNKNOWN, name, "cannot be read: %s", strerror(errno));
            return false;
        }
        if (got == 0)
            break;
        size += (uint64_t)got;
        if (size > (uint64_t)st->st_size)
            break;
        if (!take(ctx, buf, (size_t)got))
            return false;
    }
    if (fstat(fd, &now) != 0 || size != (uint64_t)st->st_size || now.st_size != st->st_size ||
        now.st_mtim.tv_sec != st->st_mtim.tv_sec || now.st_mtim.tv_nsec != st->st_mtim.tv_nsec) {
        findings_add(findings, FINDING_UNKNOWN, name, "changed while it was read");
        return false;
    }
    return true;
}

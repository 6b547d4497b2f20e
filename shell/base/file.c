/* Files: limited reads, atomic writes, private directories, safe removal. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "digest.h"
#include "mem.h"

#define PIPE_WAIT_MS 10000 /* a pipe given as a file: its writer may need a moment */
#define DEPTH_MAX 200      /* of a tree to remove: each level holds a descriptor */

/*
 * After a read or write that failed: is it worth another try? Waits for a pipe that is not ready; sets
 * errno where its time is over.
 */
static bool may_go_on(int fd, short events)
{
    struct pollfd wait = {.fd = fd, .events = events};

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN)
        return false;
    int ready = poll(&wait, 1, PIPE_WAIT_MS);
    if (ready == 0)
        errno = ETIMEDOUT;
    return ready > 0 || (ready < 0 && errno == EINTR);
}

/* --- reading --------------------------------------------------------------------------------- */

/* Reads on; false at the end of the file and on error, with *ret_failed set on error. */
static bool read_some(int fd, char *buf, size_t len, size_t *ret_n, bool *ret_failed)
{
    for (;;) {
        ssize_t n = read(fd, buf, len);
        if (n >= 0) {
            *ret_n = (size_t)n;
            *ret_failed = false;
            return n > 0;
        }
        if (may_go_on(fd, POLLIN))
            continue;
        *ret_failed = true;
        return false;
    }
}

static bool read_fd(int fd, const char *path, size_t limit, struct str *ret, struct error *err)
{
    size_t total = 0;
    size_t n;
    bool failed;
    char buf[16384];
    while (read_some(fd, buf, sizeof buf, &n, &failed)) {
        if (n > limit - total)
            return error_set(err, ERR_FAILED, "%s is larger than the limit of %zu bytes", path,
                             limit);
        total += n;
        str_addn(ret, buf, n);
    }
    if (failed)
        return error_errno(err, ERR_FAILED, "cannot read %s", path);
    return true;
}

bool file_read(const char *path, size_t limit, struct str *ret, struct error *err)
{
    /* Not blocking: a named pipe without a writer must not hold us in open(). */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_errno(err, ERR_USAGE, "cannot open %s", path);
    size_t before = ret->len;
    if (limit > STR_MAX - before)
        limit = STR_MAX - before;
    bool ok = read_fd(fd, path, limit, ret, err);
    close(fd);
    if (!ok)
        str_cut(ret, before);
    return ok;
}

/* --- writing --------------------------------------------------------------------------------- */

bool file_write_all(int fd, const void *data, size_t len, const char *what, struct error *err)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
            continue;
        }
        if (n == 0)
            errno = ENOSPC;
        if (may_go_on(fd, POLLOUT))
            continue;
        return error_errno(err, ERR_OUTPUT, "cannot write %s", what);
    }
    return true;
}

int file_create(const char *path, mode_t mode, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        error_errno(err, ERR_OUTPUT, "cannot create %s", path);
    return fd;
}

/* The directory part of a path: "." when it has none. free() it. */
static char *parent_of(const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len == 0)
        return mem_text(".");
    while (len > 1 && path[len - 1] == '/')
        len--;
    return mem_textn(path, len);
}

/* Writes, makes durable and closes fd, whatever happens. */
static bool fill(int fd, const void *data, size_t len, const char *path, struct error *err)
{
    bool ok = file_write_all(fd, data, len, path, err);
    if (ok && fsync(fd) != 0)
        ok = error_errno(err, ERR_OUTPUT, "cannot make %s durable", path);
    /* Some file systems say only here that the disk is full. */
    if (close(fd) != 0 && ok)
        ok = error_errno(err, ERR_OUTPUT, "cannot write %s", path);
    return ok;
}

bool file_write_atomic(const char *path, const void *data, size_t len, mode_t mode,
                       struct error *err)
{
    char nonce[13];
    random_hex(nonce, sizeof nonce - 1);
    AUTO_FREE char *dir = parent_of(path);
    AUTO_FREE char *name = str_format(".belay-%s.tmp", nonce);
    AUTO_FREE char *temporary = file_join(dir, name);
    int fd = file_create(temporary, mode, err);
    if (fd < 0)
        return error_prefix(err, "cannot write %s", path);
    if (!fill(fd, data, len, path, err)) {
        unlink(temporary);
        return false;
    }
    if (rename(temporary, path) != 0) {
        error_errno(err, ERR_OUTPUT, "cannot replace %s", path);
        unlink(temporary);
        return false;
    }
    return file_sync_dir(dir, err);
}

bool file_sync_dir(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot open the directory %s", path);
    /* EINVAL: a file system that has nothing to make durable for directories. */
    bool ok = fsync(fd) == 0 || errno == EINVAL;
    if (!ok)
        error_errno(err, ERR_OUTPUT, "cannot make the directory %s durable", path);
    close(fd);
    return ok;
}

bool file_sync_parent(const char *path, struct error *err)
{
    AUTO_FREE char *dir = parent_of(path);
    return file_sync_dir(dir, err);
}

/* --- directories ----------------------------------------------------------------------------- */

/* mkdir -p, new ones 0700. */
static bool make_dirs(const char *path, struct error *err)
{
    AUTO_FREE char *at = mem_text(path);
    for (char *slash = at; *slash != '\0';) {
        slash += strspn(slash, "/");
        slash += strcspn(slash, "/");
        char kept = *slash;
        *slash = '\0';
        if (mkdir(at, 0700) != 0 && errno != EEXIST) {
            /* A parent that exists may be on a read-only file system: only its absence counts. */
            int number = errno;
            if (!file_exists(at)) {
                errno = number;
                return error_errno(err, ERR_OUTPUT, "cannot make the directory %s", at);
            }
        }
        *slash = kept;
    }
    return true;
}

/* closed: rights that group and others must not have there; what: what it is when they have. */
static bool guarded_dir(const char *path, mode_t closed, const char *what, struct error *err)
{
    if (!make_dirs(path, err))
        return false;
    /* Owner and rights are read from the directory itself, not from a name that may change. */
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot open the directory %s", path);
    struct stat st;
    int failed = fstat(fd, &st);
    close(fd);
    if (failed != 0)
        return error_errno(err, ERR_OUTPUT, "cannot look at the directory %s", path);
    if (st.st_uid != geteuid()) {
        error_set(err, ERR_USAGE, "the directory %s belongs to another user (uid %lu)", path,
                  (unsigned long)st.st_uid);
        return error_hint(err, "run belay as that user, or choose another directory");
    }
    if ((st.st_mode & closed) != 0) {
        error_set(err, ERR_USAGE, "the directory %s is %s other users (mode %04o)", path, what,
                  (unsigned)st.st_mode & 07777U);
        return error_hint(err, "close it with: chmod %03o %s",
                          (unsigned)(st.st_mode & 0777U & ~closed), path);
    }
    return true;
}

bool file_private_dir(const char *path, struct error *err)
{
    return guarded_dir(path, 077, "open to", err);
}

bool file_own_dir(const char *path, struct error *err)
{
    return guarded_dir(path, 022, "writable by", err);
}

static bool remove_entries(int dir_fd, unsigned depth);

/* Removes one entry of a directory, with what is below it. Links are removed, never followed. */
static bool remove_entry(int dir_fd, const char *name, unsigned depth)
{
    /* Linux answers EISDIR for a directory, POSIX says EPERM. */
    if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    if (depth >= DEPTH_MAX) {
        errno = ELOOP;
        return false;
    }
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    return remove_entries(fd, depth + 1) &&
           (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

/* Empties the directory and closes its descriptor. */
static bool remove_entries(int dir_fd, unsigned depth)
{
    DIR *dir = fdopendir(dir_fd);
    if (dir == NULL) {
        close(dir_fd);
        return false;
    }
    bool ok = true;
    struct dirent *entry;
    while (ok && (errno = 0, entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ok = remove_entry(dir_fd, entry->d_name, depth);
    }
    int number = errno;
    closedir(dir);
    errno = number;
    return ok && number == 0;
}

bool file_remove_tree(const char *path, struct error *err)
{
    if (!remove_entry(AT_FDCWD, path, 0))
        return error_errno(err, ERR_OUTPUT, "cannot remove %s", path);
    return true;
}

/* --- standard streams ------------------------------------------------------------------------ */

void file_hold_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        /* The lowest free number is this one. */
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
    }
}

/* --- questions and names --------------------------------------------------------------------- */

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

int64_t file_free_bytes(const char *path)
{
    struct statvfs fs;
    uint64_t bytes;
    if (statvfs(path, &fs) != 0)
        return -1;
    if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &bytes) ||
        bytes > INT64_MAX)
        return INT64_MAX;
    return (int64_t)bytes;
}

char *file_join(const char *dir, const char *name)
{
    bool bare = dir[0] == '\0' || str_ends(dir, "/");
    return str_format(bare ? "%s%s" : "%s/%s", dir, name);
}

/* HOME, or what the user database says; "/" when there is neither. free() it. */
static char *home(void)
{
    const char *dir = getenv("HOME");
    if (dir != NULL && dir[0] == '/')
        return mem_text(dir);
    const struct passwd *user = getpwuid(geteuid());
    return mem_text(user != NULL && user->pw_dir != NULL ? user->pw_dir : "/");
}

char *file_expand_home(const char *path)
{
    if (path[0] != '~' || (path[1] != '\0' && path[1] != '/'))
        return mem_text(path);
    AUTO_FREE char *dir = home();
    return path[1] == '\0' ? mem_text(dir) : file_join(dir, path + 1 + strspn(path + 1, "/"));
}

char *file_xdg(const char *env, const char *fallback)
{
    const char *set = getenv(env);
    if (set != NULL && set[0] == '/')
        return file_join(set, "belay");
    AUTO_FREE char *dir = home();
    AUTO_FREE char *base = file_join(dir, fallback + strspn(fallback, "/"));
    return file_join(base, "belay");
}

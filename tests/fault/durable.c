/*
 * Preloaded into belay: counts its durable calls (fsync, fdatasync, rename) and lets the Nth go wrong.
 *
 *   BELAY_DURABLE_LOG   file that gets one line a call: its number and name
 *   BELAY_DURABLE_AT    number of the call that goes wrong, from 1
 *   BELAY_DURABLE_HOW   power-cut: killed before the call, and what was not made durable is lost
 *                       kill-after: killed just after it
 *                       a number: the call fails with this errno
 *   BELAY_DURABLE_ROOM  bytes that fit into regular files: a write beyond is cut, then there is no
 *                       space left on the device
 *
 * Children are started without the library, so that only belay itself is touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 64

/* How much of a file is durable. belay's journals are new files or were durable when it opened them;
 * the runs that are disturbed here make new ones, so a file that was not seen yet is at 0. */
struct durable {
    dev_t dev;
    ino_t ino;
    off_t size;
};

static struct durable files[FILES_MAX];
static int n_files;
static int count;
static int at;
static int error;
static bool power_cut;
static bool after;
static int log_fd = -1;
static long long room = -1; /* -1: as much as wanted */

__attribute__((constructor)) static void start(void)
{
    const char *how = getenv("BELAY_DURABLE_HOW");
    const char *number = getenv("BELAY_DURABLE_AT");
    const char *log = getenv("BELAY_DURABLE_LOG");

    unsetenv("LD_PRELOAD");
    at = number != NULL ? atoi(number) : 0;
    power_cut = how != NULL && strcmp(how, "power-cut") == 0;
    after = how != NULL && strcmp(how, "kill-after") == 0;
    error = how != NULL && !power_cut && !after ? atoi(how) : 0;
    if (getenv("BELAY_DURABLE_ROOM") != NULL)
        room = atoll(getenv("BELAY_DURABLE_ROOM"));
    if (log != NULL)
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(const char *name)
{
    char line[64];
    int n = snprintf(line, sizeof(line), "%d %s\n", count, name);

    if (log_fd >= 0 && write(log_fd, line, (size_t)n) != n)
        abort();
}

static struct durable *durable_of(int fd)
{
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return NULL;
    for (int i = 0; i < n_files; i++) {
        if (files[i].dev == st.st_dev && files[i].ino == st.st_ino)
            return &files[i];
    }
    if (n_files == FILES_MAX)
        abort();
    files[n_files] = (struct durable){.dev = st.st_dev, .ino = st.st_ino};
    return &files[n_files++];
}

/* Counts a call on a file (-1: none). true: it shall fail, errno is set. */
static bool enters(const char *name, int fd)
{
    struct durable *file = durable_of(fd);

    count++;
    note(name);
    if (count == at && power_cut) {
        if (file != NULL && ftruncate(fd, file->size) != 0)
            abort();
        kill(getpid(), SIGKILL);
    }
    if (count != at || error == 0)
        return false;
    errno = error;
    return true;
}

static void leaves(int fd)
{
    struct durable *file = durable_of(fd);
    struct stat st;

    if (file != NULL && fstat(fd, &st) == 0)
        file->size = st.st_size;
    if (count == at && after)
        kill(getpid(), SIGKILL);
}

static int real_sync(const char *name, int fd)
{
    int (*real)(int);

    *(void **)&real = dlsym(RTLD_NEXT, name);
    if (enters(name, fd))
        return -1;
    int result = real(fd);
    leaves(fd);
    return result;
}

int fsync(int fd)
{
    return real_sync("fsync", fd);
}

int fdatasync(int fd)
{
    return real_sync("fdatasync", fd);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *);

    *(void **)&real = dlsym(RTLD_NEXT, "rename");
    if (enters("rename", -1))
        return -1;
    int result = real(from, to);
    leaves(-1);
    return result;
}

ssize_t write(int fd, const void *data, size_t len)
{
    ssize_t (*real)(int, const void *, size_t);
    struct stat st;

    *(void **)&real = dlsym(RTLD_NEXT, "write");
    if (room < 0 || fd == log_fd || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return real(fd, data, len);
    if (room == 0 && len > 0) {
        errno = ENOSPC;
        return -1;
    }
    if ((long long)len > room)
        len = (size_t)room;
    ssize_t n = real(fd, data, len);
    if (n > 0)
        room -= n;
    return n;
}

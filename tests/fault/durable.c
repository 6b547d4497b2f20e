/*
 * Preloaded into belay: counts its durable calls (fsync, fdatasync, rename) and lets the Nth go wrong.
 *
 *   BELAY_DURABLE_LOG   file that gets one line a call: its number and name
 *   BELAY_DURABLE_AT    number of the call that goes wrong, from 1
 *   BELAY_DURABLE_HOW   power-cut: killed before the call, and what was not made durable is lost
 *                       kill-after: killed just after it
 *                       hang-up: the terminal goes just after it (SIGHUP)
 *                       a number: the call fails with this errno
 *   BELAY_DURABLE_ROOM  bytes that fit into regular files: a write beyond is cut, then there is no
 *                       space left on the device
 *   BELAY_DURABLE_ACTOR user@host: who runs it, and on which machine
 *   BELAY_DURABLE_CLOCK file whose number of seconds is added to the monotonic clock
 *
 * Children are started without the library, so that only belay itself is touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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
static int after; /* this signal comes just after the call; 0: none */
static const char *actor; /* NULL: whoever it is */
static const char *ahead; /* NULL: the clock is right */
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
    after = how == NULL                      ? 0
            : strcmp(how, "kill-after") == 0 ? SIGKILL
            : strcmp(how, "hang-up") == 0    ? SIGHUP
                                             : 0;
    error = how != NULL && !power_cut && after == 0 ? atoi(how) : 0;
    actor = getenv("BELAY_DURABLE_ACTOR");
    ahead = getenv("BELAY_DURABLE_CLOCK");
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
    if (count == at && after != 0)
        kill(getpid(), after);
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

struct passwd *getpwuid(uid_t uid)
{
    static char user[64];
    struct passwd *(*real)(uid_t);

    *(void **)&real = dlsym(RTLD_NEXT, "getpwuid");
    struct passwd *who = real(uid);
    if (actor != NULL && who != NULL) {
        snprintf(user, sizeof(user), "%.*s", (int)strcspn(actor, "@"), actor);
        who->pw_name = user;
    }
    return who;
}

int gethostname(char *name, size_t len)
{
    int (*real)(char *, size_t);

    *(void **)&real = dlsym(RTLD_NEXT, "gethostname");
    if (actor == NULL)
        return real(name, len);
    snprintf(name, len, "%s", actor + strcspn(actor, "@") + (strchr(actor, '@') != NULL));
    return 0;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *);
    char text[32] = "";
    int fd = ahead != NULL && id == CLOCK_MONOTONIC ? open(ahead, O_RDONLY | O_CLOEXEC) : -1;

    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, now);
    if (fd >= 0) {
        if (result == 0 && read(fd, text, sizeof(text) - 1) > 0)
            now->tv_sec += atol(text);
        close(fd);
    }
    return result;
}

/* Starts child processes and reaps them: the only place that does. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "child.h"

void child_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Moves a descriptor out of the way of 0, 1 and 2, which we may have been started without. */
static bool above_stdio(int *fd)
{
    if (*fd > STDERR_FILENO)
        return true;
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0)
        return false;
    close(*fd);
    *fd = moved;
    return true;
}

bool child_pipe(int ret[2])
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    if (!above_stdio(&ends[0]) || !above_stdio(&ends[1])) {
        int number = errno;
        close(ends[0]);
        close(ends[1]);
        errno = number;
        return false;
    }
    ret[0] = ends[0];
    ret[1] = ends[1];
    return true;
}

/* Fills in what the child starts with. Returns 0 or an error number. */
static int describe(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
                    const struct child_start *start)
{
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = posix_spawn_file_actions_adddup2(files, start->stdio[i], i);
    /* Libraries open descriptors too, and not all of them close them on exec. */
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    if (rc != 0)
        return rc;
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(attr, &all);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setpgroup(attr, 0);
    return posix_spawnattr_setflags(attr, (start->our_group ? 0 : POSIX_SPAWN_SETPGROUP) |
                                              POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

bool child_spawn_as(const struct child_start *start, pid_t *ret_pid, struct error *err)
{
    const char *program = start->program != NULL ? start->program : start->argv[0];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    pid_t pid = 0;
    int rc = describe(&files, &attr, start);
    if (rc == 0)
        rc = posix_spawnp(&pid, program, &files, &attr, (char *const *)start->argv,
                          start->envp != NULL ? (char *const *)start->envp : environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    if (rc != 0) {
        errno = rc;
        return error_errno(err, ERR_FAILED, "cannot start %s", program);
    }
    *ret_pid = pid;
    return true;
}

bool child_spawn(const char *const *argv, const char *const *envp, const int stdio[3],
                 pid_t *ret_pid, struct error *err)
{
    const struct child_start start = {
        .argv = argv, .envp = envp, .stdio = {stdio[0], stdio[1], stdio[2]}};

    return child_spawn_as(&start, ret_pid, err);
}

int child_watch(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0); /* closed on exec by itself */
}

bool child_ended(pid_t pid)
{
    siginfo_t info = {0};
    for (;;) {
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
            return info.si_pid == pid;
        if (errno != EINTR)
            return true; /* ECHILD: not ours to wait for any more */
    }
}

bool child_wait(pid_t pid, int64_t limit_ms)
{
    int watch = child_watch(pid);
    int64_t end = clock_ms() + limit_ms;
    bool ended;
    while (!(ended = child_ended(pid))) {
        int64_t left = end - clock_ms();
        if (left <= 0)
            break;
        int64_t longest = watch >= 0 ? INT_MAX : 10;
        struct pollfd wait = {.fd = watch, .events = POLLIN};
        poll(&wait, 1, (int)(left < longest ? left : longest));
    }
    child_close(&watch);
    return ended;
}

void child_signal(pid_t pid, int number)
{
    kill(-pid, number);
    if (number == SIGTERM)
        kill(-pid, SIGCONT); /* a stopped process sees SIGTERM only when it goes on */
}

int child_reap(pid_t pid)
{
    int status = 0;
    pid_t got;
    while ((got = waitpid(pid, &status, WNOHANG)) < 0 && errno == EINTR)
        continue;
    if (got != pid)
        return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

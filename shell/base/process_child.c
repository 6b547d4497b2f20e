/* A child that keeps running beside us. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "child.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

/* Where its stderr goes; -1: errno is set. */
static int open_stderr(const char *path)
{
    int fd =
        path != NULL
            ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600)
            : open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    return moved;
}

bool process_start(const char *const *argv, const char *const *envp, const char *stderr_path,
                   struct process *ret, struct error *err)
{
    int in[2] = {-1, -1};
    int out[2] = {-1, -1};
    pid_t pid = 0;
    int log = open_stderr(stderr_path);
    bool ok = log >= 0;
    if (!ok)
        error_errno(err, ERR_OUTPUT, "cannot open %s",
                    stderr_path != NULL ? stderr_path : "/dev/null");
    if (ok && !(child_pipe(in) && child_pipe(out) && fcntl(out[0], F_SETFL, O_NONBLOCK) == 0))
        ok = error_errno(err, ERR_FAILED, "cannot start %s", argv[0]);
    const int stdio[3] = {in[0], out[1], log};
    ok = ok && child_spawn(argv, envp, stdio, &pid, err);
    child_close(&in[0]);
    child_close(&out[1]);
    child_close(&log);
    if (!ok) {
        child_close(&in[1]);
        child_close(&out[0]);
        return false;
    }
    *ret = (struct process){.pid = pid, .out_fd = out[0], .in_fd = in[1]};
    return true;
}

/* Moves the first line of pending, `len` bytes and its newline, to ret. */
static void give_line(struct str *pending, size_t len, struct str *ret)
{
    str_clear(ret);
    str_addn(ret, pending->s, len);
    size_t used = len < pending->len ? len + 1 : len;
    memmove(pending->s, pending->s + used, pending->len - used);
    str_cut(pending, pending->len - used);
}

/* Reads what is there now into pending. 1: some, 0: end of file, -1: nothing yet. */
static int read_more(struct process *child)
{
    char buf[4096];
    ssize_t n = read(child->out_fd, buf, sizeof buf);
    if (n > 0) {
        str_addn(&child->pending, buf, (size_t)n);
        return 1;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? -1 : 0;
}

bool process_read_line(struct process *child, int64_t timeout_ms, struct str *ret,
                       struct error *err)
{
    int64_t end = clock_ms() + timeout_ms;
    size_t searched = 0;
    if (child->pid == 0 || child->out_fd < 0)
        return error_set(err, ERR_FAILED, "the child process is not running");
    for (;;) {
        struct str *pending = &child->pending;
        const char *newline = pending->len > searched
                                  ? memchr(pending->s + searched, '\n', pending->len - searched)
                                  : NULL;
        if (newline != NULL) {
            give_line(pending, (size_t)(newline - pending->s), ret);
            return true;
        }
        searched = pending->len;
        if (pending->len > LINE_MAX_BYTES)
            return error_set(err, ERR_FAILED, "the child process wrote a line over %zu bytes",
                             LINE_MAX_BYTES);
        int got = read_more(child);
        if (got > 0)
            continue;
        if (got == 0 && pending->len > 0) { /* a last line without its newline */
            give_line(pending, pending->len, ret);
            return true;
        }
        if (got == 0)
            return error_set(err, ERR_FAILED, "the child process closed its output");
        int64_t left = end - clock_ms();
        if (left <= 0)
            return error_set(err, ERR_FAILED, "the child process said nothing in time");
        struct pollfd wait = {.fd = child->out_fd, .events = POLLIN};
        poll(&wait, 1, left > INT_MAX ? INT_MAX : (int)left);
    }
}

bool process_alive(struct process *child)
{
    return child->pid > 0 && !child_ended(child->pid);
}

void process_stop(struct process *child, int64_t grace_ms)
{
    if (child->pid > 0) {
        child_close(&child->in_fd);
        if (!child_wait(child->pid, grace_ms)) {
            child_signal(child->pid, SIGTERM);
            child_wait(child->pid, CHILD_TERM_MS);
        }
        child_signal(child->pid, SIGKILL); /* it, or what it left behind in its group */
        if (child_wait(child->pid, CHILD_REAP_MS))
            child_reap(child->pid);
        child_close(&child->out_fd);
    }
    str_done(&child->pending);
    *child = (struct process){.out_fd = -1, .in_fd = -1};
}

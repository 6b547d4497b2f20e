/* A child that has the terminal for a while. */
#include "foreground.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <belay/list.h>
#include <belay/str.h>

#include "child.h"
#include "process.h"

#define SHELL "/bin/sh"

/* Our environment without what no child of ours needs to know. */
static void clean_environment(struct strv *ret)
{
    static const char *const secret[] = {"MYSQL_PWD=", "MARIADB_PWD=", "BELAY_PASSWORD="};

    for (char **entry = environ; *entry != NULL; entry++) {
        bool drop = false;
        for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
            drop = drop || str_starts(*entry, secret[i]);
        if (!drop)
            strv_add(ret, *entry);
    }
}

/* program: NULL for argv[0]. extra: "NAME=value" for the environment, or NULL. */
static bool start(const char *program, const char *const *argv, bool feed, const char *extra,
                  struct foreground *ret, struct error *err)
{
    AUTO_STRV environment = {0};
    int ends[2] = {-1, -1};

    *ret = (struct foreground){.in_fd = -1};
    if (feed && !(child_pipe(ends) && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)) {
        child_close(&ends[0]);
        child_close(&ends[1]);
        return error_errno(err, ERR_FAILED, "cannot start %s", argv[0]);
    }
    clean_environment(&environment);
    if (extra != NULL)
        strv_add(&environment, extra);
    ret->has_modes = tcgetattr(STDIN_FILENO, &ret->modes) == 0;
    const struct child_start start = {.program = program,
                                      .argv = argv,
                                      .envp = (const char *const *)environment.v,
                                      .stdio = {feed ? ends[0] : STDIN_FILENO, STDOUT_FILENO,
                                                STDERR_FILENO},
                                      .our_group = true};
    bool ok = child_spawn_as(&start, &ret->pid, err);
    child_close(&ends[0]);
    if (!ok)
        child_close(&ends[1]);
    ret->in_fd = ends[1];
    return ok;
}

bool foreground_argv(const char *const *argv, bool feed, struct foreground *ret, struct error *err)
{
    return start(NULL, argv, feed, NULL, ret, err);
}

bool foreground_line(const char *line, bool feed, struct foreground *ret, struct error *err)
{
    const char *const argv[] = {"sh", "-c", line, NULL};

    return start(SHELL, argv, feed, NULL, ret, err);
}

bool foreground_pager(const char *line, struct foreground *ret, struct error *err)
{
    const char *const argv[] = {"sh", "-c", line, NULL};

    return start(SHELL, argv, true, getenv("LESS") == NULL ? "LESS=SRXF" : NULL, ret, err);
}

ssize_t foreground_feed(struct foreground *child, const void *data, size_t len, int wait_ms)
{
    for (;;) {
        ssize_t n = write(child->in_fd, data, len);
        if (n >= 0)
            return n;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return -1;
        struct pollfd wait = {.fd = child->in_fd, .events = POLLOUT};
        if (wait_ms == 0 || poll(&wait, 1, wait_ms) <= 0)
            return 0;
    }
}

bool foreground_ended(const struct foreground *child)
{
    return child->pid == 0 || child_ended(child->pid);
}

int foreground_wait(struct foreground *child, int wake_fd, bool (*leave)(void *ctx), void *ctx)
{
    int watch = child_watch(child->pid);
    bool told = false;

    child_close(&child->in_fd);
    while (!child_ended(child->pid)) {
        struct pollfd waits[2] = {{.fd = watch, .events = POLLIN},
                                  {.fd = wake_fd > 0 && !told ? wake_fd : -1, .events = POLLIN}};
        poll(waits, 2, watch >= 0 ? -1 : 20);
        if ((waits[1].revents & POLLIN) == 0 || !leave(ctx))
            continue;
        told = true;
        kill(child->pid, SIGTERM);
        if (!child_wait(child->pid, CHILD_TERM_MS))
            kill(child->pid, SIGKILL);
    }
    child_close(&watch);
    int status = child_reap(child->pid);
    if (child->has_modes) {
        /* A child that was killed leaves the terminal as it had set it. */
        sigset_t ttou;
        sigset_t before;
        sigemptyset(&ttou);
        sigaddset(&ttou, SIGTTOU);
        sigprocmask(SIG_BLOCK, &ttou, &before);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &child->modes);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    *child = (struct foreground){.in_fd = -1};
    return status;
}

bool foreground_exists(const char *program)
{
    const char *path = getenv("PATH");

    if (strchr(program, '/') != NULL)
        return access(program, X_OK) == 0;
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        AUTO_FREE char *file = str_format("%.*s/%s", (int)len, path, program);
        if (len > 0 && access(file, X_OK) == 0)
            return true;
        path += len + (path[len] == ':' ? 1 : 0);
    }
    return false;
}

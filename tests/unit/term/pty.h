/*
 * A child at the other end of a pseudo-terminal, for tests of what a person sees and types. The
 * child runs a function of the test and reports on a pipe, apart from the terminal.
 */
#ifndef BELAY_TEST_PTY_H
#define BELAY_TEST_PTY_H

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <belay/str.h>

#include "clock.h"

#define PTY_WAIT_MS 60000 /* only what does not come takes so long */

struct pty {
    int master;
    int report; /* what the child says, apart from the terminal */
    pid_t pid;
    struct str screen; /* everything the child's terminal showed */
    struct str said;
};

/* --- in the child ---------------------------------------------------------------------------- */

static int pty_wake[2];
static volatile sig_atomic_t pty_signal_seen;

__attribute__((unused)) static void pty_on_signal(int sig)
{
    int saved = errno;
    pty_signal_seen = sig;
    ssize_t n = write(pty_wake[1], "!", 1);
    (void)n;
    errno = saved;
}

/* What a program around term/ does: a flag and one byte for each signal. */
__attribute__((unused)) static void pty_catch_signals(void)
{
    if (pipe2(pty_wake, O_CLOEXEC | O_NONBLOCK) != 0)
        _exit(99);
    struct sigaction action = {.sa_handler = pty_on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

__attribute__((unused)) static void pty_drain_wake(void)
{
    char waste[64];
    while (read(pty_wake[0], waste, sizeof(waste)) > 0)
        continue;
}

__attribute__((format(printf, 2, 3), unused)) static void pty_say(int fd, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vdprintf(fd, fmt, ap);
    va_end(ap);
}

/* --- in the parent --------------------------------------------------------------------------- */

__attribute__((unused)) static struct pty pty_start(void (*child)(int report, const void *arg),
                                                    const void *arg)
{
    int report[2];
    struct pty pty = {0};
    assert_int_equal(pipe(report), 0);
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    pty.pid = forkpty(&pty.master, NULL, NULL, &size);
    assert_true(pty.pid >= 0);
    if (pty.pid == 0) {
        close(report[0]);
        setenv("TERM", "xterm", 1);
        setenv("INPUTRC", "/dev/null", 1);
        alarm(100);
        child(report[1], arg);
        _exit(0);
    }
    close(report[1]);
    pty.report = report[0];
    return pty;
}

/* Takes what the child wrote to its terminal and to the pipe within ms. false: both are closed. */
__attribute__((unused)) static bool pty_listen(struct pty *pty, int ms)
{
    struct pollfd fds[2] = {{.fd = pty->master, .events = POLLIN},
                            {.fd = pty->report, .events = POLLIN}};
    if (poll(fds, 2, ms) <= 0)
        return true;
    char block[65536];
    bool open = false;
    if (fds[0].revents != 0) {
        ssize_t n = read(pty->master, block, sizeof(block));
        if (n > 0)
            str_addn(&pty->screen, block, (size_t)n);
        open = n > 0;
    }
    if (fds[1].revents != 0) {
        ssize_t n = read(pty->report, block, sizeof(block));
        if (n > 0)
            str_addn(&pty->said, block, (size_t)n);
        open = open || n > 0;
    }
    return open;
}

/* The end of it: a message has not room for all. */
__attribute__((unused)) static const char *pty_tail(const struct str *buf)
{
    return str_text(buf) + (buf->len > 300 ? buf->len - 300 : 0);
}

/* Waits until the text stands in buf behind its first `from` bytes; where it ends. */
__attribute__((unused)) static size_t pty_await(struct pty *pty, const struct str *buf, size_t from,
                                                const char *text)
{
    int64_t end = clock_ms() + PTY_WAIT_MS;
    for (;;) {
        const char *found =
            buf->len > from ? memmem(buf->s + from, buf->len - from, text, strlen(text)) : NULL;
        if (found != NULL)
            return (size_t)(found - buf->s) + strlen(text);
        if (clock_ms() > end || !pty_listen(pty, 100))
            fail_msg("\"%s\" did not come; screen \"%s\", report \"%s\"", text,
                     pty_tail(&pty->screen), pty_tail(&pty->said));
    }
}

__attribute__((unused)) static size_t pty_see(struct pty *pty, size_t from, const char *text)
{
    return pty_await(pty, &pty->screen, from, text);
}

__attribute__((unused)) static void pty_hear(struct pty *pty, const char *text)
{
    pty_await(pty, &pty->said, 0, text);
}

__attribute__((unused)) static void pty_send_n(struct pty *pty, const char *text, size_t len)
{
    while (len > 0) {
        size_t piece = len > 2048 ? 2048 : len;
        struct pollfd fd = {.fd = pty->master, .events = POLLOUT};
        if (poll(&fd, 1, 0) > 0) {
            ssize_t n = write(pty->master, text, piece);
            assert_true(n > 0);
            text += n;
            len -= (size_t)n;
        }
        pty_listen(pty, 0); /* the echo must not fill the terminal up */
    }
}

__attribute__((unused)) static void pty_send(struct pty *pty, const char *text)
{
    pty_send_n(pty, text, strlen(text));
}

/* Hangs up if that is still to do, and waits for the child. Its status as waitpid gives it. */
__attribute__((unused)) static int pty_end(struct pty *pty)
{
    int64_t end = clock_ms() + PTY_WAIT_MS;
    int status = 0;
    pid_t done;
    while ((done = waitpid(pty->pid, &status, WNOHANG)) == 0) {
        if (clock_ms() > end) {
            kill(pty->pid, SIGKILL);
            fail_msg("the child does not end; screen \"%s\"", str_text(&pty->screen));
        }
        if (pty->master >= 0)
            pty_listen(pty, 20);
        else
            clock_sleep(20, -1);
    }
    assert_int_equal(done, pty->pid);
    while (pty->master >= 0 && pty_listen(pty, 0))
        if (poll(&(struct pollfd){.fd = pty->report, .events = POLLIN}, 1, 0) <= 0)
            break;
    if (pty->master >= 0)
        close(pty->master);
    close(pty->report);
    str_done(&pty->screen);
    str_done(&pty->said);
    return status;
}

#endif

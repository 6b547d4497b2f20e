/* The signal flag and its two pipes: the only state outside of structs, because handlers have no
 * context. */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include <mem.h>

static struct {
    int wake[2];
    int leave[2];
    volatile sig_atomic_t last;
    volatile sig_atomic_t fatal;
    volatile sig_atomic_t interrupts;
    volatile sig_atomic_t to_leave;
    atomic_bool woken; /* something may be in the wake pipe; set behind the write */
    atomic_bool left;  /* and in the other */
} state = {{-1, -1}, {-1, -1}, 0, 0, 0, 1, false, false};

/* Interrupts a system call, and will do so again: the signal may have come just before it. */
static void on_alarm(int number)
{
    (void)number;
    alarm(1);
}

static void on_signal(int number)
{
    int saved = errno;
    ssize_t written;

    state.last = number;
    if (number == SIGINT) {
        state.interrupts = state.interrupts + 1;
    } else {
        state.fatal = number;
        alarm(1);
        /* Putting a terminal back that another has taken meanwhile must not stop us on the way out. */
        signal(SIGTTOU, SIG_IGN);
    }
    written = write(state.wake[1], "s", 1);
    state.woken = true;
    if (number != SIGINT || state.interrupts >= state.to_leave)
        written = write(state.leave[1], "s", 1);
    state.left = true;
    (void)written; /* a full pipe is as readable as one more byte */
    errno = saved;
}

void signals_init(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction again = {.sa_handler = on_alarm};
    const int caught[] = {SIGINT, SIGTERM, SIGHUP};

    if (pipe2(state.wake, O_CLOEXEC | O_NONBLOCK) != 0 ||
        pipe2(state.leave, O_CLOEXEC | O_NONBLOCK) != 0)
        mem_fatal("no pipe for signals");
    sigemptyset(&action.sa_mask);
    sigemptyset(&again.sa_mask);
    sigaction(SIGALRM, &again, NULL);
    for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
        struct sigaction before;

        /* Who must end waits in no system call: not for one who does not read what we write. */
        action.sa_flags = caught[i] == SIGINT ? SA_RESTART : 0;
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file limit is an error of write(), as a full disk is */
}

void signals_ignore_interrupts(void)
{
    signal(SIGINT, SIG_IGN);
}

void signals_wake(void)
{
    ssize_t written = write(state.wake[1], "w", 1);

    (void)written; /* a full pipe is as readable as one more byte */
    state.woken = true;
}

int signals_wake_fd(void)
{
    return state.wake[0];
}

int signals_leave_fd(void)
{
    return state.leave[0];
}

/* Asked for before every statement, and nearly always without a signal: then no system call. */
static void drain(int fd, atomic_bool *filled)
{
    char bytes[64];

    if (!atomic_exchange(filled, false))
        return;
    while (read(fd, bytes, sizeof(bytes)) > 0)
        ;
}

void signals_reset(int interrupts_to_leave)
{
    state.to_leave = interrupts_to_leave;
    state.interrupts = 0;
    state.last = 0;
    drain(state.wake[0], &state.woken);
    if (state.fatal == 0)
        drain(state.leave[0], &state.left);
}

int signals_interrupts(void)
{
    return state.interrupts;
}

bool signals_leaving(void)
{
    return state.fatal != 0 || state.interrupts >= state.to_leave;
}

int signals_pending(void)
{
    return state.last;
}

int signals_take(void)
{
    int last = state.last;

    drain(state.wake[0], &state.woken);
    state.last = 0;
    return last;
}

int signals_fatal(void)
{
    return state.fatal;
}

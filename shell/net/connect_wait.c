/* One wait of a connect: the socket, the watcher's pipe, a tick every second, the limit. */
#include "connect_wait.h"

#include <errno.h>

#include <clock.h>

#define TICK_MS 1000

static bool ask_watcher(struct connect_wait *wait)
{
    const struct connect_watch *watch = wait->watch;

    if (watch == NULL || watch->go_on(watch->ctx, wait->where, clock_ms() - wait->started))
        return true;
    wait->stopped = true;
    return false;
}

int connect_wait_for(struct connect_wait *wait, int fd, short events, int most_ms)
{
    struct pollfd fds[2] = {{.fd = fd, .events = events},
                            {.fd = wait->watch != NULL ? wait->watch->wake_fd : -1,
                             .events = POLLIN}};
    int64_t began = clock_ms();

    for (;;) {
        int64_t now = clock_ms();
        int64_t left = wait->started + wait->limit_ms - now;
        int64_t most = most_ms < 0 ? left : began + most_ms - now;
        if (left <= 0)
            return -1;
        if (most <= 0)
            return 0;
        int64_t step = wait->watch != NULL ? TICK_MS : left;
        step = step < left ? step : left;
        step = step < most ? step : most;
        int got = poll(fds, 2, (int)step);
        if (got < 0 && errno != EINTR)
            return -1;
        if (got > 0 && fds[0].revents != 0)
            return 1;
        if ((got > 0 || step == TICK_MS) && !ask_watcher(wait))
            return -1;
    }
}

/* A relay is two halves with a buffer each; an end of input is passed on as a half-close. */
#include "relay.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"

struct relay *relay_new(int near, int far)
{
    struct relay *relay = mem_alloc(sizeof *relay);
    relay->half[0].from = relay->half[1].to = near;
    relay->half[0].to = relay->half[1].from = far;
    return relay;
}

void relay_free(struct relay *relay)
{
    close(relay->half[0].from);
    close(relay->half[0].to);
    free(relay);
}

void relay_want(const struct relay *relay, struct pollfd ret[2])
{
    for (int i = 0; i < 2; i++) {
        const struct relay_half *in = &relay->half[i], *out = &relay->half[1 - i];
        ret[i].fd = in->from;
        ret[i].events = 0;
        if (!in->eof && in->start == in->end)
            ret[i].events |= POLLIN;
        if (out->start < out->end)
            ret[i].events |= POLLOUT;
        if (!ret[i].events)
            ret[i].fd = -1; /* nothing to wait for: not even a hang-up, which would spin */
    }
}

static bool again(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static bool move_half(struct relay_half *half)
{
    if (!half->eof && half->start == half->end) {
        ssize_t n = recv(half->from, half->data, sizeof half->data, 0);
        if (n < 0 && !again())
            return false;
        half->start = 0;
        half->end = n > 0 ? (size_t)n : 0;
        half->pieces += n > 0;
        if (n == 0) {
            half->eof = true;
            shutdown(half->to, SHUT_WR);
        }
    }
    while (half->start < half->end) {
        ssize_t n = send(half->to, half->data + half->start, half->end - half->start, MSG_NOSIGNAL);
        if (n < 0)
            return again();
        half->start += (size_t)n;
    }
    return true;
}

bool relay_move(struct relay *relay)
{
    return move_half(&relay->half[0]) && move_half(&relay->half[1]) &&
           !(relay->half[0].eof && relay->half[1].eof);
}

/* One connection: its thread, waiting, being killed. */
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <belay/str.h>

#include "clock.h"
#include "mem.h"
#include "server.h"

void conn_kill(struct conn *c, enum kill_kind kind)
{
    if (kind > c->killed)
        c->killed = kind;
    uint64_t one = 1;
    if (write(c->wake_fd, &one, sizeof one) < 0)
        return; /* the counter is full: it is awake already */
    if (kind == KILL_CONNECTION)
        shutdown(c->wire.fd, SHUT_RDWR);
}

static bool killed(struct conn *c)
{
    server_lock(c->server);
    bool is = c->killed != KILL_NONE;
    server_unlock(c->server);
    return is;
}

bool conn_wait(struct conn *c, int64_t ms)
{
    int64_t end = ms < 0 ? INT64_MAX : clock_ms() + ms;
    for (;;) {
        int64_t left = end == INT64_MAX ? 60000 : end - clock_ms();
        if (killed(c))
            return false;
        if (left <= 0)
            return true;
        struct pollfd fds[2] = {{.fd = c->wake_fd, .events = POLLIN},
                                {.fd = c->wire.fd, .events = POLLRDHUP}};
        poll(fds, 2, left > 60000 ? 60000 : (int)left);
        if (fds[1].revents != 0)
            return false;
        uint64_t drop;
        if (fds[0].revents != 0 && read(c->wake_fd, &drop, sizeof drop) < 0)
            return false;
    }
}

void conn_free(struct conn *c)
{
    wire_done(&c->wire);
    close(c->wake_fd);
    free(c->user);
    free(c->granted);
    free(c->roles);
    free(c->db);
    free(c->info);
    strv_done(&c->names);
    strv_done(&c->values);
    mem_wipe(c->salt, sizeof c->salt);
    free(c);
}

void *conn_main(void *conn)
{
    struct conn *c = conn;
    struct server *s = c->server;
    if (handshake(c))
        commands_serve(c);
    server_lock(s);
    for (struct conn **at = &s->conns; *at != NULL; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            break;
        }
    }
    wire_done(&c->wire);
    c->next = s->ended;
    s->ended = c;
    s->n_conns--;
    pthread_cond_signal(&s->idle);
    server_unlock(s);
    return NULL;
}

/* Listening sockets, the clock's tick, the end. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <belay/json.h>
#include <belay/str.h>

#include "clock.h"
#include "kubectl/cluster.h"
#include "kubectl/hosts.h"
#include "mem.h"
#include "run_functions.h"
#include "select.h"
#include "world_db.h"
#include "world_nodes.h"
#include "world_release.h"

#define TICK_MS 100

void server_lock(struct server *s)
{
    pthread_mutex_lock(&s->lock);
}

void server_unlock(struct server *s)
{
    pthread_mutex_unlock(&s->lock);
}

#define HERE "127.0.0.1"

/* Nothing listens there yet: who connects is refused. Port 0: any free one. */
static int bind_to(const char *host, int port, int *ret_port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof at;
    if (fd < 0)
        return -1;
    inet_pton(AF_INET, host, &at.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        close(fd);
        return -1;
    }
    *ret_port = ntohs(at.sin_port);
    return fd;
}

/* Drops the connections of an FE that does not run. Its port stays its own: nobody else gets it. */
static void close_listener(struct server *s, struct listener *l)
{
    if (l->fd < 0)
        return;
    close(l->fd);
    l->fd = -1;
    l->held = bind_to(HERE, l->port, &l->port);
    for (struct conn *c = s->conns; c != NULL; c = c->next) {
        if (c->fe_id == l->fe_id)
            conn_kill(c, KILL_CONNECTION);
    }
}

/* The listener of an FE; a slot whose FE left the group for one that joined. NULL: no room. */
static struct listener *slot_for(struct server *s, int64_t fe_id)
{
    struct listener *unused = NULL;
    for (int i = 0; i < s->n_fes; i++) {
        if (s->fes[i].fe_id == fe_id)
            return &s->fes[i];
        if (db_int(world_db(s->world), 0, "SELECT count(*) FROM fe WHERE id = ?1", "i",
                   s->fes[i].fe_id) == 0)
            unused = &s->fes[i];
    }
    if (unused == NULL && s->n_fes < SERVER_MAX_FES) {
        unused = &s->fes[s->n_fes++];
        unused->fd = unused->held = -1;
    }
    if (unused != NULL) {
        close_listener(s, unused);
        if (unused->held >= 0)
            close(unused->held);
        *unused = (struct listener){.fe_id = fe_id, .fd = -1, .held = -1};
    }
    return unused;
}

/* Gives an FE its port, and stores which it is: the same as long as it is served. */
static bool hold_port(struct server *s, struct listener *l, struct error *err)
{
    if (l->held < 0)
        l->held = bind_to(HERE, l->port, &l->port);
    if (l->held < 0)
        return error_errno(err, ERR_FAILED, "no port of 127.0.0.1 for an FE");
    return db_run(world_db(s->world), err, "UPDATE fe SET listen_port = ?2 WHERE id = ?1", "ii",
                  l->fe_id, (int64_t)l->port);
}

/* A state that was served before names ports that may be anybody's now. */
static bool hold_ports(struct server *s, struct error *err)
{
    int64_t ids[SERVER_MAX_FES];
    int n = 0;
    AUTO_STMT *row = db_prepare(world_db(s->world), err, "SELECT id FROM fe ORDER BY ordinal", "");
    while (row != NULL && n < SERVER_MAX_FES && sqlite3_step(row) == SQLITE_ROW)
        ids[n++] = sqlite3_column_int64(row, 0);
    if (row == NULL)
        return false;
    sqlite3_reset(row);
    for (int i = 0; i < n; i++) {
        if (!hold_port(s, slot_for(s, ids[i]), err))
            return false;
    }
    return true;
}

/* A host listens on its own address, on its port of before, though another may have had its number. */
static void to_own_address(struct server *s, struct listener *l)
{
    AUTO_FREE char *host = db_text(world_db(s->world), "SELECT host FROM fe WHERE id = ?1", "i",
                                   l->fe_id);
    int64_t port = db_int(world_db(s->world), 0, "SELECT listen_port FROM fe WHERE id = ?1", "i",
                          l->fe_id);
    if (l->held >= 0)
        close(l->held);
    if (port != 0)
        l->port = (int)port;
    l->held = bind_to(host != NULL ? host : HERE, l->port, &l->port);
}

/* Listens on the port of an FE that runs. */
static bool open_listener(struct server *s, struct listener *l, struct error *err)
{
    if (hosts_are(s->world))
        to_own_address(s, l);
    if (!hold_port(s, l, err))
        return false;
    if (listen(l->held, 64) != 0)
        return error_errno(err, ERR_FAILED, "cannot listen on 127.0.0.1");
    l->fd = l->held;
    l->held = -1;
    l->start_ms = db_int(world_db(s->world), 0, "SELECT start_ms FROM fe WHERE id = ?1", "i",
                         l->fe_id);
    l->next_thread = 0;
    l->served = true;
    if (db_run(world_db(s->world), err, "UPDATE fe SET listens_ms = ?2 WHERE id = ?1", "ii", l->fe_id,
               l->start_ms))
        return true;
    close_listener(s, l); /* the next tick tries again */
    return false;
}

/*
 * The listeners follow the FEs: one that stopped, started anew or left the group drops its
 * connections and its port; one that starts, or joined, listens once there is a leader (recorded: no
 * login before; with the others down an FE waits for ever).
 */
static bool follow_processes(struct server *s, struct error *err)
{
    sqlite3 *db = world_db(s->world);
    for (int i = 0; i < s->n_fes; i++) {
        if (db_int(db, 0, "SELECT alive AND start_ms = ?2 FROM fe WHERE id = ?1", "ii",
                   s->fes[i].fe_id, s->fes[i].start_ms) == 0)
            close_listener(s, &s->fes[i]);
    }
    int64_t alive[SERVER_MAX_FES];
    int n = 0;
    AUTO_STMT *row = db_prepare(db, err, "SELECT id FROM fe WHERE alive ORDER BY ordinal", "");
    while (row != NULL && n < SERVER_MAX_FES && sqlite3_step(row) == SQLITE_ROW)
        alive[n++] = sqlite3_column_int64(row, 0);
    if (row == NULL)
        return false;
    /* The read ends before the first write: beside it another writer's commit would refuse that. */
    sqlite3_reset(row);
    for (int i = 0; i < n; i++) {
        struct listener *l = slot_for(s, alive[i]);
        bool ready = nodes_leader(s->world) != 0 || (l != NULL && !l->served);
        if (l != NULL && l->fd < 0 && ready && !open_listener(s, l, err))
            return false;
    }
    return true;
}

static void tick(struct server *s)
{
    AUTO_ERROR err = {0};
    server_lock(s);
    if (!world_advance(s->world, &err) || !kube_advance(s->world, &err) ||
        !follow_processes(s, &err))
        fprintf(stderr, "belay-practice-fe: %s %s\n", err.message,
                err.hint == NULL ? "" : err.hint);
    server_unlock(s);
}

static struct conn *conn_new(struct server *s, struct listener *l, int fd,
                             const struct sockaddr_in *peer)
{
    struct conn *c = mem_alloc(sizeof *c);
    c->server = s;
    c->wire.fd = fd;
    c->fe_id = l->fe_id;
    c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    AUTO_FREE char *version = db_text(world_db(s->world), "SELECT version FROM fe WHERE id = ?1",
                                      "i", l->fe_id);
    /* Ids count per FE up to 3.4; from 3.5 the FE's id is in the high byte (#57276). */
    c->thread_id = l->next_thread++;
    if (release_has(release_number(version == NULL ? "" : version), TRAIT_ID_COLUMN))
        c->thread_id |= (uint32_t)l->fe_id << 24;
    AUTO_FREE char *text = str_format("127.0.0.1:%d", ntohs(peer->sin_port));
    memcpy(c->peer, text, strlen(text) + 1);
    c->state = "OK";
    c->since_real_ms = clock_ms();
    c->connected_ms = world_now_ms(s->world);
    return c;
}

static void accept_one(struct server *s, struct listener *l)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    int fd = accept4(l->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    server_lock(s);
    if (s->n_conns >= SERVER_MAX_CONNECTIONS) {
        close(fd);
    } else {
        struct conn *c = conn_new(s, l, fd, &peer);
        c->next = s->conns;
        s->conns = c;
        s->n_conns++;
        if (pthread_create(&c->thread, NULL, conn_main, c) != 0) {
            s->conns = c->next;
            s->n_conns--;
            conn_free(c);
        }
    }
    server_unlock(s);
}

/* stdin says nothing; its end is the order to stop. */
static bool stdin_ended(void)
{
    char drop[256];
    ssize_t n = read(STDIN_FILENO, drop, sizeof drop);
    return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

/* Joins the threads that are over. */
static void reap(struct server *s)
{
    server_lock(s);
    struct conn *ended = s->ended;
    s->ended = NULL;
    server_unlock(s);
    while (ended != NULL) {
        struct conn *c = ended;
        ended = c->next;
        pthread_join(c->thread, NULL);
        conn_free(c);
    }
}

static void serve(struct server *s, int signal_fd)
{
    int64_t next_tick = clock_ms();
    for (;;) {
        struct pollfd fds[SERVER_MAX_FES + 2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                                 {.fd = signal_fd, .events = POLLIN}};
        for (int i = 0; i < s->n_fes; i++)
            fds[i + 2] = (struct pollfd){.fd = s->fes[i].fd, .events = POLLIN};
        int64_t wait = next_tick - clock_ms();
        int n = poll(fds, (nfds_t)s->n_fes + 2, wait < 0 ? 0 : (int)wait);
        if (n > 0 && (fds[1].revents != 0 || (fds[0].revents != 0 && stdin_ended())))
            return;
        for (int i = 0; n > 0 && i < s->n_fes; i++) {
            if (fds[i + 2].revents != 0)
                accept_one(s, &s->fes[i]);
        }
        if (clock_ms() >= next_tick) {
            tick(s);
            reap(s);
            next_tick = clock_ms() + TICK_MS;
        }
    }
}

/* Ends all connections and waits for their threads. */
static void close_all(struct server *s)
{
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 5;
    server_lock(s);
    s->stopping = true;
    for (int i = 0; i < s->n_fes; i++) {
        if (s->fes[i].fd >= 0)
            close(s->fes[i].fd);
        if (s->fes[i].held >= 0)
            close(s->fes[i].held);
    }
    for (struct conn *c = s->conns; c != NULL; c = c->next)
        conn_kill(c, KILL_CONNECTION);
    while (s->n_conns > 0 && pthread_cond_timedwait(&s->idle, &s->lock, &limit) == 0)
        continue;
    server_unlock(s);
    reap(s);
}

static void say_ready(struct server *s)
{
    AUTO_FREE char *config = str_format("%s/kubeconfig", world_dir(s->world));
    AUTO_FREE char *ns = world_meta_text(s->world, "namespace");
    AUTO_FREE char *cluster = world_meta_text(s->world, "cluster");
    AUTO_JSON *ready = json_object();
    json_put_str(ready, "host", "127.0.0.1");
    int first = 0; /* the lowest ordinal that runs */
    while (first + 1 < s->n_fes && s->fes[first].fd < 0)
        first++;
    json_put_int(ready, "port", s->fes[first].port);
    json_put_str(ready, "user", "root");
    json_put_str(ready, "context", "practice");
    json_put_str(ready, "namespace", ns);
    json_put_str(ready, "cluster", cluster);
    json_put_str(ready, "kubeconfig", config);
    AUTO_FREE char *text = json_canonical(ready);
    printf("READY %s\n", text);
    fflush(stdout);
}

bool server_run(struct world *w, struct error *err)
{
    struct server s = {.world = w};
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    int signal_fd = signalfd(-1, &ends, SFD_CLOEXEC);
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.idle, NULL);
    if (!world_resume(w, err) || !world_meta_set_int(w, "server_pid", getpid(), err) ||
        !select_functions(&s, err) || !run_functions(&s, err) ||
        !hold_ports(&s, err) || !follow_processes(&s, err))
        return false;
    say_ready(&s);
    serve(&s, signal_fd);
    close_all(&s);
    close(signal_fd);
    return true;
}

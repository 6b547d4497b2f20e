/* KILL from a thread: connect to the same place, make sure of it, send. */
#include "kill.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <netdb.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>
#include <quote.h>
#include <thread.h>

#include "connection.h"
#include "query.h"

#define INFO_SHOWN 60 /* of a statement's text; the list cuts it at 100 */
#define ADDRESS_MAX 80
#define TRIES 6 /* a balancer deals connections out in turn: the right server comes up again */

struct kill {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool abandoned; /* nobody looks any more: the thread frees it */
    bool settled;   /* nothing may be sent any more */
    bool sent;
    bool ended;
    bool ok;
    struct error err;
    void (*wake)(void);
    /* The thread's own: */
    struct endpoint endpoint;
    uint64_t id;
    bool whole_connection;
    char *name;
    char *sql;
    char own_address[ADDRESS_MAX]; /* of the victim as its server sees it, "127.0.0.1:40332"; or "" */
    int64_t until;
};

static void kill_destroy(struct kill *kill)
{
    pthread_mutex_destroy(&kill->lock);
    pthread_cond_destroy(&kill->changed);
    error_done(&kill->err);
    endpoint_done(&kill->endpoint);
    free(kill->name);
    free(kill->sql);
    free(kill);
}

static int64_t time_left(const struct kill *kill)
{
    int64_t left = kill->until - clock_ms();

    return left > 0 ? left : 1;
}

/* An end of the victim's TCP connection, in numbers. false: it is none. */
static bool numeric(const struct connection *victim, bool peer, char host[NI_MAXHOST],
                    char port[NI_MAXSERV])
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int fd = (int)mysql_get_socket(victim->mysql);
    int failed = peer ? getpeername(fd, (struct sockaddr *)&address, &len)
                      : getsockname(fd, (struct sockaddr *)&address, &len);

    return failed == 0 && address.ss_family != AF_UNIX &&
           getnameinfo((struct sockaddr *)&address, len, host, NI_MAXHOST, port, NI_MAXSERV,
                       NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

/*
 * The address the victim really has: a name may stand for several FEs. Where a certificate is
 * checked against the name, the name stays.
 */
static void same_address(struct kill *kill, const struct connection *victim)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];

    if (numeric(victim, false, host, port))
        snprintf(kill->own_address, sizeof(kill->own_address), "%.*s:%s", ADDRESS_MAX / 2, host,
                 port);
    if (kill->endpoint.tls == TLS_VERIFY || !numeric(victim, true, host, port))
        return;
    free(kill->endpoint.host);
    kill->endpoint.host = mem_text(host);
}

/* Is this row of SHOW PROCESSLIST the victim: its id, and its address or its statement? */
static bool is_victim(const struct kill *kill, const struct result *list, size_t row)
{
    const char *info = result_text(list, row, "Info");
    size_t len = strlen(kill->sql) < INFO_SHOWN ? strlen(kill->sql) : INFO_SHOWN;
    AUTO_FREE char *id = str_format("%llu", (unsigned long long)kill->id);

    if (!str_equal(result_text(list, row, "Id"), id))
        return false;
    return (kill->own_address[0] != '\0' &&
            str_equal(result_text(list, row, "Host"), kill->own_address)) ||
           (len > 0 && strncmp(info, kill->sql, len) == 0);
}

/* false with *ret_elsewhere: it is not in the list. */
static bool same_server(const struct kill *kill, struct connection *second, bool *ret_elsewhere,
                        struct error *err)
{
    struct query_limits limits = {.timeout_ms = time_left(kill)};
    AUTO_RESULT list = {0};

    if (!query_result(second, "SHOW PROCESSLIST", &limits, &list, err))
        return false;
    for (size_t i = 0; i < list.n_rows; i++) {
        if (is_victim(kill, &list, i))
            return true;
    }
    *ret_elsewhere = true;
    return error_set(err, ERR_FAILED, "this address leads to another server now, or the statement "
                     "has just ended");
}

/* Nothing is sent once somebody has settled with it. */
static bool may_send(struct kill *kill, struct error *err)
{
    pthread_mutex_lock(&kill->lock);
    bool may = !kill->settled;
    kill->sent = kill->sent || may;
    pthread_mutex_unlock(&kill->lock);
    return may || error_set(err, ERR_STOPPED, "it was not wanted any more");
}

static bool send_kill(struct kill *kill, struct connection *second, const char *sql, struct error *err)
{
    struct query_limits limits = {.timeout_ms = time_left(kill)};
    struct query_end end;

    return may_send(kill, err) && query_run(second, sql, strlen(sql), NULL, &limits, &end, err);
}

static bool by_name(struct kill *kill, struct connection *second)
{
    AUTO_STR sql = {0};

    if (kill->name == NULL || kill->whole_connection)
        return false;
    str_add(&sql, "KILL QUERY ");
    return quote_text(kill->name, &sql, NULL) && send_kill(kill, second, sql.s, NULL) &&
           !connection_lost(second);
}

static bool by_number(struct kill *kill, struct connection *second, bool *ret_elsewhere,
                      struct error *err)
{
    if (connection_lost(second) || !same_server(kill, second, ret_elsewhere, err))
        return false;
    AUTO_FREE char *sql = str_format(kill->whole_connection ? "KILL %llu" : "KILL QUERY %llu",
                                     (unsigned long long)kill->id);
    return send_kill(kill, second, sql, err);
}

static bool try_once(struct kill *kill, bool *ret_elsewhere, struct error *err)
{
    *ret_elsewhere = false;
    kill->endpoint.connect_ms = time_left(kill);
    struct connection *second = connection_open(&kill->endpoint, err);
    if (second == NULL)
        return false;
    bool ok = by_name(kill, second) || by_number(kill, second, ret_elsewhere, err);
    connection_close(second);
    return ok;
}

static bool is_wanted(struct kill *kill)
{
    pthread_mutex_lock(&kill->lock);
    bool wanted = !kill->settled;
    pthread_mutex_unlock(&kill->lock);
    return wanted;
}

static bool carry_out(struct kill *kill, struct error *err)
{
    bool elsewhere;

    for (int i = 1;; i++) {
        if (try_once(kill, &elsewhere, err))
            return true;
        if (!elsewhere || i == TRIES || kill->until <= clock_ms() || !is_wanted(kill))
            return false;
        error_done(err);
    }
}

static void *thread_main(void *arg)
{
    struct kill *kill = arg;
    struct error err = {0};
    bool ok = carry_out(kill, &err);

    pthread_mutex_lock(&kill->lock);
    kill->ok = ok;
    kill->err = err;
    kill->ended = true;
    bool abandoned = kill->abandoned;
    if (!abandoned && kill->wake != NULL)
        kill->wake();
    pthread_cond_broadcast(&kill->changed);
    pthread_mutex_unlock(&kill->lock);
    if (abandoned)
        kill_destroy(kill);
    return NULL;
}

struct kill *kill_start(const struct kill_order *order)
{
    struct kill *kill = mem_alloc(sizeof(*kill));

    pthread_mutex_init(&kill->lock, NULL);
    thread_condition_init(&kill->changed);
    endpoint_copy(&kill->endpoint, &order->victim->endpoint);
    free(kill->endpoint.database);
    kill->endpoint.database = NULL;
    same_address(kill, order->victim);
    kill->id = connection_id(order->victim);
    kill->whole_connection = order->whole_connection;
    kill->name = mem_text(order->name);
    kill->sql = mem_textn(order->sql, order->len < INFO_SHOWN ? order->len : INFO_SHOWN);
    kill->wake = order->ended;
    kill->until = clock_ms() + order->limit_ms;
    if (thread_start_detached(thread_main, kill))
        return kill;
    kill_destroy(kill);
    return NULL;
}

bool kill_ended(struct kill *kill, bool *ret_ok, struct error *err)
{
    pthread_mutex_lock(&kill->lock);
    bool ended = kill->ended;
    if (ended) {
        *ret_ok = kill->ok;
        if (!kill->ok)
            error_copy(err, &kill->err);
    }
    pthread_mutex_unlock(&kill->lock);
    return ended;
}

/* Under the lock: until it has ended, or until nothing was sent where that is enough. */
static void wait_for_end(struct kill *kill, int64_t ms, bool or_unsent)
{
    int64_t until = clock_ms() + ms;

    while (!kill->ended && (kill->sent || !or_unsent) &&
           thread_wait(&kill->changed, &kill->lock, until))
        ;
}

void kill_wait(struct kill *kill, int64_t ms)
{
    pthread_mutex_lock(&kill->lock);
    wait_for_end(kill, ms, false);
    pthread_mutex_unlock(&kill->lock);
}

bool kill_settle(struct kill *kill, int64_t ms)
{
    pthread_mutex_lock(&kill->lock);
    kill->settled = true;
    wait_for_end(kill, ms, true);
    bool settled = !kill->sent || kill->ended;
    pthread_mutex_unlock(&kill->lock);
    return settled;
}

void kill_free(struct kill *kill)
{
    if (kill == NULL)
        return;
    pthread_mutex_lock(&kill->lock);
    kill->settled = true;
    kill->abandoned = true;
    bool ended = kill->ended;
    pthread_mutex_unlock(&kill->lock);
    if (ended)
        kill_destroy(kill);
}

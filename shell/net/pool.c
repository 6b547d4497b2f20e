/* Connections by node name. */
#include "pool.h"

#include <belay/str.h>
#include <classify.h>
#include <mem.h>

#include "answer.h"
#include "connection.h"

struct node {
    char *name;
    char *where;
    struct connection *connection;
    unsigned opened;
};

struct pool {
    struct endpoint entry;
    pool_route *route;
    void *route_ctx;
    char *greeting;
    struct query_limits limits;
    int leave_fd;
    void (*echo)(void *ctx, const char *sql);
    void *echo_ctx;
    struct node *nodes;
    size_t n;
    size_t cap;
};

struct pool *pool_new(const struct endpoint *entry, pool_route *route, void *ctx)
{
    struct pool *pool = mem_alloc(sizeof(*pool));

    endpoint_copy(&pool->entry, entry);
    pool->route = route;
    pool->route_ctx = ctx;
    return pool;
}

void pool_echo(struct pool *pool, void (*echo)(void *ctx, const char *sql), void *ctx)
{
    pool->echo = echo;
    pool->echo_ctx = ctx;
}

static void tell(const struct pool *pool, const char *sql)
{
    if (pool->echo != NULL)
        pool->echo(pool->echo_ctx, sql);
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    pool_forget_all(pool);
    for (size_t i = 0; i < pool->n; i++) {
        free(pool->nodes[i].name);
        free(pool->nodes[i].where);
    }
    free(pool->nodes);
    free(pool->greeting);
    endpoint_done(&pool->entry);
    free(pool);
}

void pool_greeting(struct pool *pool, const char *sql)
{
    free(pool->greeting);
    pool->greeting = mem_text(sql);
}

static bool stop_waiting(void *ctx)
{
    (void)ctx;
    return false;
}

void pool_limits(struct pool *pool, int leave_fd, int64_t timeout_ms)
{
    pool->leave_fd = leave_fd;
    pool->limits.timeout_ms = timeout_ms;
    pool_wake(pool, 0, NULL, NULL);
}

int64_t pool_timeout(struct pool *pool, int64_t timeout_ms)
{
    int64_t before = pool->limits.timeout_ms;

    pool->limits.timeout_ms = timeout_ms;
    return before;
}

void pool_wake(struct pool *pool, int wake_fd, bool (*woken)(void *ctx), void *ctx)
{
    pool->limits.wake_fd = woken != NULL ? wake_fd : pool->leave_fd;
    pool->limits.interrupt = woken != NULL ? woken : stop_waiting;
    pool->limits.interrupt_ctx = ctx;
}

static struct node *node_of(struct pool *pool, const char *name)
{
    for (size_t i = 0; i < pool->n; i++) {
        if (str_equal(pool->nodes[i].name, name))
            return &pool->nodes[i];
    }
    pool->nodes = mem_grow(pool->nodes, &pool->cap, pool->n + 1, sizeof(*pool->nodes));
    struct node *node = &pool->nodes[pool->n++];
    *node = (struct node){.name = mem_text(name)};
    return node;
}

const char *pool_where(const struct pool *pool, const char *name)
{
    for (size_t i = 0; i < pool->n; i++) {
        if (str_equal(pool->nodes[i].name, name) && pool->nodes[i].where != NULL)
            return pool->nodes[i].where;
    }
    return "";
}

unsigned pool_opened(const struct pool *pool, const char *name)
{
    for (size_t i = 0; i < pool->n; i++) {
        const struct node *node = &pool->nodes[i];
        if (str_equal(node->name, name) && node->connection != NULL &&
            !connection_lost(node->connection))
            return node->opened;
    }
    return 0;
}

void pool_forget(struct pool *pool, const char *name)
{
    struct node *node = node_of(pool, name);

    connection_close(node->connection);
    node->connection = NULL;
}

void pool_forget_all(struct pool *pool)
{
    for (size_t i = 0; i < pool->n; i++) {
        connection_close(pool->nodes[i].connection);
        pool->nodes[i].connection = NULL;
    }
}

/* Resolves the name and connects. NULL with the error. */
static struct connection *dial(struct pool *pool, const char *name, bool anew, char **ret_where,
                               struct error *err)
{
    struct endpoint endpoint = {0};
    struct connection *opened = NULL;

    endpoint_copy(&endpoint, &pool->entry);
    free(endpoint.database);
    endpoint.database = NULL;
    if (pool->route == NULL || pool->route(pool->route_ctx, name, anew, &endpoint, err)) {
        free(*ret_where);
        *ret_where = endpoint.through != NULL
                         ? endpoint_where(&endpoint)
                         : str_format("%s:%u", endpoint.host != NULL ? endpoint.host : "localhost",
                                      endpoint.port);
        opened = connection_open(&endpoint, err);
        if (opened != NULL && endpoint.others.n > 0) {
            const struct endpoint *there = connection_endpoint(opened);
            free(*ret_where);
            *ret_where = str_format("%s:%u", there->host, there->port);
        }
    }
    endpoint_done(&endpoint);
    return opened;
}

static struct connection *open_node(struct pool *pool, const char *name, struct error *err)
{
    struct node *node = node_of(pool, name);
    char *where = NULL;

    if (node->connection != NULL && !connection_lost(node->connection))
        return node->connection;
    connection_close(node->connection);
    node->connection = NULL;
    struct connection *opened = dial(pool, name, false, &where, err);
    if (opened == NULL && where != NULL) {
        /* A port-forward to a pod that was replaced accepts one connection more, and ends with it. */
        error_done(err);
        opened = dial(pool, name, true, &where, err);
    }
    node = node_of(pool, name); /* the route may have asked this pool in turn and moved the nodes */
    node->connection = opened;
    node->opened += opened != NULL;
    if (where != NULL) {
        free(node->where);
        node->where = where;
    }
    if (opened != NULL && pool->greeting != NULL) {
        struct query_end end;
        query_run(opened, pool->greeting, strlen(pool->greeting), NULL, &pool->limits, &end, NULL);
    }
    return opened;
}

typedef bool pool_send(struct connection *connection, const char *sql, struct pool *pool, void *ctx,
                       bool *ret_begun, struct error *err);

static bool read_with(struct pool *pool, const char *node, const char *sql, pool_send *send,
                      void *ctx, struct error *err)
{
    if (sql_classify(sql, strlen(sql)) != SQL_READS)
        return error_set(err, ERR_FAILED, "refused: a reading step must not send: %s", sql);
    for (int attempt = 0;; attempt++) {
        AUTO_ERROR local = {0};
        bool begun = false;
        struct connection *connection = open_node(pool, node, err);
        if (connection == NULL)
            return false;
        tell(pool, sql);
        if (send(connection, sql, pool, ctx, &begun, &local))
            return true;
        /* What was given up after its time is not waited for a second time. */
        if (!connection_lost(connection) || attempt > 0 || begun || local.code == ERR_UNKNOWN)
            return error_move(err, &local);
    }
}

static bool send_for_result(struct connection *connection, const char *sql, struct pool *pool,
                            void *ctx, bool *ret_begun, struct error *err)
{
    (void)ret_begun;
    return query_result(connection, sql, &pool->limits, ctx, err);
}

bool pool_read(struct pool *pool, const char *node, const char *sql, struct result *ret,
               struct error *err)
{
    return read_with(pool, node, sql, send_for_result, ret, err);
}

/* Hands on what comes, and notes that something came. */
struct passing {
    const struct query_sink *to;
    bool *begun;
};

static bool pass_begin(void *ctx, const struct column *columns, size_t n)
{
    const struct passing *passing = ctx;

    *passing->begun = true;
    return passing->to->begin(passing->to->ctx, columns, n);
}

static bool pass_row(void *ctx, const struct cell *cells)
{
    const struct passing *passing = ctx;

    return passing->to->row(passing->to->ctx, cells);
}

static bool send_for_rows(struct connection *connection, const char *sql, struct pool *pool,
                          void *ctx, bool *ret_begun, struct error *err)
{
    struct passing passing = {ctx, ret_begun};
    struct query_sink sink = {&passing, pass_begin, pass_row, false, NULL};
    struct query_end end;

    return query_run(connection, sql, strlen(sql), &sink, &pool->limits, &end, err);
}

bool pool_read_rows(struct pool *pool, const char *node, const char *sql,
                    const struct query_sink *sink, struct error *err)
{
    struct query_sink wanted = *sink;

    return read_with(pool, node, sql, send_for_rows, &wanted, err);
}

/*
 * An FE that forwards to a leader that has just gone answers with the text of the transport's
 * exception in the code of a syntax error (recorded in a failover on 3.3.5 and 4.1.0).
 */
bool pool_lost_leader(const struct error *err)
{
    static const char *const texts[] = {
        "Socket is closed by peer", "java.net.ConnectException", "java.net.SocketTimeoutException",
        "Connection reset", "Broken pipe", "TTransportException", "required 1 replica",
        "Commit policy"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strstr(err->message, texts[i]) != NULL)
            return true;
    }
    return false;
}

bool pool_change(struct pool *pool, const struct permit *permit, const char *node, const char *sql,
                 bool *ret_unknown, struct error *err)
{
    struct query_end end;
    AUTO_ERROR local = {0};

    *ret_unknown = false;
    if (permit == NULL)
        return error_set(err, ERR_DECLINED, "refused: no permit for: %s", sql);
    struct connection *connection = open_node(pool, node, err);
    if (connection == NULL)
        return false;
    tell(pool, sql);
    if (query_run(connection, sql, strlen(sql), NULL, &pool->limits, &end, &local))
        return true;
    AUTO_STR whole = {0};
    if (local.code == ERR_FAILED && answer_whole_error(connection->mysql, &whole)) {
        free(local.message);
        local.message = str_take(&whole);
    }
    /* The greeting of a new connection may have lost it: then this was not sent at all. */
    *ret_unknown = end.sent && (connection_lost(connection) || local.code == ERR_UNKNOWN ||
                                pool_lost_leader(&local));
    return error_move(err, &local);
}

/* A line that says how far a long statement is. */
#include "progress.h"

#include <pthread.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>
#include <query.h>
#include <thread.h>
#include <utf8.h>

#include "shell_inside.h"

#define ROUND_MS 1000 /* between two lines */
#define ASK_EVERY 5   /* lines between two questions to the server */
#define LIMIT_MS 3000 /* for connecting, and for an answer */

struct progress {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int holders; /* the thread and whoever waits for the statement; the last one frees */
    bool stopped;
    bool shown;  /* a line stands there */
    struct endpoint endpoint; /* the rest is the thread's alone */
    uint64_t id;
    int64_t began;
    int64_t after_ms;
    size_t columns;
    bool asked_in_vain;
};

static void release(struct progress *p)
{
    pthread_mutex_lock(&p->lock);
    bool last = --p->holders == 0;
    pthread_mutex_unlock(&p->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->changed);
    endpoint_done(&p->endpoint);
    free(p);
}

/* Under the lock. false: the statement was answered. */
static bool wait_until(struct progress *p, int64_t until)
{
    while (!p->stopped && thread_wait(&p->changed, &p->lock, until))
        ;
    return !p->stopped;
}

static void add_part(const struct result *rows, size_t row, const char *column, const char *name,
                     struct str *ret)
{
    const char *value = result_text(rows, row, column);

    if (*value == '\0' || str_equal(value, "0.000 B") || str_equal(value, "0 rows"))
        return;
    str_addf(ret, "  %s", name);
    escape_line(value, strlen(value), ret);
}

/* SHOW PROC '/current_queries': a row a query, ExecProgress from 4.1 on (recorded). */
static bool ask_starrocks(const struct progress *p, struct connection *connection, struct str *ret)
{
    struct query_limits limits = {.timeout_ms = LIMIT_MS};
    AUTO_RESULT rows = {0};
    AUTO_FREE char *id = str_format("%llu", (unsigned long long)p->id);

    if (!query_result(connection, "SHOW PROC '/current_queries'", &limits, &rows, NULL))
        return false;
    str_clear(ret);
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (!str_equal(result_text(&rows, i, "ConnectionId"), id) ||
            !str_equal(result_text(&rows, i, "User"), p->endpoint.user))
            continue;
        add_part(&rows, i, "ExecProgress", "", ret);
        add_part(&rows, i, "ScanRows", "read ", ret);
        add_part(&rows, i, "ScanBytes", "", ret);
        add_part(&rows, i, "MemoryUsage", "memory ", ret);
        add_part(&rows, i, "CPUTime", "CPU ", ret);
    }
    return true;
}

/* MariaDB: a state, and per cent of the stage where it knows them. */
static bool ask_mariadb(const struct progress *p, struct connection *connection, struct str *ret)
{
    struct query_limits limits = {.timeout_ms = LIMIT_MS};
    AUTO_RESULT rows = {0};
    AUTO_FREE char *sql = str_format("SELECT STATE, IF(PROGRESS > 0, CONCAT(PROGRESS, '%%'), '') AS P "
                                     "FROM information_schema.PROCESSLIST WHERE ID = %llu",
                                     (unsigned long long)p->id);

    if (!query_result(connection, sql, &limits, &rows, NULL))
        return false;
    str_clear(ret);
    if (rows.n_rows == 1) {
        add_part(&rows, 0, "P", "", ret);
        add_part(&rows, 0, "STATE", "", ret);
    }
    return true;
}

/* What the server does not know, or failed at (3.4.8 does at times), is not asked for again. */
static void ask(struct progress *p, struct connection **connection, struct str *ret)
{
    if (p->asked_in_vain)
        return;
    if (*connection == NULL)
        *connection = connection_open(&p->endpoint, NULL);
    p->asked_in_vain = *connection == NULL || !(ask_starrocks(p, *connection, ret) ||
                                                (!connection_lost(*connection) &&
                                                 ask_mariadb(p, *connection, ret)));
}

/* Under the lock, so that nothing is written behind an answer. */
static void show(struct progress *p, const struct str *known)
{
    AUTO_STR line = {0};
    size_t len = 0;
    size_t used = 0;

    clock_span(clock_ms() - p->began, &line);
    str_addn(&line, str_text(known), known->len);
    str_add(&line, "  (^C stops it)");
    while (len < line.len) {
        int cells;
        size_t n = utf8_cluster(line.s + len, line.len - len, &cells);
        if (used + (size_t)cells >= p->columns)
            break;
        used += (size_t)cells;
        len += n;
    }
    str_cut(&line, len);
    AUTO_FREE char *whole = str_format("\r\033[K%s", line.s);
    ssize_t written = write(STDERR_FILENO, whole, strlen(whole));
    (void)written; /* a terminal that is gone is found out by others */
    p->shown = true;
}

static void *thread_main(void *arg)
{
    struct progress *p = arg;
    struct connection *connection = NULL;
    AUTO_STR known = {0};
    unsigned round = 0;

    pthread_mutex_lock(&p->lock);
    bool goes_on = wait_until(p, p->began + p->after_ms);
    while (goes_on) {
        show(p, &known);
        if (round++ % ASK_EVERY == 0) {
            pthread_mutex_unlock(&p->lock);
            ask(p, &connection, &known);
            pthread_mutex_lock(&p->lock);
            if (known.len > 0 && !p->stopped)
                show(p, &known);
        }
        goes_on = wait_until(p, clock_ms() + ROUND_MS);
    }
    pthread_mutex_unlock(&p->lock);
    connection_close(connection);
    release(p);
    return NULL;
}

/* At the keyboard and for -e, on a terminal that can erase a line. */
static bool wanted(const struct shell *shell)
{
    const char *term = getenv("TERM");

    return shell->progress_ms > 0 && !shell->settings.classic &&
           (shell->interactive || shell->settings.execute.n > 0) &&
           sink_is_terminal(shell->output.err) && term != NULL && !str_equal(term, "dumb");
}

struct progress *progress_start(struct shell *shell)
{
    if (!wanted(shell))
        return NULL;
    struct progress *p = mem_alloc(sizeof(*p));
    pthread_mutex_init(&p->lock, NULL);
    thread_condition_init(&p->changed);
    p->holders = 2;
    endpoint_copy(&p->endpoint, connection_endpoint(shell->connection));
    strv_done(&p->endpoint.others); /* no other FE knows this connection */
    p->endpoint.connect_ms = LIMIT_MS;
    p->id = connection_id(shell->connection);
    p->began = clock_ms();
    p->after_ms = shell->progress_ms;
    p->columns = sink_columns(shell->output.err);
    if (thread_start_detached(thread_main, p))
        return p;
    p->holders = 1;
    release(p);
    return NULL;
}

void progress_stop(struct progress **progress)
{
    struct progress *p = *progress;

    if (p == NULL)
        return;
    *progress = NULL;
    pthread_mutex_lock(&p->lock);
    p->stopped = true;
    if (p->shown) {
        ssize_t written = write(STDERR_FILENO, "\r\033[K", 4);
        (void)written;
    }
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    release(p);
}

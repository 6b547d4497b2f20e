/* Statements on a connection: send, wait in poll(), read rows. */
#include "query.h"

#include <errno.h>
#include <poll.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>

#include "answer.h"
#include "columns.h"
#include "connection.h"
#include "local_infile.h"

#define MAX_COLUMNS 131072 /* a MariaDB server gives 68,001 when asked to (main.mysql of mysql-test) */
#define MAX_KEPT_CELLS 8000000 /* SHOW PROC of a database of 100,000 views gives 1,100,000 */
#define IDLE_MS 10       /* a wait shorter than this is no reason to show the rows there are */
#define LOOK_UP_ROWS 256 /* so many rows are read between looks at ^C and the clock */

enum wait_end { WAIT_READY, WAIT_GIVE_UP };

struct wait {
    struct connection *connection;
    const struct query_limits *limits;
    int64_t started;
    bool timed_out;
    const struct query_sink *sink; /* while rows are read */
    bool given_up;
    uint64_t head_from; /* bytes received before, while the descriptions of columns come; 0: not then */
    bool flooded;
};

/* The wait of the rows being read: libmariadb's callback brings no pointer of ours. */
static _Thread_local struct wait *reading;

static short poll_events(int status)
{
    short events = 0;

    if (status & MYSQL_WAIT_READ)
        events |= POLLIN;
    if (status & MYSQL_WAIT_WRITE)
        events |= POLLOUT;
    if (status & MYSQL_WAIT_EXCEPT)
        events |= POLLPRI;
    return events;
}

static int mysql_events(short events)
{
    int status = 0;

    if (events & (POLLIN | POLLHUP | POLLERR))
        status |= MYSQL_WAIT_READ;
    if (events & POLLOUT)
        status |= MYSQL_WAIT_WRITE;
    if (events & POLLPRI)
        status |= MYSQL_WAIT_EXCEPT;
    return status;
}

static int time_left(const struct wait *wait)
{
    if (wait->limits == NULL || wait->limits->timeout_ms <= 0)
        return -1;
    int64_t left = wait->started + wait->limits->timeout_ms - clock_ms();
    return left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

/* Does the server describe columns without end? */
static bool flooded(const struct wait *wait)
{
    return wait->head_from > 0 &&
           answer_received(wait->connection->mysql) - wait->head_from > ANSWER_HEAD_MAX;
}

/* Waits until the library can go on. On WAIT_READY *status holds what became ready. */
static enum wait_end wait_for(struct wait *wait, int *status)
{
    struct pollfd fds[2] = {
        {.fd = mysql_get_socket(wait->connection->mysql), .events = poll_events(*status)},
        {.fd = wait->limits != NULL ? wait->limits->wake_fd : -1, .events = POLLIN},
    };
    nfds_t n = fds[1].fd > 0 ? 2 : 1;

    for (;;) {
        int left = time_left(wait);
        if (*status & MYSQL_WAIT_TIMEOUT) {
            int library = (int)mysql_get_timeout_value_ms(wait->connection->mysql);
            if (left < 0 || library < left)
                left = library;
        }
        int got = poll(fds, n, left);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0) {
            if (time_left(wait) == 0) {
                wait->timed_out = true;
                return WAIT_GIVE_UP;
            }
            *status = MYSQL_WAIT_TIMEOUT;
            return WAIT_READY;
        }
        if (fds[0].revents != 0) {
            wait->flooded = flooded(wait);
            if (wait->flooded)
                return WAIT_GIVE_UP;
            *status = mysql_events(fds[0].revents);
            return WAIT_READY;
        }
        if (n == 2 && fds[1].revents != 0 && wait->limits->interrupt != NULL &&
            !wait->limits->interrupt(wait->limits->interrupt_ctx))
            return WAIT_GIVE_UP;
    }
}

/* Closes a connection whose answer we do not wait for any longer. Returns false. */
static bool give_up(struct wait *wait, struct error *err)
{
    MYSQL *mysql = wait->connection->mysql;

    wait->connection->lost = true;
    /* The library must not try to say good-bye on a connection that does not answer. */
    mariadb_cancel(mysql);
    if (wait->flooded)
        error_set(err, ERR_CONNECTION, "the server sent over %u MiB before the first row; the "
                  "connection was closed", (unsigned)(ANSWER_HEAD_MAX >> 20));
    else if (wait->timed_out)
        error_set(err, ERR_UNKNOWN, "no answer within %lld s; the connection was closed",
                  (long long)(wait->limits->timeout_ms / 1000));
    else
        error_set(err, ERR_UNKNOWN, "gave up waiting; the connection was closed");
    return error_where(err, "%s:%u", wait->connection->endpoint.host != NULL
                       ? wait->connection->endpoint.host : "localhost",
                       wait->connection->endpoint.port);
}

/* Has ^C or the time limit ended the waiting? Rows may come so fast that nothing ever waits. */
static bool look_up(struct wait *wait)
{
    const struct query_limits *limits = wait->limits;
    struct pollfd wake = {.fd = limits != NULL ? limits->wake_fd : -1, .events = POLLIN};

    if (time_left(wait) == 0)
        wait->timed_out = wait->given_up = true;
    else if (wake.fd > 0 && poll(&wake, 1, 0) > 0 && limits->interrupt != NULL &&
             !limits->interrupt(limits->interrupt_ctx))
        wait->given_up = true;
    return !wait->given_up;
}

/*
 * Called by libmariadb's blocking reads instead of its own poll() (MARIADB_OPT_IO_WAIT): its sockets
 * are read with MSG_DONTWAIT, and inside TLS do not block (connection_unblock), so it is called
 * whenever a read would wait. Less than 1 makes the read fail. The non-blocking API switches stacks
 * twice a row instead, which costs a third of the time that reading them takes.
 */
static int wait_for_rows(my_socket fd, my_bool is_read, int timeout)
{
    struct pollfd socket = {.fd = fd, .events = is_read ? POLLIN : POLLOUT};
    struct wait *wait = reading;

    (void)timeout; /* limits are ours */
    if (wait == NULL)
        return poll(&socket, 1, -1);
    if (!look_up(wait))
        return 0;
    if (poll(&socket, 1, IDLE_MS) > 0)
        return 1;
    if (wait->sink != NULL && wait->sink->idle != NULL)
        wait->sink->idle(wait->sink->ctx);
    for (;;) {
        int status = is_read ? MYSQL_WAIT_READ : MYSQL_WAIT_WRITE;
        if (wait_for(wait, &status) == WAIT_GIVE_UP) {
            wait->given_up = true;
            return 0;
        }
        if (status != MYSQL_WAIT_TIMEOUT)
            return 1;
    }
}

static void blocking_reads(struct wait *wait, bool on)
{
    reading = on ? wait : NULL;
    mysql_options(wait->connection->mysql, MARIADB_OPT_IO_WAIT,
                  on ? (const void *)wait_for_rows : NULL);
}

/* Hands out the rows; *ret counts them. Returns when there are no more, for whatever reason. */
static void fetch_each(struct wait *wait, MYSQL_RES *res, struct cell *cells, unsigned n,
                       bool wanted, struct query_end *ret)
{
    const struct query_sink *sink = wait->sink;
    MYSQL_ROW row;

    wanted = wanted && sink != NULL && sink->row != NULL;
    while ((row = mysql_fetch_row(res)) != NULL) {
        ret->rows++;
        if (ret->rows % LOOK_UP_ROWS == 0 && !look_up(wait))
            return;
        if (!wanted)
            continue;
        const unsigned long *lengths = mysql_fetch_lengths(res);
        for (unsigned i = 0; i < n; i++)
            cells[i] = (struct cell){row[i], lengths[i]};
        wanted = sink->row(sink->ctx, cells);
    }
}

static bool fetch_rows(struct wait *wait, MYSQL_RES *res, unsigned n, const struct query_sink *sink,
                       bool wanted, struct query_end *ret, struct error *err)
{
    struct cell *cells = mem_array(n, sizeof(*cells));

    wait->sink = sink;
    blocking_reads(wait, true);
    fetch_each(wait, res, cells, n, wanted, ret);
    blocking_reads(wait, false);
    free(cells);
    if (wait->given_up)
        return give_up(wait, err);
    return mysql_errno(wait->connection->mysql) == 0 || connection_failed(wait->connection, err);
}

static bool read_result(struct wait *wait, const struct query_sink *sink, struct query_end *ret,
                        struct error *err)
{
    MYSQL *mysql = wait->connection->mysql;
    MYSQL_RES *res = mysql_use_result(mysql);

    wait->head_from = 0;
    if (res == NULL) {
        if (mysql_field_count(mysql) != 0)
            return connection_failed(wait->connection, err);
        ret->affected = mysql_affected_rows(mysql);
        ret->warnings = mysql_warning_count(mysql);
        ret->more = mysql_more_results(mysql);
        return true;
    }
    unsigned n = mysql_num_fields(res);
    bool ok = n <= MAX_COLUMNS ||
              error_set(err, ERR_FAILED, "the server announced %u columns; belay takes %d", n,
                        MAX_COLUMNS);
    ret->is_result = true;
    if (ok) {
        struct column *columns = columns_of(res, n, sink != NULL && sink->facts);
        bool wanted = sink == NULL || sink->begin == NULL || sink->begin(sink->ctx, columns, n);
        columns_free(columns, n);
        ok = fetch_rows(wait, res, n, sink, wanted, ret, err);
    }
    if (wait->connection->lost) {
        /* Freeing would read the rest of the rows from a connection that is gone. */
        res->handle = NULL;
    }
    mysql_free_result(res);
    ret->warnings = mysql_warning_count(mysql);
    ret->more = ok && mysql_more_results(mysql);
    return ok;
}

bool query_run(struct connection *connection, const char *sql, size_t len,
               const struct query_sink *sink, const struct query_limits *limits,
               struct query_end *ret, struct error *err)
{
    struct wait wait = {.connection = connection, .limits = limits, .started = clock_ms()};
    int failed = 0;

    *ret = (struct query_end){0};
    if (connection->lost)
        return error_set(err, ERR_CONNECTION, "the connection to the server is lost");
    ret->sent = true;
    wait.head_from = answer_received(connection->mysql);
    local_infile_expect(connection, sql, len);
    int status = mysql_real_query_start(&failed, connection->mysql, sql, len);
    while (status != 0) {
        if (wait_for(&wait, &status) == WAIT_GIVE_UP) {
            ret->took_ms = clock_ms() - wait.started;
            return give_up(&wait, err);
        }
        status = mysql_real_query_cont(&failed, connection->mysql, status);
    }
    bool ok = failed == 0 ? read_result(&wait, sink, ret, err) : connection_failed(connection, err);
    ret->took_ms = clock_ms() - wait.started;
    return ok;
}

bool query_next(struct connection *connection, const struct query_sink *sink,
                const struct query_limits *limits, struct query_end *ret, struct error *err)
{
    struct wait wait = {.connection = connection, .limits = limits, .started = clock_ms()};
    int failed = 0;

    *ret = (struct query_end){.sent = true};
    wait.head_from = answer_received(connection->mysql);
    int status = mysql_next_result_start(&failed, connection->mysql);
    while (status != 0) {
        if (wait_for(&wait, &status) == WAIT_GIVE_UP)
            return give_up(&wait, err);
        status = mysql_next_result_cont(&failed, connection->mysql, status);
    }
    bool ok = failed == 0 ? read_result(&wait, sink, ret, err) : connection_failed(connection, err);
    ret->took_ms = clock_ms() - wait.started;
    return ok;
}

bool query_use(struct connection *connection, const char *database,
               const struct query_limits *limits, struct error *err)
{
    struct wait wait = {.connection = connection, .limits = limits, .started = clock_ms()};
    int failed = 0;

    if (connection->lost)
        return error_set(err, ERR_CONNECTION, "the connection to the server is lost");
    int status = mysql_select_db_start(&failed, connection->mysql, database);
    while (status != 0) {
        if (wait_for(&wait, &status) == WAIT_GIVE_UP)
            return give_up(&wait, err);
        status = mysql_select_db_cont(&failed, connection->mysql, status);
    }
    if (failed != 0)
        return connection_failed(connection, err);
    free(connection->database);
    connection->database = mem_text(database);
    return true;
}

struct keep {
    struct result *result;
    bool too_many;
};

static bool keep_begin(void *ctx, const struct column *columns, size_t n)
{
    struct keep *keep = ctx;

    for (size_t i = 0; i < n; i++)
        result_column(keep->result, columns[i].name, columns[i].kind);
    return true;
}

static bool keep_row(void *ctx, const struct cell *cells)
{
    struct keep *keep = ctx;

    if ((keep->result->n_rows + 1) * keep->result->n_columns > MAX_KEPT_CELLS) {
        keep->too_many = true;
        return false;
    }
    size_t row = result_row(keep->result);
    for (size_t i = 0; i < keep->result->n_columns; i++)
        result_set(keep->result, row, i, cells[i].data, cells[i].len);
    return true;
}

bool query_result(struct connection *connection, const char *sql, const struct query_limits *limits,
                  struct result *ret, struct error *err)
{
    struct result got = {0};
    struct keep keep = {&got, false};
    struct query_sink sink = {&keep, keep_begin, keep_row, false, NULL};
    struct query_end end;

    bool ok = query_run(connection, sql, strlen(sql), &sink, limits, &end, err);
    if (ok && keep.too_many)
        ok = error_set(err, ERR_FAILED, "the answer is too large (over %d cells)", MAX_KEPT_CELLS);
    if (!ok) {
        result_done(&got);
        return false;
    }
    result_done(ret);
    *ret = got;
    return true;
}

/* Opening the user's connection, with what a person sees meanwhile. */
#include "user_connection.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <redact.h>

#include "connect_hint.h"
#include "shell_inside.h"
#include "signals.h"

#define PATIENCE_MS 2000 /* before a person is told what takes so long */
#define RETRY_MS 1000    /* between two tries of --wait */

struct watch {
    struct shell *shell;
    int64_t until;    /* of --wait: clock_ms(); 0: it is not given */
    int64_t started;
    const char *last; /* what the last try said; NULL: none yet */
    bool shown;       /* a line of progress stands on the terminal */
};

/* One line of progress, on a terminal only, overwritten by the next. */
static void show(struct watch *watch, const char *what, const char *where)
{
    struct sink *sink = watch->shell->output.err;
    AUTO_STR line = {0};

    if (!sink_is_terminal(sink))
        return;
    str_addf(&line, "%s %s (%lld s, ^C to stop)", what, where,
             (long long)((clock_ms() - watch->started) / 1000));
    if (watch->last != NULL)
        str_addf(&line, ": %s", watch->last);
    AUTO_STR safe = {0};
    escape_line(line.s, line.len, &safe);
    unsigned columns = sink_columns(sink);
    size_t len = safe.len < columns ? safe.len : columns - 1;
    sink_text(sink, "\r\033[K");
    sink_write(sink, safe.s, len);
    sink_flush(sink, NULL);
    watch->shown = true;
}

static void clear(struct watch *watch)
{
    if (watch->shown)
        sink_text(watch->shell->output.err, "\r\033[K");
    sink_flush(watch->shell->output.err, NULL);
    watch->shown = false;
}

/* Was it a signal that means "stop"? Others (a window that changed) are taken and forgotten. */
static bool told_to_stop(void)
{
    int number = signals_take();

    return signals_fatal() != 0 || number == SIGINT;
}

static bool go_on(void *ctx, const char *where, int64_t ms)
{
    struct watch *watch = ctx;

    if (told_to_stop())
        return false;
    if (ms >= PATIENCE_MS || watch->until != 0)
        show(watch, watch->until != 0 ? "waiting for" : "connecting to", where);
    return true;
}

/* Nobody answered, or somebody who is only starting; a refused login does not get better. */
static bool may_pass(const struct error *err)
{
    return err->code == ERR_CONNECTION && (err->sql_errno == 0 || err->sql_errno >= 2000) &&
           err->sql_errno < 3000;
}

enum pause { PAUSE_RETRY, PAUSE_LATE, PAUSE_STOPPED };

/* A pause of --wait. */
static enum pause pause_before_retry(struct watch *watch, const char *where)
{
    struct pollfd fd = {.fd = signals_wake_fd(), .events = POLLIN};
    int64_t until = clock_ms() + RETRY_MS;

    show(watch, "waiting for", where);
    for (;;) {
        int64_t now = clock_ms();
        if (now >= watch->until)
            return PAUSE_LATE;
        if (now >= until)
            return PAUSE_RETRY;
        if (poll(&fd, 1, (int)(until - now)) < 0 && errno != EINTR)
            return PAUSE_LATE;
        if (fd.revents != 0 && told_to_stop())
            return PAUSE_STOPPED;
    }
}

/* Behind a port-forward the address is another one each time. */
static struct connection *open_once(const struct watch *watch, const struct endpoint *endpoint,
                                    const struct connect_watch *connect, bool anew, struct error *err)
{
    struct endpoint here = {0};
    struct connection *connection = NULL;

    endpoint_copy(&here, endpoint);
    if (!endpoint->forwarded || session_entry(watch->shell->session, anew, &here, err))
        connection = connection_open_watched(&here, connect, err);
    endpoint_done(&here);
    return connection;
}

static struct connection *open_in_time(struct watch *watch, const struct endpoint *endpoint,
                                       struct error *err)
{
    struct connect_watch connect = {.wake_fd = signals_wake_fd(), .go_on = go_on, .ctx = watch};
    AUTO_ERROR last = {0};

    for (bool again = false;; again = true) {
        AUTO_ERROR now = {0};
        struct connection *connection = open_once(watch, endpoint, &connect, again, &now);
        if (connection != NULL)
            return connection;
        /* The first refused connection ends a port-forward: once more, through a new one. */
        if (endpoint->forwarded && !again && watch->until == 0 && may_pass(&now))
            continue;
        if (watch->until == 0 || !may_pass(&now)) {
            error_move(err, &now);
            return NULL;
        }
        const char *where = now.where != NULL ? now.where : "a server";
        if (last.code == ERR_NONE && !sink_is_terminal(watch->shell->output.err))
            output_note(&watch->shell->output, "waiting for %s: %s", where, now.message);
        error_move(&last, &now);
        watch->last = last.message;
        enum pause pause = pause_before_retry(watch, where);
        watch->last = pause == PAUSE_RETRY ? last.message : NULL;
        if (pause == PAUSE_STOPPED) {
            error_set(err, ERR_STOPPED, "stopped while waiting for %s", where);
            error_hint(err, "it said last: %s", last.message);
        } else if (pause == PAUSE_LATE) {
            error_move(err, &last);
        }
        if (pause != PAUSE_RETRY)
            return NULL;
    }
}

static bool give_up(void *ctx)
{
    (void)ctx;
    return !told_to_stop();
}

/* as_classic: an error behind the first result is no error, as in mysql_real_connect() of libmariadb. */
static bool run_quietly(struct connection *connection, const char *sql, size_t len, bool as_classic,
                        struct error *err)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS, .wake_fd = signals_wake_fd(),
                                  .interrupt = give_up};
    struct query_end end;
    bool ok = query_run(connection, sql, len, NULL, &limits, &end, err);

    for (bool more = ok && end.more; more;) {
        more = query_next(connection, NULL, &limits, &end, as_classic ? NULL : err);
        ok = more || as_classic;
        more = more && end.more;
    }
    return ok;
}

/* One value of --init-command. The classic client lets the server take several statements apart,
 * which needs a flag that belay does not set under its own name: there they are sent one by one. */
static bool run_init_command(const struct shell *shell, struct connection *connection,
                             const char *sql, struct error *err)
{
    static const char *const no_words[] = {NULL};

    if (shell->settings.classic)
        return run_quietly(connection, sql, strlen(sql), true, err);
    struct scanner *scanner = scan_new(no_words, "");
    bool ok = true;
    scan_feed(scanner, sql, strlen(sql));
    scan_finish(scanner);
    for (;;) {
        struct scan_item item = scan_next(scanner);
        if (item.kind == SCAN_MORE || !ok)
            break;
        if (item.kind == SCAN_STATEMENT)
            ok = run_quietly(connection, item.text, item.len, false, err);
    }
    scan_free(scanner);
    return ok;
}

static bool run_init_commands(struct shell *shell, struct connection *connection, struct error *err)
{
    const struct strv *commands = &shell->settings.init_command;
    AUTO_STR safe = {0};

    for (size_t i = 0; i < commands->n; i++) {
        const char *sql = commands->v[i];
        if (run_init_command(shell, connection, sql, err))
            continue;
        if (shell->settings.classic)
            return false;
        AUTO_STR shown = {0};
        sql_redact(sql, strlen(sql), &shown);
        error_prefix(err, "--init-command \"%s\"", shown.s);
        if (err != NULL && err->code != ERR_STOPPED)
            err->code = ERR_CONNECTION;
        return false;
    }
    if (!shell->settings.classic || !shell->settings.safe_updates)
        return true;
    /* sql_real_connect() of client/mysql.cc: the server keeps watch, not belay. */
    str_addf(&safe, "SET SQL_SAFE_UPDATES=1,SQL_SELECT_LIMIT=%lld,MAX_JOIN_SIZE=%lld",
             (long long)shell->settings.select_limit, (long long)shell->settings.max_join_size);
    return run_quietly(connection, safe.s, safe.len, true, err);
}

/* The half of --safe-updates that a StarRocks can keep; max_join_size is unknown there, and an
 * unknown name makes the whole SET fail. The other half is checked before a statement is sent. */
static bool limit_selects(struct shell *shell, struct connection *connection, struct error *err)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS, .wake_fd = signals_wake_fd(),
                                  .interrupt = give_up};
    struct query_end end;
    AUTO_FREE char *sql = str_format("SET sql_select_limit = %lld",
                                     (long long)shell->settings.select_limit);

    return !shell->settings.safe_updates || shell->settings.classic ||
           query_run(connection, sql, strlen(sql), NULL, &limits, &end, err);
}

/* Which of several it is; scripts that want to know read stderr. */
static void tell_server(struct shell *shell, const struct endpoint *wanted,
                        const struct connection *connection)
{
    const struct endpoint *got = connection_endpoint(connection);

    if (wanted->others.n == 0 || (str_equal(wanted->host, got->host) && wanted->port == got->port))
        return;
    output_note(&shell->output, "%s: %s:%u does not answer, using %s:%u", shell->settings.program,
                wanted->host, wanted->port, got->host, got->port);
}

struct connection *user_connection_open(struct shell *shell, const struct endpoint *endpoint,
                                        struct error *err)
{
    struct watch watch = {.shell = shell, .started = clock_ms()};

    if (shell->settings.wait)
        watch.until = watch.started + (shell->wait_ms > 0 ? shell->wait_ms : INT64_MAX / 2);
    struct connection *connection = open_in_time(&watch, endpoint, err);
    bool on_a_line = watch.shown;
    clear(&watch);
    if (connection == NULL) {
        if (err != NULL && err->code == ERR_STOPPED) { /* as the signal would have ended it */
            shell->interrupted = true;
            if (!on_a_line && sink_is_terminal(shell->output.err))
                sink_text(shell->output.err, "\n"); /* below the ^C that the terminal echoed */
        }
        connect_hint(shell, endpoint, err);
        return NULL;
    }
    tell_server(shell, endpoint, connection);
    if (run_init_commands(shell, connection, err) && limit_selects(shell, connection, err))
        return connection;
    connection_close(connection);
    return NULL;
}

/* A statement as the classic client runs it: com_go() and print_warnings() of client/mysql.cc. */
#include "classic.h"

#include <stdlib.h>

#include <belay/str.h>
#include <connection_facts.h>
#include <mem.h>

#include "follow.h"
#include "interrupt.h"
#include "print/printer.h"
#include "seconds.h"
#include "signals.h"

#define GONE 2006 /* CR_SERVER_GONE_ERROR */

struct run {
    struct shell *shell;
    struct render *render;
    struct printing printing;
    struct sink_mark mark; /* where the result at hand begins */
};

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct run *run = ctx;

    run->mark = sink_mark(run->printing.sink);
    render_begin(run->render, columns, n);
    return true;
}

static bool row(void *ctx, const struct cell *cells)
{
    struct run *run = ctx;

    render_row(run->render, cells);
    return !printer_full(&run->printing) && !render_failed(run->render);
}

/* --- the connection -------------------------------------------------------------------------- */

static bool gone(struct error *err)
{
    error_set(err, ERR_CONNECTION, "Server has gone away");
    if (err != NULL) {
        err->sql_errno = GONE;
        snprintf(err->sqlstate, sizeof err->sqlstate, "HY000");
    }
    return false;
}

/* In batch a connection that is lost stays lost. */
struct connection *classic_connection(struct shell *shell, struct error *err)
{
    if (shell->connection != NULL && !connection_lost(shell->connection))
        return shell->connection;
    if (shell->connection != NULL) {
        AUTO_ERROR said = {0};
        gone(follow_reconnects(shell) ? &said : err);
        if (!follow_reconnects(shell))
            return NULL;
        classic_error(shell, &said);
    }
    classic_info(shell, "No connection. Trying to reconnect...");
    if (!classic_open(shell, err))
        return NULL;
    classic_say_connection(shell);
    return shell->connection;
}

static bool ask(struct shell *shell, const char *sql, struct result *ret, struct error *err)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};

    if (classic_connection(shell, err) != NULL &&
        query_result(shell->connection, sql, &limits, ret, err))
        return true;
    classic_show_failed(shell, sql, strlen(sql));
    classic_error(shell, err);
    return false;
}

bool classic_ask(struct shell *shell, const char *sql, struct result *ret)
{
    AUTO_ERROR err = {0};

    return ask(shell, sql, ret, &err);
}

/* --- what is said ---------------------------------------------------------------------------- */

static void footer(const struct shell *shell, const struct query_end *end, struct str *ret)
{
    const char *info = connection_info(shell->connection);

    if (!classic_tells_results(shell))
        return;
    if (end->is_result && end->rows == 0 && !shell->settings.quick &&
        !shell->settings.column_type_info)
        str_add(ret, "Empty set");
    else if (end->is_result)
        str_addf(ret, "%llu %s in set", (unsigned long long)end->rows,
                 end->rows == 1 ? "row" : "rows");
    else if (end->affected == UINT64_MAX)
        str_add(ret, "Query OK");
    else
        str_addf(ret, "Query OK, %llu %s affected", (unsigned long long)end->affected,
                 end->affected == 1 ? "row" : "rows");
    if (end->warnings > 0)
        str_addf(ret, ", %u warning%s", end->warnings, end->warnings == 1 ? "" : "s");
    if (shell->settings.verbose >= 3 || shell->silence == 0)
        seconds_add(end->took_ms, ret);
    str_addf(ret, "\n%s%s\n", info != NULL ? info : "", info != NULL ? "\n" : "");
}

/* The error of the statement alone is not said twice. */
static void show_warnings(struct shell *shell, unsigned failed)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    if (!ask(shell, "show warnings", &rows, &err)) {
        classic_error(shell, &err); /* print_warnings() looks twice */
        return;
    }
    if (rows.n_rows == 0 || rows.n_columns < 3)
        return;
    if (rows.n_rows == 1 && strtoul(rows.cells[1].data, NULL, 10) == failed)
        return;
    for (size_t i = 0; i < rows.n_rows; i++) {
        const struct cell *cells = &rows.cells[i * rows.n_columns];
        sink_f(shell->output.out, "%s (Code %s): %s\n", cells[0].data, cells[1].data,
               cells[2].data);
    }
}

/* --- running --------------------------------------------------------------------------------- */

/* How the rows are made of characters, for their widths and escapes. */
static enum charset charset_of(const struct connection *connection)
{
    struct connection_reading reading;

    const char *name = connection_charset(connection);

    if (str_starts(name, "utf8"))
        return str_equal(name, "utf8") || str_equal(name, "utf8mb3") ? CHARSET_UTF8MB3
                                                                     : CHARSET_UTF8;
    connection_reading(connection, &reading);
    return reading.valid != NULL ? CHARSET_DOUBLE : CHARSET_SINGLE;
}

static bool finish_result(struct run *run, const struct query_end *end, struct error *err)
{
    AUTO_STR text = {0};

    if (end->is_result && !render_end(run->render, err))
        return false;
    footer(run->shell, end, &text);
    /* Lost output stops no script; it is told at the end (classic_loop). */
    printer_pause(run->shell, &run->printing, str_text(&text), NULL);
    if (run->shell->settings.unbuffered)
        sink_flush(run->shell->output.out, NULL);
    return true;
}

/*
 * The failed statement is shown when the server refused it; when it broke off among its rows, which
 * the classic client has not printed then, it is not; at a later result there is nothing to show.
 */
static void say_failure(struct shell *shell, const struct scan_item *item,
                        const struct query_end *end, bool later, const struct error *err)
{
    if (!end->is_result && !later)
        classic_show_failed(shell, item->text, item->len);
    else if (!end->is_result || shell->settings.quick)
        classic_show_failed(shell, "", 0);
    classic_error(shell, err);
}

/*
 * Without -q the classic client prints nothing of a result before it has all of it; with -q it ends
 * what it has begun, and says how many rows there were.
 */
static void break_off(struct run *run, const struct query_end *end)
{
    if (!end->is_result)
        return;
    if (run->shell->settings.quick)
        render_end(run->render, NULL);
    else
        sink_take_back(run->printing.sink, run->mark);
}

/* Sends it and prints what comes back. false: it failed, and that is said. */
static bool send(struct shell *shell, const struct scan_item *item, struct query_end *end,
                 struct error *err)
{
    struct run run = {.shell = shell};
    struct interrupts interrupts = {.shell = shell, .sql = item->text, .len = item->len};
    struct render_options *options = &run.printing.options;
    struct query_sink sink = {.ctx = &run, .begin = begin, .row = row,
                              .facts = shell->output.render.types};
    struct query_limits limits = {.wake_fd = signals_wake_fd(), .interrupt = interrupt_statement,
                                  .interrupt_ctx = &interrupts};
    bool later = false;

    if (!printer_begin(shell, item, &run.printing, err)) {
        classic_error(shell, err);
        return false;
    }
    if (shell->settings.html || shell->settings.xml) /* they win over \G */
        options->format = shell->output.render.format;
    /* A set without rows has its names nevertheless. */
    if (options->types && options->format != FORMAT_TABLE && !options->auto_vertical)
        options->quick = true;
    options->charset = charset_of(shell->connection);
    options->statement = item->text;
    /* -v cuts the spaces behind it; com_print() of client/mysql.cc ends the buffer there. */
    options->statement_len = shell->settings.verbose > 0 ? item->len : item->whole_len;
    run.render = render_new(run.printing.sink, options);
    bool ok = query_run(shell->connection, item->text, item->len, &sink, &limits, end, err);
    while (ok && finish_result(&run, end, err) && end->more) {
        later = true;
        ok = query_next(shell->connection, &sink, &limits, end, err);
    }
    if (!ok)
        break_off(&run, end);
    interrupt_end(&interrupts);
    render_free(run.render);
    printer_end(shell, &run.printing, NULL);
    if (!ok && signals_fatal() != 0) /* a signal ends the client: there is nothing to say */
        return false;
    if (!ok) {
        AUTO_STR text = {0};
        say_failure(shell, item, end, later, err);
        if (end->is_result && shell->settings.quick)
            footer(shell, end, &text);
        sink_write(shell->output.out, str_text(&text), text.len);
    } else if (err->code != ERR_NONE) { /* rows that could not be kept until their widths are known */
        classic_error(shell, err);
    }
    return ok && err->code == ERR_NONE;
}

static void track_database(struct shell *shell, const struct scan_item *item)
{
    char *name = NULL;

    follow_statement(shell, item->text, item->len);
    if (shell->batch || !connection_tracked_database(shell->connection, &name))
        return;
    free(shell->last_database);
    shell->last_database = name;
}

/* Statements for another database than that of --one-database are left out. */
static bool is_left_out(const struct shell *shell, const struct scan_item *item)
{
    return shell->other_database && (item->len < 4 || strncasecmp(item->text, "SET ", 4) != 0);
}

enum client_end classic_statement(struct shell *shell, const struct scan_item *item)
{
    AUTO_ERROR err = {0};
    struct query_end end = {0};

    if (item->kind == SCAN_EMPTY)
        return shell->batch ? CLIENT_GO_ON : classic_error_text(shell, "No query specified\n");
    if (classic_connection(shell, &err) == NULL && shell->connection == NULL)
        return classic_error(shell, &err);
    if (shell->settings.verbose > 0)
        classic_show(shell->output.out, item->text, item->len);
    if (is_left_out(shell, item)) {
        classic_info(shell, "Ignoring query to other database");
        return CLIENT_GO_ON;
    }
    signals_reset(1);
    shell->statements++;
    bool ok = false;
    if (err.code == ERR_NONE) {
        ok = send(shell, item, &end, &err);
    } else {
        classic_show_failed(shell, item->text, item->len);
        classic_error(shell, &err);
    }
    if (ok)
        track_database(shell, item);
    if (shell->show_warnings && (end.warnings > 0 || !ok))
        show_warnings(shell, err.sql_errno);
    return ok || shell->ignore_errors ? CLIENT_GO_ON : CLIENT_FAILED;
}

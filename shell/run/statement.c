/* One SQL statement: sent as typed, its rows printed as they come, ^C from the wait loop. */
#include "shell_inside.h"

#include <ask.h>
#include <belay/str.h>
#include <classify.h>
#include <comments.h>
#include <clock.h>
#include <mem.h>
#include <token.h>

#include "signals.h"

struct run {
    struct shell *shell;
    struct render *render;
    int interrupts;
};

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct run *run = ctx;

    render_begin(run->render, columns, n);
    return true;
}

static bool row(void *ctx, const struct cell *cells)
{
    struct run *run = ctx;

    render_row(run->render, cells);
    return !sink_failed(run->shell->output.out);
}

/*
 * ^C while a statement runs. First: ask the same FE, over a second connection, to end it, and keep
 * waiting for its answer. Second: end the connection there. Third: leave it.
 */
static bool interrupt(void *ctx)
{
    struct run *run = ctx;
    AUTO_ERROR err = {0};

    signals_take();
    if (signals_fatal() != 0) {
        query_kill(run->shell->connection, false, NULL);
        return false;
    }
    run->interrupts++;
    if (run->interrupts > 2)
        return false;
    if (sink_is_terminal(run->shell->output.err)) /* the terminal has echoed ^C on this line */
        sink_text(run->shell->output.err, "\n");
    output_note(&run->shell->output, "%s", run->interrupts == 1
                ? "^C: asking the server to stop this statement; ^C again ends the connection"
                : "^C: ending the connection");
    if (!query_kill(run->shell->connection, run->interrupts == 2, &err))
        output_note(&run->shell->output, "belay: could not ask it: %s", err.message);
    return true;
}

static void footer(struct shell *shell, const struct query_end *end)
{
    struct sink *sink = shell->output.out;
    double seconds = (double)end->took_ms / 1000.0;

    if (shell->silent)
        return;
    if (end->is_result && end->rows == 0)
        sink_f(sink, "Empty set");
    else if (end->is_result)
        sink_f(sink, "%llu row%s in set", (unsigned long long)end->rows, end->rows == 1 ? "" : "s");
    else
        sink_f(sink, "Query OK, %llu row%s affected", (unsigned long long)end->affected,
               end->affected == 1 ? "" : "s");
    if (end->warnings > 0)
        sink_f(sink, ", %u warning%s", end->warnings, end->warnings == 1 ? "" : "s");
    sink_f(sink, " (%.3f sec)\n\n", seconds);
}

/* USE and SET CATALOG change what a reconnect must put back. */
static void follow_use(struct shell *shell, const char *sql, size_t len)
{
    struct tokens tokens = token_start(sql, len);
    struct token word = token_next_code(&tokens);

    if (!token_is(&word, "USE"))
        return;
    struct token name = token_next_code(&tokens);
    size_t skip = name.kind == TOKEN_NAME ? 1 : 0;
    if (name.len <= 2 * skip)
        return;
    free(shell->last_database);
    shell->last_database = mem_textn(name.at + skip, (size_t)(sql + len - name.at) - skip);
    shell->last_database[strcspn(shell->last_database, "`; \t\n")] = '\0';
}

static bool one_result(struct run *run, bool ok, struct query_end *end, struct error *err)
{
    struct shell *shell = run->shell;

    if (end->is_result)
        render_end(run->render);
    if (!ok)
        return false;
    footer(shell, end);
    if (!sink_failed(shell->output.out))
        return true;
    return sink_flush(shell->output.out, err);
}

/* A connection that is gone: say what is known about the statement, never send it again. */
static void explain_loss(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    AUTO_FREE char *said = mem_text(err->message);

    connection_close(shell->connection);
    shell->connection = NULL;
    if (sql_classify(sql, len) == SQL_READS || sql_classify(sql, len) == SQL_SESSION) {
        err->code = ERR_CONNECTION;
        error_hint(err, "the next statement connects again");
        return;
    }
    error_set(err, ERR_UNKNOWN, "sent, outcome unknown: %s", said);
    error_hint(err, "the statement may have run; look before you send it again");
}

/* Destructive statements ask at the keyboard; in batch the script's author decided. */
static bool consent(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    AUTO_STR what = {0};
    AUTO_STR text = {0};
    AUTO_STR line = {0};

    if (!shell->interactive || shell->source->name != NULL ||
        sql_classify(sql, len) != SQL_DESTROYS)
        return true;
    sql_destroys_what(sql, len, &what);
    escape_line(str_text(&what), what.len, &text);
    str_add(&text, "\nThis destroys. Send it? [y]es, Enter: no: ");
    struct ask ask = {.text = text.s, .wake_fd = signals_wake_fd()};
    sink_flush(shell->output.out, NULL);
    if (ask_line(&ask, &line) == ASK_LINE && (ask_equal(&line, "y") || ask_equal(&line, "yes")))
        return true;
    return error_set(err, ERR_DECLINED, "declined: nothing was sent");
}

static bool show_warnings(struct shell *shell, struct error *err)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};
    AUTO_RESULT rows = {0};

    if (!query_result(shell->connection, "SHOW WARNINGS", &limits, &rows, err))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        AUTO_STR text = {0};
        str_addf(&text, "%s (Code %s): %s", result_text(&rows, i, "Level"),
                 result_text(&rows, i, "Code"), result_text(&rows, i, "Message"));
        sink_foreign(shell->output.out, text.s, text.len);
        sink_text(shell->output.out, "\n");
    }
    return true;
}

bool statement_run(struct shell *shell, const struct scan_item *item, struct error *err)
{
    struct render_options options = shell->output.render;
    struct run run = {shell, NULL, 0};
    struct query_sink sink = {&run, begin, row};
    struct query_limits limits = {.wake_fd = signals_wake_fd(), .interrupt = interrupt,
                                  .interrupt_ctx = &run};
    struct query_end end;

    if (!consent(shell, item->text, item->len, err) || shell_connection(shell, err) == NULL)
        return false;
    if (item->end == SCAN_END_VERTICAL) {
        options.format = FORMAT_VERTICAL;
        options.no_names = shell->settings.no_names;
    }
    signals_reset(1);
    run.render = render_new(shell->output.out, &options);
    shell->statements++;
    /* As typed, but for one thing: StarRocks knows no # comments, and reads on behind the sign. */
    AUTO_STR rewritten = {0};
    bool hashes = sql_hash_comments(item->text, item->len, &rewritten);
    const char *text = hashes ? rewritten.s : item->text;
    size_t len = hashes ? rewritten.len : item->len;
    bool ok = query_run(shell->connection, text, len, &sink, &limits, &end, err);
    ok = one_result(&run, ok, &end, err);
    while (ok && end.more) {
        ok = query_next(shell->connection, &sink, &limits, &end, err);
        ok = one_result(&run, ok, &end, err);
    }
    render_free(run.render);
    if (ok)
        follow_use(shell, item->text, item->len);
    if (ok && shell->show_warnings && end.warnings > 0)
        ok = show_warnings(shell, err);
    if (shell->connection != NULL && connection_lost(shell->connection))
        explain_loss(shell, item->text, item->len, err);
    if (run.interrupts > 0 && !ok && err->sql_errno == 0)
        err->code = ERR_STOPPED;
    return ok;
}

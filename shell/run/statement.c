/* One SQL statement: sent as typed, its rows printed as they come, ^C from the wait loop. */
#include "shell_inside.h"

#include <belay/str.h>
#include <classify.h>
#include <comments.h>
#include <connection_facts.h>
#include <redact.h>

#include "consent.h"
#include "follow.h"
#include "interrupt.h"
#include "names/names.h"
#include "print/printer.h"
#include "progress.h"
#include "send.h"
#include "seconds.h"
#include "signals.h"

#define TOO_LARGE 1153 /* ER_NET_PACKET_TOO_LARGE */
#define UNREAD_MAX 20000 /* rows that are read to nobody before the server is asked to stop */
#define LONG_STATEMENT ((size_t)1 << 20)

struct run {
    struct shell *shell;
    struct render *render;
    struct printing printing;
    struct progress *progress;
    struct interrupts *interrupts;
    const struct scan_item *item;
    uint64_t unread; /* rows that came after the pager was left */
    bool stopped;    /* the server was asked to stop then, and did */
};

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct run *run = ctx;

    progress_stop(&run->progress);
    render_begin(run->render, columns, n);
    return true;
}

static bool row(void *ctx, const struct cell *cells)
{
    struct run *run = ctx;

    if (run->printing.outlet == NULL) /* nobody but us, and perhaps millions of rows */
        return render_row(run->render, cells);
    if (printer_left(&run->printing)) {
        if (++run->unread == UNREAD_MAX &&
            sql_classify(run->item->text, run->item->len) == SQL_READS)
            interrupt_enough(run->interrupts);
        return true;
    }
    render_row(run->render, cells);
    return printer_left(&run->printing) ||
           (!printer_full(&run->printing) && !render_failed(run->render));
}

static void idle(void *ctx)
{
    struct run *run = ctx;

    sink_flush(run->printing.sink, NULL); /* an error is remembered there */
}

/* What is said below a result; appends. */
static void footer(const struct shell *shell, const struct query_end *end, struct str *ret)
{
    const char *info = connection_info(shell->connection);

    if (shell->silent && shell->settings.verbose < 2)
        return;
    if (end->is_result && end->rows == 0)
        str_add(ret, "Empty set");
    else if (end->is_result)
        str_addf(ret, "%llu row%s in set", (unsigned long long)end->rows, end->rows == 1 ? "" : "s");
    else
        str_addf(ret, "Query OK, %llu row%s affected", (unsigned long long)end->affected,
                 end->affected == 1 ? "" : "s");
    if (end->warnings > 0)
        str_addf(ret, ", %u warning%s", end->warnings, end->warnings == 1 ? "" : "s");
    if (!shell->no_timing && (!shell->silent || shell->settings.verbose > 2))
        seconds_add(end->took_ms, ret);
    str_addc(ret, '\n');
    if (info != NULL) { /* "Records: 2 …"; an FE tells the label and the transaction */
        escape_line(info, strlen(info), ret);
        str_addc(ret, '\n');
    }
    str_addc(ret, '\n');
}

/* Does this format show its rows only once all are there? */
static bool keeps_rows(const struct render_options *options)
{
    return !options->quick && (options->format == FORMAT_TABLE || options->format == FORMAT_UNICODE ||
                               options->format == FORMAT_AUTO);
}

static bool one_result(struct run *run, bool ok, struct query_end *end, struct error *err)
{
    AUTO_STR text = {0};

    /* Half a grid of what was stopped or lost is shown to nobody, as by the classic client. */
    if (end->is_result && (ok || !keeps_rows(&run->printing.options)) &&
        !render_end(run->render, ok ? err : NULL))
        ok = false;
    if (!ok)
        return false;
    last_end_rows(run->shell, end);
    if (run->stopped && !run->shell->silent)
        str_addf(&text, "Stopped after %llu rows: nobody reads the rest\n\n",
                 (unsigned long long)end->rows);
    else if (!run->stopped)
        footer(run->shell, end, &text);
    return printer_pause(run->shell, &run->printing, str_text(&text), err);
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

/* A statement that was stopped only because nobody read its rows has not failed. */
static bool left_early(struct run *run, bool ok, struct query_end *end, struct error *err)
{
    if (ok || !run->interrupts->enough || err->sql_errno == 0 ||
        connection_lost(run->shell->connection))
        return ok;
    error_done(err);
    run->stopped = true;
    end->is_result = true;
    end->more = false;
    return true;
}

/* Sends it and prints what comes back. false: error set. */
static bool send(struct shell *shell, const struct scan_item *item, struct query_end *ret,
                 struct interrupts *interrupts, struct error *err)
{
    struct run run = {.shell = shell, .interrupts = interrupts, .item = item};
    struct query_sink sink = {&run, begin, row, false, idle};
    struct query_limits limits = {.wake_fd = signals_wake_fd(), .interrupt = interrupt_statement,
                                  .interrupt_ctx = interrupts};
    AUTO_ERROR late = {0};

    if (!printer_begin(shell, item, &run.printing, err))
        return false;
    struct render_options *options = &run.printing.options;
    options->statement = item->text;
    options->statement_len = item->len;
    sink.facts = options->types;
    signals_reset(1);
    run.render = render_new(run.printing.sink, &run.printing.options);
    shell->statements++;
    /* As typed, but for one thing: StarRocks knows no # comments, and reads on behind the sign. */
    AUTO_STR rewritten = {0};
    bool hashes = sql_hash_comments(item->text, item->len, &rewritten);
    const char *text = hashes ? rewritten.s : item->text;
    size_t len = hashes ? rewritten.len : item->len;
    run.progress = progress_start(shell);
    bool ok = send_statement(shell, interrupts, text, len, &sink, &limits, ret, err);
    progress_stop(&run.progress);
    ok = left_early(&run, ok, ret, err);
    ok = one_result(&run, ok, ret, err);
    while (ok && ret->more) {
        ok = query_next(shell->connection, &sink, &limits, ret, err);
        ok = one_result(&run, ok, ret, err);
    }
    interrupt_end(interrupts);
    render_free(run.render);
    if (!printer_end(shell, &run.printing, &late) && ok)
        ok = error_move(err, &late);
    return ok;
}

/* Between dashed lines, as the classic client shows it; its secrets are not shown. */
static void show(struct sink *sink, const struct scan_item *item)
{
    AUTO_STR text = {0};

    sql_redact(item->text, item->len, &text);
    sink_text(sink, "--------------\n");
    if (sink_escapes(sink)) {
        AUTO_STR safe = {0};
        escape_block(str_text(&text), text.len, &safe);
        sink_write(sink, str_text(&safe), safe.len);
    } else {
        sink_write(sink, str_text(&text), text.len);
    }
    sink_text(sink, "\n--------------\n\n");
}

/* A statement that is too long for the server, which says so or just hangs up. */
static void name_limit(const struct shell *shell, const struct scan_item *item, struct error *err)
{
    bool lost = shell->connection != NULL && connection_lost(shell->connection);

    if (err->sql_errno == TOO_LARGE || (lost && item->len > LONG_STATEMENT))
        error_hint(err, "the statement has %zu bytes; a server takes as many as its "
                   "max_allowed_packet says (SHOW VARIABLES LIKE 'max_allowed_packet')", item->len);
}

/* --print-query-on-error: in scripts, where nobody sees what was typed. */
static void show_failed(struct shell *shell, const struct scan_item *item)
{
    if (!shell->settings.print_query_on_error || shell->settings.verbose > 0 ||
        shell->source == NULL || shell->source->name == NULL)
        return;
    sink_flush(shell->output.out, NULL);
    show(shell->output.err, item);
}

bool statement_run(struct shell *shell, const struct scan_item *item, struct error *err)
{
    struct interrupts interrupts = {.shell = shell};
    struct query_end end = {0};

    if (!consent_statement(shell, item->text, item->len, err) || shell_connection(shell, err) == NULL)
        return false;
    if (shell->settings.verbose > 0)
        show(shell->output.out, item);
    bool ok = send(shell, item, &end, &interrupts, err);
    if (!ok) {
        name_limit(shell, item, err);
        show_failed(shell, item);
    }
    if (ok) {
        follow_statement(shell, item->text, item->len);
        names_follow(shell, item->text, item->len);
    }
    if (ok && shell->show_warnings && end.warnings > 0)
        ok = show_warnings(shell, err);
    if (shell->connection != NULL && connection_lost(shell->connection))
        send_lost(shell, item->text, item->len, err);
    if (interrupts.count > 0 && !ok && err->sql_errno == 0 && err->code != ERR_UNKNOWN)
        err->code = ERR_STOPPED;
    return ok;
}

/* A statement whose result the shell keeps. */
#include "collect.h"

#include <belay/str.h>
#include <clock.h>

#include "consent.h"
#include "follow.h"
#include "interrupt.h"
#include "names/names.h"
#include "last_end.h"
#include "send.h"
#include "shell_inside.h"
#include "signals.h"

#define CELLS_MAX 1000000
#define BYTES_MAX ((size_t)256 << 20)

struct keep {
    struct result *result;
    size_t bytes;
    bool full;
};

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct keep *keep = ctx;

    result_done(keep->result);
    *keep->result = (struct result){0};
    for (size_t i = 0; i < n; i++)
        result_column(keep->result, columns[i].name, columns[i].kind);
    return true;
}

static bool row(void *ctx, const struct cell *cells)
{
    struct keep *keep = ctx;
    struct result *result = keep->result;

    if ((result->n_rows + 1) * result->n_columns > CELLS_MAX || keep->bytes > BYTES_MAX) {
        keep->full = true;
        return false;
    }
    size_t at = result_row(result);
    for (size_t i = 0; i < result->n_columns; i++) {
        keep->bytes += cells[i].len;
        if (cells[i].data != NULL)
            result_set(result, at, i, cells[i].data, cells[i].len);
    }
    return true;
}

/* Of several results the last one that has rows is kept. */
static bool ask(struct shell *shell, const char *sql, size_t len, struct keep *keep,
                struct interrupts *interrupts, struct error *err)
{
    struct query_sink sink = {.ctx = keep, .begin = begin, .row = row};
    struct query_limits limits = {.wake_fd = signals_wake_fd(), .interrupt = interrupt_statement,
                                  .interrupt_ctx = interrupts};
    struct query_end end = {0};

    bool ok = send_statement(shell, interrupts, sql, len, &sink, &limits, &end, err);
    while (ok && end.more)
        ok = query_next(shell->connection, &sink, &limits, &end, err);
    interrupt_end(interrupts);
    if (ok && keep->full)
        return error_set(err, ERR_FAILED, "the answer is too large to be kept (over %d cells)",
                         CELLS_MAX);
    return ok;
}

bool collect_result(struct shell *shell, const char *sql, size_t len, struct result *ret,
                    int64_t *ret_took_ms, struct error *err)
{
    struct interrupts interrupts = {.shell = shell};
    struct keep keep = {.result = ret};

    if (!consent_statement(shell, sql, len, err) || shell_connection(shell, err) == NULL)
        return false;
    signals_reset(1);
    shell->statements++;
    int64_t began = clock_ms();
    bool ok = ask(shell, sql, len, &keep, &interrupts, err);
    if (ret_took_ms != NULL)
        *ret_took_ms = clock_ms() - began;
    if (ok) {
        struct query_end end = {.is_result = true, .rows = ret->n_rows};
        last_end_rows(shell, &end);
        follow_statement(shell, sql, len);
        names_follow(shell, sql, len);
    }
    if (shell->connection != NULL && connection_lost(shell->connection))
        send_lost(shell, sql, len, err);
    if (interrupts.count > 0 && !ok && err->code != ERR_UNKNOWN && err->code != ERR_CONNECTION)
        err->code = ERR_STOPPED;
    return ok;
}

bool collect_last(const struct shell *shell, struct error *err)
{
    if (shell->last_sql.len > 0)
        return true;
    error_set(err, ERR_USAGE, "there is no statement yet to act on");
    return error_hint(err, "type it first, or put the command in place of its ;");
}

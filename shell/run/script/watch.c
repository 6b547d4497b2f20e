/* \watch: the last statement again and again, what changed marked, until it is so. */
#include "watch.h"

#include <belay/str.h>
#include <classify.h>
#include <clock.h>
#include <text.h>

#include "collect.h"
#include "print/printer.h"
#include "seconds.h"
#include "shell_inside.h"
#include "signals.h"

struct rounds {
    struct watch watch;
    struct result results[2]; /* the one at hand and the one before */
    long n;                   /* rounds so far */
};

static bool show(struct shell *shell, struct rounds *rounds, int64_t took_ms, struct error *err)
{
    struct result *now = &rounds->results[rounds->n % 2];
    struct printing printing;
    AUTO_STR text = {0};
    char time[CLOCK_TEXT];

    printer_begin_plain(shell, &printing);
    if (!shell->silent) {
        clock_local_time(clock_unix_ms(), time);
        str_addf(&text, "%s  every %g s\n", time, (double)rounds->watch.every_ms / 1000.0);
        sink_write(printing.sink, text.s, text.len);
        str_clear(&text);
    }
    if (rounds->n > 0)
        printing.options.before = &rounds->results[(rounds->n + 1) % 2];
    if (now->n_rows > 0)
        render_result(printing.sink, &printing.options, now);
    if (!shell->silent) {
        if (now->n_rows == 0)
            str_add(&text, "Empty set");
        else
            str_addf(&text, "%zu row%s in set", now->n_rows, now->n_rows == 1 ? "" : "s");
        if (!shell->no_timing)
            seconds_add(took_ms, &text);
        str_add(&text, "\n\n");
    }
    return printer_pause(shell, &printing, str_text(&text), err) &&
           printer_end(shell, &printing, err) && sink_flush(shell->output.out, err);
}

/* ^C: at the keyboard that is how one ends it; a script was stopped before its end. */
static bool stopped(struct shell *shell, struct error *err)
{
    signals_take();
    if (shell->interactive && signals_fatal() == 0) {
        error_done(err);
        sink_text(shell->output.err, "\n");
        sink_flush(shell->output.err, NULL);
        return true;
    }
    error_done(err);
    return error_set(err, ERR_STOPPED, "\\watch was stopped");
}

static bool not_so(const struct watch *until, struct error *err)
{
    AUTO_STR rounds = {0};

    text_count((size_t)until->count, "round", &rounds);
    return error_set(err, ERR_FAILED, "%s %s %s did not become so in %s",
                     until->column != NULL ? until->column : "rows", until->op, until->value,
                     rounds.s);
}

static bool watch(struct shell *shell, struct rounds *rounds, struct error *err)
{
    const struct str *sql = &shell->last_sql;

    for (;; rounds->n++) {
        struct result *now = &rounds->results[rounds->n % 2];
        int64_t took_ms;
        bool holds;
        result_done(now);
        *now = (struct result){0};
        if (!collect_result(shell, sql->s, sql->len, now, &took_ms, err))
            return err->code == ERR_STOPPED && stopped(shell, err);
        if (!show(shell, rounds, took_ms, err) ||
            !watch_holds(&rounds->watch, now, &holds, err))
            return false;
        if (holds)
            return true;
        if (rounds->watch.count > 0 && rounds->n + 1 >= rounds->watch.count)
            return rounds->watch.op == NULL || not_so(&rounds->watch, err);
        if (signals_interrupts() > 0 || signals_fatal() != 0 ||
            clock_sleep(rounds->watch.every_ms, signals_wake_fd()))
            return stopped(shell, err);
    }
}

bool shell_watch(struct shell *shell, const char *text, struct error *err)
{
    struct rounds rounds = {0};

    if (!collect_last(shell, err))
        return false;
    if (sql_classify(shell->last_sql.s, shell->last_sql.len) != SQL_READS) {
        error_set(err, ERR_USAGE, "\\watch repeats only a statement that reads; nothing was sent");
        return error_hint(err, "the last statement may change something, or is not known to belay");
    }
    if (!watch_parse(text, &rounds.watch, err))
        return false;
    bool ok = watch(shell, &rounds, err);
    result_done(&rounds.results[0]);
    result_done(&rounds.results[1]);
    watch_done(&rounds.watch);
    return ok;
}

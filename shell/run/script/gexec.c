/* \gexec: each cell of the last statement's result is a statement: listed, asked about, then run. */
#include "shell_inside.h"

#include <ask.h>
#include <belay/str.h>
#include <classify.h>
#include <redact.h>
#include <text.h>

#include "collect.h"
#include "signals.h"

#define LISTED 20 /* statements shown before the question; all that destroy are shown */
#define SHOWN_BYTES 200

/* On one line, without its secrets, cut when it is long; appends. */
static void add_shown(const char *sql, size_t len, struct str *ret)
{
    AUTO_STR plain = {0};

    sql_redact(sql, len, &plain);
    if (plain.len > SHOWN_BYTES) {
        str_cut(&plain, SHOWN_BYTES);
        str_add(&plain, "…");
    }
    escape_line(str_text(&plain), plain.len, ret);
}

static void add_statement(size_t number, const char *sql, size_t len, bool marked, struct str *ret)
{
    str_addf(ret, "%4zu%c ", number, marked ? '!' : ' ');
    add_shown(sql, len, ret);
    str_addc(ret, '\n');
}

/* Numbers the statements among the cells; the first ones and all that destroy go into ret. */
static size_t list(const struct result *rows, size_t *ret_destroy, struct str *ret)
{
    size_t n = 0;

    *ret_destroy = 0;
    for (size_t i = 0; i < rows->n_rows * rows->n_columns; i++) {
        const struct cell *cell = &rows->cells[i];
        if (cell->data == NULL || cell->len == 0)
            continue;
        bool destroys = sql_classify(cell->data, cell->len) == SQL_DESTROYS;
        n++;
        *ret_destroy += destroys ? 1 : 0;
        if (n <= LISTED || destroys)
            add_statement(n, cell->data, cell->len, destroys, ret);
        else if (n == LISTED + 1)
            str_add(ret, "      …\n");
    }
    return n;
}

static bool asked(struct shell *shell, const struct result *rows, struct error *err)
{
    AUTO_STR text = {0};
    size_t destroy;
    size_t n = list(rows, &destroy, &text);

    if (n == 0)
        return true;
    if (destroy == 1)
        str_add(&text, n == 1 ? "It destroys.\n" : "The one marked ! destroys.\n");
    else if (destroy > 1)
        str_addf(&text, destroy == n ? "All %zu destroy.\n" : "The %zu marked ! destroy.\n",
                 destroy);
    str_add(&text, "Send ");
    text_count(n, "statement", &text);
    str_add(&text, "? [y]es, Enter: no: ");
    struct ask ask = {.text = text.s, .wake_fd = signals_wake_fd()};
    sink_flush(shell->output.out, NULL);
    if (ask_agree(&ask, NULL))
        return true;
    return error_set(err, ERR_DECLINED, "declined: nothing was sent");
}

static bool run_one(struct shell *shell, const struct cell *cell, size_t number, struct error *err)
{
    struct scan_item item = {.kind = SCAN_STATEMENT, .text = cell->data, .len = cell->len,
                             .whole_len = cell->len, .word = "", .target = "", .ender = ""};

    if (statement_run(shell, &item, err))
        return true;
    AUTO_STR shown = {0};
    add_shown(cell->data, cell->len, &shown);
    if (err->hint == NULL)
        error_hint(err, "\\gexec stopped at statement %zu: %s", number, shown.s);
    return false;
}

bool shell_gexec(struct shell *shell, struct error *err)
{
    AUTO_RESULT rows = {0};
    bool ok = true;
    size_t number = 0;
    bool consented = shell->consented;

    if (!shell_trusts(shell, false, "\\gexec", err) || !collect_last(shell, err) ||
        !collect_result(shell, shell->last_sql.s, shell->last_sql.len, &rows, NULL, err))
        return false;
    if (shell->interactive && shell->source->name == NULL && !asked(shell, &rows, err))
        return false;
    shell->consented = shell->interactive && shell->source->name == NULL;
    for (size_t i = 0; ok && i < rows.n_rows * rows.n_columns; i++) {
        const struct cell *cell = &rows.cells[i];
        if (cell->data == NULL || cell->len == 0)
            continue;
        ok = run_one(shell, cell, ++number, err) && signals_fatal() == 0;
    }
    shell->consented = consented;
    return ok;
}

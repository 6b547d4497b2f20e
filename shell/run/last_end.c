/* How the last statement ended. */
#include "last_end.h"

#include <belay/str.h>
#include <mem.h>
#include <redact.h>
#include <text.h>

#include "shell_inside.h"

#define STATEMENT_KEPT 4096 /* bytes of a failed statement that \errverbose shows */
#define NAME_CELLS 11       /* of what it shows: "statement: " */

void last_end_done(struct last_end *last)
{
    error_done(&last->error);
    free(last->statement);
    free(last->source);
    *last = (struct last_end){0};
}

void last_end_rows(struct shell *shell, const struct query_end *end)
{
    shell->last_end.rows = end->is_result ? end->rows : end->affected;
}

void last_end_note(struct shell *shell, const struct scan_item *item, const struct error *err)
{
    struct last_end *last = &shell->last_end;
    AUTO_STR shown = {0};

    if (err->code == ERR_NONE) {
        /* \echo and its like say nothing about what went before them. */
        const struct command *command = item->kind == SCAN_LONG ? dispatch_find(item->word) : NULL;
        if (item->kind == SCAN_STATEMENT ||
            (command != NULL && (command->run != NULL || command->plan != NULL)))
            last->failed = false;
        return;
    }
    last_end_done(last);
    last->failed = true;
    error_copy(&last->error, err);
    last->line = item->line;
    if (shell->source != NULL && shell->source->name != NULL)
        last->source = mem_text(shell->source->name);
    if (item->kind != SCAN_STATEMENT)
        return;
    sql_redact(item->text, item->len, &shown);
    if (shown.len > STATEMENT_KEPT) {
        str_cut(&shown, STATEMENT_KEPT);
        str_add(&shown, "…");
    }
    last->statement = str_take(&shown);
}

/* Folded on a terminal: a line that is wider would start the pager. */
static void line(struct sink *sink, const char *name, const char *text)
{
    AUTO_STR safe = {0};
    AUTO_STR shown = {0};

    escape_block(text, strlen(text), &safe);
    str_addf(&shown, "%-*s", NAME_CELLS, name);
    if (sink_is_terminal(sink))
        text_fold(str_text(&safe), sink_columns(sink) - 1, NAME_CELLS, &shown);
    else
        str_add(&shown, str_text(&safe));
    sink_f(sink, "%s\n", shown.s);
}

bool shell_errverbose(struct shell *shell, struct error *err)
{
    const struct last_end *last = &shell->last_end;
    const struct error *error = &last->error;
    struct sink *sink = shell->output.out;

    if (error->code == ERR_NONE)
        return error_set(err, ERR_USAGE, "there was no error yet");
    line(sink, "message:", error->message);
    if (error->sql_errno != 0)
        sink_f(sink, "%-*s%u\n", NAME_CELLS, "code:", error->sql_errno);
    if (error->sqlstate[0] != '\0')
        line(sink, "state:", error->sqlstate);
    if (error->where != NULL)
        line(sink, "where:", error->where);
    if (shell->connection != NULL) {
        const struct endpoint *at = connection_endpoint(shell->connection);
        AUTO_FREE char *fe = str_format("%s:%u, connection %llu", at->host, at->port,
                                        (unsigned long long)connection_id(shell->connection));
        line(sink, "server:", fe);
    }
    if (last->source != NULL) {
        AUTO_FREE char *place = str_format("%s, line %u", last->source, last->line);
        line(sink, "stands in:", place);
    }
    if (error->hint != NULL)
        line(sink, "hint:", error->hint);
    if (last->statement != NULL)
        line(sink, "statement:", last->statement);
    return true;
}

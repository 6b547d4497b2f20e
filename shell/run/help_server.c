/*
 * What the server's help tables say about a topic (MariaDB Knowledge Base, "HELP Command": one row
 * of three columns is the topic; several rows, whose last column is is_it_category, are topics).
 */
#include "help_server.h"

#include <belay/str.h>
#include <quote.h>

#include "shell_inside.h"

static void add(struct sink *out, const struct cell *cell)
{
    AUTO_STR safe = {0};

    escape_block(cell->data, cell->len, &safe);
    sink_write(out, str_text(&safe), safe.len);
    if (safe.len > 0 && safe.s[safe.len - 1] != '\n')
        sink_text(out, "\n");
}

static void show_topic(struct sink *out, const struct cell *cells)
{
    for (size_t i = 0; i < 3; i++) {
        if (cells[i].data == NULL || cells[i].len == 0)
            continue;
        sink_text(out, i == 2 ? "\nExamples\n" : "");
        add(out, &cells[i]);
    }
}

static void show_topics(struct sink *out, const struct result *rows)
{
    sink_text(out, "The server knows several; \\help NAME shows one of:\n");
    for (size_t i = 0; i < rows->n_rows; i++) {
        const struct cell *name = &rows->cells[(i + 1) * rows->n_columns - 2];
        if (name->data == NULL)
            continue;
        sink_text(out, "  ");
        sink_foreign(out, name->data, name->len);
        sink_text(out, "\n");
    }
}

bool help_server(struct shell *shell, const char *topic)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    str_add(&sql, "HELP ");
    if (shell->connection == NULL || !quote_text(topic, &sql, NULL))
        return false;
    shell_echo_sql(shell, sql.s);
    if (!query_result(shell->connection, sql.s, &limits, &rows, NULL)) {
        shell_forget_lost(shell);
        return false;
    }
    if (rows.n_columns < 2 || rows.n_rows == 0)
        return false;
    if (rows.n_columns == 3 && rows.n_rows == 1)
        show_topic(shell->output.out, rows.cells);
    else
        show_topics(shell->output.out, &rows);
    return true;
}

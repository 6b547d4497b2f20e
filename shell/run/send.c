/* Statements over a connection that may have gone; connections that are opened again. */
#include "send.h"

#include <belay/str.h>
#include <classify.h>
#include <line.h>
#include <mem.h>

#include "follow.h"
#include "interrupt.h"
#include "shell_inside.h"
#include "signals.h"
#include "user_connection.h"

/* The first connection, or the next one where the last was lost: to where that was. */
static bool open_again(struct shell *shell, bool again, struct error *err)
{
    struct endpoint endpoint = {0};

    endpoint_copy(&endpoint, &shell->endpoint);
    if (again) { /* a database that has gone must not keep us out: it is put back afterwards */
        free(endpoint.database);
        endpoint.database = NULL;
    }
    shell->connection = user_connection_open(shell, &endpoint, err);
    endpoint_done(&endpoint);
    if (shell->connection == NULL) {
        shell->interrupted = shell->interrupted || signals_interrupts() > 0;
        return false;
    }
    shell->connected = true;
    if (!again)
        return true;
    AUTO_STR restored = {0};
    shell->torn = !follow_restore(shell, &restored);
    AUTO_FREE char *to = endpoint_where(connection_endpoint(shell->connection));
    output_note(&shell->output, "belay: connection lost; connected again to %s%s%s%s", to,
                restored.len > 0 ? " (" : "",
                str_text(&restored), restored.len > 0 ? " restored)" : "");
    return true;
}

struct connection *shell_connection(struct shell *shell, struct error *err)
{
    if (shell->connection != NULL && !connection_hung_up(shell->connection))
        return shell->connection;
    connection_close(shell->connection);
    shell->connection = NULL;
    if (shell->connected && !follow_reconnects(shell)) {
        error_set(err, ERR_CONNECTION, "the connection to the server was lost; nothing was sent");
        error_hint(err, "--reconnect connects again");
        return NULL;
    }
    if (open_again(shell, shell->connected, err))
        return shell->connection;
    if (shell->connected)
        error_hint_too(err, "nothing was sent; the next statement tries again");
    return NULL;
}

static bool is_gone(void *ctx)
{
    struct shell *shell = ctx;

    if (shell->connection != NULL && connection_hung_up(shell->connection))
        line_notice(shell->line, follow_reconnects(shell)
                    ? "belay: the server has ended the connection; the next statement connects again"
                    : "belay: the server has ended the connection");
    return false; /* said once; and what TLS has left there is no end */
}

void send_watch(struct shell *shell)
{
    bool watched = shell->connection != NULL && !shell->settings.classic &&
                   !connection_hung_up(shell->connection);

    line_watch(shell->line, watched ? connection_descriptor(shell->connection) : -1, is_gone, shell);
}

void shell_forget_lost(struct shell *shell)
{
    if (shell->connection == NULL || !connection_lost(shell->connection))
        return;
    connection_close(shell->connection);
    shell->connection = NULL;
}

/* May it be sent again: it reads, nothing of it was shown, and nobody wanted it stopped? */
static bool again(const struct shell *shell, const struct interrupts *interrupts, const char *sql,
                  size_t len, const struct query_end *end)
{
    return shell->connection != NULL && connection_lost(shell->connection) &&
           follow_reconnects(shell) && interrupts->count == 0 && signals_fatal() == 0 &&
           !end->is_result && sql_classify(sql, len) == SQL_READS;
}

/*
 * A session that could not be put back as it was: what changes something was meant for another one
 * (for a transaction, a user, a variable). At a terminal the person is told, and decides: it is sent
 * when it is typed again. Nobody tells a script.
 */
static bool is_out_of_place(struct shell *shell, const char *sql, size_t len)
{
    bool torn = shell->torn;

    if (shell->interactive)
        shell->torn = false;
    return torn && sql_classify(sql, len) != SQL_READS && sql_classify(sql, len) != SQL_SESSION;
}

static bool refuse(struct error *err)
{
    error_set(err, ERR_CONNECTION, "the session could not be put back as it was; nothing was sent");
    return error_hint(err, "give it again if it can do without what was lost");
}

/*
 * Names the session's statements, which may be the first thing to find the connection lost. Nothing of
 * the user's was sent by then. false: there is no connection.
 */
static bool prepare(struct shell *shell, struct error *err)
{
    for (int i = 0;; i++) {
        follow_name_queries(shell);
        if (!connection_lost(shell->connection))
            return true;
        shell_forget_lost(shell);
        if (i > 0 || signals_interrupts() > 0 || signals_fatal() != 0)
            return error_set(err, ERR_CONNECTION, "the server does not answer; nothing was sent");
        if (shell_connection(shell, err) == NULL)
            return false;
    }
}

bool send_statement(struct shell *shell, struct interrupts *interrupts, const char *sql, size_t len,
                    const struct query_sink *sink, const struct query_limits *limits,
                    struct query_end *ret, struct error *err)
{
    interrupts->sql = sql;
    interrupts->len = len;
    *ret = (struct query_end){0};
    if (!prepare(shell, err))
        return false;
    if (is_out_of_place(shell, sql, len))
        return refuse(err);
    bool ok = query_run(shell->connection, sql, len, sink, limits, ret, err);
    if (ok || !again(shell, interrupts, sql, len, ret))
        return ok;
    shell_forget_lost(shell);
    error_done(err);
    if (!open_again(shell, true, err) || !prepare(shell, err))
        return false;
    return query_run(shell->connection, sql, len, sink, limits, ret, err);
}

/* Where the outcome of a statement can be looked up. */
static const char *what_to_check(const char *sql, size_t len)
{
    static const struct {
        const char *word;
        const char *check;
    } checks[] = {
        {"INSERT", "the rows, or SHOW LOAD"},
        {"UPDATE", "the rows"},
        {"DELETE", "the rows"},
        {"CREATE", "SHOW CREATE of what it makes"},
        {"DROP", "whether it is still there"},
        {"ALTER", "SHOW CREATE, or SHOW ALTER TABLE for a running change"},
        {"TRUNCATE", "the rows"},
        {"REFRESH", "information_schema.task_runs"},
        {"SUBMIT", "information_schema.task_runs"},
        {"LOAD", "SHOW LOAD"},
        {"BACKUP", "SHOW BACKUP"},
        {"RESTORE", "SHOW RESTORE"},
        {"GRANT", "SHOW GRANTS"},
        {"REVOKE", "SHOW GRANTS"},
    };
    char word[32];

    sql_first_word(sql, len, word, sizeof(word));
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (str_equal(word, checks[i].word))
            return checks[i].check;
    }
    return "what it changes";
}

void send_lost(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    AUTO_FREE char *said = mem_text(err->message);
    enum sql_class class = sql_classify(sql, len);

    connection_close(shell->connection);
    shell->connection = NULL;
    if (class == SQL_READS || class == SQL_SESSION) {
        err->code = ERR_CONNECTION;
        if (follow_reconnects(shell) && err->hint == NULL)
            error_hint(err, "the next statement connects again");
        return;
    }
    error_set(err, ERR_UNKNOWN, "sent, outcome unknown: %s", said);
    error_hint(err, "it may have run; before you send it again, look at %s",
               what_to_check(sql, len));
}

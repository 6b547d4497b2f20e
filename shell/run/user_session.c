/* What a person does to the session by a command: connect elsewhere, reset it, a shell line. */
#include "shell_inside.h"

#include <belay/str.h>
#include <connection_facts.h>
#include <foreground.h>
#include <mem.h>

#include "follow.h"
#include "names/names.h"
#include "signals.h"
#include "user_connection.h"

static void say_where(struct shell *shell, const char *before, const struct connection *connection)
{
    const char *database = connection_database(connection);
    AUTO_FREE char *where = endpoint_where(connection_endpoint(connection));

    output_note(&shell->output, "%s %s as %s, connection %llu, database %s", before, where,
                connection_endpoint(connection)->user,
                (unsigned long long)connection_id(connection),
                *database != '\0' ? database : "(none)");
}

/* Where \r leads: the words given, the rest as before. */
static bool new_endpoint(struct shell *shell, const char *database, const char *host,
                         struct endpoint *ret, struct error *err)
{
    const char *usual = shell->last_database != NULL ? shell->last_database
                                                     : shell->endpoint.database;

    endpoint_copy(ret, &shell->endpoint);
    free(ret->database);
    ret->database = mem_text(database != NULL ? database : usual);
    if (host == NULL)
        return true;
    char *name = NULL;
    unsigned port = ret->port;
    if (!endpoint_split(host, &name, &port, err))
        return false;
    endpoint_set_host(ret, name, port);
    free(name);
    return true;
}

bool shell_connect(struct shell *shell, const char *database, const char *host, struct error *err)
{
    struct endpoint to = {0};

    if (database != NULL && *database == '\0')
        database = NULL;
    struct connection *fresh = new_endpoint(shell, database, host, &to, err)
                                   ? user_connection_open(shell, &to, err) : NULL;
    if (fresh == NULL) {
        endpoint_done(&to);
        if (shell->connection == NULL)
            return false;
        if (err != NULL) /* a command failed; there is a connection */
            err->code = ERR_FAILED;
        AUTO_FREE char *where = endpoint_where(connection_endpoint(shell->connection));
        AUTO_FREE char *still = str_format("still connected to %s", where);
        return error_hint_too(err, still);
    }
    if (shell->connection != NULL)
        say_where(shell, "left", shell->connection);
    connection_close(shell->connection);
    shell->connection = fresh;
    shell->connected = true;
    follow_forget(shell);
    if (to.database != NULL)
        follow_use(shell, to.database);
    if (host != NULL) { /* guided commands and completion go where the statements go */
        endpoint_copy(&shell->endpoint, &to);
        names_forget(shell);
        shell_renew_session(shell);
    }
    endpoint_done(&to);
    say_where(shell, "connected to", fresh);
    return true;
}

bool shell_charset(struct shell *shell, const char *name, struct error *err)
{
    AUTO_STR sql = {0};

    if (!connection_knows_charset(name)) {
        error_set(err, ERR_USAGE, "there is no character set \"%s\"; nothing was changed", name);
        return error_hint(err, "utf8mb4 is the one for StarRocks");
    }
    if (shell_connection(shell, err) == NULL ||
        !connection_set_charset(shell->connection, name, err))
        return false;
    free(shell->endpoint.charset);
    shell->endpoint.charset = mem_text(name);
    str_addf(&sql, "SET NAMES %s", name);
    follow_statement(shell, sql.s, sql.len);
    if (!str_equal(name, "utf8mb4"))
        output_note(&shell->output, "belay: widths, escapes and JSON expect utf8mb4; %s is passed on "
                    "as it comes", name);
    else if (!shell->silent)
        sink_text(shell->output.out, "Charset changed\n");
    return true;
}

bool shell_reset(struct shell *shell, struct error *err)
{
    if (shell_connection(shell, err) == NULL)
        return false;
    if (!connection_reset(shell->connection, err)) {
        shell_forget_lost(shell);
        return false;
    }
    follow_forget(shell);
    if (!shell->silent)
        sink_text(shell->output.out, "Session as after the login: variables, roles and temporary "
                                     "things are gone\n");
    return true;
}

static bool leave(void *ctx)
{
    (void)ctx;
    return signals_fatal() != 0;
}

bool shell_system(struct shell *shell, const char *line, struct error *err)
{
    struct foreground child = {0};

    if (!shell_outside(shell, err) || !shell_trusts(shell, true, "starting a program", err))
        return false;
    sink_flush(shell->output.out, NULL);
    if (!foreground_line(line, false, &child, err))
        return false;
    shell->shell_status = foreground_wait(&child, signals_wake_fd(), leave, NULL);
    if (shell->shell_status != 0)
        output_note(&shell->output, "belay: the line ended with status %d", shell->shell_status);
    return true;
}

void shell_sandbox(struct shell *shell)
{
    shell->sandbox = true;
    if (!shell->silent)
        sink_text(shell->output.out, "Sandbox mode: no files, no programs, until the end\n");
}

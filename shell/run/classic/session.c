/* Commands that change the classic client's session: com_use(), com_connect(), com_charset(). */
#include "classic.h"

#include <belay/str.h>
#include <connection_facts.h>
#include <mem.h>
#include <scan_classic.h>

#include "follow.h"
#include "signals.h"

/* With --one-database a USE is only noted: what follows for another database is left out. */
static enum client_end leave_out(struct shell *shell, const char *name)
{
    shell->other_database = !str_equal(shell->endpoint.database, name);
    classic_info(shell, "Database changed");
    return CLIENT_GO_ON;
}

enum client_end classic_use(struct shell *shell, const char *line)
{
    struct query_limits limits = {.wake_fd = signals_wake_fd()};
    AUTO_STR name = {0};
    AUTO_ERROR err = {0};

    if (!classic_argument(&line, true, &name)) {
        classic_error_text(shell, "USE must be followed by a database name");
        return CLIENT_GO_ON;
    }
    if (shell->settings.one_database && !str_equal(shell->endpoint.database, name.s))
        return leave_out(shell, name.s);
    shell->other_database = false;
    if (classic_connection(shell, &err) == NULL ||
        !query_use(shell->connection, name.s, &limits, &err))
        return classic_error(shell, &err);
    follow_use(shell, name.s);
    classic_info(shell, "Database changed");
    return CLIENT_GO_ON;
}

bool classic_open(struct shell *shell, struct error *err)
{
    connection_close(shell->connection);
    shell->connection = NULL;
    shell->connected = false;
    follow_forget(shell);
    if (shell->last_database != NULL && *shell->last_database != '\0') {
        free(shell->endpoint.database);
        shell->endpoint.database = mem_text(shell->last_database);
    }
    return shell_connection(shell, err) != NULL;
}

void classic_say_connection(struct shell *shell)
{
    const char *database = shell->last_database != NULL ? shell->last_database
                                                        : shell->endpoint.database;
    AUTO_FREE char *text = str_format("Connection id:    %llu\nCurrent database: %.128s\n",
                                      (unsigned long long)connection_id(shell->connection),
                                      database != NULL ? database : "*** NONE ***");

    classic_info(shell, text);
}

enum client_end classic_connect(struct shell *shell, const char *line)
{
    AUTO_STR word = {0};
    AUTO_ERROR err = {0};

    if (classic_argument(&line, true, &word)) {
        follow_use(shell, word.s);
        if (classic_argument(&line, false, &word)) {
            free(shell->endpoint.host);
            shell->endpoint.host = mem_text(word.s);
        }
    }
    scan_set_pending(shell->source->scanner, "", 0);
    if (!classic_open(shell, &err))
        return classic_error(shell, &err);
    classic_say_connection(shell);
    return CLIENT_GO_ON;
}

/*
 * A set that nobody knows is no error, but the library of the classic client says so, with a bell
 * (my_error() of mysys).
 */
static enum client_end no_charset(struct shell *shell, const char *name)
{
    sink_f(shell->output.err,
           "\a%s: Character set '%s' is not a compiled character set and is not specified in the "
           "'/usr/share/mysql/charsets/Index.xml' file\n",
           shell->settings.program, name);
    sink_flush(shell->output.err, NULL);
    classic_info(shell, "Charset is not found");
    return CLIENT_GO_ON;
}

enum client_end classic_charset(struct shell *shell, const char *line)
{
    AUTO_STR name = {0};
    AUTO_ERROR err = {0};

    if (!classic_argument(&line, true, &name))
        return classic_error_text(shell, "Usage: \\C charset_name | charset charset_name");
    if (!connection_knows_charset(name.s))
        return no_charset(shell, name.s);
    if (str_equal(name.s, "ucs2") || str_starts(name.s, "utf16") || str_equal(name.s, "utf32"))
        return classic_error_text(shell, "Character sets with mbminlen>1 are not supported");
    if (classic_connection(shell, &err) == NULL)
        return classic_error(shell, &err);
    connection_set_charset(shell->connection, name.s, NULL);
    classic_info(shell, "Charset changed");
    return CLIENT_GO_ON;
}

enum client_end classic_reset(struct shell *shell)
{
    AUTO_ERROR err = {0};

    if (classic_connection(shell, &err) == NULL || !connection_reset(shell->connection, &err))
        return classic_error(shell, &err);
    follow_forget(shell);
    return CLIENT_GO_ON;
}

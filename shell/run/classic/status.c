/* The classic client's page about the session: com_status() of client/mysql.cc. */
#include "classic.h"

#include <stdlib.h>

#include <belay/str.h>
#include <connection_facts.h>

#include "version.h"
#include "print/printer.h"

/* "2 hours 1 min 3 sec": nice_time() without parts of a second. */
static void add_uptime(long seconds, struct str *ret)
{
    if (seconds >= 86400)
        str_addf(ret, "%ld day%s ", seconds / 86400, seconds >= 172800 ? "s" : "");
    if (seconds >= 3600)
        str_addf(ret, "%ld hour%s ", seconds % 86400 / 3600, seconds % 86400 >= 7200 ? "s" : "");
    if (seconds >= 60)
        str_addf(ret, "%ld min ", seconds % 3600 / 60);
    str_addf(ret, "%ld sec", seconds % 60);
}

/* "Uptime: 12  Threads: 1 …" on two lines; nothing when the server refuses to tell. */
static void add_statistics(struct connection *connection, struct str *ret)
{
    const char *text = connection_statistics(connection);
    const char *space = text != NULL ? strchr(text, ' ') : NULL;
    char *rest;

    if (space == NULL)
        return;
    str_addn(ret, text, (size_t)(space - text));
    str_add(ret, "\t\t\t");
    long seconds = strtol(space, &rest, 10);
    if (rest != space) {
        add_uptime(seconds, ret);
        rest += strspn(rest, " ");
        str_addf(ret, "\n\n%s\n", rest);
    }
}

static void add_who(struct shell *shell, const struct result *who, struct str *ret)
{
    const char *cipher = connection_tls_cipher(shell->connection);

    str_addf(ret, "\nConnection id:\t\t%llu\n",
             (unsigned long long)connection_id(shell->connection));
    if (who->n_rows > 0 && who->n_columns >= 2) {
        str_addf(ret, "Current database:\t%s\n",
                 who->cells[0].data != NULL ? who->cells[0].data : "");
        str_addf(ret, "Current user:\t\t%s\n", who->cells[1].data != NULL ? who->cells[1].data : "");
    }
    if (cipher != NULL)
        str_addf(ret, "SSL:\t\t\tCipher in use is %s\n", cipher);
    else
        str_add(ret, "SSL:\t\t\tNot in use\n");
    if (shell->other_database)
        str_add(ret, "\nAll updates ignored to this database\n");
}

static void add_server(struct shell *shell, struct str *ret)
{
    struct connection *c = shell->connection;
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};
    AUTO_RESULT comment = {0};

    str_addf(ret, "Current pager:\t\t%s\n", printer_pager_name(shell));
    str_addf(ret, "Using outfile:\t\t'%s'\n", printer_tee_name(shell));
    str_addf(ret, "Using delimiter:\t%s\n", scan_delimiter(shell->source->scanner));
    str_addf(ret, "Server:\t\t\t%s\n", connection_server_name(c));
    str_addf(ret, "Server version:\t\t%s", connection_server_version(c));
    if (query_result(c, "select @@version_comment limit 1", &limits, &comment, NULL) &&
        comment.n_rows > 0 && comment.cells[0].data != NULL)
        str_addf(ret, " %s", comment.cells[0].data);
    str_addf(ret, "\nProtocol version:\t%u\n", connection_protocol(c));
    str_addf(ret, "Connection:\t\t%s\n", connection_how(c));
    if (connection_insert_id(c) != 0)
        str_addf(ret, "Insert id:\t\t%llu\n", (unsigned long long)connection_insert_id(c));
}

static void add_charsets(const struct result *sets, struct str *ret)
{
    static const struct {
        const char *label;
        size_t column;
    } lines[] = {{"Server characterset:\t", 2},
                 {"Db     characterset:\t", 3},
                 {"Client characterset:\t", 0},
                 {"Conn.  characterset:\t", 1}};

    for (size_t i = 0; sets->n_rows > 0 && sets->n_columns >= 4 && i < 4; i++) {
        const char *text = sets->cells[lines[i].column].data;
        str_addf(ret, "%s%s\n", lines[i].label, text != NULL ? text : "");
    }
}

static void add_safety(const struct settings *settings, struct str *ret)
{
    str_addf(ret,
             "\nNote that you are running in safe_update_mode:\n"
             "UPDATEs and DELETEs that don't use a key in the WHERE clause are not allowed.\n"
             "(One can force an UPDATE/DELETE by adding LIMIT # at the end of the command.)\n"
             "SELECT has an automatic 'LIMIT %lld' if LIMIT is not used.\n"
             "Max number of examined row combination in a join is set to: %lld\n\n",
             (long long)settings->select_limit, (long long)settings->max_join_size);
}

enum client_end classic_status(struct shell *shell)
{
    AUTO_RESULT who = {0};
    AUTO_RESULT sets = {0};
    AUTO_STR text = {0};

    if (!classic_ask(shell, "select DATABASE(), USER() limit 1", &who))
        return CLIENT_GO_ON;
    struct connection *c = shell->connection;
    str_add(&text, "--------------\n");
    classic_version(shell->settings.program, &text);
    add_who(shell, &who, &text);
    add_server(shell, &text);
    if (classic_ask(shell,
                    "select @@character_set_client, @@character_set_connection, "
                    "@@character_set_server, @@character_set_database limit 1",
                    &sets))
        add_charsets(&sets, &text);
    if (connection_socket(c) == NULL)
        str_addf(&text, "TCP port:\t\t%u\n", connection_port(c));
    else
        str_addf(&text, "UNIX socket:\t\t%s\n", connection_socket(c));
    add_statistics(c, &text);
    if (shell->settings.safe_updates)
        add_safety(&shell->settings, &text);
    str_add(&text, "--------------\n\n");
    sink_write(shell->output.out, text.s, text.len);
    return CLIENT_GO_ON;
}

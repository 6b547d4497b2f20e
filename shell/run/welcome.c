/* The first lines on a terminal: what this is, and where it is connected. */
#include "shell_inside.h"

#include <belay/str.h>
#include <mem.h>

#include "prompt_values.h"

#define GREETING_MS 5000

/* The release. The version that the greeting of the protocol carries is that of a MySQL. */
static void add_release(struct shell *shell, struct str *ret)
{
    struct query_limits limits = {.timeout_ms = GREETING_MS};
    AUTO_RESULT rows = {0};
    const char *greeting = connection_server_version(shell->connection);

    if (!query_result(shell->connection, "SELECT @@version_comment AS v", &limits, &rows, NULL)) {
        str_addf(ret, "a server that does not tell its release (protocol version %s)", greeting);
        return;
    }
    const char *comment = result_text(&rows, 0, "v");
    const char *product = shell_product(shell, comment);
    str_addf(ret, "%s ", product);
    if (!str_equal(product, "StarRocks")) /* its greeting tells its version */
        str_addf(ret, "%s, ", greeting);
    str_add(ret, comment);
}

static void first_line(struct sink *out)
{
    sink_line(out, "belay " BELAY_VERSION ": a SQL shell for StarRocks.  \\help lists commands, "
                   "\\q leaves.", 0);
}

void welcome_offline(struct shell *shell)
{
    struct sink *out = shell->output.out;

    first_line(out);
    sink_line(out, "Not connected (--no-connect): the first statement connects. \\restore, \\resume of "
                   "a restore, \\backup verify and \\backup list need no frontend.", 2);
    sink_text(out, "\n");
    sink_flush(out, NULL);
}

void welcome(struct shell *shell)
{
    struct sink *out = shell->output.out;
    const char *cipher = connection_tls_cipher(shell->connection);
    AUTO_STR where = {0};
    AUTO_FREE char *at = endpoint_where(connection_endpoint(shell->connection));

    first_line(out);
    if (shell->practice_dir != NULL)
        sink_line(out, "A practice cluster: nothing here is real, nothing can break. "
                       "Begin with \\leader", 0);
    str_add(&where, "Connected to ");
    add_release(shell, &where);
    str_addf(&where, " as %s at %s%s%s", shell->endpoint.user, at,
             cipher != NULL ? ", TLS " : "", cipher != NULL ? cipher : "");
    sink_line(out, where.s, 2);
    sink_text(out, "\n");
    sink_flush(out, NULL);
    if (connection_lost(shell->connection)) { /* the next statement connects again */
        connection_close(shell->connection);
        shell->connection = NULL;
    }
}

/* The first lines on a terminal: what this is, and where it is connected. */
#include "shell_inside.h"

#include <belay/str.h>

#include "prompt_values.h"

#define GREETING_MS 5000

/* The release. The version that the greeting of the protocol carries is that of a MySQL. */
static void say_release(struct shell *shell)
{
    struct query_limits limits = {.timeout_ms = GREETING_MS};
    AUTO_RESULT rows = {0};

    if (query_result(shell->connection, "SELECT @@version_comment AS v", &limits, &rows, NULL)) {
        const char *comment = result_text(&rows, 0, "v");
        const char *product = shell_product(shell, comment);
        bool other = !str_equal(product, "StarRocks");
        sink_f(shell->output.out, "%s ", product);
        if (other) /* its greeting tells its version */
            sink_foreign(shell->output.out, connection_server_version(shell->connection),
                         strlen(connection_server_version(shell->connection)));
        sink_text(shell->output.out, other ? ", " : "");
        sink_foreign(shell->output.out, comment, strlen(comment));
    } else {
        sink_f(shell->output.out, "a server that does not tell its release (protocol version %s)",
               connection_server_version(shell->connection));
    }
}

void welcome(struct shell *shell)
{
    struct sink *out = shell->output.out;
    const char *cipher = connection_tls_cipher(shell->connection);

    sink_f(out, "belay %s: a SQL shell for StarRocks.  \\help lists commands, \\q leaves.\n",
           BELAY_VERSION);
    if (shell->practice_dir != NULL)
        sink_text(out, "A practice cluster: nothing here is real, nothing can break. "
                       "Begin with \\leader\n");
    sink_text(out, "Connected to ");
    say_release(shell);
    sink_f(out, " as %s, %s%s%s\n\n", shell->endpoint.user, connection_how(shell->connection),
           cipher != NULL ? ", TLS " : "", cipher != NULL ? cipher : "");
    sink_flush(out, NULL);
    if (connection_lost(shell->connection)) { /* the next statement connects again */
        connection_close(shell->connection);
        shell->connection = NULL;
    }
}

/*
 * The first lines at a terminal under a classic name. Programs that drive the client wait for them;
 * the line about whose work it is is our own.
 */
#include "classic.h"

#include <belay/str.h>
#include <connection_facts.h>

void classic_welcome(struct shell *shell)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};
    AUTO_RESULT comment = {0};
    AUTO_STR text = {0};

    classic_info(shell, "Welcome to the MariaDB monitor.  Commands end with ; or \\g.");
    str_addf(&text, "Your %s connection id is %llu\nServer version: %s",
             connection_server_name(shell->connection),
             (unsigned long long)connection_id(shell->connection),
             connection_server_version(shell->connection));
    if (query_result(shell->connection, "select @@version_comment limit 1", &limits, &comment, NULL) &&
        comment.n_rows > 0 && comment.cells[0].data != NULL)
        str_addf(&text, " %s", comment.cells[0].data);
    str_addf(&text, "\n\nThis is belay %s, which stands in for the mysql client.\n", BELAY_VERSION);
    classic_info(shell, text.s);
    classic_info(shell, "Type 'help;' or '\\h' for help. Type '\\c' to clear the current input "
                        "statement.\n");
    sink_flush(shell->output.out, NULL);
}

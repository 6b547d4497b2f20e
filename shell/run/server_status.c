/* \s: what the classic client shows of a session. */
#include "shell_inside.h"

#include <belay/str.h>

#include "print/printer.h"
#include "prompt_values.h"

static void line(struct shell *shell, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void line(struct shell *shell, const char *name, const char *fmt, ...)
{
    AUTO_STR value = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&value, fmt, ap);
    va_end(ap);
    sink_f(shell->output.out, "%s", name);
    for (size_t i = strlen(name); i < 24; i++)
        sink_write(shell->output.out, " ", 1);
    sink_foreign(shell->output.out, str_text(&value), value.len);
    sink_text(shell->output.out, "\n");
}

bool shell_status(struct shell *shell, struct error *err)
{
    struct connection *c = shell_connection(shell, err);
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};
    AUTO_RESULT version = {0};
    AUTO_RESULT user = {0};
    AUTO_RESULT database = {0};

    if (c == NULL)
        return false;
    /* Apart: up to 3.4 both functions in one SELECT give the second's value (recorded on 3.3.5). */
    if (!query_result(c, "SELECT @@version_comment AS v", &limits, &version, err) ||
        !query_result(c, "SELECT CURRENT_USER() AS u", &limits, &user, err) ||
        !query_result(c, "SELECT DATABASE() AS d", &limits, &database, err)) {
        shell_forget_lost(shell);
        return false;
    }
    const char *comment = result_text(&version, 0, "v");
    sink_text(shell->output.out, "--------------\n");
    sink_f(shell->output.out, "belay  Ver %s\n\n", BELAY_VERSION);
    line(shell, "Connection id:", "%llu", (unsigned long long)connection_id(c));
    line(shell, "Current database:", "%s", result_text(&database, 0, "d"));
    line(shell, "Current user:", "%s", result_text(&user, 0, "u"));
    if (connection_tls_cipher(c) != NULL)
        line(shell, "SSL:", "Cipher in use is %s, %s", connection_tls_cipher(c),
             connection_tls_version(c));
    else
        line(shell, "SSL:", "Not in use");
    if (shell->endpoint.compress)
        line(shell, "Compression:", "%s", connection_compressed(c) ? "in use"
                                                                   : "not offered by the server");
    line(shell, "Current pager:", "%s", printer_pager_name(shell));
    line(shell, "Using outfile:", "'%s'", printer_tee_name(shell));
    line(shell, "Using delimiter:", "%s", scan_delimiter(shell->source->scanner));
    line(shell, "Server:", "%s %s", shell_product(shell, comment), comment);
    line(shell, "Server version:", "%s", connection_server_version(c));
    line(shell, "Protocol version:", "%u", connection_protocol(c));
    if (connection_endpoint(c)->through != NULL)
        line(shell, "Connection:", "%s through kubectl port-forward", connection_endpoint(c)->through);
    else
        line(shell, "Connection:", "%s", connection_how(c));
    line(shell, "Characterset:", "%s", connection_charset(c));
    if (connection_endpoint(c)->by_socket)
        line(shell, "UNIX socket:", "%s", connection_endpoint(c)->socket != NULL
                                              ? connection_endpoint(c)->socket : "the usual one");
    else
        line(shell, "TCP port:", "%u", connection_endpoint(c)->port);
    if (shell->practice_dir != NULL)
        line(shell, "Practice cluster:", "%s", shell->practice_dir);
    sink_text(shell->output.out, "--------------\n\n");
    return true;
}

/* Where to connect, out of the settings: address, user, password, TLS. */
#include "shell_inside.h"

#include <ask.h>
#include <belay/str.h>
#include <mem.h>

#include "signals.h"

#define DEFAULT_PORT 9030
#define LONGEST 43200 /* seconds: --connect-timeout=0 */

static enum tls_mode tls_setting(const struct settings *settings)
{
    static const char *const names[] = {"preferred", "disabled", "required", "verify_identity"};

    for (size_t i = 0; settings->ssl_mode != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_equal(settings->ssl_mode, names[i]))
            return (enum tls_mode)i;
    }
    if (settings->ssl_verify || settings->ssl_mode != NULL)
        return TLS_VERIFY;
    return settings->skip_ssl ? TLS_DISABLED : settings->ssl ? TLS_REQUIRED : TLS_PREFERRED;
}

static bool ask_for_password(struct shell *shell, struct error *err)
{
    char typed[ASK_LINE_MAX + 1] = "";
    struct ask ask = {.text = "Enter password: ", .wake_fd = signals_wake_fd()};
    enum ask_answer answer = ask_password(&ask, typed, sizeof(typed));

    if (answer == ASK_LINE)
        secret_set(&shell->endpoint.password, typed);
    mem_wipe(typed, sizeof(typed));
    if (answer == ASK_LINE)
        return true;
    return error_set(err, answer == ASK_NO ? ERR_DECLINED : ERR_USAGE,
                     "no password was given: %s", answer == ASK_NO ? "declined"
                                                                   : "no terminal to ask on");
}

bool setup_endpoint(struct shell *shell, struct error *err)
{
    const struct settings *settings = &shell->settings;
    struct endpoint *endpoint = &shell->endpoint;
    const char *user = settings->user != NULL ? settings->user : getenv("USER");

    endpoint->tls = tls_setting(settings);
    endpoint->host = mem_text(settings->host != NULL ? settings->host : "127.0.0.1");
    endpoint->port = settings->port != 0 ? (unsigned)settings->port : DEFAULT_PORT;
    endpoint->socket = mem_text(settings->socket);
    endpoint->user = mem_text(user != NULL ? user : "root");
    endpoint->database = mem_text(settings->database);
    endpoint->tls_ca = mem_text(settings->ssl_ca);
    endpoint->connect_ms = (settings->connect_timeout != 0 ? settings->connect_timeout : LONGEST) *
                           1000;
    if (settings->password != NULL)
        secret_set(&endpoint->password, settings->password);
    else if (settings->ask_password)
        return ask_for_password(shell, err);
    return true;
}

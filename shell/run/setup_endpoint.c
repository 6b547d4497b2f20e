/* Where to connect, out of the settings: address, user, password, TLS. */
#include "shell_inside.h"

#include <ask.h>
#include <mem.h>

#include "signals.h"

#define DEFAULT_PORT 9030

bool setup_number(const char *text, const char *name, long least, long most, long fallback,
                  long *ret, struct error *err)
{
    char *end;

    *ret = fallback;
    if (text == NULL)
        return true;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < least || value > most)
        return error_set(err, ERR_USAGE, "--%s wants a number from %ld to %ld, not \"%s\"", name,
                         least, most, text);
    *ret = value;
    return true;
}

static bool tls_setting(const struct settings *settings, enum tls_mode *ret, struct error *err)
{
    static const char *const names[] = {"preferred", "disabled", "required", "verify_identity"};
    const char *mode = settings->ssl_mode;

    *ret = settings->skip_ssl ? TLS_DISABLED : settings->ssl ? TLS_REQUIRED : TLS_PREFERRED;
    for (size_t i = 0; mode != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcasecmp(mode, names[i]) == 0) {
            *ret = (enum tls_mode)i;
            return true;
        }
    }
    if (mode == NULL)
        return true;
    if (strcasecmp(mode, "verify_ca") == 0) {
        *ret = TLS_VERIFY;
        return true;
    }
    error_set(err, ERR_USAGE, "--ssl-mode does not know \"%s\"", mode);
    return error_hint(err, "disabled, preferred, required, verify_identity");
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
    long port;
    long seconds;

    if (!setup_number(settings->port, "port", 1, 65535, DEFAULT_PORT, &port, err) ||
        !setup_number(settings->connect_timeout, "connect-timeout", 1, 3600, 10, &seconds, err) ||
        !tls_setting(settings, &endpoint->tls, err))
        return false;
    endpoint->host = mem_text(settings->host != NULL ? settings->host : "127.0.0.1");
    endpoint->port = (unsigned)port;
    endpoint->socket = mem_text(settings->socket);
    endpoint->user = mem_text(user != NULL ? user : "root");
    endpoint->database = mem_text(settings->database);
    endpoint->tls_ca = mem_text(settings->ssl_ca);
    endpoint->connect_ms = seconds * 1000;
    if (settings->password != NULL)
        secret_set(&endpoint->password, settings->password);
    else if (settings->ask_password)
        return ask_for_password(shell, err);
    return true;
}

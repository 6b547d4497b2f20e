/* Where to connect and how, out of the settings: addresses, user, TLS, sizes. */
#include "shell_inside.h"

#include <pwd.h>
#include <unistd.h>

#include <belay/str.h>
#include <mem.h>
#include <trust.h>

#include "password.h"

#define DEFAULT_PORT 9030     /* query_port of an FE */
#define CLASSIC_PORT 3306     /* of a MySQL server */
#define LONGEST_SECONDS 43200 /* what --connect-timeout=0 means: the classic client's largest limit */

/*
 * The last word about TLS is the mode. Naming an authority without a mode asks for it to be checked:
 * MySQL manual, "Command Options for Encrypted Connections", --ssl-mode; MariaDB checks likewise.
 */
static enum tls_mode tls_setting(const struct settings *settings)
{
    static const char *const names[] = {"preferred", "disabled", "required", "verify_ca",
                                        "verify_identity"};

    for (size_t i = 0; settings->ssl_mode != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_equal(settings->ssl_mode, names[i]))
            return (enum tls_mode)i;
    }
    if (settings->skip_ssl)
        return TLS_DISABLED;
    if (settings->ssl_verify)
        return TLS_VERIFY;
    /* do_connect() of client/mysql.cc: files and --ssl ask for TLS where the server has it. */
    if (settings->classic && settings->ssl_fp == NULL && settings->ssl_fplist == NULL)
        return TLS_PREFERRED;
    if (settings->ssl_fp != NULL || settings->ssl_fplist != NULL)
        return TLS_REQUIRED;
    if (!settings->skip_ssl_verify && (settings->ssl_ca != NULL || settings->ssl_capath != NULL))
        return TLS_VERIFY_CA;
    return settings->ssl || settings->ssl_cert != NULL || settings->ssl_key != NULL
               ? TLS_REQUIRED : TLS_PREFERRED;
}

/* The library takes no notice of a version that it does not know, and allows all then. */
static bool tls_versions_ok(const struct settings *settings, struct error *err)
{
    static const char *const known[] = {"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"};

    for (const char *at = settings->tls_version; at != NULL && *at != '\0';) {
        size_t len = strcspn(at, ",");
        bool found = false;
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
            found |= strlen(known[i]) == len && strncasecmp(at, known[i], len) == 0;
        if (!found) {
            error_set(err, ERR_USAGE, "--tls-version does not know \"%.*s\"", (int)len, at);
            return error_hint(err, "TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3, with commas between them");
        }
        at += len + (at[len] == ',');
    }
    return true;
}

static void set_tls(const struct settings *settings, struct endpoint *endpoint)
{
    endpoint->tls = tls_setting(settings);
    endpoint->tls_ca = mem_text(settings->ssl_ca);
    endpoint->tls_capath = mem_text(settings->ssl_capath);
    endpoint->tls_cert = mem_text(settings->ssl_cert);
    endpoint->tls_key = mem_text(settings->ssl_key);
    endpoint->tls_crl = mem_text(settings->ssl_crl);
    endpoint->tls_crlpath = mem_text(settings->ssl_crlpath);
    endpoint->tls_cipher = mem_text(settings->ssl_cipher);
    endpoint->tls_version = mem_text(settings->tls_version);
    endpoint->tls_fp = mem_text(settings->ssl_fp);
    endpoint->tls_fplist = mem_text(settings->ssl_fplist);
    /* The library checks no authority when none is named and the name of the host is not asked for. */
    if (endpoint->tls == TLS_VERIFY_CA && endpoint->tls_ca == NULL && endpoint->tls_capath == NULL)
        endpoint->tls_capath = mem_text(trust_directory());
}

static bool is_local(const char *host)
{
    return host == NULL || str_equal(host, "localhost");
}

/*
 * Through a Unix socket? The classic client takes it for localhost unless -P on the command line
 * made the protocol TCP. An FE has none: belay takes it only when somebody asks.
 */
static bool by_socket(const struct settings *settings)
{
    if (settings->protocol != NULL)
        return str_equal(settings->protocol, "socket");
    if (settings->classic)
        return is_local(settings->host);
    return settings->socket_on_line && is_local(settings->host);
}

/* "a,b:9031,c": the first and the others. */
static bool set_hosts(const struct settings *settings, struct endpoint *endpoint, struct error *err)
{
    const char *rest = settings->host;
    bool list = rest != NULL && strchr(rest, ',') != NULL;
    unsigned usual = settings->port != 0 ? (unsigned)settings->port
                     : settings->classic ? CLASSIC_PORT : DEFAULT_PORT;

    endpoint->port = usual;
    endpoint->by_socket = by_socket(settings);
    if (endpoint->by_socket)
        endpoint->socket = mem_text(settings->socket);
    if (!list) {
        endpoint->host = mem_text(rest != NULL ? rest : settings->classic || endpoint->by_socket
                                                ? "localhost" : "127.0.0.1");
        return true;
    }
    for (bool first = true; rest != NULL; first = false) {
        size_t len = strcspn(rest, ",");
        AUTO_FREE char *one = mem_textn(rest, len);
        char *host = NULL;
        unsigned port = usual;
        if (!endpoint_split(one, &host, &port, err))
            return error_prefix(err, "--host");
        if (first)
            endpoint_set_host(endpoint, host, port);
        else
            strv_addf(&endpoint->others, "[%s]:%u", host, port);
        free(host);
        rest = rest[len] == ',' ? rest + len + 1 : NULL;
    }
    return true;
}

/* A host of one's own port "fe:9031" is taken as one of several is: no host's name has a colon. */
static bool set_port_of_host(const struct settings *settings, struct endpoint *endpoint,
                             struct error *err)
{
    char *host = NULL;
    unsigned port = endpoint->port;

    if (settings->classic || settings->host == NULL || strchr(settings->host, ',') != NULL ||
        strchr(settings->host, ':') == NULL)
        return true;
    if (!endpoint_split(settings->host, &host, &port, err))
        return error_prefix(err, "--host");
    free(endpoint->host);
    endpoint->host = host;
    endpoint->port = port;
    return true;
}

/* The name that this person logged in under. */
static const char *login_name(const struct settings *settings)
{
    const char *name = getenv("USER");
    const struct passwd *entry = NULL;

    if (settings->user != NULL)
        return settings->user;
    if (settings->classic && geteuid() == 0)
        return "root";
    if (name == NULL)
        entry = getpwuid(geteuid());
    return name != NULL ? name : entry != NULL ? entry->pw_name : "root";
}

/*
 * auto is the classic client's word for the terminal's character set, and its default; belay's
 * terminal is UTF-8.
 */
static char *charset_of(const struct settings *settings)
{
    const char *name = settings->character_set;

    if (settings->classic)
        return mem_text(name != NULL ? name : "auto");
    return name == NULL || str_equal(name, "auto") ? NULL : mem_text(name);
}

static bool set_wait(struct shell *shell, struct error *err)
{
    const char *text = shell->settings.wait_seconds;
    char *end;

    if (text == NULL)
        return true;
    long seconds = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || seconds < 1 || seconds > LONGEST_SECONDS)
        return error_set(err, ERR_USAGE, "--wait wants seconds from 1 to %d, not \"%s\"",
                         LONGEST_SECONDS, text);
    shell->wait_ms = seconds * 1000;
    return true;
}

bool setup_endpoint(struct shell *shell, struct error *err)
{
    const struct settings *settings = &shell->settings;
    struct endpoint *endpoint = &shell->endpoint;
    int64_t seconds = settings->connect_timeout;

    if (!settings->classic && !tls_versions_ok(settings, err))
        return false;
    set_tls(settings, endpoint);
    if (!set_hosts(settings, endpoint, err) ||
        !set_port_of_host(settings, endpoint, err) || !set_wait(shell, err))
        return false;
    endpoint->forwarded = settings->via != NULL && settings->host == NULL && !endpoint->by_socket;
    endpoint->user = mem_text(login_name(settings));
    endpoint->database = mem_text(settings->database);
    endpoint->bind_address = mem_text(settings->bind_address);
    endpoint->plugin_dir = mem_text(settings->plugin_dir);
    endpoint->default_auth = mem_text(settings->default_auth);
    /* Who names a plugin to a drop-in wants it, as the classic client has it. */
    endpoint->cleartext = settings->cleartext_plugin ||
                          (settings->classic && settings->default_auth != NULL);
    endpoint->expired_password = settings->connect_expired_password || shell->interactive;
    endpoint->local_infile = settings->local_infile;
    endpoint->compress = settings->compress || settings->compression_algorithms != NULL;
    endpoint->many_statements = settings->classic;
    endpoint->interactive = settings->classic && shell->interactive;
    endpoint->ignore_spaces = settings->ignore_spaces;
    endpoint->program = settings->classic ? "mysql" : NULL; /* as client/mysql.cc calls itself */
    endpoint->charset = charset_of(settings);
    endpoint->max_packet = settings->max_allowed_packet;
    endpoint->net_buffer = settings->net_buffer_length;
    endpoint->connect_ms = (seconds != 0 ? seconds : LONGEST_SECONDS) * 1000;
    return password_find(settings, &endpoint->password, err);
}

/* Endpoints: copy, release, another address. */
#include <stddef.h>

#include <belay/str.h>
#include <mem.h>

#include "connect.h"

/* Every text that an endpoint owns, the password aside. */
static const size_t texts[] = {
    offsetof(struct endpoint, host),         offsetof(struct endpoint, socket),
    offsetof(struct endpoint, user),         offsetof(struct endpoint, database),
    offsetof(struct endpoint, bind_address), offsetof(struct endpoint, tls_ca),
    offsetof(struct endpoint, tls_capath),   offsetof(struct endpoint, tls_cert),
    offsetof(struct endpoint, tls_key),      offsetof(struct endpoint, tls_crl),
    offsetof(struct endpoint, tls_crlpath),  offsetof(struct endpoint, tls_cipher),
    offsetof(struct endpoint, tls_version),  offsetof(struct endpoint, tls_fp),
    offsetof(struct endpoint, tls_fplist),   offsetof(struct endpoint, plugin_dir),
    offsetof(struct endpoint, through),
    offsetof(struct endpoint, default_auth), offsetof(struct endpoint, charset),
};

#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

static char **text_at(struct endpoint *endpoint, size_t i)
{
    return (char **)((char *)endpoint + texts[i]);
}

void endpoint_done(struct endpoint *endpoint)
{
    for (size_t i = 0; i < N_TEXTS; i++)
        free(*text_at(endpoint, i));
    strv_done(&endpoint->others);
    secret_done(&endpoint->password);
    *endpoint = (struct endpoint){0};
}

void endpoint_copy(struct endpoint *to, const struct endpoint *from)
{
    endpoint_done(to);
    *to = *from;
    for (size_t i = 0; i < N_TEXTS; i++)
        *text_at(to, i) = mem_text(*text_at(to, i));
    to->others = (struct strv){0};
    strv_add_all(&to->others, &from->others);
    to->password = (struct secret){0};
    secret_set(&to->password, from->password.text);
}

void endpoint_set_host(struct endpoint *endpoint, const char *host, unsigned port)
{
    char *copy = mem_text(host);

    free(endpoint->host);
    free(endpoint->socket);
    free(endpoint->through);
    endpoint->host = copy;
    endpoint->socket = NULL;
    endpoint->through = NULL;
    endpoint->forwarded = false;
    endpoint->by_socket = false;
    endpoint->port = port;
    strv_done(&endpoint->others);
}

void endpoint_set_forward(struct endpoint *endpoint, unsigned port, const char *through)
{
    bool forwarded = endpoint->forwarded;

    endpoint_set_host(endpoint, "127.0.0.1", port);
    endpoint->through = mem_text(through);
    endpoint->forwarded = forwarded;
}

bool endpoint_split(const char *text, char **ret_host, unsigned *port, struct error *err)
{
    const char *end = *text == '[' ? strchr(text, ']') : NULL;
    const char *host = end != NULL ? text + 1 : text;
    size_t len = end != NULL ? (size_t)(end - host) : strcspn(text, ":");
    const char *rest = end != NULL ? end + 1 : text + len;
    char *stop = NULL;

    /* An IPv6 address without brackets has several colons and no port. */
    if (end == NULL && *rest == ':' && strchr(rest + 1, ':') != NULL) {
        len = strlen(text);
        rest = text + len;
    }
    long number = *rest == ':' ? strtol(rest + 1, &stop, 10) : 0;
    bool named = *rest == ':';
    if (len == 0 || (*rest != '\0' && !named) ||
        (named && (rest[1] < '0' || rest[1] > '9' || *stop != '\0' || number < 1 || number > 65535)))
        return error_set(err, ERR_USAGE, "\"%s\" is no host and no host:port", text);
    *ret_host = mem_textn(host, len);
    if (named)
        *port = (unsigned)number;
    return true;
}

char *endpoint_where(const struct endpoint *endpoint)
{
    if (endpoint->by_socket || endpoint->socket != NULL)
        return mem_text(endpoint->socket != NULL ? endpoint->socket : "the local socket");
    if (endpoint->through != NULL)
        return str_format("%s (%s:%u)", endpoint->through, endpoint->host, endpoint->port);
    return str_format("%s:%u", endpoint->host != NULL ? endpoint->host : "localhost",
                      endpoint->port);
}

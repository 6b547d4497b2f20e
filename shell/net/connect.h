/* A connection to one FE: address, login, TLS policy, limits. */
#ifndef BELAY_CONNECT_H
#define BELAY_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

#include "secret.h"

enum tls_mode {
    TLS_PREFERRED, /* use it where the server offers it */
    TLS_DISABLED,
    TLS_REQUIRED,  /* no connection without it */
    TLS_VERIFY     /* … and the certificate must be good for this host */
};

struct endpoint {
    char *host;
    unsigned port;
    char *socket; /* Unix socket, or NULL */
    char *user;
    struct secret password;
    char *database; /* or NULL */
    enum tls_mode tls;
    char *tls_ca; /* file, or NULL */
    int64_t connect_ms; /* limit for the connect; 0: 10 s */
};

void endpoint_done(struct endpoint *endpoint);
void endpoint_copy(struct endpoint *to, const struct endpoint *from);

struct connection; /* opaque */

/*
 * Opens a connection; blocks at most endpoint->connect_ms. NULL with ERR_CONNECTION. Sends no
 * statement of its own. Free with connection_close.
 */
struct connection *connection_open(const struct endpoint *endpoint, struct error *err);
void connection_close(struct connection *connection);

const struct endpoint *connection_endpoint(const struct connection *connection);
uint64_t connection_id(const struct connection *connection); /* the FE's id of this connection */
const char *connection_server_version(const struct connection *connection);
const char *connection_tls_cipher(const struct connection *connection); /* NULL: not encrypted */
const char *connection_how(const struct connection *connection); /* "127.0.0.1 via TCP/IP" */
/* As of the server's last answer; StarRocks never says so. */
bool connection_in_transaction(const struct connection *connection);
unsigned connection_protocol(const struct connection *connection);
const char *connection_charset(const struct connection *connection);
bool connection_lost(const struct connection *connection); /* the last statement lost it */
/* The server has gone since the last statement was answered, or before. Asks the socket only. */
bool connection_hung_up(const struct connection *connection);

/* Current database as belay knows it ("" when none): from login and USE. */
const char *connection_database(const struct connection *connection);

#endif

/* A connection to one FE: address, login, TLS policy, limits. */
#ifndef BELAY_CONNECT_H
#define BELAY_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/list.h>

#include "secret.h"

enum tls_mode {
    TLS_PREFERRED, /* use it where the server offers it */
    TLS_DISABLED,
    TLS_REQUIRED,  /* no connection without it */
    TLS_VERIFY_CA, /* … and the certificate must come from an authority that is trusted */
    TLS_VERIFY     /* … and it must be good for this host */
};

/* All texts are owned; NULL: not given, the library's way. */
struct endpoint {
    char *host;
    unsigned port;
    char *through;  /* what people know it by where a port-forward leads there: "pod/fe-0"; NULL: its host */
    bool forwarded; /* host and port are found anew for each connection: see session_entry */
    struct strv others; /* "host", "host:port", "[host]:port": tried when the first does not answer */
    bool by_socket; /* through the Unix socket of the library's choice, or through … */
    char *socket;   /* … this one */
    char *user;
    struct secret password;
    char *database;
    char *bind_address; /* local address to connect from */
    enum tls_mode tls;
    char *tls_ca; /* files and directories */
    char *tls_capath;
    char *tls_cert;
    char *tls_key;
    char *tls_crl;
    char *tls_crlpath;
    char *tls_cipher;
    char *tls_version;
    char *tls_fp;     /* fingerprint of the server's certificate */
    char *tls_fplist; /* file of fingerprints */
    char *plugin_dir;
    char *default_auth;
    bool cleartext;        /* a password may go readable outside of verified TLS */
    bool expired_password; /* let a user with an expired password in */
    bool local_infile;
    bool compress;
    bool many_statements;  /* one packet may hold several statements, as the classic client has it */
    bool interactive;      /* somebody types: interactive_timeout of the server holds */
    bool ignore_spaces;    /* between a function's name and its parenthesis */
    char *charset;         /* NULL: utf8mb4; "auto": of the locale */
    const char *program;   /* what the server is told who connects; constant, NULL: belay */
    int64_t max_packet;    /* bytes; 0: the library's */
    int64_t net_buffer;    /* bytes; 0: the library's */
    int64_t connect_ms;    /* limit for each address; 0: 10 s */
};

void endpoint_done(struct endpoint *endpoint);
/* What `to` held is released first. */
void endpoint_copy(struct endpoint *to, const struct endpoint *from);
/* Another server with the same login: takes the place of the address and of the others. */
void endpoint_set_host(struct endpoint *endpoint, const char *host, unsigned port);
/* The near end of a port-forward to `through`; the endpoint stays one that is found anew. */
void endpoint_set_forward(struct endpoint *endpoint, unsigned port, const char *through);
/* "[::1]:9030", "fe:9030", "fe" → host and port; port stays when none is named. ERR_USAGE. */
bool endpoint_split(const char *text, char **ret_host, unsigned *port, struct error *err);
/* "fe-1:9030", "pod/fe-1 (127.0.0.1:40123)", or the path of its socket; free() it. */
char *endpoint_where(const struct endpoint *endpoint);

struct connection; /* opaque */

/* Who watches while belay connects. */
struct connect_watch {
    int wake_fd;                              /* becomes readable when … */
    bool (*go_on)(void *ctx, const char *where, int64_t ms); /* … this is asked, and every second */
    void *ctx;
};

/*
 * Opens a connection; blocks at most endpoint->connect_ms for each address. NULL with ERR_CONNECTION;
 * with several addresses the hint has one line for each. Sends no statement of its own. Free with
 * connection_close. connection_endpoint tells which address answered.
 */
struct connection *connection_open(const struct endpoint *endpoint, struct error *err);
/* The same, watched (NULL: by nobody); ERR_STOPPED when the watch ended it. */
struct connection *connection_open_watched(const struct endpoint *endpoint,
                                           const struct connect_watch *watch, struct error *err);
void connection_close(struct connection *connection);

const struct endpoint *connection_endpoint(const struct connection *connection);
uint64_t connection_id(const struct connection *connection); /* the FE's id of this connection */
const char *connection_server_version(const struct connection *connection);
const char *connection_tls_cipher(const struct connection *connection); /* NULL: not encrypted */
const char *connection_tls_version(const struct connection *connection); /* "TLSv1.3", or NULL */
bool connection_compressed(const struct connection *connection); /* did both sides agree on it? */
const char *connection_how(const struct connection *connection); /* "127.0.0.1 via TCP/IP" */
/* As of the server's last answer; StarRocks never says so. */
bool connection_in_transaction(const struct connection *connection);
unsigned connection_protocol(const struct connection *connection);
const char *connection_charset(const struct connection *connection);
bool connection_lost(const struct connection *connection); /* the last statement lost it */
/* The server has gone since the last statement was answered, or before. Asks the socket only. */
bool connection_hung_up(const struct connection *connection);
/* Its descriptor, to be watched: readable while nobody speaks, it may have hung up. Not to be read. */
int connection_descriptor(const struct connection *connection);

/* Current database as belay knows it ("" when none): from login and USE. */
const char *connection_database(const struct connection *connection);

#endif

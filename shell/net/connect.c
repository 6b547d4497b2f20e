/* Opens and closes connections through libmariadb. */
#include "connection.h"

#include <errmsg.h>

#include <belay/str.h>
#include <mem.h>

#define DEFAULT_CONNECT_MS 10000

void endpoint_done(struct endpoint *endpoint)
{
    free(endpoint->host);
    free(endpoint->socket);
    free(endpoint->user);
    free(endpoint->database);
    free(endpoint->tls_ca);
    secret_done(&endpoint->password);
    *endpoint = (struct endpoint){0};
}

void endpoint_copy(struct endpoint *to, const struct endpoint *from)
{
    endpoint_done(to);
    *to = *from;
    to->host = mem_text(from->host);
    to->socket = mem_text(from->socket);
    to->user = mem_text(from->user);
    to->database = mem_text(from->database);
    to->tls_ca = mem_text(from->tls_ca);
    to->password = (struct secret){0};
    secret_set(&to->password, from->password.text);
}

static void set_options(MYSQL *mysql, const struct endpoint *endpoint)
{
    unsigned seconds = (unsigned)((endpoint->connect_ms + 999) / 1000);
    my_bool on = 1;
    my_bool off = 0;
    unsigned no_infile = 0;
    unsigned tcp = MYSQL_PROTOCOL_TCP;

    mysql_options(mysql, MYSQL_OPT_NONBLOCK, NULL);
    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    /* A server must not be able to ask for files of this machine. */
    mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no_infile);
    mysql_options(mysql, MYSQL_OPT_RECONNECT, &off);
    /* An FE has no Unix socket: "localhost" means TCP unless a socket is named. */
    if (endpoint->socket == NULL)
        mysql_options(mysql, MYSQL_OPT_PROTOCOL, &tcp);
    if (endpoint->tls == TLS_REQUIRED || endpoint->tls == TLS_VERIFY)
        mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &on);
    if (endpoint->tls == TLS_VERIFY)
        mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
    if (endpoint->tls_ca != NULL)
        mysql_options(mysql, MYSQL_OPT_SSL_CA, endpoint->tls_ca);
}

bool connection_errno_lost(unsigned code)
{
    return code == CR_SERVER_GONE_ERROR || code == CR_SERVER_LOST ||
           code == CR_SERVER_LOST_EXTENDED || code == CR_MALFORMED_PACKET ||
           code == CR_SOCKET_CREATE_ERROR || code == CR_CONNECTION_ERROR ||
           code == CR_CONN_HOST_ERROR;
}

bool connection_failed(struct connection *connection, struct error *err)
{
    unsigned code = mysql_errno(connection->mysql);
    bool lost = connection_errno_lost(code);

    if (lost)
        connection->lost = true;
    error_set(err, lost ? ERR_CONNECTION : ERR_FAILED, "%s",
              code == 0 ? "unknown error" : mysql_error(connection->mysql));
    if (err != NULL) {
        err->sql_errno = code;
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", mysql_sqlstate(connection->mysql));
    }
    return false;
}

static bool refused(const struct endpoint *endpoint, MYSQL *mysql, struct error *err)
{
    unsigned code = mysql_errno(mysql);

    error_set(err, ERR_CONNECTION, "%s", mysql_error(mysql));
    if (err != NULL) {
        err->sql_errno = code;
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", mysql_sqlstate(mysql));
    }
    return error_where(err, "%s:%u", endpoint->host != NULL ? endpoint->host : "localhost",
                       endpoint->port);
}

/*
 * TLS preferred: libmariadb uses TLS only when asked to (MYSQL_OPT_SSL_ENFORCE). Some of its releases
 * then go on without it when the server offers none, others refuse; both are handled: preferred
 * dials again without, required looks at the cipher. A server that offers TLS and fails in it is
 * an error, never a fallback.
 */
static MYSQL *dial(const struct endpoint *endpoint, bool with_tls, struct error *err,
                   bool *ret_no_tls)
{
    MYSQL *mysql = mysql_init(NULL);
    my_bool on = 1;

    if (mysql == NULL)
        mem_fatal("no memory for a connection");
    set_options(mysql, endpoint);
    if (with_tls)
        mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &on);
    /* CLIENT_MULTI_STATEMENTS stays off: belay splits and sends statements one at a time. */
    if (mysql_real_connect(mysql, endpoint->host, endpoint->user,
                           endpoint->password.text != NULL ? endpoint->password.text : "",
                           endpoint->database, endpoint->port, endpoint->socket,
                           CLIENT_REMEMBER_OPTIONS) != NULL)
        return mysql;
    *ret_no_tls = mysql_errno(mysql) == CR_SSL_CONNECTION_ERROR &&
                  strstr(mysql_error(mysql), "server does not support it") != NULL;
    refused(endpoint, mysql, err);
    mysql_close(mysql);
    return NULL;
}

struct connection *connection_open(const struct endpoint *endpoint, struct error *err)
{
    struct endpoint full = {0};
    bool no_tls = false;
    bool prefer = endpoint->tls == TLS_PREFERRED && endpoint->socket == NULL;

    endpoint_copy(&full, endpoint);
    if (full.connect_ms <= 0)
        full.connect_ms = DEFAULT_CONNECT_MS;
    MYSQL *mysql = dial(&full, prefer, err, &no_tls);
    if (mysql == NULL && prefer && no_tls) {
        error_done(err);
        mysql = dial(&full, false, err, &no_tls);
    }
    if (mysql == NULL) {
        endpoint_done(&full);
        return NULL;
    }
    if ((full.tls == TLS_REQUIRED || full.tls == TLS_VERIFY) &&
        mysql_get_ssl_cipher(mysql) == NULL) {
        error_set(err, ERR_CONNECTION, "TLS is required, but the server does not offer it");
        error_where(err, "%s:%u", full.host != NULL ? full.host : "localhost", full.port);
        mysql_close(mysql);
        endpoint_done(&full);
        return NULL;
    }
    struct connection *connection = mem_alloc(sizeof(*connection));
    connection->mysql = mysql;
    connection->endpoint = full;
    connection->database = mem_text(full.database != NULL ? full.database : "");
    connection_unblock(connection);
    return connection;
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    mysql_close(connection->mysql);
    endpoint_done(&connection->endpoint);
    free(connection->database);
    free(connection);
}

const struct endpoint *connection_endpoint(const struct connection *connection)
{
    return &connection->endpoint;
}

uint64_t connection_id(const struct connection *connection)
{
    return mysql_thread_id(connection->mysql);
}

const char *connection_server_version(const struct connection *connection)
{
    return mysql_get_server_info(connection->mysql);
}

const char *connection_tls_cipher(const struct connection *connection)
{
    return mysql_get_ssl_cipher(connection->mysql);
}

const char *connection_how(const struct connection *connection)
{
    return mysql_get_host_info(connection->mysql);
}

bool connection_in_transaction(const struct connection *connection)
{
    unsigned status = 0;

    return mariadb_get_infov(connection->mysql, MARIADB_CONNECTION_SERVER_STATUS, &status) == 0 &&
           (status & SERVER_STATUS_IN_TRANS) != 0;
}

unsigned connection_protocol(const struct connection *connection)
{
    return mysql_get_proto_info(connection->mysql);
}

const char *connection_charset(const struct connection *connection)
{
    return mysql_character_set_name(connection->mysql);
}

bool connection_lost(const struct connection *connection)
{
    return connection->lost;
}

const char *connection_database(const struct connection *connection)
{
    return connection->database;
}

/* Opens and closes connections through libmariadb. */
#include "connection.h"

#include <errmsg.h>
#include <mysqld_error.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>

#include "answer.h"
#include "connect_options.h"
#include "connect_wait.h"
#include "resolve.h"

#define DEFAULT_CONNECT_MS 10000

/* ER_SECURE_TRANSPORT_REQUIRED of MySQL: its Server Error Message Reference. */
#define SECURE_TRANSPORT_REQUIRED 3159

/* The client library's codes that mean "the connection is gone". */
static bool is_lost(unsigned code)
{
    return code == CR_SERVER_GONE_ERROR || code == CR_SERVER_LOST ||
           code == CR_SERVER_LOST_EXTENDED || code == CR_MALFORMED_PACKET ||
           code == CR_SOCKET_CREATE_ERROR || code == CR_CONNECTION_ERROR ||
           code == CR_CONN_HOST_ERROR;
}

bool connection_failed(struct connection *connection, struct error *err)
{
    unsigned code = mysql_errno(connection->mysql);
    bool lost = is_lost(code);

    if (lost)
        connection->lost = true;
    error_set(err, lost ? ERR_CONNECTION : ERR_FAILED, "%s", mysql_error(connection->mysql));
    answer_number(connection->mysql, err);
    return answer_judge(connection, err);
}

/* Is it the certificate that is not good enough, and not a file or a name of a cipher? */
static bool about_trust(const char *message)
{
    static const char *const words[] = {"certificate", "Fingerprint", "fingerprint", "Validation"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strstr(message, words[i]) != NULL)
            return true;
    }
    return false;
}

/* What a person can do about it. */
static void hint_for(unsigned code, const char *message, struct error *err)
{
    if (code == CR_PLUGIN_NOT_ALLOWED)
        error_hint(err, "--ssl-mode=verify_ca protects it on its way, --enable-cleartext-plugin sends "
                        "it as it is");
    else if (code == CR_SSL_CONNECTION_ERROR && strstr(message, "does not support it") != NULL)
        error_hint(err, "--ssl-mode=preferred goes on without TLS");
    else if (code == CR_SSL_CONNECTION_ERROR && about_trust(message))
        error_hint(err, "--ssl-ca=FILE names who is trusted, --ssl-fp=HEX one certificate; "
                        "--ssl-mode=required encrypts without checking, disabled does neither");
    else if (code == SECURE_TRANSPORT_REQUIRED)
        error_hint(err, "--ssl-mode=required turns TLS on");
}

static bool refused(MYSQL *mysql, const char *where, struct error *err)
{
    unsigned code = mysql_errno(mysql);

    /* libmariadb 3.3 puts bytes of the salt where the plugin's name should be in that message. */
    error_set(err, ERR_CONNECTION, "%s", code == CR_PLUGIN_NOT_ALLOWED
              ? "the server asks for the password in a way that others can read" : mysql_error(mysql));
    answer_number(mysql, err);
    hint_for(code, mysql_error(mysql), err);
    return error_where(err, "%s", where);
}

/* The library connects; belay waits for it, so that ^C and the limit hold. NULL: not connected. */
static MYSQL *connect_within(MYSQL *mysql, const struct endpoint *endpoint,
                             struct connect_wait *wait, bool *ret_ended)
{
    unsigned long flags = CLIENT_REMEMBER_OPTIONS;
    MYSQL *connected = NULL;

    /* belay splits and sends statements one at a time; only the classic client's ways need more. */
    if (endpoint->many_statements)
        flags |= CLIENT_MULTI_STATEMENTS;
    if (endpoint->interactive)
        flags |= CLIENT_INTERACTIVE;
    if (endpoint->ignore_spaces)
        flags |= CLIENT_IGNORE_SPACE;
    int status = mysql_real_connect_start(
        &connected, mysql, endpoint->host, endpoint->user,
        endpoint->password.text != NULL ? endpoint->password.text : "", endpoint->database,
        endpoint->port, endpoint->socket, flags);
    while (status != 0) {
        int most = status & MYSQL_WAIT_TIMEOUT ? (int)mysql_get_timeout_value_ms(mysql) : -1;
        short events = (short)((status & MYSQL_WAIT_READ ? POLLIN : 0) |
                               (status & MYSQL_WAIT_WRITE ? POLLOUT : 0) |
                               (status & MYSQL_WAIT_EXCEPT ? POLLPRI : 0));
        int got = connect_wait_for(wait, mysql_get_socket(mysql), events, most);
        if (got < 0) {
            *ret_ended = true;
            mariadb_cancel(mysql); /* it must not try to say good-bye */
            return NULL;
        }
        status = mysql_real_connect_cont(&connected, mysql, got == 0 ? MYSQL_WAIT_TIMEOUT
                                                                     : status & ~MYSQL_WAIT_TIMEOUT);
    }
    return connected;
}

/*
 * TLS preferred: libmariadb uses TLS only when asked to (MYSQL_OPT_SSL_ENFORCE). Some of its releases
 * then go on without it when the server offers none, others refuse; both are handled: preferred
 * dials again without, required looks at the cipher. A server that offers TLS and fails in it is
 * an error, never a fallback.
 */
static MYSQL *dial(const struct endpoint *endpoint, bool with_tls, struct connect_wait *wait,
                   struct error *err, bool *ret_no_tls)
{
    MYSQL *mysql = mysql_init(NULL);
    bool ended = false;

    if (mysql == NULL)
        mem_fatal("no memory for a connection");
    connect_options(mysql, endpoint, with_tls);
    if (connect_within(mysql, endpoint, wait, &ended) != NULL) {
        connect_keep_alive(mysql);
        return mysql;
    }
    *ret_no_tls = !ended && mysql_errno(mysql) == CR_SSL_CONNECTION_ERROR &&
                  strstr(mysql_error(mysql), "server does not support it") != NULL;
    if (ended && wait->stopped) {
        error_set(err, ERR_STOPPED, "stopped while connecting");
        error_where(err, "%s", wait->where);
    } else if (ended) {
        error_set(err, ERR_CONNECTION, "no answer within %lld s", (long long)(wait->limit_ms / 1000));
        error_where(err, "%s", wait->where);
    } else {
        refused(mysql, wait->where, err);
    }
    mysql_close(mysql);
    return NULL;
}

static MYSQL *dial_as_wanted(const struct endpoint *endpoint, struct connect_wait *wait,
                             struct error *err)
{
    bool socket = endpoint->by_socket || endpoint->socket != NULL;
    /* A socket stays on this machine; the classic client uses TLS there all the same. */
    bool prefer = endpoint->tls == TLS_PREFERRED && (!socket || endpoint->many_statements);
    bool need = endpoint->tls != TLS_PREFERRED && endpoint->tls != TLS_DISABLED;
    bool no_tls = false;

    if (!socket && !resolve_host(endpoint->host, wait, err)) {
        error_where(err, "%s", wait->where);
        return NULL;
    }
    MYSQL *mysql = dial(endpoint, prefer || need, wait, err, &no_tls);
    if (mysql == NULL && prefer && no_tls) {
        error_done(err);
        mysql = dial(endpoint, false, wait, err, &no_tls);
    }
    if (mysql == NULL || !need || mysql_get_ssl_cipher(mysql) != NULL)
        return mysql;
    error_set(err, ERR_CONNECTION, "TLS is required, but the server does not offer it");
    error_hint(err, "--ssl-mode=preferred goes on without TLS");
    error_where(err, "%s", wait->where);
    mysql_close(mysql);
    return NULL;
}

/* One address. */
static struct connection *open_one(const struct endpoint *endpoint,
                                   const struct connect_watch *watch, struct error *err)
{
    AUTO_FREE char *where = endpoint_where(endpoint);
    struct connect_wait wait = {.watch = watch, .where = where, .started = clock_ms(),
                                .limit_ms = endpoint->connect_ms};
    MYSQL *mysql = dial_as_wanted(endpoint, &wait, err);

    if (mysql == NULL)
        return NULL;
    struct connection *connection = mem_alloc(sizeof(*connection));
    connection->mysql = mysql;
    endpoint_copy(&connection->endpoint, endpoint);
    strv_done(&connection->endpoint.others); /* a KILL must go to this server */
    connection->database = mem_text(endpoint->database != NULL ? endpoint->database : "");
    connection_unblock(connection);
    return connection;
}

/* It answered, and will say no a second time: the next server has the same users. */
static bool is_final(const struct error *err)
{
    return err->code != ERR_CONNECTION || err->sql_errno == ER_ACCESS_DENIED_ERROR ||
           err->sql_errno == ER_DBACCESS_DENIED_ERROR || err->sql_errno == ER_BAD_DB_ERROR;
}

/* The others, when the first did not answer: every one that failed gets a line. */
static struct connection *open_another(const struct endpoint *endpoint,
                                       const struct connect_watch *watch, struct error *err)
{
    AUTO_ERROR failed = {0};
    AUTO_STR lines = {0};
    struct endpoint one = {0};
    struct connection *connection = NULL;

    error_move(&failed, err);
    endpoint_copy(&one, endpoint);
    strv_done(&one.others);
    for (size_t i = 0; i < endpoint->others.n && connection == NULL; i++) {
        char *host = NULL;
        unsigned port = endpoint->port;
        if (is_final(&failed))
            break;
        str_addf(&lines, "%s%s: %s", lines.len > 0 ? "\n" : "", failed.where, failed.message);
        if (!endpoint_split(endpoint->others.v[i], &host, &port, &failed))
            break;
        endpoint_set_host(&one, host, port);
        free(host);
        connection = open_one(&one, watch, &failed);
    }
    endpoint_done(&one);
    if (connection != NULL)
        return connection;
    if (is_final(&failed) || endpoint->others.n == 0) {
        error_move(err, &failed);
        return NULL;
    }
    str_addf(&lines, "\n%s: %s", failed.where, failed.message);
    error_set(err, ERR_CONNECTION, "none of the %zu servers answers", endpoint->others.n + 1);
    error_hint(err, "%s", lines.s);
    return NULL;
}

struct connection *connection_open_watched(const struct endpoint *endpoint,
                                           const struct connect_watch *watch, struct error *err)
{
    struct endpoint full = {0};
    AUTO_ERROR own = {0};

    endpoint_copy(&full, endpoint);
    if (full.connect_ms <= 0)
        full.connect_ms = DEFAULT_CONNECT_MS;
    struct connection *connection = open_one(&full, watch, &own);
    if (connection == NULL)
        connection = open_another(&full, watch, &own);
    if (connection == NULL)
        error_move(err, &own);
    endpoint_done(&full);
    return connection;
}

struct connection *connection_open(const struct endpoint *endpoint, struct error *err)
{
    return connection_open_watched(endpoint, NULL, err);
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    mysql_close(connection->mysql);
    endpoint_done(&connection->endpoint);
    strv_done(&connection->local_files);
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

const char *connection_tls_version(const struct connection *connection)
{
    const char *version = NULL;

    if (mysql_get_ssl_cipher(connection->mysql) == NULL ||
        mariadb_get_infov(connection->mysql, MARIADB_CONNECTION_TLS_VERSION, &version) != 0)
        return NULL;
    return version;
}

bool connection_compressed(const struct connection *connection)
{
    return connection->mysql->net.compress != 0;
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

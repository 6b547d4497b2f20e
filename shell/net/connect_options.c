/* An endpoint in the words of libmariadb. */
#include "connect_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <belay/str.h>

/*
 * The plugins that do not send a password readable. libmariadb asks no server but the one it talks to
 * which plugin to use, so anybody on the way could ask for the readable ones.
 */
#define SAFE_PLUGINS                                                                               \
    "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519,"                  \
    "auth_gssapi_client,parsec"

/* The library's stack for a connect is small for a name server's answers and a TLS handshake. */
#define STACK_BYTES ((size_t)256 << 10)

#define KEEP_IDLE_SECONDS 60
#define KEEP_INTERVAL_SECONDS 15
#define KEEP_PROBES 6

static void text(MYSQL *mysql, enum mysql_option option, const char *value)
{
    if (value != NULL)
        mysql_options(mysql, option, value);
}

static void set_tls(MYSQL *mysql, const struct endpoint *endpoint, bool with_tls)
{
    my_bool enforce = with_tls;
    my_bool verify = endpoint->tls == TLS_VERIFY;

    mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &enforce);
    mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    if (!with_tls) /* each of the rest would turn TLS on */
        return;
    text(mysql, MYSQL_OPT_SSL_CA, endpoint->tls_ca);
    text(mysql, MYSQL_OPT_SSL_CAPATH, endpoint->tls_capath);
    text(mysql, MYSQL_OPT_SSL_CERT, endpoint->tls_cert);
    text(mysql, MYSQL_OPT_SSL_KEY, endpoint->tls_key);
    text(mysql, MYSQL_OPT_SSL_CRL, endpoint->tls_crl);
    text(mysql, MYSQL_OPT_SSL_CRLPATH, endpoint->tls_crlpath);
    text(mysql, MYSQL_OPT_SSL_CIPHER, endpoint->tls_cipher);
    text(mysql, MARIADB_OPT_TLS_VERSION, endpoint->tls_version);
    text(mysql, MARIADB_OPT_TLS_PEER_FP, endpoint->tls_fp);
    text(mysql, MARIADB_OPT_TLS_PEER_FP_LIST, endpoint->tls_fplist);
}

/* A readable password goes only where nobody else can read it, unless the person says otherwise. */
static void set_plugins(MYSQL *mysql, const struct endpoint *endpoint)
{
    bool verified = endpoint->tls == TLS_VERIFY || endpoint->tls == TLS_VERIFY_CA ||
                    (endpoint->tls == TLS_REQUIRED &&
                     (endpoint->tls_fp != NULL || endpoint->tls_fplist != NULL));
    const char *first = endpoint->default_auth;
    AUTO_STR safe = {0};
    my_bool on = 1;

    str_add(&safe, SAFE_PLUGINS);
    if (first != NULL && !str_equal(first, "mysql_clear_password") && !str_equal(first, "dialog"))
        str_addf(&safe, ",%s", first);
    text(mysql, MYSQL_PLUGIN_DIR, endpoint->plugin_dir);
    text(mysql, MYSQL_DEFAULT_AUTH, endpoint->default_auth);
    if (endpoint->cleartext || verified || endpoint->by_socket || endpoint->socket != NULL)
        mysql_options(mysql, MYSQL_ENABLE_CLEARTEXT_PLUGIN, &on);
    else
        mysql_optionsv(mysql, MARIADB_OPT_RESTRICTED_AUTH, str_text(&safe));
}

/* The FE's audit log then tells who ran what. */
static void set_attributes(MYSQL *mysql, const struct endpoint *endpoint)
{
    const struct {
        const char *name;
        const char *value;
    } attributes[] = {{"program_name", endpoint->program != NULL ? endpoint->program : "belay"},
                      {"program_version", BELAY_VERSION},
                      {"os_user", getenv("USER")},
                      {"sudo_user", getenv("SUDO_USER")}};

    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (attributes[i].value != NULL)
            mysql_optionsv(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, attributes[i].name,
                           attributes[i].value);
    }
}

static void set_sizes(MYSQL *mysql, const struct endpoint *endpoint)
{
    size_t packet = (size_t)endpoint->max_packet;
    size_t buffer = (size_t)endpoint->net_buffer;

    if (packet > 0)
        mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
    if (buffer > 0)
        mysql_options(mysql, MYSQL_OPT_NET_BUFFER_LENGTH, &buffer);
}

void connect_options(MYSQL *mysql, const struct endpoint *endpoint, bool with_tls)
{
    unsigned seconds = (unsigned)((endpoint->connect_ms + 999) / 1000);
    bool socket = endpoint->by_socket || endpoint->socket != NULL;
    unsigned protocol = socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    unsigned infile = endpoint->local_infile;
    my_bool expired = endpoint->expired_password;
    my_bool off = 0;
    size_t stack = STACK_BYTES;

    mysql_options(mysql, MYSQL_OPT_NONBLOCK, &stack);
    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    text(mysql, MYSQL_SET_CHARSET_NAME, endpoint->charset != NULL ? endpoint->charset : "utf8mb4");
    /* A server must not be able to ask for files of this machine. */
    mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &infile);
    mysql_options(mysql, MYSQL_OPT_RECONNECT, &off);
    mysql_options(mysql, MYSQL_OPT_CAN_HANDLE_EXPIRED_PASSWORDS, &expired);
    /* An FE has no Unix socket: "localhost" means TCP unless a socket is wanted. */
    mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
    text(mysql, MYSQL_OPT_BIND, endpoint->bind_address);
    if (endpoint->compress)
        mysql_options(mysql, MYSQL_OPT_COMPRESS, NULL);
    set_sizes(mysql, endpoint);
    set_tls(mysql, endpoint, with_tls);
    set_plugins(mysql, endpoint);
    set_attributes(mysql, endpoint);
}

void connect_keep_alive(MYSQL *mysql)
{
    static const struct {
        int level;
        int name;
        int value;
    } options[] = {{SOL_SOCKET, SO_KEEPALIVE, 1},
                   {IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_SECONDS},
                   {IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL_SECONDS},
                   {IPPROTO_TCP, TCP_KEEPCNT, KEEP_PROBES}};
    int fd = mysql_get_socket(mysql);

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) /* a Unix socket has none */
        setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
}

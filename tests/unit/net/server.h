/*
 * A server for tests that speaks just enough of the MySQL protocol (dev.mysql.com, "Client/Server
 * Protocol"): a greeting, any login, answers by what a statement says. One thread, one connection at
 * a time. Include after cmocka.h.
 *
 *   "… lose …"   the connection is closed without an answer, once for each lose() given
 *   "… hang …"   no answer
 *   "… 1064 …"   an error with that number; its text is what stands behind the number
 *   SELECT, SHOW one row: the statement itself; everything else: OK
 */
#ifndef BELAY_TEST_SERVER_H
#define BELAY_TEST_SERVER_H

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <belay/list.h>
#include <belay/str.h>

#include "connect.h"
#include "mem.h"

struct server {
    int listen_fd;
    int end[2];
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock;
    struct strv got; /* statements, "use db" for COM_INIT_DB */
    unsigned logins;
    int losses;      /* how many "lose" lose */
};

static inline bool read_all_of(int fd, void *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = read(fd, (char *)data + at, len - at);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

static inline bool read_packet(int fd, struct str *ret)
{
    unsigned char head[4];

    str_clear(ret);
    if (!read_all_of(fd, head, 4))
        return false;
    size_t len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    AUTO_FREE char *body = mem_alloc(len + 1);
    if (!read_all_of(fd, body, len))
        return false;
    str_addn(ret, body, len);
    return true;
}

static inline void add_packet(struct str *out, unsigned seq, const void *data, size_t len)
{
    str_addc(out, (char)(len & 0xff));
    str_addc(out, (char)(len >> 8 & 0xff));
    str_addc(out, (char)(len >> 16 & 0xff));
    str_addc(out, (char)seq);
    str_addn(out, data, len);
}

static inline void send_out(int fd, const struct str *out)
{
    ssize_t n = send(fd, out->s, out->len, MSG_NOSIGNAL);
    (void)n;
}

static inline void greet(int fd)
{
    static const char hello[] = "\x0a" "5.1.0\0" "\x07\0\0\0" "12345678" "\0" "\x0f\xa2" "\x21"
                                "\x02\0" "\x08\0" "\x15" "\0\0\0\0\0\0\0\0\0\0" "123456789012\0"
                                "mysql_native_password";
    AUTO_STR out = {0};

    add_packet(&out, 0, hello, sizeof(hello));
    send_out(fd, &out);
}

static inline void add_ok(struct str *out, unsigned seq)
{
    add_packet(out, seq, "\0\0\0\x02\0\0\0", 7);
}

static inline void add_text(struct str *packet, const char *text)
{
    str_addc(packet, (char)strlen(text));
    str_add(packet, text);
}

static inline void answer_row(int fd, const char *text)
{
    AUTO_STR out = {0};
    AUTO_STR column = {0};
    AUTO_STR row = {0};

    add_text(&column, "def");
    add_text(&column, "");
    add_text(&column, "");
    add_text(&column, "");
    add_text(&column, "said");
    add_text(&column, "");
    str_addn(&column, "\x0c\x21\0\xff\0\0\0\xfd\0\0\0\0\0", 13);
    add_text(&row, text);
    add_packet(&out, 1, "\x01", 1);
    add_packet(&out, 2, column.s, column.len);
    add_packet(&out, 3, "\xfe\0\0\x02\0", 5);
    add_packet(&out, 4, row.s, row.len);
    add_packet(&out, 5, "\xfe\0\0\x02\0", 5);
    send_out(fd, &out);
}

static inline void answer_error(int fd, unsigned number, const char *text)
{
    AUTO_STR out = {0};
    AUTO_STR packet = {0};

    str_addc(&packet, (char)0xff);
    str_addc(&packet, (char)(number & 0xff));
    str_addc(&packet, (char)(number >> 8));
    str_addf(&packet, "#42000%s", text);
    add_packet(&out, 1, packet.s, packet.len);
    send_out(fd, &out);
}

/* Waits for the other side, or for the end of the test. false: the end. */
static inline bool wait_for_more(struct server *server, int fd)
{
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = server->end[0], .events = POLLIN}};

    while (poll(fds, 2, -1) < 0)
        continue;
    return fds[1].revents == 0;
}

/* One statement. false: the connection ends. */
static inline bool answer_statement(struct server *server, int fd, const struct str *packet)
{
    AUTO_FREE char *sql = mem_textn(packet->s + 1, packet->len - 1);
    AUTO_STR out = {0};

    pthread_mutex_lock(&server->lock);
    bool lost = strstr(sql, "lose") != NULL && server->losses-- > 0;
    strv_addf(&server->got, "%s%s", packet->s[0] == 2 ? "use " : "", sql);
    pthread_mutex_unlock(&server->lock);
    if (lost)
        return false;
    if (strstr(sql, "hang") != NULL)
        return wait_for_more(server, fd);
    const char *number = strstr(sql, "1064");
    if (number != NULL)
        answer_error(fd, 1064, number + 5);
    else if (str_starts(sql, "SELECT") || str_starts(sql, "SHOW"))
        answer_row(fd, sql);
    else {
        add_ok(&out, 1);
        send_out(fd, &out);
    }
    return true;
}

static inline void serve(struct server *server, int fd)
{
    AUTO_STR packet = {0};
    AUTO_STR out = {0};

    greet(fd);
    if (!wait_for_more(server, fd) || !read_packet(fd, &packet))
        return;
    pthread_mutex_lock(&server->lock);
    server->logins++;
    pthread_mutex_unlock(&server->lock);
    add_ok(&out, 2);
    send_out(fd, &out);
    while (wait_for_more(server, fd) && read_packet(fd, &packet) && packet.len > 0 &&
           (packet.s[0] == 3 || packet.s[0] == 2)) {
        if (!answer_statement(server, fd, &packet))
            return;
    }
}

static inline void *server_main(void *arg)
{
    struct server *server = arg;

    while (wait_for_more(server, server->listen_fd)) {
        int fd = accept(server->listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        serve(server, fd);
        close(fd);
    }
    return NULL;
}

static inline struct server *server_new(void)
{
    struct server *server = mem_alloc(sizeof(*server));
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listen_fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(server->listen_fd, 8), 0);
    assert_int_equal(getsockname(server->listen_fd, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(pipe(server->end), 0);
    server->port = ntohs(address.sin_port);
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static inline void server_begin(struct server *server)
{
    assert_int_equal(pthread_create(&server->thread, NULL, server_main, server), 0);
}

static inline void server_free(struct server *server)
{
    close(server->end[1]);
    if (server->thread != 0)
        pthread_join(server->thread, NULL);
    close(server->end[0]);
    close(server->listen_fd);
    strv_done(&server->got);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

static inline struct endpoint server_endpoint(const struct server *server)
{
    return (struct endpoint){.host = mem_text("127.0.0.1"),
                             .port = server->port,
                             .user = mem_text("root"),
                             .tls = TLS_DISABLED,
                             .connect_ms = 3000};
}

/* How often a statement came that begins so. */
static inline size_t server_got(struct server *server, const char *prefix)
{
    size_t n = 0;

    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < server->got.n; i++)
        n += str_starts(server->got.v[i], prefix);
    pthread_mutex_unlock(&server->lock);
    return n;
}

#endif

/* Connections: limits on every wait, TLS that is required or not, USE, secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "query.h"
#include "server.h"

static struct server *server;

static int setup(void **state)
{
    (void)state;
    server = server_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    server_free(server);
    return 0;
}

static struct connection *dial(enum tls_mode tls, struct error *err)
{
    struct endpoint endpoint = server_endpoint(server);

    endpoint.tls = tls;
    endpoint.database = mem_text("sales");
    struct connection *connection = connection_open(&endpoint, err);
    endpoint_done(&endpoint);
    return connection;
}

static void what_is_known_of_a_connection(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};

    server_begin(server);
    struct connection *connection = dial(TLS_DISABLED, &err);
    if (connection == NULL)
        fail_msg("%s", err.message);
    assert_string_equal(connection_server_version(connection), "5.1.0");
    assert_string_equal(connection_database(connection), "sales");
    assert_int_equal(connection_id(connection), 7);
    assert_null(connection_tls_cipher(connection));
    assert_false(connection_lost(connection));
    assert_int_equal(connection_endpoint(connection)->port, server->port);
    connection_close(connection);
    connection_close(NULL);
}

static void tls_against_a_server_without_it(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};

    server_begin(server);
    struct connection *connection = dial(TLS_PREFERRED, NULL); /* nobody wants the error */
    assert_non_null(connection);
    connection_close(connection);
    assert_null(dial(TLS_REQUIRED, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    error_done(&err);
    assert_null(dial(TLS_VERIFY, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
}

static void a_server_that_says_nothing(void **state)
{
    (void)state;
    struct endpoint endpoint = server_endpoint(server); /* it listens and never answers */
    AUTO_ERROR err = {0};
    int64_t started = clock_ms();

    endpoint.connect_ms = 1000;
    assert_null(connection_open(&endpoint, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    assert_true(str_starts(err.where, "127.0.0.1:"));
    assert_true(clock_ms() - started < 5000);
    endpoint_done(&endpoint);
}

static void nobody_listens(void **state)
{
    (void)state;
    struct endpoint endpoint = server_endpoint(server);
    AUTO_ERROR err = {0};

    close(server->listen_fd);
    server->listen_fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_null(connection_open(&endpoint, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    assert_null(connection_open(&endpoint, NULL));
    endpoint_done(&endpoint);
}

static void use_a_database(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct query_limits limits = {.timeout_ms = 300};
    int64_t started = clock_ms();

    server_begin(server);
    struct connection *connection = dial(TLS_DISABLED, NULL);
    assert_true(query_use(connection, "catalog.web", &limits, &err));
    assert_string_equal(connection_database(connection), "catalog.web");
    assert_int_equal(server_got(server, "use catalog.web"), 1);
    assert_false(query_use(connection, "1064 unknown database", &limits, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_string_equal(connection_database(connection), "catalog.web");
    assert_false(query_use(connection, "hang", &limits, &err)); /* an FE without a quorum */
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_true(connection_lost(connection));
    assert_true(clock_ms() - started < 3000);
    assert_false(query_use(connection, "web", &limits, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    connection_close(connection);
}

static void a_lost_connection_sends_nothing_more(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct query_end end;

    server_begin(server);
    struct connection *connection = dial(TLS_DISABLED, NULL);
    server->losses = 1;
    assert_false(query_run(connection, "ALTER lose", 10, NULL, NULL, &end, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    assert_true(end.sent);
    assert_false(query_run(connection, "ALTER x", 7, NULL, NULL, &end, &err));
    assert_false(end.sent);
    assert_int_equal(server_got(server, "ALTER"), 1);
    connection_close(connection);
}

static bool drain(void *ctx)
{
    char c;

    return read(*(int *)ctx, &c, 1) == 1 && c == 'g';
}

static void an_interrupt_may_go_on_or_give_up(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct query_end end;
    int wake[2];
    struct query_limits limits = {.timeout_ms = 60000, .interrupt = drain, .interrupt_ctx = wake};

    server_begin(server);
    struct connection *connection = dial(TLS_DISABLED, NULL);
    assert_int_equal(pipe(wake), 0);
    limits.wake_fd = wake[0];
    assert_int_equal(write(wake[1], "ggx", 3), 3); /* go on, go on, no more */
    assert_false(query_run(connection, "ALTER hang", 10, NULL, &limits, &end, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_true(end.sent);
    assert_true(connection_lost(connection));
    connection_close(connection);
    close(wake[0]);
    close(wake[1]);
}

static void endpoints_are_copied_whole(void **state)
{
    (void)state;
    struct endpoint one = {.host = mem_text("h"), .port = 9, .socket = mem_text("s"),
                           .user = mem_text("u"), .database = mem_text("d"),
                           .tls_ca = mem_text("c"), .tls = TLS_VERIFY};
    struct endpoint two = {.host = mem_text("old"), .user = mem_text("old")};

    secret_set(&one.password, "hunter2");
    secret_set(&two.password, "old");
    endpoint_copy(&two, &one);
    endpoint_done(&one);
    assert_string_equal(two.host, "h");
    assert_string_equal(two.socket, "s");
    assert_string_equal(two.user, "u");
    assert_string_equal(two.database, "d");
    assert_string_equal(two.tls_ca, "c");
    assert_string_equal(two.password.text, "hunter2");
    assert_int_equal(two.tls, TLS_VERIFY);
    secret_set(&two.password, NULL);
    assert_null(two.password.text);
    endpoint_done(&two);
    assert_null(two.host);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(what_is_known_of_a_connection),
        T(tls_against_a_server_without_it),
        T(a_server_that_says_nothing),
        T(nobody_listens),
        T(use_a_database),
        T(a_lost_connection_sends_nothing_more),
        T(an_interrupt_may_go_on_or_give_up),
        T(endpoints_are_copied_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

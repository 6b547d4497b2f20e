/*
 * What may be sent and how often: reading statements are gated and may go twice, changing ones need
 * a permit and never do; and no wait is without a limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "pool.h"
#include "server.h"

struct permit {
    int unused;
};

static const struct permit permit = {0};
static struct server *server;
static struct pool *pool;

static int setup(void **state)
{
    (void)state;
    server = server_new();
    struct endpoint entry = server_endpoint(server);
    pool = pool_new(&entry, NULL, NULL);
    pool_limits(pool, 0, 5000);
    endpoint_done(&entry);
    server_begin(server);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pool_free(pool);
    server_free(server);
    return 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void reading_reads(void **state)
{
    (void)state;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    assert_string_equal(pool_where(pool, ""), "");
    if (!pool_read(pool, "", "SELECT 1", &rows, &err))
        fail_msg("%s", err.message);
    assert_int_equal(rows.n_rows, 1);
    assert_string_equal(result_text(&rows, 0, "said"), "SELECT 1");
    assert_true(str_starts(pool_where(pool, ""), "127.0.0.1:"));
    assert_true(pool_read(pool, "", "SHOW FRONTENDS", &rows, NULL));
    assert_int_equal(rows.n_rows, 1); /* the earlier rows are gone */
    assert_int_equal(server->logins, 1);
}

static void what_does_not_read_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "DROP TABLE t", "drop table t", "ALTER MATERIALIZED VIEW v INACTIVE",
        "SET GLOBAL x = 1", "ADMIN SET FRONTEND CONFIG (\"a\"=\"b\")", "INSERT INTO t SELECT 1",
        "SELECT 1; DROP TABLE t", "SELECT 1 INTO OUTFILE 'x'", "/* SELECT */ DROP TABLE t",
        "REFRESH MATERIALIZED VIEW v", "CREATE TABLE t (a INT)", "KILL 7", "", "nonsense",
        "WITH x AS (SELECT 1) DELETE FROM t"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (pool_read(pool, "", bad[i], &rows, &err))
            fail_msg("%s was sent", bad[i]);
        assert_int_equal(err.code, ERR_FAILED);
        assert_true(str_starts(err.message, "refused"));
    }
    assert_int_equal(server->logins, 0); /* not even a connection was made */
}

static void a_lost_read_is_sent_once_more(void **state)
{
    (void)state;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    server->losses = 1;
    assert_true(pool_read(pool, "", "SELECT 'lose'", &rows, &err));
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(server_got(server, "SELECT"), 2);
    server->losses = 5;
    assert_false(pool_read(pool, "", "SELECT 'lose'", &rows, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    assert_int_equal(server_got(server, "SELECT"), 4);
    server->losses = 1;
    assert_true(pool_read(pool, "", "SELECT 'lose'", &rows, NULL)); /* nobody wants the error */
}

static void a_servers_error_is_not_asked_again(void **state)
{
    (void)state;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    assert_false(pool_read(pool, "", "SELECT 1064 no such column", &rows, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_int_equal(err.sql_errno, 1064);
    assert_string_equal(err.sqlstate, "42000");
    assert_string_equal(err.message, "no such column");
    assert_int_equal(server_got(server, "SELECT"), 1);
}

static void a_read_without_an_answer_is_waited_for_once(void **state)
{
    (void)state;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    int64_t started = clock_ms();

    pool_limits(pool, 0, 300);
    assert_false(pool_read(pool, "", "SELECT 'hang'", &rows, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_false(pool_read(pool, "", "SELECT 'hang'", &rows, NULL));
    assert_int_equal(server_got(server, "SELECT"), 2); /* one each */
    assert_true(clock_ms() - started < 3000);
    assert_true(pool_read(pool, "", "SELECT 1", &rows, NULL)); /* on a new connection */
}

static void a_person_leaves_a_wait(void **state)
{
    (void)state;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    int leave[2];
    int64_t started = clock_ms();

    assert_int_equal(pipe(leave), 0);
    pool_limits(pool, leave[0], 60000);
    assert_int_equal(write(leave[1], "x", 1), 1);
    assert_false(pool_read(pool, "", "SELECT 'hang'", &rows, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_true(clock_ms() - started < 10000);
    close(leave[0]);
    close(leave[1]);
}

/* --- changing --------------------------------------------------------------------------------- */

static void a_change_needs_a_permit(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    bool unknown = true;

    assert_false(pool_change(pool, NULL, "", "ALTER x", &unknown, &err));
    assert_int_equal(err.code, ERR_DECLINED);
    assert_false(unknown);
    assert_int_equal(server->logins, 0);
    assert_true(pool_change(pool, &permit, "", "ALTER x", &unknown, &err));
    assert_int_equal(server_got(server, "ALTER x"), 1);
}

static void changes_that_fail(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        bool unknown;
    } cases[] = {{"ALTER 1064 no such view", false},
                 {"ALTER lose", true},
                 {"ALTER hang", true},
                 {"ALTER 1064 Socket is closed by peer.", true},
                 {"ALTER 1064 java.net.ConnectException: refused", true}};

    pool_limits(pool, 0, 300);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_ERROR err = {0};
        bool unknown = !cases[i].unknown;
        server->losses = 1;
        assert_false(pool_change(pool, &permit, "", cases[i].sql, &unknown, &err));
        if (unknown != cases[i].unknown)
            fail_msg("%s: unknown is %d", cases[i].sql, unknown);
        assert_int_equal(server_got(server, cases[i].sql), 1); /* never twice */
    }
}

static void a_greeting_that_loses_the_connection(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    bool unknown = true;

    pool_greeting(pool, "SET ROLE lose");
    server->losses = 1;
    assert_false(pool_change(pool, &permit, "", "ALTER x", &unknown, &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    assert_false(unknown); /* it was not sent at all */
    assert_int_equal(server_got(server, "ALTER"), 0);
    server->losses = 0;
    assert_true(pool_change(pool, &permit, "", "ALTER x", &unknown, &err));
    assert_int_equal(server_got(server, "SET ROLE"), 2); /* on each new connection */
}

/* --- names ------------------------------------------------------------------------------------ */

static bool route(void *ctx, const char *node, bool anew, struct endpoint *ret, struct error *err)
{
    unsigned *calls = ctx;

    (*calls)++;
    assert_false(anew);
    if (*node == '\0')
        return true;
    if (!str_equal(node, "leader"))
        return error_set(err, ERR_UNKNOWN, "no FE is called %s", node);
    assert_null(ret->database);
    return true;
}

static void names_are_resolved_once(void **state)
{
    (void)state;
    struct endpoint entry = server_endpoint(server);
    unsigned calls = 0;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    entry.database = mem_text("sales");
    struct pool *routed = pool_new(&entry, route, &calls);
    endpoint_done(&entry);
    assert_true(pool_read(routed, "leader", "SELECT 1", &rows, &err));
    assert_true(pool_read(routed, "leader", "SELECT 2", &rows, &err));
    assert_int_equal(calls, 1);
    pool_forget(routed, "leader");
    assert_true(pool_read(routed, "leader", "SELECT 3", &rows, &err));
    assert_int_equal(calls, 2);
    pool_forget_all(routed);
    assert_false(pool_read(routed, "fe-9", "SELECT 4", &rows, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_string_equal(err.message, "no FE is called fe-9");
    assert_false(pool_read(routed, "fe-9", "SELECT 4", &rows, NULL));
    pool_free(routed);
    pool_free(NULL);
}

/* As a port-forward whose pod was replaced: nobody listens at its other end. */
static bool stale(void *ctx, const char *node, bool anew, struct endpoint *ret, struct error *err)
{
    unsigned *calls = ctx;

    (void)node, (void)err;
    (*calls)++;
    if (!anew)
        endpoint_set_host(ret, "127.0.0.1", 1);
    return true;
}

static void a_way_that_leads_to_nobody_is_found_anew(void **state)
{
    (void)state;
    struct endpoint entry = server_endpoint(server);
    unsigned calls = 0;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    struct pool *routed = pool_new(&entry, stale, &calls);
    endpoint_done(&entry);
    assert_true(pool_read(routed, "fe-1", "SELECT 1", &rows, &err));
    assert_int_equal(calls, 2);
    pool_free(routed);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(reading_reads),
        T(what_does_not_read_is_refused),
        T(a_lost_read_is_sent_once_more),
        T(a_servers_error_is_not_asked_again),
        T(a_read_without_an_answer_is_waited_for_once),
        T(a_person_leaves_a_wait),
        T(a_change_needs_a_permit),
        T(changes_that_fail),
        T(a_greeting_that_loses_the_connection),
        T(names_are_resolved_once),
        T(a_way_that_leads_to_nobody_is_found_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

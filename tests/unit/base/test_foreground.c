/* A child that has the terminal: fed without blocking, waited for, told no secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "foreground.h"

static int wait_for(struct foreground *child)
{
    return foreground_wait(child, 0, NULL, NULL);
}

static void test_status(void **state)
{
    struct foreground child;

    (void)state;
    assert_true(foreground_line("exit 3", false, &child, NULL));
    assert_int_equal(wait_for(&child), 3);
    assert_int_equal(child.pid, 0);
    assert_true(foreground_line("kill -9 $$", false, &child, NULL));
    assert_int_equal(wait_for(&child), 128 + 9);
    const char *const argv[] = {"/bin/sh", "-c", "exit $1", "x", "7", NULL};
    assert_true(foreground_argv(argv, false, &child, NULL));
    assert_int_equal(wait_for(&child), 7);
    const char *const none[] = {"/nonexistent/program", NULL};
    AUTO_ERROR err = {0};
    assert_false(foreground_argv(none, true, &child, &err));
    assert_int_equal(err.code, ERR_FAILED);
}

static void test_environment(void **state)
{
    struct foreground child;

    (void)state;
    setenv("MYSQL_PWD", "geheim", 1);
    setenv("KEPT", "yes", 1);
    assert_true(foreground_line("test -z \"$MYSQL_PWD\" && test \"$KEPT\" = yes", false, &child, NULL));
    assert_int_equal(wait_for(&child), 0);
    unsetenv("LESS");
    assert_true(foreground_pager("test \"$LESS\" = SRXF", &child, NULL));
    assert_int_equal(wait_for(&child), 0);
    setenv("LESS", "N", 1);
    assert_true(foreground_pager("test \"$LESS\" = N", &child, NULL));
    assert_int_equal(wait_for(&child), 0);
}

/* It reads as much as there is; a pipe that is full does not stop us unless we want to wait. */
static void test_feed(void **state)
{
    static char block[1 << 20];
    struct foreground child;
    ssize_t n;
    size_t sent = 0;

    (void)state;
    memset(block, 'x', sizeof block);
    assert_true(foreground_line("read x < /dev/null; sleep 0.2; test $(wc -c) -eq 1048576", true, &child,
                                NULL));
    while ((n = foreground_feed(&child, block + sent, sizeof block - sent, 0)) > 0)
        sent += (size_t)n;
    assert_int_equal(n, 0);
    assert_true(sent < sizeof block);
    while (sent < sizeof block) {
        n = foreground_feed(&child, block + sent, sizeof block - sent, -1);
        assert_true(n >= 0);
        sent += (size_t)n;
    }
    assert_int_equal(wait_for(&child), 0);
}

static void test_reads_no_more(void **state)
{
    static char block[1 << 20];
    struct foreground child;
    ssize_t n;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_true(foreground_line("exec <&-; exit 0", true, &child, NULL));
    while ((n = foreground_feed(&child, block, sizeof block, -1)) > 0)
        ;
    assert_int_equal(n, -1);
    assert_int_equal(wait_for(&child), 0);
}

static bool at_once(void *ctx)
{
    (*(int *)ctx)++;
    return true;
}

static void test_leave(void **state)
{
    struct foreground child;
    int ends[2];
    int asked = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "s", 1), 1);
    assert_true(foreground_line("exec sleep 60", false, &child, NULL));
    assert_false(foreground_ended(&child));
    assert_int_equal(foreground_wait(&child, ends[0], at_once, &asked), 128 + SIGTERM);
    assert_int_equal(asked, 1);
    close(ends[0]);
    close(ends[1]);
}

static void test_exists(void **state)
{
    (void)state;
    assert_true(foreground_exists("sh"));
    assert_true(foreground_exists("/bin/sh"));
    assert_false(foreground_exists("no-such-program-anywhere"));
    assert_false(foreground_exists("/bin/no-such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status), cmocka_unit_test(test_environment),
        cmocka_unit_test(test_feed),   cmocka_unit_test(test_reads_no_more),
        cmocka_unit_test(test_leave),  cmocka_unit_test(test_exists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

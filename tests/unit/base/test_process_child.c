/* A child that keeps running beside us: its lines, its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "process.h"

static void start(struct process *child, const char *script)
{
    AUTO_ERROR err = {0};
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    if (!process_start(argv, NULL, NULL, child, &err))
        fail_msg("%s", err.message);
}

static void assert_line(struct process *child, const char *expected)
{
    AUTO_ERROR err = {0};
    AUTO_STR line = {0};
    str_add(&line, "old");
    if (!process_read_line(child, 10000, &line, &err))
        fail_msg("no \"%s\": %s", expected, err.message);
    assert_string_equal(str_text(&line), expected);
}

static void assert_no_line(struct process *child, int64_t ms, const char *why)
{
    AUTO_ERROR err = {0};
    AUTO_STR line = {0};
    str_add(&line, "old");
    assert_false(process_read_line(child, ms, &line, &err));
    assert_string_equal(line.s, "old"); /* untouched */
    assert_int_equal(err.code, ERR_FAILED);
    if (strstr(err.message, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
}

static void assert_nothing_left(const struct process *child)
{
    assert_int_equal(child->pid, 0);
    assert_int_equal(child->in_fd, -1);
    assert_int_equal(child->out_fd, -1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void lines_come_one_by_one(void **state)
{
    (void)state;
    struct process child = {0};
    start(&child, "printf 'one\\n\\ntwo\\nlast without newline'");
    assert_line(&child, "one");
    assert_line(&child, "");
    assert_line(&child, "two");
    assert_line(&child, "last without newline");
    assert_no_line(&child, 10000, "closed its output");
    process_stop(&child, 1000);
    assert_nothing_left(&child);
}

static void an_unfinished_line_waits_for_its_end(void **state)
{
    (void)state;
    struct process child = {0};
    start(&child, "printf 'Forwarding '; read go; echo from; sleep 60");
    assert_no_line(&child, 300, "in time");
    assert_int_equal(write(child.in_fd, "go\n", 3), 3);
    assert_line(&child, "Forwarding from");
    assert_true(process_alive(&child));
    process_stop(&child, 0);
    assert_nothing_left(&child);
}

static void a_line_without_end_is_refused(void **state)
{
    (void)state;
    struct process child = {0};
    start(&child, "cat /dev/zero");
    assert_no_line(&child, 10000, "over 65536 bytes");
    process_stop(&child, 0);
    assert_nothing_left(&child);
}

static void closing_stdin_is_the_gentle_end(void **state)
{
    (void)state;
    struct process child = {0};
    char path[] = "/tmp/belay-test-child-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    AUTO_FREE char *script = str_format("cat > /dev/null; sleep 0.2; echo bye > %s", path);
    start(&child, script);
    assert_true(process_alive(&child));
    process_stop(&child, 10000);
    assert_nothing_left(&child);
    AUTO_STR said = {0};
    assert_true(file_read(path, 100, &said, NULL));
    assert_string_equal(str_text(&said), "bye\n");
    unlink(path);
}

/* The signal that ended the last child. Its end tells it; how long that took depends on the machine. */
static volatile sig_atomic_t ended_by;

static void on_child(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    ended_by = info->si_code == CLD_KILLED ? info->si_status : 0;
}

static void sigterm_and_sigkill_follow(void **state)
{
    (void)state;
    struct process child = {0};
    const struct sigaction tell = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before_it;
    assert_int_equal(sigaction(SIGCHLD, &tell, &before_it), 0);
    start(&child, "echo $$; exec sleep 60"); /* does not read its stdin */
    AUTO_STR line = {0};
    assert_true(process_read_line(&child, 10000, &line, NULL));
    int64_t before = clock_ms();
    process_stop(&child, 200);
    assert_true(clock_ms() - before >= 200);
    assert_int_equal(ended_by, SIGTERM); /* that was enough */
    assert_int_equal(kill((pid_t)strtol(line.s, NULL, 10), 0), -1);
    start(&child, "trap '' TERM; echo ready; while :; do sleep 0.1; done");
    assert_line(&child, "ready");
    before = clock_ms();
    process_stop(&child, 100);
    assert_true(clock_ms() - before >= 1100);
    assert_int_equal(ended_by, SIGKILL);
    assert_nothing_left(&child);
    sigaction(SIGCHLD, &before_it, NULL);
}

static void a_dead_child_is_seen_and_reaped(void **state)
{
    (void)state;
    struct process child = {0};
    start(&child, "exit 3");
    for (int i = 0; i < 200 && process_alive(&child); i++)
        clock_sleep(20, 0);
    assert_false(process_alive(&child));
    assert_false(process_alive(&child));
    process_stop(&child, 10000);
    assert_nothing_left(&child);
    process_stop(&child, 10000); /* a second time */
    struct process never = {0};
    assert_false(process_alive(&never));
    process_stop(&never, 10000);
    assert_int_not_equal(fcntl(0, F_GETFD), -1); /* descriptor 0 was not its */
    assert_no_line(&never, 0, "not running");
}

static void stderr_is_appended_to_a_file(void **state)
{
    (void)state;
    char dir[] = "/tmp/belay-test-child-XXXXXX";
    assert_non_null(mkdtemp(dir));
    AUTO_FREE char *path = file_join(dir, "log");
    const char *const argv[] = {"/bin/sh", "-c", "echo oops >&2; echo said", NULL};
    for (int i = 0; i < 2; i++) {
        struct process child = {0};
        assert_true(process_start(argv, NULL, path, &child, NULL));
        assert_line(&child, "said");
        process_stop(&child, 10000);
    }
    AUTO_STR log = {0};
    assert_true(file_read(path, 100, &log, NULL));
    assert_string_equal(str_text(&log), "oops\noops\n");
    assert_true(file_remove_tree(dir, NULL));
}

static void what_cannot_be_started(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct process child = {.pid = 0, .in_fd = 77};
    const char *const argv[] = {"/nonexistent/fe", NULL};
    assert_false(process_start(argv, NULL, NULL, &child, &err));
    assert_non_null(strstr(err.message, "/nonexistent/fe"));
    assert_int_equal(child.in_fd, 77);
    assert_false(process_start(argv, NULL, "/nonexistent/log", &child, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, "/nonexistent/log"));
}

static void our_pipes_are_not_handed_to_the_next_child(void **state)
{
    (void)state;
    struct process first = {0};
    struct process second = {0};
    start(&first, "cat > /dev/null; echo gone");
    start(&second, "exec sleep 60"); /* would hold first's stdin open */
    close(first.in_fd);
    first.in_fd = -1;
    assert_line(&first, "gone");
    process_stop(&first, 10000);
    process_stop(&second, 0);
    assert_nothing_left(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_one_by_one),
        cmocka_unit_test(an_unfinished_line_waits_for_its_end),
        cmocka_unit_test(a_line_without_end_is_refused),
        cmocka_unit_test(closing_stdin_is_the_gentle_end),
        cmocka_unit_test(sigterm_and_sigkill_follow),
        cmocka_unit_test(a_dead_child_is_seen_and_reaped),
        cmocka_unit_test(stderr_is_appended_to_a_file),
        cmocka_unit_test(what_cannot_be_started),
        cmocka_unit_test(our_pipes_are_not_handed_to_the_next_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

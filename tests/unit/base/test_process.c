/* Running one child: how it starts, what it gets, what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "process.h"
#include "running.h"

/* --- what comes back ------------------------------------------------------------------------- */

static void output_and_status(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("echo out; echo err >&2; exit 3")}, &end);
    assert_int_equal(end.status, 3);
    assert_string_equal(str_text(&end.out), "out\n");
    assert_string_equal(str_text(&end.err), "err\n");
    assert_false(end.timed_out);
    assert_false(end.interrupted);
    assert_in_range(end.took_ms, 0, 10000);
    run_job(&(struct process_job){.argv = SH("kill -9 $$")}, &end); /* an earlier result goes */
    assert_int_equal(end.status, 137);
    assert_string_equal(str_text(&end.out), "");
}

static void output_may_hold_any_bytes(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("printf 'a\\000b\\377'")}, &end);
    assert_int_equal(end.out.len, 4);
    assert_memory_equal(end.out.s, "a\0b\xff", 5);
}

static void much_of_both_streams_at_once(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("seq 1 60000 >&2 & seq 1 200000; wait"),
                                  .total_ms = 60000},
            &end);
    assert_int_equal(end.out.len, 1288895);
    assert_true(str_ends(end.out.s, "\n200000\n"));
    assert_int_equal(end.err.len, 64 << 10); /* its last 64 KiB */
    assert_true(str_ends(end.err.s, "\n60000\n"));
}

static void what_cannot_be_started(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_PROCESS_END end = {.status = 77};
    unsigned before = open_descriptors();
    struct process_job job = {
        .argv = (const char *const[]){"/nonexistent/kubectl", NULL}, .input = "x", .input_len = 1};
    assert_false(process_run(&job, &end, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_non_null(strstr(err.message, "/nonexistent/kubectl"));
    assert_non_null(strstr(err.message, "No such file"));
    assert_int_equal(end.status, 77); /* untouched */
    assert_int_equal(open_descriptors(), before);
}

static void no_shell_for_what_is_no_program(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_PROCESS_END end = {0};
    char dir[] = "/tmp/belay-test-process-XXXXXX";
    assert_non_null(mkdtemp(dir));
    AUTO_FREE char *path = file_join(dir, "script");
    assert_true(file_write_atomic(path, "echo run by a shell\n", 20, 0700, NULL));
    struct process_job job = {.argv = (const char *const[]){path, NULL}};
    assert_false(process_run(&job, &end, &err));
    assert_non_null(strstr(err.message, "Exec format error"));
    assert_true(file_remove_tree(dir, NULL));
}

/* --- what the child gets --------------------------------------------------------------------- */

static void arguments_reach_it_as_they_are(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    const char *const argv[] = {"printf", "<%s>", "a b", "$(id)", "*", "", "'\"", NULL};
    run_job(&(struct process_job){.argv = argv}, &end); /* found in PATH */
    assert_string_equal(str_text(&end.out), "<a b><$(id)><*><><'\">");
}

static void environment(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    const char *const argv[] = {"/usr/bin/env", NULL};
    run_job(&(struct process_job){.argv = argv, .envp = (const char *const[]){"A=b c", NULL}},
            &end);
    assert_string_equal(str_text(&end.out), "A=b c\n");
    setenv("BELAY_TEST_INHERITED", "yes", 1);
    assert_out("echo $BELAY_TEST_INHERITED", "yes\n");
}

static void stdin_is_empty_unless_given(void **state)
{
    (void)state;
    assert_out("cat; readlink /proc/self/fd/0", "/dev/null\n");
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("cat"), .input = "", .input_len = 0}, &end);
    assert_string_equal(str_text(&end.out), "");
    run_job(&(struct process_job){.argv = SH("cat /dev/stdin"), .input = "given", .input_len = 5},
            &end);
    assert_string_equal(str_text(&end.out), "given");
}

static void stdin_may_be_a_descriptor(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "from a pipe", 11), 11);
    close(ends[1]);
    run_job(
        &(struct process_job){
            .argv = SH("cat"), .input_fd = ends[0], .input = "not this", .input_len = 8},
        &end);
    assert_string_equal(str_text(&end.out), "from a pipe");
    assert_true(fcntl(ends[0], F_GETFD) >= 0); /* still ours */
    close(ends[0]);
}

static void large_input_goes_through(void **state)
{
    (void)state;
    AUTO_STR big = {0};
    AUTO_PROCESS_END end = {0};
    for (int i = 0; i < 300000; i++)
        str_addf(&big, "%d\n", i);
    run_job(
        &(struct process_job){
            .argv = SH("cat"), .input = big.s, .input_len = big.len, .total_ms = 60000},
        &end);
    assert_int_equal(end.out.len, big.len);
    assert_memory_equal(end.out.s, big.s, big.len);
}

static void a_child_that_does_not_read_does_not_kill_us(void **state)
{
    (void)state;
    AUTO_STR big = {0};
    AUTO_PROCESS_END end = {0};
    str_pad(&big, 'x', 1 << 20);
    assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    for (int i = 0; i < 20; i++) {
        run_job(&(struct process_job){.argv = SH("exec 0<&-; exit 4"),
                                      .input = big.s,
                                      .input_len = big.len},
                &end);
        assert_int_equal(end.status, 4);
    }
    sigset_t pending;
    assert_int_equal(sigpending(&pending), 0);
    assert_false(sigismember(&pending, SIGPIPE)); /* nor later */
    sigset_t mask;
    assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    assert_false(sigismember(&mask, SIGPIPE));
}

static void no_descriptor_of_ours_leaks_into_it(void **state)
{
    (void)state;
    int careless = open("/dev/null", O_RDONLY); /* a library that knows no O_CLOEXEC */
    assert_true(careless > 2);
    assert_out("ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 "); /* 3: ls reads the directory */
    close(careless);
}

static void signals_are_as_new(void **state)
{
    (void)state;
    sigset_t set;
    sigset_t before;
    sigfillset(&set);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    AUTO_PROCESS_END end = {0};
    const char *const argv[] = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL};
    AUTO_ERROR err = {0};
    bool ok = process_run(&(struct process_job){.argv = argv}, &end, &err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    assert_true(ok);
    unsigned long blocked = 1;
    unsigned long ignored = 1;
    assert_int_equal(sscanf(str_text(&end.out), "SigBlk: %lx SigIgn: %lx", &blocked, &ignored), 2);
    assert_int_equal(blocked, 0);
    assert_int_equal(ignored & 0x7fffffffUL, 0); /* above: real-time ones, two of them glibc's */
}

static void it_leads_a_group_of_its_own(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("echo $$; cut -d' ' -f5 /proc/$$/stat")}, &end);
    char *rest;
    long pid = strtol(str_text(&end.out), &rest, 10);
    long group = strtol(rest, NULL, 10);
    assert_true(pid > 0);
    assert_int_equal(group, pid);
    assert_int_not_equal(group, getpgrp());
}

/* belay may be started with stdin, stdout or stderr closed. */
static void works_without_stdio(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(0);
        close(1);
        close(2);
        struct process_end end = {0};
        struct process_job job = {
            .argv = SH("cat; echo err >&2"), .input = "in", .input_len = 2, .total_ms = 20000};
        bool ok = process_run(&job, &end, NULL) && str_equal(str_text(&end.out), "in") &&
                  str_equal(str_text(&end.err), "err\n");
        process_end_done(&end);
        _exit(ok ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- surroundings ---------------------------------------------------------------------------- */

static void a_lost_exit_status_is_an_error(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_PROCESS_END end = {0};
    signal(SIGCHLD, SIG_IGN); /* the kernel reaps for us */
    bool ok = process_run(&(struct process_job){.argv = SH("exit 0")}, &end, &err);
    signal(SIGCHLD, SIG_DFL);
    assert_false(ok);
    assert_non_null(strstr(err.message, "exit status is lost"));
}

static void other_children_are_left_alone(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(5);
    assert_out("sleep 0.1; echo x", "x\n");
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 5);
}

static void on_alarm(int number)
{
    (void)number;
}

static void signals_in_between_do_no_harm(void **state)
{
    (void)state;
    const struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval often = {.it_interval = {.tv_usec = 2000}, .it_value = {.tv_usec = 1}};
    const struct itimerval never = {0};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    setitimer(ITIMER_REAL, &often, NULL);
    AUTO_STR big = {0};
    str_pad(&big, 'x', 500000);
    AUTO_PROCESS_END end = {0};
    AUTO_ERROR err = {0};
    bool ok = process_run(
        &(struct process_job){
            .argv = SH("cat; sleep 0.2"), .input = big.s, .input_len = big.len, .total_ms = 30000},
        &end, &err);
    setitimer(ITIMER_REAL, &never, NULL);
    assert_true(ok);
    assert_int_equal(end.out.len, big.len);
    assert_int_equal(end.status, 0);
}

static void nothing_stays_open(void **state)
{
    (void)state;
    unsigned before = open_descriptors();
    for (int i = 0; i < 30; i++)
        assert_out("echo x", "x\n");
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left, dead or alive */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_status),
        cmocka_unit_test(output_may_hold_any_bytes),
        cmocka_unit_test(much_of_both_streams_at_once),
        cmocka_unit_test(what_cannot_be_started),
        cmocka_unit_test(no_shell_for_what_is_no_program),
        cmocka_unit_test(arguments_reach_it_as_they_are),
        cmocka_unit_test(environment),
        cmocka_unit_test(stdin_is_empty_unless_given),
        cmocka_unit_test(stdin_may_be_a_descriptor),
        cmocka_unit_test(large_input_goes_through),
        cmocka_unit_test(a_child_that_does_not_read_does_not_kill_us),
        cmocka_unit_test(no_descriptor_of_ours_leaks_into_it),
        cmocka_unit_test(signals_are_as_new),
        cmocka_unit_test(it_leads_a_group_of_its_own),
        cmocka_unit_test(works_without_stdio),
        cmocka_unit_test(a_lost_exit_status_is_an_error),
        cmocka_unit_test(other_children_are_left_alone),
        cmocka_unit_test(signals_in_between_do_no_harm),
        cmocka_unit_test(nothing_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

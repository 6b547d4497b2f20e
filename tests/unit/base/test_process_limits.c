/* Running one child: every limit, and who takes its output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "process.h"
#include "running.h"

/* true when the process is gone, or dead and waiting for somebody to notice. */
static bool dead(pid_t pid)
{
    for (int i = 0; i < 100; i++) {
        AUTO_FREE char *path = str_format("/proc/%d/stat", (int)pid);
        AUTO_STR stat = {0};
        if (!file_read(path, 4096, &stat, NULL))
            return true;
        const char *paren = strrchr(str_text(&stat), ')');
        if (paren != NULL && (paren[2] == 'Z' || paren[2] == 'X'))
            return true;
        clock_sleep(20, 0);
    }
    return false;
}

/* --- limits ---------------------------------------------------------------------------------- */

static void the_whole_time_is_limited(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("echo begun; exec sleep 60"), .total_ms = 300}, &end);
    assert_true(end.timed_out);
    assert_false(end.interrupted);
    assert_int_equal(end.status, 128 + SIGTERM);
    assert_string_equal(str_text(&end.out), "begun\n");
    assert_in_range(end.took_ms, 300, 5000);
}

static void silence_is_limited(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("echo a; while :; do echo b >&2; sleep 0.1; done"),
                                  .idle_ms = 700},
            &end);
    assert_true(end.timed_out);
    assert_int_equal(end.status, 128 + SIGTERM);
    assert_in_range(end.took_ms, 700, 6000);
    run_job(
        &(struct process_job){.argv = SH("for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.2; done"),
                              .idle_ms = 1500},
        &end);
    assert_false(end.timed_out); /* longer than the limit, but never silent that long */
    assert_int_equal(end.status, 0);
    assert_true(end.took_ms > 1500);
}

static void sigkill_follows_for_the_whole_group(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    const char *script = "trap '' TERM; sleep 60 & echo $!; wait; wait; sleep 60";
    run_job(&(struct process_job){.argv = SH(script), .total_ms = 300}, &end);
    assert_true(end.timed_out);
    assert_int_equal(end.status, 128 + SIGKILL);
    assert_in_range(end.took_ms, 1200, 8000);
    assert_true(dead((pid_t)strtol(str_text(&end.out), NULL, 10)));
}

/* The child heeds SIGTERM, its own child does not and keeps the pipes open. */
static void a_stubborn_grandchild_goes_too(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    const char *script = "(trap '' TERM; exec sleep 60) & echo $!; exec sleep 60";
    run_job(&(struct process_job){.argv = SH(script), .total_ms = 500}, &end);
    assert_int_equal(end.status, 128 + SIGTERM);
    assert_in_range(end.took_ms, 500, 6000);
    assert_true(dead((pid_t)strtol(str_text(&end.out), NULL, 10)));
}

static void a_stopped_child_is_ended_too(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("kill -STOP $$"), .total_ms = 300}, &end);
    assert_true(end.timed_out);
    assert_int_equal(end.status, 128 + SIGTERM);
}

static void a_byte_on_the_wake_descriptor_ends_it(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct process_job job = {.argv = SH("echo begun; exec sleep 60"), .wake_fd = ends[0]};
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        clock_sleep(300, 0);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    run_job(&job, &end);
    waitpid(pid, NULL, 0);
    assert_true(end.interrupted);
    assert_false(end.timed_out);
    assert_int_equal(end.status, 128 + SIGTERM);
    assert_string_equal(str_text(&end.out), "begun\n");
    assert_in_range(end.took_ms, 200, 5000);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), 1); /* left for its owner */
    close(ends[1]);
    close(ends[0]);
}

static void an_interrupted_child_may_clean_up(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    const char *script =
        "trap 'echo cleaned; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    run_job(&(struct process_job){.argv = SH(script), .total_ms = 600}, &end);
    assert_int_equal(end.status, 9);
    assert_string_equal(str_text(&end.out), "ready\ncleaned\n");
}

static void a_grandchild_with_our_pipe_does_not_hold_us(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH("sleep 7 & echo done"), .total_ms = 60000}, &end);
    assert_int_equal(end.status, 0);
    assert_false(end.timed_out);
    assert_string_equal(str_text(&end.out), "done\n");
    assert_in_range(end.took_ms, 1900, 5000);
}

static void what_a_grandchild_says_soon_still_counts(void **state)
{
    (void)state;
    assert_out("(sleep 0.5; echo late) & echo first", "first\nlate\n");
}

static void output_has_a_limit(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_PROCESS_END end = {.status = 77};
    unsigned before = open_descriptors();
    struct process_job job = {.argv = SH("head -c 1000 /dev/zero"), .out_max = 1000};
    run_job(&job, &end);
    assert_int_equal(end.out.len, 1000);
    job.argv = SH("cat /dev/zero");
    assert_false(process_run(&job, &end, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_non_null(strstr(err.message, "more than 1000 bytes"));
    assert_int_equal(end.out.len, 1000); /* the earlier result: untouched */
    assert_int_equal(open_descriptors(), before);
}

/* --- the sink -------------------------------------------------------------------------------- */

struct count {
    size_t bytes;
    size_t limit;
};

static bool count_bytes(void *ctx, const void *data, size_t len, struct error *err)
{
    struct count *count = ctx;
    (void)data;
    count->bytes += len;
    if (count->bytes > count->limit)
        return error_set(err, ERR_OUTPUT, "the disk is full");
    return true;
}

static void a_sink_gets_all_without_limit(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    struct count count = {.limit = SIZE_MAX};
    run_job(&(struct process_job){.argv = SH("head -c 5000000 /dev/zero"),
                                  .out_max = 10,
                                  .sink = count_bytes,
                                  .sink_ctx = &count},
            &end);
    assert_int_equal(count.bytes, 5000000);
    assert_int_equal(end.out.len, 0);
}

static void a_sink_that_refuses_ends_the_child(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_PROCESS_END end = {0};
    struct count count = {.limit = 100000};
    int64_t before = clock_ms();
    struct process_job job = {.argv = SH("trap '' PIPE; while :; do head -c 65536 /dev/zero; done"),
                              .sink = count_bytes,
                              .sink_ctx = &count};
    assert_false(process_run(&job, &end, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_string_equal(err.message, "the disk is full");
    assert_true(count.bytes <= 100000 + 65536); /* not called again */
    assert_true(clock_ms() - before < 10000);
}

/* --- a source for stdin ------------------------------------------------------------------------- */

struct giving {
    size_t left;
    long last; /* what the call after all was given returns */
    unsigned calls;
};

static long give(void *ctx, void *buf, size_t cap, struct error *err)
{
    struct giving *giving = ctx;
    size_t n = giving->left < cap ? giving->left : cap;

    giving->calls++;
    if (n == 0 && giving->last < 0)
        error_set(err, ERR_OUTPUT, "the disk gave an error");
    if (n == 0)
        return giving->last;
    memset(buf, 'x', n);
    giving->left -= n;
    return (long)n;
}

static void a_source_is_asked_as_the_child_takes(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    struct giving giving = {.left = (size_t)5 << 20};
    run_job(&(struct process_job){.argv = SH("wc -c"), .source = give, .source_ctx = &giving}, &end);
    assert_int_equal(strtol(str_text(&end.out), NULL, 10), 5 << 20);
    assert_true(giving.calls > 10); /* never the whole of it in memory */
    giving = (struct giving){.left = (size_t)5 << 20};
    run_job(&(struct process_job){.argv = SH("head -c 10; exit 4"), .source = give,
                                  .source_ctx = &giving}, &end);
    assert_int_equal(end.status, 4); /* it took what it wanted */
    assert_true(giving.left > 0);
}

static void a_child_that_takes_nothing_more_is_ended(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    struct giving giving = {.left = (size_t)64 << 20};
    run_job(&(struct process_job){.argv = SH("exec sleep 60"), .source = give,
                                  .source_ctx = &giving, .idle_ms = 700}, &end);
    assert_true(end.timed_out);
    assert_in_range(end.took_ms, 600, 20000);
}

static void a_source_that_fails_ends_the_child(void **state)
{
    (void)state;
    AUTO_PROCESS_END end = {0};
    AUTO_ERROR err = {0};
    struct giving giving = {.left = 100, .last = -1};
    struct process_job job = {.argv = SH("cat >/dev/null; sleep 60"), .source = give,
                              .source_ctx = &giving};
    assert_false(process_run(&job, &end, &err));
    assert_string_equal(err.message, "the disk gave an error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_is_asked_as_the_child_takes),
        cmocka_unit_test(a_child_that_takes_nothing_more_is_ended),
        cmocka_unit_test(a_source_that_fails_ends_the_child),
        cmocka_unit_test(the_whole_time_is_limited),
        cmocka_unit_test(silence_is_limited),
        cmocka_unit_test(sigkill_follows_for_the_whole_group),
        cmocka_unit_test(a_stubborn_grandchild_goes_too),
        cmocka_unit_test(a_stopped_child_is_ended_too),
        cmocka_unit_test(a_byte_on_the_wake_descriptor_ends_it),
        cmocka_unit_test(an_interrupted_child_may_clean_up),
        cmocka_unit_test(a_grandchild_with_our_pipe_does_not_hold_us),
        cmocka_unit_test(what_a_grandchild_says_soon_still_counts),
        cmocka_unit_test(output_has_a_limit),
        cmocka_unit_test(a_sink_gets_all_without_limit),
        cmocka_unit_test(a_sink_that_refuses_ends_the_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Threads that no signal reaches, and conditions on the monotonic clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include <clock.h>

#include "thread.h"

#define LIMIT_MS 20000
#define CLASSIC_SIGNALS 31 /* above: real-time ones, two of them glibc's */

/* What a thread found out about itself. */
struct findings {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ended;
    sigset_t mask;
    int detach_state;
};

static void setup(struct findings *f)
{
    *f = (struct findings){.detach_state = -1};
    pthread_mutex_init(&f->lock, NULL);
    thread_condition_init(&f->changed);
}

static void teardown(struct findings *f)
{
    pthread_mutex_destroy(&f->lock);
    pthread_cond_destroy(&f->changed);
}

static void *look(void *arg)
{
    struct findings *f = arg;
    pthread_attr_t attributes;

    pthread_mutex_lock(&f->lock);
    pthread_sigmask(SIG_BLOCK, NULL, &f->mask);
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getdetachstate(&attributes, &f->detach_state);
        pthread_attr_destroy(&attributes);
    }
    f->ended = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
    return f;
}

static void wait_for_end(struct findings *f)
{
    int64_t until = clock_ms() + LIMIT_MS;

    pthread_mutex_lock(&f->lock);
    while (!f->ended)
        assert_true(thread_wait(&f->changed, &f->lock, until));
    pthread_mutex_unlock(&f->lock);
}

static void assert_all_blocked(const sigset_t *mask)
{
    for (int i = 1; i <= CLASSIC_SIGNALS; i++) {
        if (i != SIGKILL && i != SIGSTOP && !sigismember(mask, i))
            fail_msg("signal %d is not blocked", i);
    }
}

static void assert_own_mask_is(const sigset_t *expected)
{
    sigset_t now;

    pthread_sigmask(SIG_BLOCK, NULL, &now);
    for (int i = 1; i <= CLASSIC_SIGNALS; i++)
        assert_int_equal(sigismember(&now, i), sigismember(expected, i));
}

static void no_signal_reaches_a_thread_and_ours_are_as_before(void **state)
{
    (void)state;
    struct findings f;
    pthread_t thread;
    sigset_t own;
    sigset_t before;
    void *answer = NULL;

    sigemptyset(&own);
    sigaddset(&own, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &own, &before);
    setup(&f);
    assert_true(thread_start(look, &f, &thread));
    assert_own_mask_is(&own);
    assert_int_equal(pthread_join(thread, &answer), 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert_ptr_equal(answer, &f);
    assert_int_equal(f.detach_state, PTHREAD_CREATE_JOINABLE);
    assert_all_blocked(&f.mask);
    teardown(&f);
}

static void a_detached_one_needs_nobody_to_join_it(void **state)
{
    (void)state;
    struct findings f;
    sigset_t before;

    pthread_sigmask(SIG_BLOCK, NULL, &before);
    setup(&f);
    assert_true(thread_start_detached(look, &f));
    assert_own_mask_is(&before);
    wait_for_end(&f);
    assert_int_equal(f.detach_state, PTHREAD_CREATE_DETACHED);
    assert_all_blocked(&f.mask);
    teardown(&f);
}

static void a_wait_ends_at_its_time(void **state)
{
    (void)state;
    struct findings f;
    int64_t until = clock_ms() + 60;

    setup(&f);
    pthread_mutex_lock(&f.lock);
    while (thread_wait(&f.changed, &f.lock, until))
        ; /* for no reason */
    assert_true(clock_ms() >= until);
    assert_false(thread_wait(&f.changed, &f.lock, until)); /* in the past: at once */
    pthread_mutex_unlock(&f.lock);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_signal_reaches_a_thread_and_ours_are_as_before),
        cmocka_unit_test(a_detached_one_needs_nobody_to_join_it),
        cmocka_unit_test(a_wait_ends_at_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

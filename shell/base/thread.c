/* Threads that no signal reaches, and conditions on the monotonic clock. */
#include "thread.h"

#include <signal.h>
#include <time.h>

static bool start(void *(*run)(void *), void *arg, int detach_state, pthread_t *ret)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t old;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, detach_state);
    /* A new thread has its creator's mask: there is no moment at which a signal could reach it. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bool ok = pthread_create(ret, &attributes, run, arg) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    return ok;
}

bool thread_start(void *(*run)(void *), void *arg, pthread_t *ret)
{
    return start(run, arg, PTHREAD_CREATE_JOINABLE, ret);
}

bool thread_start_detached(void *(*run)(void *), void *arg)
{
    pthread_t thread;

    return start(run, arg, PTHREAD_CREATE_DETACHED, &thread);
}

void thread_condition_init(pthread_cond_t *ret)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(ret, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until)
{
    struct timespec at = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};

    return pthread_cond_timedwait(condition, lock, &at) == 0;
}

/*
 * Threads beside the loop. Signals belong to the loop: a thread that is started here has all of them
 * blocked, so none interrupts its system calls and none is handled there.
 */
#ifndef BELAY_THREAD_H
#define BELAY_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Calls run(arg) in a new thread. arg stays the caller's, and must live until the thread was joined.
 * Does not block. false: the system has no room for another one, and run is never called. Free with
 * pthread_join.
 */
bool thread_start(void *(*run)(void *), void *arg, pthread_t *ret);

/*
 * The same for a thread that nobody joins: it may outlive everything but the process. Whoever ends
 * last, run or the caller, frees arg; that is agreed upon between the two. Does not block. false: as
 * above, and arg is the caller's alone.
 */
bool thread_start_detached(void *(*run)(void *), void *arg);

/* A condition that keeps time as clock_ms does. Free with pthread_cond_destroy. */
void thread_condition_init(pthread_cond_t *ret);

/*
 * Blocks, with lock given up meanwhile, until the condition is signalled (or for no reason, as
 * conditions do) or until clock_ms reaches the time `until`. false: it has.
 */
bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until);

#endif

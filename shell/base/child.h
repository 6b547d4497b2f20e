/* Inside base/ only: what process_run.c and process_child.c share about one started child. */
#ifndef BELAY_CHILD_H
#define BELAY_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <belay/error.h>

#define CHILD_TERM_MS 1000 /* between SIGTERM and SIGKILL */
#define CHILD_REAP_MS 5000 /* after SIGKILL: a process in the kernel's hands may take longer */

/* Both ends closed on exec, neither is 0, 1 or 2. false: errno is set and *ret untouched. */
bool child_pipe(int ret[2]);

/* Closes *fd unless it is negative and makes it -1. */
void child_close(int *fd);

/*
 * Starts argv with these three descriptors and no other, in a process group of its own, with
 * default signal handlers and nothing blocked. ERR_FAILED when it cannot be started.
 */
bool child_spawn(const char *const *argv, const char *const *envp, const int stdio[3],
                 pid_t *ret_pid, struct error *err);

/* A descriptor that is readable when the child has ended; -1 where the kernel has none. */
int child_watch(pid_t pid);

/* true when the child has ended. It is not reaped: its group's number stays taken until then. */
bool child_ended(pid_t pid);

/* Waits for the end of the child, without reaping it. */
bool child_wait(pid_t pid, int64_t limit_ms);

/* Sends the signal to the whole group of a child that was not reaped. */
void child_signal(pid_t pid, int number);

/* Reaps an ended child: 0..255, or 128 + signal, or -1 when somebody else reaped it. */
int child_reap(pid_t pid);

#endif

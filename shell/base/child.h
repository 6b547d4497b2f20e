/* Inside base/ only: what those who start a child share about it. */
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

struct child_start {
    const char *program; /* NULL: argv[0], looked for in PATH */
    const char *const *argv;
    const char *const *envp; /* NULL: the caller's environment */
    int stdio[3];
    bool our_group; /* stay in our process group: the child has the terminal */
};

/*
 * Starts argv with these three descriptors and no other, with default signal handlers and nothing
 * blocked. ERR_FAILED when it cannot be started.
 */
bool child_spawn_as(const struct child_start *start, pid_t *ret_pid, struct error *err);

/* The same in a process group of its own. */
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

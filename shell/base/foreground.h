/*
 * A child that has the terminal for a while: a pager, an editor, a shell line that a person wrote.
 * It stays in our process group, so that ^C and ^Z at the terminal reach it as they would in a
 * shell; the caller's own handlers decide what they mean for us meanwhile.
 */
#ifndef BELAY_FOREGROUND_H
#define BELAY_FOREGROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include <belay/error.h>

struct foreground {
    pid_t pid;             /* 0: none */
    int in_fd;             /* its stdin when we feed it, non-blocking; -1: it has ours */
    bool has_modes;        /* the terminal's modes were kept, to be put back when it ends */
    struct termios modes;
};

/*
 * Starts /bin/sh -c LINE: only for lines that a person wrote as such. feed: its stdin is a pipe from
 * us. Passwords in our environment (MYSQL_PWD) are not passed on. ERR_FAILED. Free with
 * foreground_wait.
 */
bool foreground_line(const char *line, bool feed, struct foreground *ret, struct error *err);

/*
 * The same for a pager that we feed. Where the user has set no LESS, less chops long lines (S), shows
 * colours (R), leaves the page on the screen (X) and itself when all fits (F).
 */
bool foreground_pager(const char *line, struct foreground *ret, struct error *err);

/* The same for a program and its arguments, without a shell. argv: NULL at the end. */
bool foreground_argv(const char *const *argv, bool feed, struct foreground *ret,
                     struct error *err);

/*
 * Writes to its stdin what it takes now, waiting at most wait_ms (-1: until it takes some, or a
 * signal came). The bytes taken, 0 for none, -1: it reads no more.
 */
ssize_t foreground_feed(struct foreground *child, const void *data, size_t len, int wait_ms);

/* Has it ended, though nobody waited for it yet? */
bool foreground_ended(const struct foreground *child);

/*
 * Closes its stdin and waits until it ends: its status, 0 to 255 or 128 + signal. `leave` is asked
 * whenever wake_fd is readable (0: never); true ends the child. Puts the terminal's modes back.
 */
int foreground_wait(struct foreground *child, int wake_fd, bool (*leave)(void *ctx), void *ctx);

/* Is there a program of this name in PATH (or at this path)? */
bool foreground_exists(const char *program);

#endif

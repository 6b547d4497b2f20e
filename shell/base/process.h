/*
 * Child processes: the only code that starts one. No shell, an argument vector, posix_spawn, a
 * process group of its own (^C at the terminal reaches belay, not the child), limits of our own on
 * time, stdout and stderr apart and bounded.
 */
#ifndef BELAY_PROCESS_H
#define BELAY_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <belay/error.h>
#include <belay/str.h>

/* Receives stdout as it comes. false ends the child, with the reason in err. May not block long. */
typedef bool process_sink(void *ctx, const void *data, size_t len, struct error *err);

/* Gives the next bytes for stdin, at most cap; 0: that was all; below 0: the child is ended, err set. */
typedef long process_source(void *ctx, void *buf, size_t cap, struct error *err);

struct process_job {
    const char *const *argv; /* argv[0]: a path, or a name to find in PATH; NULL at the end */
    const char *const *envp; /* NULL: the caller's environment */
    const void *input;       /* bytes for stdin, or NULL: /dev/null */
    size_t input_len;
    int input_fd;            /* when > 0: the child's stdin is this descriptor instead */
    process_source *source;  /* when set: stdin is what it gives, whenever the child takes more */
    void *source_ctx;
    int64_t total_ms;        /* kill after this time; 0: no limit */
    int64_t idle_ms;         /* kill when stdout gave nothing, nor the source was asked for more, for
                                this time; 0: no limit */
    size_t out_max;          /* stdout kept in ret->out at most; more is an error; 0: 64 MiB */
    process_sink *sink;      /* when set, stdout goes there and not into ret->out */
    void *sink_ctx;
    int wake_fd;             /* when > 0 and readable: the child is ended, ret->interrupted */
};

struct process_end {
    int status;         /* exit status 0..255, or 128 + signal */
    bool timed_out;     /* total_ms or idle_ms ran out */
    bool interrupted;   /* wake_fd became readable */
    struct str out;     /* stdout */
    struct str err;     /* stderr, its last 64 KiB */
    int64_t took_ms;
};

void process_end_done(struct process_end *end);
#define AUTO_PROCESS_END __attribute__((cleanup(process_end_done))) struct process_end

/*
 * Runs the child and waits for it; *ret is zeroed or an earlier result, which is dropped.
 * true: it ran and ended, whatever its status, time-outs included. false: it could not be started,
 * the sink refused, or it said more than out_max. Blocks.
 * A child that must end gets SIGTERM, and SIGKILL one second later, as a process group. After its
 * end, output that a grandchild holds open is read until nothing came for two seconds.
 */
bool process_run(const struct process_job *job, struct process_end *ret, struct error *err);

/* A child that keeps running beside us. */
struct process {
    pid_t pid;  /* 0: none */
    int out_fd; /* its stdout, non-blocking; -1: none */
    int in_fd;  /* its stdin; closing it tells the child that we are gone; -1: none */
    struct str pending; /* stdout that was read and not yet given out as a line */
};

/*
 * Starts a child whose stdin and stdout are pipes to us; its stderr goes to `stderr_path`
 * (appended), or to /dev/null when NULL.
 */
bool process_start(const char *const *argv, const char *const *envp, const char *stderr_path,
                   struct process *ret, struct error *err);

/*
 * Reads one line of its stdout, without the newline, into *ret (cleared first). false on time-out,
 * end of file, error, or a line over 64 KiB; what came of an unfinished line is kept for next time.
 */
bool process_read_line(struct process *child, int64_t timeout_ms, struct str *ret,
                       struct error *err);

/* true while the child runs. */
bool process_alive(struct process *child);

/*
 * Ends it: closes its stdin, waits `grace_ms` for it, then SIGTERM, then SIGKILL a second later.
 * What is left of its process group goes with it. *child is as if never started afterwards.
 */
void process_stop(struct process *child, int64_t grace_ms);

#endif

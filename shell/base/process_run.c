/* Runs one child to its end, with its input, its output and every limit in one loop. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "child.h"
#include "mem.h"

#define OUT_MAX_DEFAULT ((size_t)64 << 20)
#define ERR_KEPT ((size_t)64 << 10)
#define DRAIN_IDLE_MS 2000   /* after the child's end: a grandchild may hold the pipes open */
#define DRAIN_TOTAL_MS 30000 /* the same, for a grandchild that goes on writing */
#define CHUNK ((size_t)256 << 10) /* of a source */
#define BLIND_MS 20          /* how often to ask for the child's end where nothing can tell us */

enum ending { RUNNING, TERM_SENT, KILL_SENT };

struct run {
    const struct process_job *job;
    struct process_end *end;
    struct error *err;
    pid_t pid;
    int in_fd; /* our ends; -1 once closed */
    int out_fd;
    int err_fd;
    int watch_fd;
    int wake_fd;
    size_t sent;
    char *chunk; /* of the source: what is on its way */
    size_t chunk_len;
    size_t out_max;
    int64_t started;
    int64_t last_out;  /* when stdout last gave something */
    int64_t last_any;  /* when stdout or stderr last gave something */
    int64_t ended_at;  /* 0 while the child runs */
    int64_t signal_at; /* when the last signal was sent */
    enum ending ending;
    bool failed; /* the sink refused, or there was too much; err is set */
};

void process_end_done(struct process_end *end)
{
    str_done(&end->out);
    str_done(&end->err);
    *end = (struct process_end){0};
}

/* --- starting -------------------------------------------------------------------------------- */

static bool no_block(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* Opens the child's stdin; our end of it, when there is one, goes to run->in_fd. -1: errno. */
static int open_input(struct run *run)
{
    if (run->job->input_fd > 0)
        return run->job->input_fd;
    if (run->job->input == NULL && run->job->source == NULL) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        int moved = fd >= 0 && fd <= STDERR_FILENO ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : fd;
        if (moved != fd)
            close(fd);
        return moved;
    }
    int ends[2];
    if (!child_pipe(ends))
        return -1;
    run->in_fd = ends[1];
    return ends[0];
}

static bool start(struct run *run)
{
    int out[2] = {-1, -1};
    int err[2] = {-1, -1};
    int input = open_input(run);
    bool ok = input >= 0 && child_pipe(out);
    run->out_fd = out[0];
    ok = ok && child_pipe(err);
    run->err_fd = err[0];
    ok = ok && no_block(out[0]) && no_block(err[0]) && (run->in_fd < 0 || no_block(run->in_fd));
    if (!ok)
        error_errno(run->err, ERR_FAILED, "cannot start %s", run->job->argv[0]);
    const int stdio[3] = {input, out[1], err[1]};
    ok = ok && child_spawn(run->job->argv, run->job->envp, stdio, &run->pid, run->err);
    if (input != run->job->input_fd)
        child_close(&input);
    child_close(&out[1]);
    child_close(&err[1]);
    return ok;
}

/* --- one turn of the loop -------------------------------------------------------------------- */

static void end_child(struct run *run)
{
    if (run->ending != RUNNING)
        return;
    child_signal(run->pid, SIGTERM);
    run->ending = TERM_SENT;
    run->signal_at = clock_ms();
}

/* The caller gets nothing more: what the child still says is not read. */
static void fail(struct run *run)
{
    run->failed = true;
    child_close(&run->out_fd);
    end_child(run);
}

/*
 * Writes to the child's stdin. A child that stopped reading must not kill us with SIGPIPE: it is
 * blocked for the moment, and taken away when our write caused it.
 */
static ssize_t write_quietly(int fd, const void *data, size_t len)
{
    sigset_t pipe_only;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t n = write(fd, data, len);
    int number = errno;
    if (n < 0 && number == EPIPE && !was_pending) {
        const struct timespec now = {0};
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR)
            continue;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return n;
}

/* The same from a source: the next chunk when the one before was taken whole. */
static void feed_from_source(struct run *run)
{
    if (run->chunk == NULL)
        run->chunk = mem_alloc(CHUNK);
    if (run->sent == run->chunk_len) {
        long n = run->job->source(run->job->source_ctx, run->chunk, CHUNK, run->err);
        if (n < 0)
            fail(run);
        if (n <= 0) {
            child_close(&run->in_fd);
            return;
        }
        run->chunk_len = (size_t)n;
        run->sent = 0;
    }
    ssize_t n = write_quietly(run->in_fd, run->chunk + run->sent, run->chunk_len - run->sent);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        child_close(&run->in_fd); /* the child reads no more */
        return;
    }
    run->sent += (size_t)n;
    run->last_out = clock_ms();
}

static void feed(struct run *run)
{
    if (run->job->source != NULL) {
        feed_from_source(run);
        return;
    }
    const char *data = run->job->input;
    size_t left = run->job->input_len - run->sent;
    if (left > 0) {
        ssize_t n = write_quietly(run->in_fd, data + run->sent, left);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n > 0 && (size_t)n < left) {
            run->sent += (size_t)n;
            return;
        }
    }
    child_close(&run->in_fd); /* all was sent, or the child reads no more, which is its right */
}

static void take_out(struct run *run, const char *data, size_t len)
{
    if (run->failed || run->out_fd < 0)
        return;
    if (run->job->sink != NULL) {
        if (!run->job->sink(run->job->sink_ctx, data, len, run->err))
            fail(run);
    } else if (len > run->out_max - run->end->out.len) {
        error_set(run->err, ERR_FAILED, "%s wrote more than %zu bytes", run->job->argv[0],
                  run->out_max);
        fail(run);
    } else {
        str_addn(&run->end->out, data, len);
    }
}

/* Keeps the end of what was said. */
static void keep_tail(struct str *text, size_t kept)
{
    if (text->len <= kept)
        return;
    memmove(text->s, text->s + text->len - kept, kept);
    str_cut(text, kept);
}

/* Reads once from *fd; closes it at its end. Returns the bytes read. */
static size_t read_once(int *fd, char *buf, size_t size)
{
    ssize_t n = read(*fd, buf, size);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        child_close(fd);
    return n > 0 ? (size_t)n : 0;
}

static void read_out(struct run *run)
{
    char buf[65536];
    size_t n = read_once(&run->out_fd, buf, sizeof buf);
    if (n == 0)
        return;
    take_out(run, buf, n);
    run->last_any = run->last_out = clock_ms(); /* after the sink: its time is not the child's */
}

static void read_err(struct run *run)
{
    char buf[16384];
    size_t n = read_once(&run->err_fd, buf, sizeof buf);
    if (n == 0)
        return;
    str_addn(&run->end->err, buf, n);
    if (run->end->err.len > 2 * ERR_KEPT)
        keep_tail(&run->end->err, ERR_KEPT);
    run->last_any = clock_ms();
}

/* Waits until something can be done, at most until the next limit. */
static void turn(struct run *run, int64_t wait_ms)
{
    struct pollfd fds[] = {
        {.fd = run->in_fd, .events = POLLOUT},   {.fd = run->out_fd, .events = POLLIN},
        {.fd = run->err_fd, .events = POLLIN},   {.fd = run->wake_fd, .events = POLLIN},
        {.fd = run->watch_fd, .events = POLLIN},
    };
    if (run->watch_fd < 0 && run->ended_at == 0 && wait_ms > BLIND_MS)
        wait_ms = BLIND_MS;
    int n = poll(fds, sizeof fds / sizeof fds[0], wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);
    if (n < 0)
        return; /* EINTR: the limits are looked at again */
    if (fds[3].revents != 0) {
        if ((fds[3].revents & POLLNVAL) == 0) {
            run->end->interrupted = true;
            end_child(run);
        }
        run->wake_fd = -1; /* it stays readable: its owner empties it */
    }
    if (fds[0].revents != 0)
        feed(run);
    if (fds[1].revents != 0)
        read_out(run);
    if (fds[2].revents != 0)
        read_err(run);
    if (run->ended_at == 0 && child_ended(run->pid)) {
        run->ended_at = run->last_any = clock_ms();
        child_close(&run->watch_fd);
        child_close(&run->in_fd);
    }
}

/* --- limits ---------------------------------------------------------------------------------- */

/* Keeps the earlier of two moments; a limit of 0 is none. */
static void sooner(int64_t *at, int64_t from, int64_t limit)
{
    if (limit > 0 && from < INT64_MAX - limit && from + limit < *at)
        *at = from + limit;
}

/* When something must happen next although nothing was read. */
static int64_t next_limit(const struct run *run)
{
    int64_t at = INT64_MAX;
    if (run->ended_at != 0) {
        sooner(&at, run->last_any, DRAIN_IDLE_MS);
        sooner(&at, run->ended_at, DRAIN_TOTAL_MS);
    }
    switch (run->ending) {
    case RUNNING:
        sooner(&at, run->started, run->job->total_ms);
        if (run->ended_at == 0)
            sooner(&at, run->last_out, run->job->idle_ms);
        break;
    case TERM_SENT:
        sooner(&at, run->signal_at, CHILD_TERM_MS);
        break;
    case KILL_SENT:
        sooner(&at, run->signal_at, CHILD_REAP_MS);
        break;
    }
    return at;
}

/* A limit was reached. false: there is nothing left to wait for. */
static bool act_on_limit(struct run *run)
{
    switch (run->ending) {
    case RUNNING:
        if (run->ended_at != 0)
            return false;
        run->end->timed_out = true;
        end_child(run);
        return true;
    case TERM_SENT:
        child_signal(run->pid, SIGKILL);
        run->ending = KILL_SENT;
        run->signal_at = clock_ms();
        return run->ended_at == 0;
    case KILL_SENT:
        return false;
    }
    return false;
}

static void loop(struct run *run)
{
    while (run->ended_at == 0 || run->out_fd >= 0 || run->err_fd >= 0) {
        int64_t left = next_limit(run) - clock_ms();
        if (left > 0)
            turn(run, left);
        else if (!act_on_limit(run))
            break;
    }
    if (run->ending != RUNNING)
        child_signal(run->pid, SIGKILL); /* a grandchild that did not mind SIGTERM */
}

/* ---------------------------------------------------------------------------------------------- */

bool process_run(const struct process_job *job, struct process_end *ret, struct error *err)
{
    AUTO_PROCESS_END end = {0};
    struct run run = {
        .job = job,
        .end = &end,
        .err = err,
        .in_fd = -1,
        .out_fd = -1,
        .err_fd = -1,
        .watch_fd = -1,
        .wake_fd = job->wake_fd > 0 ? job->wake_fd : -1,
        .out_max = job->out_max > 0 ? job->out_max : OUT_MAX_DEFAULT,
        .started = clock_ms(),
    };
    bool ok = start(&run);
    if (ok) {
        run.last_out = run.last_any = run.started;
        run.watch_fd = child_watch(run.pid);
        loop(&run);
        int status = run.ended_at != 0 ? child_reap(run.pid) : 128 + SIGKILL;
        ok = !run.failed;
        if (ok && status < 0)
            ok = error_set(err, ERR_FAILED, "%s ended, and its exit status is lost", job->argv[0]);
        end.status = status;
        end.took_ms = clock_ms() - run.started;
        keep_tail(&end.err, ERR_KEPT);
    }
    child_close(&run.in_fd);
    child_close(&run.out_fd);
    child_close(&run.err_fd);
    child_close(&run.watch_fd);
    free(run.chunk);
    if (!ok)
        return false;
    process_end_done(ret);
    *ret = end;
    end = (struct process_end){0};
    return true;
}

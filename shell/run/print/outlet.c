/* Files, programs and the pager as places for results. */
#include "outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <belay/str.h>
#include <foreground.h>
#include <mem.h>
#include <utf8.h>

#include "signals.h"

/*
 * How much may wait for a program that does not read, as a pager does not while a person looks at
 * the first page: the server meanwhile gets rid of its rows instead of giving up the connection
 * (net_write_timeout).
 */
#define WAITING_MAX ((size_t)64 << 20)
#define FOOTER_LINES 3 /* the footer, an empty line and the prompt stand below a result */
#define LONGEST_CELL 16 /* bytes of one cell: a line that long without an end is wide enough */

struct outlet {
    struct sink *sink;
    struct sink *out; /* standard output */
    int fd;           /* of the file; -1: none */
    char *line;       /* of the program, or NULL */
    bool pager;
    enum pager_when when;
    bool started;
    bool gone;
    struct foreground child;
    struct str held; /* not yet taken by the program */
    size_t sent;     /* of held */
    size_t lines;    /* whole lines in held, until the pager is started */
    size_t line_at;  /* where the last line begins */
    unsigned rows, columns;
};

/* Hands over what the program takes; all: waits until it has everything. */
static void pump(struct outlet *o, bool all)
{
    while (!o->gone && o->sent < o->held.len) {
        bool wait = all || o->held.len - o->sent > WAITING_MAX;
        ssize_t n = foreground_feed(&o->child, o->held.s + o->sent, o->held.len - o->sent,
                                    wait ? -1 : 0);
        if (n == 0 && !wait)
            return;
        o->gone = n < 0 || (n == 0 && signals_fatal() != 0);
        o->sent += n > 0 ? (size_t)n : 0;
        if (o->sent > WAITING_MAX / 8) {
            memmove(o->held.s, o->held.s + o->sent, o->held.len - o->sent);
            str_cut(&o->held, o->held.len - o->sent);
            o->sent = 0;
        }
    }
    str_clear(&o->held);
    o->sent = 0;
}

/* Cells of a line; the colours in it take none. */
static size_t cells(const char *line, size_t len)
{
    AUTO_STR plain = {0};

    for (size_t i = 0; i < len; i++) {
        if (line[i] != '\033')
            str_addc(&plain, line[i]);
        else
            while (i < len && !((line[i] | 32) >= 'a' && (line[i] | 32) <= 'z'))
                i++;
    }
    return utf8_cells(str_text(&plain), plain.len);
}

/* Is what is held more than the screen shows at once? */
static bool too_large(struct outlet *o)
{
    const char *newline;

    if (o->when == PAGER_ALWAYS)
        return true;
    while ((newline = memchr(o->held.s + o->line_at, '\n', o->held.len - o->line_at)) != NULL) {
        size_t len = (size_t)(newline - o->held.s) - o->line_at;
        if (o->when == PAGER_LARGER && len > o->columns &&
            cells(o->held.s + o->line_at, len) > o->columns)
            return true;
        o->line_at += len + 1;
        o->lines++;
        if (o->lines + FOOTER_LINES > o->rows)
            return true;
    }
    return o->held.len - o->line_at > (size_t)o->columns * o->rows * LONGEST_CELL;
}

static bool start(struct outlet *o, struct error *err)
{
    sink_flush(o->out, NULL);
    o->started = o->pager ? foreground_pager(o->line, &o->child, err)
                          : foreground_line(o->line, true, &o->child, err);
    return o->started;
}

/* sink_set_taker: bytes on their way to a program. */
static bool take(void *ctx, const void *data, size_t len)
{
    struct outlet *o = ctx;

    if (o->gone)
        return true;
    str_addn(&o->held, data, len);
    if (!o->started && (!too_large(o) || !start(o, NULL)))
        return true;
    pump(o, false);
    return true;
}

static bool open_file(struct outlet *o, const struct target *target, struct error *err)
{
    int how = target->kind == TARGET_APPEND ? O_APPEND : O_TRUNC;

    o->fd = open(target->name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | how, 0666);
    if (o->fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot write to %s", target->name);
    o->sink = sink_new(o->fd, target->name);
    sink_set_leaving(o->sink, signals_fatal);
    return true;
}

/* A sink that looks like standard output and hands everything to take(). */
static void open_like(struct outlet *o, int fd, bool colour)
{
    o->sink = sink_new(fd, o->line);
    sink_set_taker(o->sink, take, o);
    sink_set_colour(o->sink, colour);
}

struct outlet *outlet_open(const struct target *target, struct sink *out, struct error *err)
{
    struct outlet *o = mem_alloc(sizeof(*o));

    o->out = out;
    o->fd = o->child.in_fd = -1;
    if (target->kind == TARGET_PROGRAM) {
        o->line = mem_text(target->name);
        if (start(o, err))
            open_like(o, o->child.in_fd, false);
    } else {
        open_file(o, target, err);
    }
    if (o->sink != NULL)
        return o;
    free(o->line);
    free(o);
    return NULL;
}

struct outlet *outlet_pager(const char *line, enum pager_when when, struct sink *out)
{
    struct outlet *o = mem_alloc(sizeof(*o));
    struct winsize size = {0};

    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    o->rows = size.ws_row > 0 ? size.ws_row : 24;
    o->columns = sink_columns(out);
    o->out = out;
    o->line = mem_text(line);
    o->pager = true;
    o->when = when;
    o->fd = o->child.in_fd = -1;
    open_like(o, STDOUT_FILENO, sink_colour(out));
    return o;
}

struct sink *outlet_sink(struct outlet *outlet)
{
    return outlet->sink;
}

bool outlet_gone(const struct outlet *outlet)
{
    return outlet->gone;
}

bool outlet_ended(const struct outlet *outlet)
{
    return outlet->started && foreground_ended(&outlet->child);
}

bool outlet_has_terminal(const struct outlet *outlet)
{
    return outlet->pager && outlet->started && !outlet->gone &&
           !foreground_ended(&outlet->child);
}

static bool leave(void *ctx)
{
    (void)ctx;
    signals_take();
    return signals_fatal() != 0;
}

/* Waits for the program, or shows what the pager was not needed for. Returns the status. */
static int finish(struct outlet *o)
{
    int status = 0;

    if (o->started) {
        pump(o, true);
        status = foreground_wait(&o->child, signals_wake_fd(), leave, NULL);
    } else if (o->pager) {
        sink_write(o->out, str_text(&o->held), o->held.len);
    }
    str_clear(&o->held);
    o->started = o->gone = false;
    o->sent = o->lines = o->line_at = 0;
    return status;
}

bool outlet_pause(struct outlet *o, int *ret_status, struct error *err)
{
    bool ok = sink_flush(o->sink, err);

    *ret_status = o->pager ? finish(o) : 0;
    return ok;
}

bool outlet_close(struct outlet *o, int *ret_status, struct error *err)
{
    bool ok = sink_flush(o->sink, err);

    *ret_status = finish(o);
    sink_set_copy(o->sink, NULL);
    sink_free(o->sink);
    /* Some file systems report a full disk or quota only here. */
    if (o->fd >= 0 && close(o->fd) != 0 && ok)
        ok = error_errno(err, ERR_OUTPUT, "cannot write to a file");
    str_done(&o->held);
    free(o->line);
    free(o);
    return ok;
}

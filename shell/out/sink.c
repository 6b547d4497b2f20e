/* A buffered descriptor that remembers its first error. */
#include <belay/output.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"
#include "sink_room.h"

#define DEFAULT_COLUMNS 80
#define PATIENCE_MS 500 /* with a reader that does not read, when belay must end */

struct sink *sink_new(int fd, const char *name)
{
    struct sink *sink = mem_alloc(sizeof *sink);

    sink->fd = fd;
    sink->name = mem_text(name);
    sink->terminal = isatty(fd) == 1;
    return sink;
}

static bool is_leaving(const struct sink *sink)
{
    return sink->leaving != NULL && sink->leaving() != 0;
}

/* Does it take something, now or while patience lasts? */
static bool takes_more(struct sink *sink)
{
    struct pollfd wait = { .fd = sink->fd, .events = POLLOUT };
    int64_t now = clock_ms();
    int n;

    if (sink->patience == 0)
        sink->patience = now + PATIENCE_MS;
    do {
        n = poll(&wait, 1, sink->patience > now ? (int)(sink->patience - now) : 0);
        now = clock_ms();
    } while (n < 0 && errno == EINTR);
    return n != 0;
}

/*
 * As write(), but when belay must end it takes no more at a time than a pipe that can be written to
 * has room for (pipe(7), PIPE_BUF), so that it does not block again.
 */
static ssize_t write_some(struct sink *sink, const char *data, size_t len)
{
    if (!is_leaving(sink))
        return write(sink->fd, data, len);
    if (!takes_more(sink)) {
        errno = ECANCELED;
        return -1;
    }
    return write(sink->fd, data, len < PIPE_BUF ? len : PIPE_BUF);
}

/* Writes to the descriptor, however little it takes at a time. */
static void put(struct sink *sink, const char *data, size_t len)
{
    sink->touched = sink->touched || len > 0;
    if (sink->take != NULL) {
        if (len > 0 && sink->error == 0 && !sink->take(sink->take_ctx, data, len))
            sink->error = errno;
        return;
    }
    while (len > 0 && sink->error == 0) {
        ssize_t n = write_some(sink, data, len);

        if (n > 0) {
            data += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN && !is_leaving(sink)) {
            /* Somebody made the terminal non-blocking; wait until it takes more. */
            struct pollfd wait = { .fd = sink->fd, .events = POLLOUT };

            if (poll(&wait, 1, -1) < 0 && errno != EINTR)
                sink->error = errno;
        } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
            sink->error = n == 0 ? ENOSPC : errno;
        }
    }
}

static void put_buffer(struct sink *sink)
{
    sink_copy_rest(sink);
    put(sink, sink->buffer, sink->used);
    sink->emptied++;
    sink->used = 0;
    sink->copied = 0;
}

char *sink_make_room(struct sink *sink)
{
    put_buffer(sink);
    return sink->buffer;
}

void sink_free(struct sink *sink)
{
    if (sink == NULL)
        return;
    put_buffer(sink);
    free(sink->name);
    free(sink);
}

static void write_one(struct sink *sink, const void *data, size_t len)
{
    if (len == 0)
        return;
    if (len > SINK_BUFFER - sink->used)
        put_buffer(sink);
    if (len > SINK_BUFFER) {
        put(sink, data, len);
        return;
    }
    memcpy(sink->buffer + sink->used, data, len);
    sink->used += len;
}

void sink_copy_rest(struct sink *sink)
{
    if (sink->copy != NULL)
        write_one(sink->copy, sink->buffer + sink->copied, sink->used - sink->copied);
    sink->copied = sink->used;
}

void sink_write(struct sink *sink, const void *data, size_t len)
{
    write_one(sink, data, len);
    if (sink->copy != NULL && len > SINK_BUFFER)
        write_one(sink->copy, data, len);
    else if (sink->copy != NULL)
        sink_copy_rest(sink);
}

struct sink_mark sink_mark(const struct sink *sink)
{
    return (struct sink_mark){ sink->emptied, sink->used };
}

bool sink_take_back(struct sink *sink, struct sink_mark mark)
{
    if (sink->emptied != mark.emptied || sink->copy != NULL)
        return false;
    sink->used = mark.used;
    if (sink->copied > sink->used)
        sink->copied = sink->used;
    return true;
}

void sink_text(struct sink *sink, const char *text)
{
    sink_write(sink, text, strlen(text));
}

void sink_f(struct sink *sink, const char *fmt, ...)
{
    AUTO_STR text = { 0 };
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    sink_write(sink, str_text(&text), text.len);
}

void sink_foreign(struct sink *sink, const char *text, size_t len)
{
    AUTO_STR escaped = { 0 };

    if (!sink_escapes(sink)) {
        sink_write(sink, text, len);
        return;
    }
    escape_line(text, len, &escaped);
    sink_write(sink, str_text(&escaped), escaped.len);
}

bool sink_flush(struct sink *sink, struct error *err)
{
    put_buffer(sink);
    if (sink->copy != NULL)
        put_buffer(sink->copy);
    if (sink->error == 0)
        return true;
    errno = sink->error;
    return error_errno(err, ERR_OUTPUT, "cannot write to %s", sink->name);
}

bool sink_failed(const struct sink *sink)
{
    return sink->error != 0;
}

bool sink_untouched(const struct sink *sink)
{
    return !sink->touched && sink->used == 0;
}

bool sink_is_terminal(const struct sink *sink)
{
    return sink->terminal;
}

bool sink_escapes(const struct sink *sink)
{
    return sink->terminal || (sink->copy != NULL && sink->copy->terminal);
}

bool sink_colour(const struct sink *sink)
{
    return sink->colour;
}

void sink_set_colour(struct sink *sink, bool on)
{
    sink->colour = on;
}

void sink_set_terminal(struct sink *sink, unsigned columns)
{
    sink->terminal = true;
    sink->columns = columns;
}

void sink_set_copy(struct sink *sink, struct sink *copy)
{
    sink_copy_rest(sink);
    sink->copy = copy;
}

void sink_set_taker(struct sink *sink, bool (*take)(void *ctx, const void *data, size_t len),
                    void *ctx)
{
    sink->take = take;
    sink->take_ctx = ctx;
}

void sink_set_leaving(struct sink *sink, int (*leaving)(void))
{
    sink->leaving = leaving;
}

unsigned sink_columns(const struct sink *sink)
{
    struct winsize size;

    if (sink->columns > 0)
        return sink->columns;
    if (sink->terminal && ioctl(sink->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return DEFAULT_COLUMNS;
}

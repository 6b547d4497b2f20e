/*
 * Rows kept in memory and then in a file without a name. A row is: the length of each cell plus one
 * as a varint (0: SQL NULL), then the bytes of each cell that is not NULL with a NUL behind them, so
 * that a row that libmariadb left in one piece is kept by one copy and comes back in one piece.
 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <belay/str.h>

#include "encode.h"
#include "mem.h"
#include "run.h"

#define KEPT_MAX ((size_t)1024 * 1024) /* in memory; then all of it goes to the file */
#define BLOCK ((size_t)256 * 1024)         /* what is written and read at a time */
#define VARINT_MAX 10

struct spool {
    size_t n_columns;
    struct cell *cells; /* of the row handed out */
    char *buffer;       /* rows not yet in the file; when reading: the part at hand */
    size_t cap;
    size_t used;
    size_t at;          /* when reading: where the next row begins */
    int fd;             /* -1: all rows are in the buffer */
    int error;
    bool writing;       /* the error came from writing */
};

struct spool *spool_new(size_t n_columns)
{
    struct spool *spool = mem_alloc(sizeof *spool);

    spool->n_columns = n_columns;
    spool->cells = mem_array(n_columns + 1, sizeof *spool->cells);
    spool->fd = -1;
    return spool;
}

void spool_free(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool->cells);
    free(spool->buffer);
    free(spool);
}

static const char *directory(void)
{
    const char *dir = getenv("TMPDIR");

    return dir != NULL && *dir == '/' ? dir : "/tmp";
}

/* A file that nobody else can open and that is gone with its descriptor. */
static int open_file(void)
{
    int fd = open(directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    /* A file system without O_TMPFILE: a name for a moment. */
    AUTO_FREE char *path = str_format("%s/belay-XXXXXX", directory());
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static void fail(struct spool *spool, int error, bool writing)
{
    spool->error = error;
    spool->writing = writing;
}

static void write_out(struct spool *spool)
{
    size_t done = 0;

    if (spool->fd < 0 && (spool->fd = open_file()) < 0)
        fail(spool, errno, true);
    while (done < spool->used && spool->error == 0) {
        ssize_t n = write(spool->fd, spool->buffer + done, spool->used - done);

        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            fail(spool, n == 0 ? ENOSPC : errno, true);
    }
    spool->used = 0;
}

static size_t put_varint(char *to, uint64_t value)
{
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        to[n++] = (char)(0x80 | (value & 0x7f));
    to[n++] = (char)value;
    return n;
}

/* Makes room for so many bytes at the end of the buffer. */
static void reserve(struct spool *spool, size_t more)
{
    if (spool->used > 0 && spool->used + more > (spool->fd < 0 ? KEPT_MAX : BLOCK))
        write_out(spool);
    if (spool->used + more > spool->cap)
        spool->buffer = mem_grow(spool->buffer, &spool->cap, spool->used + more, 1);
}

void spool_add(struct spool *spool, const struct cell *cells)
{
    size_t size = ENCODE_SLACK;

    if (spool->error != 0)
        return;
    for (size_t i = 0; i < spool->n_columns; i++)
        size += VARINT_MAX + cells[i].len + 1;
    reserve(spool, size);
    if (spool->error != 0)
        return;
    char *to = spool->buffer + spool->used;
    for (size_t i = 0; i < spool->n_columns; i++) {
        uint64_t length = cells[i].data == NULL ? 0 : (uint64_t)cells[i].len + 1;

        if (length < 0x80)
            *to++ = (char)length;
        else
            to += put_varint(to, length);
    }
    for (size_t i = 0; i < spool->n_columns;) {
        size_t run = run_cells(cells + i, spool->n_columns - i);

        if (run > 0) {
            const char *last = cells[i + run - 1].data + cells[i + run - 1].len;
            memcpy(to, cells[i].data, (size_t)(last - cells[i].data));
            to += last - cells[i].data;
            *to++ = '\0';
        }
        i += run > 0 ? run : 1;
    }
    spool->used = (size_t)(to - spool->buffer);
}

bool spool_failed(const struct spool *spool)
{
    return spool->error != 0;
}

bool spool_error(const struct spool *spool, struct error *err)
{
    errno = spool->error;
    error_errno(err, ERR_OUTPUT, "cannot %s rows in %s", spool->writing ? "keep" : "read back",
                directory());
    return error_hint(err, "TMPDIR names another directory; -q and the formats but the tables keep "
                           "nothing");
}

bool spool_rewind(struct spool *spool, struct error *err)
{
    if (spool->fd >= 0 && spool->error == 0)
        write_out(spool);
    if (spool->fd >= 0 && spool->error == 0 && lseek(spool->fd, 0, SEEK_SET) < 0)
        fail(spool, errno, false);
    spool->at = 0;
    return spool->error == 0 || spool_error(spool, err);
}

/* Reads more of the file behind what is left of the part at hand; false at its end. */
static bool read_more(struct spool *spool, size_t need)
{
    size_t left = spool->used - spool->at;

    if (spool->fd < 0 || spool->error != 0)
        return false;
    memmove(spool->buffer, spool->buffer + spool->at, left);
    spool->at = 0;
    spool->used = left;
    size_t want = need > BLOCK ? need : BLOCK;
    if (want + ENCODE_SLACK > spool->cap)
        spool->buffer = mem_grow(spool->buffer, &spool->cap, want + ENCODE_SLACK, 1);
    while (spool->used < need) {
        ssize_t n = read(spool->fd, spool->buffer + spool->used, want - spool->used);

        if (n > 0)
            spool->used += (size_t)n;
        else if (n == 0)
            return false;
        else if (errno != EINTR) {
            fail(spool, errno, false);
            return false;
        }
    }
    return true;
}

/* The lengths of the row that begins at hand; its size with them, 0: not all of it is there. */
static size_t parse_lengths(struct spool *spool)
{
    const char *from = spool->buffer + spool->at;
    const char *end = spool->buffer + spool->used;
    const char *at = from;
    size_t bytes = 0;

    for (size_t i = 0; i < spool->n_columns; i++) {
        uint64_t value = 0;
        unsigned shift = 0;

        for (;; shift += 7) {
            if (at == end)
                return 0;
            unsigned char c = (unsigned char)*at++;
            value |= (uint64_t)(c & 0x7f) << shift;
            if (c < 0x80)
                break;
        }
        spool->cells[i].data = value == 0 ? NULL : from;
        spool->cells[i].len = value == 0 ? 0 : (size_t)value - 1;
        bytes += (size_t)value;
    }
    return (size_t)(at - from) + bytes;
}

const struct cell *spool_next(struct spool *spool)
{
    size_t left = spool->used - spool->at;
    size_t size = left > 0 ? parse_lengths(spool) : 0;

    while (size == 0 || size > spool->used - spool->at) {
        if (!read_more(spool, size > 0 ? size : spool->used - spool->at + 1)) {
            if (spool->used > spool->at && spool->error == 0)
                fail(spool, EIO, false); /* somebody cut the file */
            return NULL;
        }
        size = parse_lengths(spool);
    }
    const char *bytes = spool->buffer + spool->at + size;
    for (size_t i = spool->n_columns; i-- > 0;) {
        if (spool->cells[i].data == NULL)
            continue;
        bytes -= spool->cells[i].len + 1;
        spool->cells[i].data = bytes;
    }
    spool->at += size;
    return spool->cells;
}

/* Reads a byte stream that may be gzip. */
#include "unpack.h"

#include <errno.h>

#include <zlib.h>

#include "mem.h"

#define PIECE ((size_t)64 << 10)

struct unpack {
    meta_reader *read;
    void *ctx;
    bool started, gzip, source_ended;
    bool between; /* gzip: a member has ended and no other has begun */
    z_stream z;
    enum unpack_trouble trouble;
    char why[128];
    uint64_t packed, total, filled;
    uint8_t in[PIECE];
    size_t pos, have; /* unread bytes of in are pos … have */
};

struct unpack *unpack_new(meta_reader *read, void *ctx)
{
    struct unpack *unpack = mem_alloc(sizeof(*unpack));

    unpack->read = read;
    unpack->ctx = ctx;
    return unpack;
}

void unpack_free(struct unpack *unpack)
{
    if (unpack == NULL)
        return;
    if (unpack->gzip)
        inflateEnd(&unpack->z);
    free(unpack);
}

enum unpack_trouble unpack_trouble(const struct unpack *unpack)
{
    return unpack->trouble;
}

const char *unpack_why(const struct unpack *unpack)
{
    return unpack->why;
}

uint64_t unpack_total(const struct unpack *unpack)
{
    return unpack->total;
}

uint64_t unpack_filled(const struct unpack *unpack)
{
    return unpack->filled;
}

static ssize_t trouble(struct unpack *unpack, enum unpack_trouble what, const char *why)
{
    if (unpack->trouble == UNPACK_FINE) {
        unpack->trouble = what;
        snprintf(unpack->why, sizeof(unpack->why), "%s", why);
    }
    return -1;
}

/* Makes sure that at least `want` unread bytes are in the buffer, unless the source ends. */
static bool fill(struct unpack *unpack, size_t want)
{
    if (unpack->have - unpack->pos >= want)
        return true;
    memmove(unpack->in, unpack->in + unpack->pos, unpack->have - unpack->pos);
    unpack->have -= unpack->pos;
    unpack->pos = 0;
    while (!unpack->source_ended && unpack->have < want) {
        ssize_t got = unpack->read(unpack->ctx, unpack->in + unpack->have, PIECE - unpack->have);
        if (got < 0) {
            trouble(unpack, UNPACK_READ_ERROR, strerror(errno));
            return false;
        }
        unpack->source_ended = got == 0;
        unpack->have += (size_t)got;
        unpack->packed += (uint64_t)got;
    }
    return true;
}

static bool gzip_magic(const struct unpack *unpack)
{
    const uint8_t *p = unpack->in + unpack->pos;

    return unpack->have - unpack->pos >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

static bool start(struct unpack *unpack)
{
    if (!fill(unpack, 2))
        return false;
    unpack->started = true;
    if (!gzip_magic(unpack))
        return true;
    if (inflateInit2(&unpack->z, 16 + MAX_WBITS) != Z_OK)
        return trouble(unpack, UNPACK_READ_ERROR, "zlib cannot start") == 0;
    unpack->gzip = true;
    return true;
}

static ssize_t read_plain(struct unpack *unpack, uint8_t *buf, size_t len)
{
    if (!fill(unpack, 1))
        return -1;
    size_t n = unpack->have - unpack->pos < len ? unpack->have - unpack->pos : len;
    memcpy(buf, unpack->in + unpack->pos, n);
    unpack->pos += n;
    return (ssize_t)n;
}

/* Between two gzip members: 1 when another begins, 0 at the end, -1 on trouble. */
static int next_member(struct unpack *unpack)
{
    if (!fill(unpack, 2))
        return -1;
    if (unpack->have == unpack->pos)
        return 0;
    if (!gzip_magic(unpack))
        return (int)trouble(unpack, UNPACK_DAMAGED, "bytes follow the end of the gzip data");
    unpack->between = false;
    inflateReset(&unpack->z);
    return 1;
}

static ssize_t read_gzip(struct unpack *unpack, uint8_t *buf, size_t len)
{
    for (;;) {
        int more = unpack->between ? next_member(unpack) : 1;
        if (more <= 0)
            return more;
        if (!fill(unpack, 1))
            return -1;
        if (unpack->have == unpack->pos)
            return trouble(unpack, UNPACK_DAMAGED, "the gzip data is cut off");
        unpack->z.next_in = unpack->in + unpack->pos;
        unpack->z.avail_in = (uInt)(unpack->have - unpack->pos);
        unpack->z.next_out = buf;
        unpack->z.avail_out = (uInt)len;
        int rc = inflate(&unpack->z, Z_NO_FLUSH);
        unpack->pos = unpack->have - unpack->z.avail_in;
        unpack->between = rc == Z_STREAM_END;
        if (rc != Z_OK && rc != Z_STREAM_END)
            return trouble(unpack, UNPACK_DAMAGED, "the gzip data is damaged");
        if (unpack->z.avail_out < len)
            return (ssize_t)(len - unpack->z.avail_out);
    }
}

static void note_filled(struct unpack *unpack, const uint8_t *buf, size_t len)
{
    size_t n = len;

    while (n > 0 && buf[n - 1] == 0)
        n--;
    if (n > 0)
        unpack->filled = unpack->total + n;
    unpack->total += len;
}

ssize_t unpack_read(struct unpack *unpack, void *buf, size_t len)
{
    if (unpack->trouble != UNPACK_FINE || (!unpack->started && !start(unpack)))
        return -1;
    if (len > PIECE)
        len = PIECE;
    ssize_t n = unpack->gzip ? read_gzip(unpack, buf, len) : read_plain(unpack, buf, len);
    if (n > 0)
        note_filled(unpack, buf, (size_t)n);
    if (unpack->total > META_RATIO_FROM && unpack->total / META_RATIO_MAX > unpack->packed)
        return trouble(unpack, UNPACK_TOO_MUCH,
                       "unpacks to more than 300 times its size: not read further");
    return n;
}

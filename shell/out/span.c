/* Copies of long texts by AVX2; the way to find bytes of a set is that of Hyperscan's "shufti". */
#include "span.h"

#ifdef __x86_64__
#include <immintrin.h>

/* Copies 32 bytes and finds the first one of the set among them; 32: there is none. */
__attribute__((target("avx2"), always_inline)) static inline unsigned
copy_block(__m256i low, __m256i high, const char *from, char *to)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_loadu_si256((const __m256i_u *)from);
    __m256i by_low = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
    __m256i by_high =
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));

    _mm256_storeu_si256((__m256i_u *)to, bytes);
    if (_mm256_testz_si256(by_low, by_high))
        return 32;
    __m256i both = _mm256_and_si256(by_low, by_high);
    __m256i none = _mm256_cmpeq_epi8(both, _mm256_setzero_si256());
    return (unsigned)__builtin_ctz(~(unsigned)_mm256_movemask_epi8(none));
}

__attribute__((target("avx2"))) size_t span_copy(const struct span_set *set, const char *from,
                                                 size_t len, char *to)
{
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)set->low));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)set->high));
    size_t at = 0;

    for (; len - at >= 32; at += 32) {
        unsigned n = copy_block(low, high, from + at, to + at);

        if (n < 32)
            return at + n;
    }
    /* The rest together with what is known to be plain before it. */
    return at == len ? len : len - 32 + copy_block(low, high, from + len - 32, to + len - 32);
}

#else

size_t span_copy(const struct span_set *set, const char *from, size_t len, char *to)
{
    (void)set;
    (void)from;
    (void)len;
    (void)to;
    return 0;
}

#endif

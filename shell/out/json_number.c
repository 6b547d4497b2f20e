/*
 * Is a text a number that every reader of JSON gets back as it was? Readers take numbers for
 * doubles.
 */
#include "json_number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
    if (n <= JSON_EXACT_DIGITS)
        return value != 0.0 || n == 0;
    if (n > ROUND_DIGITS)
        return false;
    snprintf(printed, sizeof printed, "%.*e", (int)n - 1, value);
    digits_of(printed, again);
    return strcmp(digits, again) == 0;
}

bool json_number(const char *text, size_t len)
{
    size_t sign = len > 1 && *text == '-' ? 1 : 0;

    if (json_number_short(run_first(text + sign, len - sign), text + sign, len - sign))
        return true;
    return len > 0 && is_number(text, len) && is_exact(text);
}

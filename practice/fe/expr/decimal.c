/* Decimal arithmetic by the school methods: numbers here have tens of digits. */
#include "decimal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Drops leading zeros. */
static void normalize(struct decimal *d)
{
    size_t zeros = 0;
    while (zeros < d->n && d->digits[zeros] == 0)
        zeros++;
    memmove(d->digits, d->digits + zeros, d->n - zeros);
    d->n -= zeros;
    if (d->n == 0)
        d->negative = false;
}

static bool append(struct decimal *d, int digit)
{
    if (d->n == DECIMAL_DIGITS)
        return false;
    d->digits[d->n++] = (unsigned char)digit;
    return true;
}

/* The exponent at text; *ret_at goes behind it. */
static bool read_exponent(const char *text, size_t len, size_t *at, int *ret)
{
    bool negative = *at < len && text[*at] == '-';
    int value = 0;
    size_t first;
    if (*at < len && (text[*at] == '-' || text[*at] == '+'))
        (*at)++;
    for (first = *at; *at < len && isdigit((unsigned char)text[*at]); (*at)++) {
        if (value > 10000)
            return false;
        value = value * 10 + (text[*at] - '0');
    }
    *ret = negative ? -value : value;
    return *at > first;
}

bool decimal_read(const char *text, size_t len, struct decimal *ret)
{
    struct decimal d = {0};
    size_t at = 0, digits = 0;
    bool point = false;
    int exponent = 0;
    if (len > 0 && (text[0] == '-' || text[0] == '+'))
        d.negative = text[at++] == '-';
    for (; at < len && (isdigit((unsigned char)text[at]) || (text[at] == '.' && !point)); at++) {
        if (text[at] == '.') {
            point = true;
            continue;
        }
        digits++;
        d.scale += point;
        if ((d.n > 0 || text[at] != '0') && !append(&d, text[at] - '0'))
            return false;
    }
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (!read_exponent(text, len, &at, &exponent))
            return false;
    }
    if (digits == 0 || at != len)
        return false;
    d.scale -= exponent;
    if (d.scale > DECIMAL_DIGITS || d.scale < -DECIMAL_DIGITS)
        return false;
    for (; d.scale < 0; d.scale++) { /* BigDecimal.toPlainString writes the zeros out */
        if (d.n > 0 && !append(&d, 0))
            return false;
    }
    if (d.n == 0)
        d.negative = false;
    *ret = d;
    return true;
}

struct decimal decimal_of(int64_t value)
{
    struct decimal d = {.negative = value < 0};
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    unsigned char reversed[20];
    for (; rest > 0; rest /= 10)
        reversed[d.n++] = (unsigned char)(rest % 10);
    for (size_t i = 0; i < d.n; i++)
        d.digits[i] = reversed[d.n - 1 - i];
    return d;
}

void decimal_print(const struct decimal *d, struct str *ret)
{
    size_t scale = (size_t)d->scale, whole = d->n > scale ? d->n - scale : 0;
    if (d->negative)
        str_addc(ret, '-');
    if (whole == 0)
        str_addc(ret, '0');
    for (size_t i = 0; i < whole; i++)
        str_addc(ret, (char)('0' + d->digits[i]));
    if (scale > 0)
        str_addc(ret, '.');
    if (scale > d->n)
        str_pad(ret, '0', scale - d->n);
    for (size_t i = whole; i < d->n; i++)
        str_addc(ret, (char)('0' + d->digits[i]));
}

double decimal_real(const struct decimal *d)
{
    AUTO_STR text = {0};
    decimal_print(d, &text);
    return strtod(str_text(&text), NULL);
}

int64_t decimal_int(const struct decimal *d)
{
    size_t whole = d->n > (size_t)d->scale ? d->n - (size_t)d->scale : 0;
    uint64_t value = 0;
    for (size_t i = 0; i < whole; i++)
        value = value * 10 + d->digits[i];
    return (int64_t)(d->negative ? -value : value);
}

bool decimal_is_zero(const struct decimal *d)
{
    return d->n == 0;
}

/* Adds zeros after the point up to the scale. */
static bool widen(struct decimal *d, int scale)
{
    for (; d->scale < scale; d->scale++) {
        if (d->n > 0 && !append(d, 0))
            return false;
    }
    return true;
}

/* Of digit strings without leading zeros. */
static int compare_digits(const struct decimal *a, const struct decimal *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    int order = memcmp(a->digits, b->digits, a->n);
    return order < 0 ? -1 : order > 0;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
    struct decimal x = *a, y = *b;
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    if (!widen(&x, y.scale) || !widen(&y, x.scale))
        return 0;
    int order = compare_digits(&x, &y);
    return x.negative ? -order : order;
}

/* |a| + |b| of one scale, or |a| - |b| where |a| >= |b|. */
static bool combine(const struct decimal *a, const struct decimal *b, int sign,
                    struct decimal *ret)
{
    unsigned char reversed[DECIMAL_DIGITS + 1];
    size_t longest = a->n > b->n ? a->n : b->n, n = 0;
    int carry = 0;
    for (size_t i = 0; i < longest || carry != 0; i++) {
        int digit = carry + (i < a->n ? a->digits[a->n - 1 - i] : 0) +
                    sign * (i < b->n ? b->digits[b->n - 1 - i] : 0);
        carry = digit < 0 ? -1 : digit / 10;
        reversed[n++] = (unsigned char)((digit + 10) % 10);
        if (n > DECIMAL_DIGITS)
            return false;
    }
    ret->n = n;
    for (size_t i = 0; i < n; i++)
        ret->digits[i] = reversed[n - 1 - i];
    normalize(ret);
    return true;
}

bool decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *ret)
{
    struct decimal x = *a, y = *b;
    if (!widen(&x, y.scale) || !widen(&y, x.scale))
        return false;
    *ret = (struct decimal){.scale = x.scale};
    if (x.negative == y.negative) {
        ret->negative = x.negative;
        return combine(&x, &y, 1, ret);
    }
    bool more = compare_digits(&x, &y) >= 0;
    ret->negative = more ? x.negative : y.negative;
    return more ? combine(&x, &y, -1, ret) : combine(&y, &x, -1, ret);
}

bool decimal_subtract(const struct decimal *a, const struct decimal *b, struct decimal *ret)
{
    struct decimal minus = *b;
    minus.negative = b->n > 0 && !b->negative;
    return decimal_add(a, &minus, ret);
}

bool decimal_multiply(const struct decimal *a, const struct decimal *b, struct decimal *ret)
{
    unsigned sums[2 * DECIMAL_DIGITS] = {0};
    size_t n = a->n + b->n;
    if (n > DECIMAL_DIGITS)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        for (size_t j = 0; j < b->n; j++)
            sums[i + j + 1] += (unsigned)(a->digits[i] * b->digits[j]);
    }
    *ret = (struct decimal){.negative = a->negative != b->negative, .scale = a->scale + b->scale,
                            .n = n};
    for (size_t i = n; i-- > 1;) {
        sums[i - 1] += sums[i] / 10;
        sums[i] %= 10;
    }
    for (size_t i = 0; i < n; i++)
        ret->digits[i] = (unsigned char)sums[i];
    normalize(ret);
    return true;
}

/* How often |b| goes into |rest|, which is left smaller than |b|. */
static int take(struct decimal *rest, const struct decimal *b)
{
    int times = 0;
    while (compare_digits(rest, b) >= 0) {
        struct decimal less = {0};
        if (!combine(rest, b, -1, &less))
            return times;
        *rest = less;
        times++;
    }
    return times;
}

bool decimal_divide(const struct decimal *a, const struct decimal *b, int scale,
                    struct decimal *ret, bool *ret_exact)
{
    /* a / b = |a|·10^(scale + b.scale - a.scale) / |b| whole units of 10^-scale. */
    struct decimal from = *a, rest = {0}, divisor = *b;
    int shift = scale + b->scale - a->scale;
    bool exact = true;
    divisor.negative = from.negative = false;
    for (; shift > 0; shift--) {
        if (from.n > 0 && !append(&from, 0))
            return false;
    }
    for (; shift < 0 && from.n > 0; shift++)
        exact &= from.digits[--from.n] == 0;
    *ret = (struct decimal){.negative = a->negative != b->negative, .scale = scale};
    for (size_t i = 0; i < from.n; i++) {
        if ((rest.n > 0 || from.digits[i] != 0) && !append(&rest, from.digits[i]))
            return false;
        if (!append(ret, take(&rest, &divisor)))
            return false;
    }
    normalize(ret);
    *ret_exact = exact && rest.n == 0;
    return true;
}

bool decimal_cut(struct decimal *d, int scale)
{
    if (!widen(d, scale))
        return false;
    for (; d->scale > scale; d->scale--)
        d->n -= d->n > 0;
    normalize(d);
    return true;
}

bool decimal_round(struct decimal *d, int scale)
{
    size_t drop = d->scale > scale ? (size_t)(d->scale - scale) : 0;
    bool up = drop > 0 && d->n >= drop && d->digits[d->n - drop] >= 5;
    bool negative = d->negative;
    if (!decimal_cut(d, scale) || !up)
        return d->scale == scale;
    struct decimal unit = {.negative = negative, .scale = scale, .n = 1, .digits = {1}};
    struct decimal sum;
    if (!decimal_add(d, &unit, &sum))
        return false;
    *d = sum;
    return true;
}

void decimal_strip(struct decimal *d)
{
    while (d->scale > 0 && (d->n == 0 || d->digits[d->n - 1] == 0)) {
        d->n -= d->n > 0;
        d->scale--;
    }
}

int decimal_precision(const struct decimal *d)
{
    int digits = d->n > 0 ? (int)d->n : d->scale > 0;
    return d->scale > digits ? d->scale : digits;
}

/* Exact decimal numbers, as Java's BigDecimal is to the FE: digits and a scale. */
#ifndef PRACTICE_FE_DECIMAL_H
#define PRACTICE_FE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/str.h>

#define DECIMAL_DIGITS 400 /* more than any product or quotient of two DECIMAL256 has */

/* (-1)^negative · 0.d1 d2 … dn · 10^(n - scale): digits 0–9, the first not 0; zero has none. */
struct decimal {
    bool negative;
    int scale;
    size_t n;
    unsigned char digits[DECIMAL_DIGITS];
};

/* [+-]digits[.digits][e[+-]digits]. false: no such number, or too many digits. */
bool decimal_read(const char *text, size_t len, struct decimal *ret);
struct decimal decimal_of(int64_t value);

/* Without exponent, with exactly `scale` digits after the point. */
void decimal_print(const struct decimal *d, struct str *ret);
double decimal_real(const struct decimal *d);
/* The low 64 bits of the whole part. */
int64_t decimal_int(const struct decimal *d);

int decimal_compare(const struct decimal *a, const struct decimal *b);
bool decimal_is_zero(const struct decimal *d);

/* false: too many digits. */
bool decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *ret);
bool decimal_subtract(const struct decimal *a, const struct decimal *b, struct decimal *ret);
bool decimal_multiply(const struct decimal *a, const struct decimal *b, struct decimal *ret);
/* b is not 0. Cut to `scale` digits after the point; *ret_exact: nothing was cut off. */
bool decimal_divide(const struct decimal *a, const struct decimal *b, int scale,
                    struct decimal *ret, bool *ret_exact);

/* To a scale, half away from zero; false: too many digits. */
bool decimal_round(struct decimal *d, int scale);
/* The same, cut off. */
bool decimal_cut(struct decimal *d, int scale);
/* Fewest digits after the point that keep the value. */
void decimal_strip(struct decimal *d);

/* Digits of the narrowest DECIMAL that holds it (DecimalLiteral.java getRealPrecision). */
int decimal_precision(const struct decimal *d);

#endif

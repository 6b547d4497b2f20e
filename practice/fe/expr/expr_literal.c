/* Literals of numbers and bytes. */
#include <ctype.h>
#include <string.h>

#include "expr.h"
#include "world_release.h"

/* Rounded to the digits that fit behind the point (DecimalLiteral.java init). */
static bool fit_decimal(struct value *v, int most)
{
    int whole = (int)v->number.n > v->number.scale ? (int)v->number.n - v->number.scale : 0;
    if (whole > most) { /* AstBuilder.java visitDoubleValue */
        v->type.id = TYPE_DOUBLE;
        v->real = decimal_real(&v->number);
        return true;
    }
    if (!decimal_round(&v->number, v->number.scale < most - whole ? v->number.scale : most - whole))
        return false;
    v->type = type_of_decimal(&v->number);
    return true;
}

bool literal_number(const struct token *t, int release, struct value *ret)
{
    *ret = (struct value){0};
    if (!decimal_read(t->raw, t->len, &ret->number))
        return false;
    bool digits = strspn(t->value, "0123456789") == t->len;
    ret->type.id = digits ? type_of_whole(&ret->number) : TYPE_DECIMAL;
    return ret->type.id != TYPE_DECIMAL || fit_decimal(ret, type_max_precision(release));
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

bool literal_bytes(const struct token *t, struct str *ret)
{
    size_t len = strlen(t->value);
    if (len % 2 != 0 || strspn(t->value, "0123456789abcdefABCDEF") != len)
        return false;
    for (size_t i = 0; i < len; i += 2)
        str_addc(ret, (char)(hex(t->value[i]) * 16 + hex(t->value[i + 1])));
    return true;
}

bool literal_fits(const struct token *t, int release, struct str *ret_problem)
{
    const struct token *next = t + 1;
    AUTO_STR bytes = {0};
    if (token_is(t, "X") && next->kind == TOKEN_STRING && next->raw == t->raw + t->len &&
        !literal_bytes(next, &bytes)) {
        str_add(ret_problem, "Binary literal can only contain hexadecimal digits and an even number"
                             " of digits");
        return false;
    }
    struct decimal d;
    if (t->kind != TOKEN_NUMBER || strspn(t->value, "0123456789") != t->len)
        return true;
    bool wide = release_has(release, TRAIT_DECIMAL256);
    if (decimal_read(t->value, t->len, &d) &&
        (type_of_whole(&d) <= TYPE_LARGEINT || (wide && d.n <= 76)))
        return true;
    str_addf(ret_problem, "Numeric overflow %s", t->value);
    return false;
}

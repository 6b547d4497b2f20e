/* Arithmetic: result types by ArithmeticExpr.java, values as the FE or a BE/CN computes them. */
#include <math.h>
#include <string.h>

#include "expr.h"

#define QUOTIENT_SCALE 100 /* a quotient that ends later than this is taken as endless */

/* What an operand counts as: texts and times as DOUBLE, BOOLEAN as TINYINT. */
static struct type operand(const struct type *type)
{
    if (type_is_exact(type) || type->id == TYPE_NULL)
        return *type;
    return (struct type){.id = type->id == TYPE_BOOLEAN ? TYPE_TINYINT : TYPE_DOUBLE};
}

/* The next wider whole type, so that a sum or a product does not overflow. */
static struct type bigger(struct type type)
{
    if (type.id >= TYPE_TINYINT && type.id < TYPE_BIGINT)
        type.id++;
    return type;
}

/* The type of a DECIMAL operation that the FE leaves to a BE/CN (getReturnTypeOfDecimal). */
static struct type decimal_type(char operator, const struct type *a, const struct type *b)
{
    int most = a->precision > 38 || b->precision > 38 ? 76 : 38;
    int larger = a->scale > b->scale ? a->scale : b->scale;
    struct type type = {.id = TYPE_DECIMAL, .precision = most, .scale = larger};
    if (operator == '*') {
        type.scale = a->scale + b->scale;
        type.precision = a->precision + b->precision;
    } else if (operator == '+' || operator == '-') {
        int left = a->precision - a->scale, right = b->precision - b->scale;
        type.precision = (left > right ? left : right) + larger + 1;
    } else if (operator == '/') {
        type.scale = a->scale <= 6 ? a->scale + 6 : a->scale <= 12 ? 12 : a->scale;
    }
    if (type.precision > most)
        type.precision = most;
    return type;
}

/* Wraps around the type's width, as a BE/CN does. */
static void wrap(enum type_id id, struct decimal *d)
{
    static const char *const widths[] = {[TYPE_TINYINT] = "256", [TYPE_SMALLINT] = "65536",
                                         [TYPE_INT] = "4294967296",
                                         [TYPE_BIGINT] = "18446744073709551616",
                                         [TYPE_LARGEINT] = "34028236692093846346337460743176821145"
                                                           "6"};
    struct decimal width, times, whole, rest;
    bool exact;
    if (type_holds(id, d) || !decimal_read(widths[id], strlen(widths[id]), &width) ||
        !decimal_divide(d, &width, 0, &times, &exact) ||
        !decimal_multiply(&times, &width, &whole) || !decimal_subtract(d, &whole, &rest))
        return;
    *d = rest;
    if (type_holds(id, d))
        return;
    if (d->negative ? decimal_add(d, &width, &rest) : decimal_subtract(d, &width, &rest))
        *d = rest;
}

static double real_of(const struct value *v)
{
    double real = 0;
    value_as_real(v, &real);
    return real;
}

static bool reals(char operator, double a, double b, struct value *ret)
{
    ret->null = (operator == '/' || operator == '%') && b == 0;
    ret->real = operator == '+'   ? a + b
                : operator == '-' ? a - b
                : operator == '*' ? a * b
                : ret->null       ? 0
                : operator == '/' ? a / b
                                  : fmod(a, b);
    return true;
}

/* a - b · trunc(a / b) */
static bool modulo(const struct decimal *a, const struct decimal *b, struct decimal *ret)
{
    struct decimal times, whole;
    bool exact;
    return decimal_divide(a, b, 0, &times, &exact) && decimal_multiply(&times, b, &whole) &&
           decimal_subtract(a, &whole, ret);
}

static bool exact_numbers(char operator, const struct decimal *a, const struct decimal *b,
                          int scale, struct value *ret, bool *ret_exact)
{
    *ret_exact = true;
    switch (operator) {
    case '+':
        return decimal_add(a, b, &ret->number);
    case '-':
        return decimal_subtract(a, b, &ret->number);
    case '*':
        return decimal_multiply(a, b, &ret->number);
    case '%':
        ret->null = decimal_is_zero(b);
        return ret->null || modulo(a, b, &ret->number);
    default: /* '/' and DIV */
        ret->null = decimal_is_zero(b);
        return ret->null || decimal_divide(a, b, scale, &ret->number, ret_exact);
    }
}

/* Drops zeros after the point, down to a scale: that of an exact quotient of BigDecimals. */
static void shorten(struct decimal *d, int scale)
{
    int least = scale < 0 ? 0 : scale;
    while (d->scale > least && (d->n == 0 || d->digits[d->n - 1] == 0))
        decimal_cut(d, d->scale - 1);
}

/* DECIMALs: folded by the FE to the narrowest type, with the scale that Java's BigDecimal has. */
static bool decimals(char operator, const struct value *a, const struct value *b,
                     struct value *ret)
{
    struct type x = a->type, y = b->type;
    if (x.id != TYPE_DECIMAL)
        x = type_of_decimal(&a->number);
    if (y.id != TYPE_DECIMAL)
        y = type_of_decimal(&b->number);
    bool exact;
    ret->type = decimal_type(operator, &x, &y);
    if (!exact_numbers(operator, &a->number, &b->number, QUOTIENT_SCALE, ret, &exact))
        return false;
    if (operator == '/' && exact)
        shorten(&ret->number, a->number.scale - b->number.scale);
    ret->folded &= exact; /* BigDecimal.divide throws when there is no end */
    if (ret->folded && !ret->null)
        ret->type = type_of_decimal(&ret->number);
    else if (!ret->null && !decimal_round(&ret->number, ret->type.scale))
        return false;
    return true;
}

static bool wholes(char operator, const struct value *a, const struct value *b, struct value *ret)
{
    bool exact;
    if (!exact_numbers(operator, &a->number, &b->number, 0, ret, &exact))
        return false;
    if (!ret->null && !type_holds(ret->type.id, &ret->number)) {
        ret->folded = false; /* Math.addExact throws; a BE/CN wraps */
        wrap(ret->type.id, &ret->number);
    }
    return true;
}

/* & | ^ ~ over 64 bits. */
static bool bits(char operator, const struct value *args, size_t n, struct value *ret)
{
    int64_t a = decimal_int(&args[0].number), b = n > 1 ? decimal_int(&args[1].number) : 0;
    ret->number = decimal_of(operator == '&'   ? a & b
                             : operator == '|' ? a | b
                             : operator == '^' ? a ^ b
                                               : ~a);
    return true;
}

static bool is_bit(char operator)
{
    return strchr("&|^~", operator) != NULL;
}

/* The type of the result, which for all but DECIMAL is also that of its operands. */
static struct type result_type(char operator, const struct value *args, size_t n)
{
    struct type a = operand(&args[0].type), b = n > 1 ? operand(&args[1].type) : a;
    struct type common = type_common(&a, &b);
    if (common.id == TYPE_NULL)
        return common;
    if (operator == '~')
        return (struct type){.id = TYPE_BIGINT};
    if (is_bit(operator) || operator == 'D') {
        if (!type_is_whole(&common))
            common = (struct type){.id = TYPE_BIGINT};
        return common;
    }
    if (operator == '/' && common.id != TYPE_DECIMAL)
        return (struct type){.id = TYPE_DOUBLE};
    return operator == '%' || operator == '/' ? common : bigger(common);
}

bool expr_arithmetic(struct evaluation *e, const char *operator, const struct value *args, size_t n,
                     struct value *ret)
{
    char sign = operator[0];
    *ret = (struct value){.type = result_type(sign, args, n), .folded = true};
    for (size_t i = 0; i < n; i++) {
        double unused;
        ret->folded &= args[i].folded;
        ret->null |= args[i].null;
        if (!args[i].null && !value_as_real(&args[i], &unused))
            ret->null = true, ret->folded = false; /* a text that is no number */
        if (args[i].type.id >= TYPE_VARBINARY)
            return expr_decline(e);
    }
    if (ret->null)
        return true;
    bool exact = type_is_exact(&args[0].type) || args[0].type.id == TYPE_BOOLEAN;
    exact &= n < 2 || type_is_exact(&args[1].type) || args[1].type.id == TYPE_BOOLEAN;
    if (is_bit(sign))
        return exact ? bits(sign, args, n, ret) : expr_decline(e);
    if (type_is_real(&ret->type))
        return reals(sign, real_of(&args[0]), real_of(&args[1]), ret);
    if (!exact)
        return expr_decline(e);
    if (ret->type.id == TYPE_DECIMAL ? decimals(sign, &args[0], &args[1], ret)
                                     : wholes(sign, &args[0], &args[1], ret))
        return true;
    return expr_decline(e);
}

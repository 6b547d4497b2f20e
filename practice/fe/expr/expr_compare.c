/* Which of two values is smaller, and which are true. */
#include <stdlib.h>
#include <string.h>

#include "expr.h"

bool value_as_real(const struct value *v, double *ret)
{
    char *end = NULL;
    if (type_is_real(&v->type)) {
        *ret = v->real;
        return true;
    }
    if (type_is_exact(&v->type) || v->type.id == TYPE_BOOLEAN) {
        *ret = decimal_real(&v->number);
        return true;
    }
    if (type_is_time(&v->type)) {
        *ret = (double)v->micros;
        return true;
    }
    if (!type_is_text(&v->type) || v->len == 0 || strlen(v->text) != v->len)
        return false;
    *ret = strtod(v->text, &end);
    return *end == '\0';
}

int value_truth(const struct value *v)
{
    double real;
    if (v->null || !value_as_real(v, &real))
        return -1;
    return real != 0;
}

static int order_of(double a, double b)
{
    return a < b ? -1 : a > b;
}

static int compare_bytes(const struct value *a, const struct value *b)
{
    size_t shared = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->text, b->text, shared);
    return order != 0 ? order < 0 ? -1 : 1 : (a->len > b->len) - (a->len < b->len);
}

static bool is_exact(const struct value *v)
{
    return type_is_exact(&v->type) || v->type.id == TYPE_BOOLEAN;
}

bool value_compare(const struct value *a, const struct value *b, int *ret)
{
    double x, y;
    if (a->null || b->null)
        return false;
    if (is_exact(a) && is_exact(b)) {
        *ret = decimal_compare(&a->number, &b->number);
        return true;
    }
    if (type_is_time(&a->type) && type_is_time(&b->type)) {
        *ret = (a->micros > b->micros) - (a->micros < b->micros);
        return true;
    }
    bool texts = (type_is_text(&a->type) || a->type.id == TYPE_VARBINARY) &&
                 (type_is_text(&b->type) || b->type.id == TYPE_VARBINARY);
    if (texts) {
        *ret = compare_bytes(a, b);
        return true;
    }
    if (!value_as_real(a, &x) || !value_as_real(b, &y))
        return false;
    *ret = order_of(x, y);
    return true;
}

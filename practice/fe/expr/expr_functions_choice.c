/* Functions that give one of their arguments, and those of numbers. */
#include <math.h>

#include "expr.h"

/* The argument, as the type common to those from `first` on. */
static bool give(const struct function_call *call, size_t first, size_t chosen, struct value *ret)
{
    struct type common = {.id = TYPE_NULL};
    for (size_t i = first; i < call->n; i++)
        common = type_common(&common, &call->args[i].type);
    *ret = value_null(common.id);
    ret->type = common;
    if (chosen < call->n)
        *ret = expr_cast(call->e, &call->args[chosen], &common);
    return !call->e->declined;
}

static bool f_if(const struct function_call *call, struct value *ret)
{
    return give(call, 1, value_truth(&call->args[0]) == 1 ? 1 : 2, ret);
}

static bool f_coalesce(const struct function_call *call, struct value *ret)
{
    size_t at = 0;
    while (at < call->n && call->args[at].null)
        at++;
    return give(call, 0, at, ret);
}

static bool f_nullif(const struct function_call *call, struct value *ret)
{
    int order;
    bool equal = value_compare(&call->args[0], &call->args[1], &order) && order == 0;
    *ret = call->args[0];
    ret->null |= equal;
    return true;
}

static bool extreme(const struct function_call *call, int wanted, struct value *ret)
{
    size_t best = 0;
    int order;
    for (size_t i = 1; i < call->n; i++) {
        if (value_compare(&call->args[i], &call->args[best], &order) && order == wanted)
            best = i;
    }
    return give(call, 0, best, ret);
}

static bool f_greatest(const struct function_call *call, struct value *ret)
{
    return extreme(call, 1, ret);
}

static bool f_least(const struct function_call *call, struct value *ret)
{
    return extreme(call, -1, ret);
}

const struct function functions_of_choice[] = {
    {"if", 3, 3, true, true, TYPE_NULL, f_if},
    {"ifnull", 2, 2, true, true, TYPE_NULL, f_coalesce},
    {"nullif", 2, 2, true, true, TYPE_NULL, f_nullif},
    {"coalesce", 1, SIZE_MAX, true, true, TYPE_NULL, f_coalesce},
    {"greatest", 1, SIZE_MAX, false, false, TYPE_NULL, f_greatest},
    {"least", 1, SIZE_MAX, false, false, TYPE_NULL, f_least},
    {.name = NULL},
};

/* Of whole numbers the next wider type: abs(-128) is no TINYINT (functions.py). */
static bool f_abs(const struct function_call *call, struct value *ret)
{
    const struct value *v = &call->args[0];
    double real;
    if (type_is_exact(&v->type)) {
        *ret = *v;
        ret->number.negative = false;
        if (type_is_whole(&v->type) && v->type.id < TYPE_LARGEINT)
            ret->type.id++;
        return true;
    }
    if (!value_as_real(v, &real))
        return true;
    *ret = value_real(fabs(real));
    return true;
}

static bool whole_near(const struct function_call *call, double (*near)(double), struct value *ret)
{
    double real;
    if (!value_as_real(&call->args[0], &real) || fabs(real) > 9e18)
        return true;
    *ret = value_whole(TYPE_BIGINT, (int64_t)near(real));
    return true;
}

static bool f_ceil(const struct function_call *call, struct value *ret)
{
    return whole_near(call, ceil, ret);
}

static bool f_floor(const struct function_call *call, struct value *ret)
{
    return whole_near(call, floor, ret);
}

static bool f_mod(const struct function_call *call, struct value *ret)
{
    return expr_arithmetic(call->e, "%", call->args, 2, ret);
}

const struct function functions_of_numbers[] = {
    {"abs", 1, 1, true, false, TYPE_DOUBLE, f_abs},
    {"ceil", 1, 1, false, false, TYPE_BIGINT, f_ceil},
    {"ceiling", 1, 1, false, false, TYPE_BIGINT, f_ceil},
    {"floor", 1, 1, false, false, TYPE_BIGINT, f_floor},
    {"mod", 2, 2, true, true, TYPE_NULL, f_mod},
    {.name = NULL},
};

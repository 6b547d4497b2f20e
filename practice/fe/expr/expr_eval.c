/* Evaluates expressions: literals, operators, collections; casts and functions are elsewhere. */
#include <string.h>

#include "expr.h"
#include "select.h"

bool expr_decline(struct evaluation *e)
{
    e->declined = true;
    return false;
}

bool expr_refuse(struct evaluation *e, const struct expr *expr, const char *problem)
{
    const struct token *first = expr->first, *last = expr->last;
    if (first == last)
        return answer_error(e->x->a, 1064, "HY000", "Getting analyzing error at line %d, column %d."
                            " Detail message: %s.", first->line, first->column, problem);
    return answer_error(e->x->a, 1064, "HY000", "Getting analyzing error from line %d, column %d to"
                        " line %d, column %d. Detail message: %s.", first->line, first->column,
                        last->line, last->column, problem);
}

struct value value_null(enum type_id id)
{
    return (struct value){.type = {.id = id, .length = -1}, .null = true, .folded = true};
}

struct value value_boolean(bool value)
{
    return value_whole(TYPE_BOOLEAN, value);
}

struct value value_whole(enum type_id id, int64_t value)
{
    return (struct value){.type = {.id = id}, .folded = true, .number = decimal_of(value)};
}

struct value value_real(double value)
{
    return (struct value){.type = {.id = TYPE_DOUBLE}, .folded = true, .real = value};
}

struct value value_time(enum type_id id, int64_t micros)
{
    return (struct value){.type = {.id = id}, .folded = true, .micros = micros};
}

struct value value_text(struct evaluation *e, enum type_id id, const char *text, size_t len)
{
    return (struct value){.type = {.id = id, .length = -1}, .folded = true, .len = len,
                          .text = arena_textn(e->arena, text, len)};
}

/* All arguments, in the statement's memory; NULL when one could not be evaluated. */
static struct value *eval_args(struct evaluation *e, const struct expr *expr)
{
    struct value *args = arena_alloc(e->arena, expr->n + 1, sizeof *args);
    for (size_t i = 0; i < expr->n; i++) {
        if (!expr_eval(e, expr->args[i], &args[i]))
            return NULL;
    }
    return args;
}

static bool all_folded(const struct value *args, size_t n)
{
    bool folded = true;
    for (size_t i = 0; i < n; i++)
        folded &= args[i].folded;
    return folded;
}

/* true, false or unknown (-1) as a BOOLEAN. */
static struct value boolean(int truth, bool negated, bool folded)
{
    struct value v = truth < 0 ? value_null(TYPE_BOOLEAN)
                               : value_boolean(negated ? truth == 0 : truth != 0);
    v.folded = folded;
    return v;
}

/* A text beside a time is taken as a time. */
static bool compare(struct evaluation *e, const struct value *a, const struct value *b, int *ret)
{
    struct type time = {.id = TYPE_DATETIME};
    struct value left = *a, right = *b;
    if (!a->null && !b->null && type_is_time(&a->type) && type_is_text(&b->type))
        right = expr_cast(e, b, &time);
    else if (!a->null && !b->null && type_is_text(&a->type) && type_is_time(&b->type))
        left = expr_cast(e, a, &time);
    return value_compare(&left, &right, ret);
}

static int truth_of(const char *sign, int order)
{
    bool equal = order == 0;
    if (str_equal(sign, "=") || str_equal(sign, "<=>"))
        return equal;
    if (str_equal(sign, "!="))
        return !equal;
    if (sign[0] == '<')
        return order < 0 || (sign[1] == '=' && equal);
    return order > 0 || (sign[1] == '=' && equal);
}

static struct value eval_compare(struct evaluation *e, const char *sign, const struct value *args)
{
    int order = 0, truth = -1;
    if (compare(e, &args[0], &args[1], &order))
        truth = truth_of(sign, order);
    else if (str_equal(sign, "<=>"))
        truth = args[0].null && args[1].null;
    return boolean(truth, false, all_folded(args, 2));
}

static struct value eval_logical(const char *name, const struct value *args)
{
    int a = value_truth(&args[0]), b = value_truth(&args[1]);
    int decides = str_equal(name, "OR");
    int truth = a == decides || b == decides ? decides : a < 0 || b < 0 ? -1 : !decides;
    return boolean(truth, false, all_folded(args, 2));
}

static struct value eval_in(struct evaluation *e, const struct expr *expr, const struct value *args)
{
    int truth = 0, order;
    for (size_t i = 1; i < expr->n && truth != 1; i++) {
        if (compare(e, &args[0], &args[i], &order))
            truth = order == 0 ? 1 : truth;
        else
            truth = -1;
    }
    return boolean(truth, expr->negated, all_folded(args, expr->n));
}

static struct value eval_between(struct evaluation *e, const struct expr *expr,
                                 const struct value *args)
{
    int low, high, truth = -1;
    bool has_low = compare(e, &args[0], &args[1], &low);
    bool has_high = compare(e, &args[0], &args[2], &high);
    if ((has_low && low < 0) || (has_high && high > 0))
        truth = 0;
    else if (has_low && has_high)
        truth = 1;
    return boolean(truth, expr->negated, all_folded(args, 3));
}

/* 2^127: a LARGEINT only when a minus stands before it. */
static bool too_large(struct evaluation *e, const struct expr *expr)
{
    AUTO_STR problem = {0};
    str_add(&problem, "Numeric overflow ");
    decimal_print(&expr->value->number, &problem);
    return expr_refuse(e, expr, str_text(&problem));
}

/* A BE/CN matches patterns. */
static bool eval_like(struct evaluation *e, const struct expr *expr, const struct value *args,
                      struct value *ret)
{
    for (size_t i = 0; i < 2; i++) {
        if (type_is_text(&args[i].type) || args[i].type.id == TYPE_NULL)
            continue;
        AUTO_STR problem = {0};
        str_addf(&problem, "%s operand of LIKE must be of type STRING: ",
                 i == 0 ? "left" : "right");
        expr_print(expr, &problem);
        return expr_refuse(e, expr, str_text(&problem));
    }
    int truth = args[0].null || args[1].null ? -1 : exec_like(args[1].text, args[0].text);
    *ret = boolean(truth, expr->negated, truth < 0 && all_folded(args, 2));
    return true;
}

/* To the common type of all results; the FE folds when what it chose by is folded. */
static bool eval_case(struct evaluation *e, const struct expr *expr, const struct value *args,
                      struct value *ret)
{
    size_t at = expr->has_subject, end = expr->n - expr->has_else, chosen = SIZE_MAX;
    struct type common = {.id = TYPE_NULL};
    bool folded = true;
    for (; at + 2 <= end; at += 2) {
        int order = 1;
        bool met = expr->has_subject ? compare(e, &args[0], &args[at], &order) && order == 0
                                     : value_truth(&args[at]) == 1;
        folded &= args[at].folded && (!expr->has_subject || args[0].folded);
        common = type_common(&common, &args[at + 1].type);
        if (met && chosen == SIZE_MAX)
            chosen = at + 1;
    }
    if (expr->has_else)
        common = type_common(&common, &args[end].type);
    if (chosen == SIZE_MAX && expr->has_else)
        chosen = end;
    *ret = value_null(common.id);
    ret->type = common;
    if (chosen != SIZE_MAX)
        *ret = expr_cast(e, &args[chosen], &common);
    ret->folded &= folded;
    return !e->declined;
}

/* Casts n values, each `step` apart, to one type in place. */
static struct type unify(struct evaluation *e, struct value *v, size_t n, size_t step,
                         struct type common)
{
    for (size_t i = 0; i < n; i++)
        common = type_common(&common, &v[i * step].type);
    for (size_t i = 0; i < n && common.id < TYPE_BITMAP; i++)
        v[i * step] = expr_cast(e, &v[i * step], &common);
    return common;
}

static struct value eval_collection(struct evaluation *e, const struct expr *expr,
                                    struct value *args)
{
    bool map = expr->kind == EXPR_MAP;
    struct type *items = arena_alloc(e->arena, 2, sizeof *items);
    struct type said = expr->has_subject ? expr->type : (struct type){.id = TYPE_NULL};
    items[0] = unify(e, args, map ? expr->n / 2 : expr->n, map ? 2 : 1, said);
    if (map)
        items[1] = unify(e, args + 1, expr->n / 2, 2, (struct type){.id = TYPE_NULL});
    return (struct value){.type = {.id = map ? TYPE_MAP : TYPE_ARRAY, .items = items,
                                   .n_items = map ? 2 : 1},
                          .items = args, .n_items = expr->n};
}

/* array[n] from 1, map[key]; NULL where there is nothing. */
static bool eval_element(struct evaluation *e, const struct value *args, struct value *ret)
{
    const struct value *of = &args[0];
    size_t step = of->type.id == TYPE_MAP ? 2 : 1;
    int order;
    if (of->type.id != TYPE_ARRAY && of->type.id != TYPE_MAP)
        return expr_decline(e);
    *ret = value_null(TYPE_NULL);
    ret->type = of->type.items[step - 1];
    ret->folded = false;
    for (size_t i = 0; i < of->n_items && !of->null; i += step) {
        struct value key = value_whole(TYPE_BIGINT, (int64_t)i + 1);
        if (value_compare(step == 2 ? &of->items[i] : &key, &args[1], &order) && order == 0)
            *ret = of->items[i + step - 1];
    }
    ret->folded = false;
    return true;
}

/* @@x has the type of the variable; @x that of what was set, NULL when nothing was. */
static bool eval_variable(struct evaluation *e, const struct expr *expr, struct value *ret)
{
    enum variable_kind kind;
    AUTO_FREE char *text = NULL;
    if (!select_variable(e->x, expr->name, &text, &kind))
        return false;
    bool own = strncmp(expr->name, "@@", 2) != 0;
    size_t len = text == NULL ? 0 : strlen(text);
    struct decimal number;
    *ret = text == NULL ? value_null(TYPE_VARCHAR) : value_text(e, TYPE_VARCHAR, text, len);
    bool digits = len > 0 && strspn(text, "0123456789") == len && decimal_read(text, len, &number);
    if (own && digits)
        *ret = (struct value){.type = {.id = type_of_whole(&number)}, .number = number,
                              .folded = true};
    if (own || text == NULL || kind == VARIABLE_TEXT)
        return true;
    static const enum type_id types[] = {[VARIABLE_TEXT] = TYPE_VARCHAR, [VARIABLE_INT] = TYPE_INT,
                                         [VARIABLE_LONG] = TYPE_BIGINT,
                                         [VARIABLE_BOOLEAN] = TYPE_BOOLEAN};
    struct type type = {.id = types[kind]};
    *ret = expr_cast(e, ret, &type);
    return true;
}

static bool eval_operator(struct evaluation *e, const struct expr *expr, struct value *args,
                          struct value *ret)
{
    switch (expr->kind) {
    case EXPR_ARITHMETIC:
        return expr_arithmetic(e, expr->name, args, expr->n, ret);
    case EXPR_COMPARE:
        *ret = eval_compare(e, expr->name, args);
        return true;
    case EXPR_LOGICAL:
        *ret = eval_logical(expr->name, args);
        return true;
    case EXPR_NOT:
        *ret = boolean(value_truth(&args[0]), true, args[0].folded);
        return true;
    case EXPR_IS_NULL:
        *ret = boolean(args[0].null, expr->negated, args[0].folded);
        return true;
    case EXPR_IN:
        *ret = eval_in(e, expr, args);
        return true;
    case EXPR_BETWEEN:
        *ret = eval_between(e, expr, args);
        return true;
    case EXPR_LIKE:
        return eval_like(e, expr, args, ret);
    case EXPR_CASE:
        return eval_case(e, expr, args, ret);
    case EXPR_CAST:
        *ret = expr_cast(e, &args[0], &expr->type);
        return !e->declined;
    case EXPR_ARRAY:
    case EXPR_MAP:
        *ret = eval_collection(e, expr, args);
        return !e->declined;
    case EXPR_ELEMENT:
        return eval_element(e, args, ret);
    case EXPR_INTERVAL:
        return expr_interval(e, expr, args, ret);
    case EXPR_LITERAL:
    case EXPR_COLUMN:
    case EXPR_VARIABLE:
    case EXPR_CALL:
    case EXPR_INFORMATION:
        return false;
    }
    return false;
}

bool expr_eval(struct evaluation *e, const struct expr *expr, struct value *ret)
{
    switch (expr->kind) {
    case EXPR_LITERAL:
        *ret = *expr->value;
        return ret->type.id != TYPE_LARGEINT || type_holds(TYPE_LARGEINT, &ret->number) ||
               too_large(e, expr);
    case EXPR_COLUMN:
        return answer_error(e->x->a, 1064, "HY000", "Getting analyzing error. Detail message:"
                            " Column '%s' cannot be resolved.", expr->name);
    case EXPR_VARIABLE:
        return eval_variable(e, expr, ret);
    case EXPR_CALL:
        return expr_call(e, expr, ret);
    case EXPR_INFORMATION:
        return expr_information(e, expr, ret);
    case EXPR_ARITHMETIC:
    case EXPR_COMPARE:
    case EXPR_LOGICAL:
    case EXPR_NOT:
    case EXPR_IS_NULL:
    case EXPR_IN:
    case EXPR_BETWEEN:
    case EXPR_LIKE:
    case EXPR_CASE:
    case EXPR_CAST:
    case EXPR_ARRAY:
    case EXPR_MAP:
    case EXPR_ELEMENT:
    case EXPR_INTERVAL:
        break;
    }
    struct value *args = eval_args(e, expr);
    return args != NULL && eval_operator(e, expr, args, ret);
}

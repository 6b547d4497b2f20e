/* Finds a function, checks its arguments, and calls it. */
#include <string.h>
#include <strings.h>

#include "expr.h"

static const struct function *const LISTS[] = {
    functions_of_text, functions_of_choice, functions_of_numbers,
    functions_of_time, functions_of_session, functions_of_objects,
};

static const struct function *find(const char *name)
{
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
        for (const struct function *f = LISTS[i]; f->name != NULL; f++) {
            if (str_equal(f->name, name))
                return f;
        }
    }
    return NULL;
}

static bool no_match(struct evaluation *e, const struct expr *expr, const struct value *args)
{
    AUTO_STR problem = {0};
    str_addf(&problem, "No matching function with signature: %s(", expr->name);
    for (size_t i = 0; i < expr->n; i++) {
        str_add(&problem, i == 0 ? "" : ", ");
        type_print_sql(&args[i].type, &problem);
    }
    str_addc(&problem, ')');
    return expr_refuse(e, expr, str_text(&problem));
}

/* An aggregate, or another function that only SQLite has here. */
static bool sqlite_knows(struct evaluation *e, const char *name)
{
    return db_int(e->x->db, 0, "SELECT count(*) FROM pragma_function_list WHERE name = ?1", "s",
                  name) > 0;
}

bool expr_call(struct evaluation *e, const struct expr *expr, struct value *ret)
{
    const struct function *f = find(expr->name);
    struct value *args = arena_alloc(e->arena, expr->n + 1, sizeof *args);
    bool folded = true, null = false;
    if (f == NULL && sqlite_knows(e, expr->name))
        return expr_decline(e);
    for (size_t i = 0; i < expr->n; i++) {
        if (!expr_eval(e, expr->args[i], &args[i]))
            return false;
        folded &= args[i].folded;
        null |= args[i].null;
    }
    if (f == NULL || expr->n < f->min || expr->n > f->max)
        return no_match(e, expr, args);
    struct function_call call = {.e = e, .expr = expr, .args = args, .n = expr->n};
    *ret = value_null(f->returns);
    if ((f->takes_nulls || !null) && !f->run(&call, ret))
        return false;
    ret->folded = f->folded && folded && (f->takes_nulls ? ret->folded : true);
    return true;
}

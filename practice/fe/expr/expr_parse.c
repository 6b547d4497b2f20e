/* Grammar of expressions with operators (StarRocks.g4: expression down to valueExpression). */
#include <string.h>

#include "expr_reader.h"

/* Binary operators by level, the tightest first. */
static const char *const LEVELS[][6] = {
    {"^"}, {"*", "/", "%", "DIV", "MOD"}, {"+", "-"}, {"&"}, {"|"},
};
#define N_LEVELS (sizeof LEVELS / sizeof LEVELS[0])
#define SUM 2 /* the level of + and - */

static struct expr *read_level(struct reader *r, size_t level)
{
    struct expr *left = level == 0 ? reader_primary(r) : read_level(r, level - 1);
    for (bool more = true; more && left != NULL;) {
        more = false;
        for (size_t i = 0; LEVELS[level][i] != NULL && !more; i++) {
            const char *name = LEVELS[level][i];
            more = reader_symbol(r, name) || reader_word(r, name);
            if (more && level == SUM && token_is(reader_now(r), "INTERVAL"))
                left = reader_interval(r, name, left);
            else if (more)
                left = reader_join(r, EXPR_ARITHMETIC, str_equal(name, "MOD") ? "%" : name, left,
                            level == 0 ? reader_primary(r) : read_level(r, level - 1));
        }
    }
    return left;
}

static struct expr *read_value(struct reader *r)
{
    return read_level(r, N_LEVELS - 1);
}

/* [NOT] IN (…), BETWEEN … AND …, LIKE … behind a value. */
static struct expr *read_predicate(struct reader *r)
{
    struct expr *left = read_value(r);
    if (left == NULL)
        return NULL;
    bool negated = token_is(reader_now(r), "NOT");
    r->p->at += negated;
    struct expr *expr = NULL;
    if (reader_word(r, "IN")) {
        expr = reader_node(r, EXPR_IN, left->first, NULL);
        reader_add(r, expr, left);
        if (!reader_symbol(r, "(") || !reader_list(r, expr, ")") || expr->n < 2)
            return NULL;
    } else if (reader_word(r, "BETWEEN")) {
        struct expr *low = read_value(r);
        struct expr *high = low != NULL && reader_word(r, "AND") ? read_value(r) : NULL;
        expr = reader_join(r, EXPR_BETWEEN, NULL, left, high == NULL ? NULL : low);
        if (expr != NULL)
            reader_add(r, expr, high);
    } else if (reader_word(r, "LIKE")) {
        expr = reader_join(r, EXPR_LIKE, NULL, left, read_value(r));
    } else {
        return negated ? NULL : left;
    }
    if (expr == NULL)
        return NULL;
    expr->negated = negated;
    return reader_close(r, expr);
}

static struct expr *read_comparison(struct reader *r)
{
    static const char *const signs[] = {"=", "<=>", "<>", "!=", "<=", ">=", "<", ">"};
    struct expr *left = read_predicate(r);
    for (bool more = true; more && left != NULL;) {
        more = false;
        if (reader_word(r, "IS")) {
            struct expr *expr = reader_node(r, EXPR_IS_NULL, left->first, NULL);
            expr->negated = reader_word(r, "NOT");
            reader_add(r, expr, left);
            left = reader_word(r, "NULL") ? reader_close(r, expr) : NULL;
            more = true;
        }
        for (size_t i = 0; left != NULL && i < sizeof signs / sizeof signs[0] && !more; i++) {
            more = reader_symbol(r, signs[i]);
            if (more)
                left = reader_join(r, EXPR_COMPARE,
                                   str_equal(signs[i], "<>") ? "!=" : signs[i], left,
                                   read_predicate(r));
        }
    }
    return left;
}

static struct expr *read_not(struct reader *r)
{
    const struct token *first = reader_now(r);
    if (!reader_word(r, "NOT"))
        return read_comparison(r);
    if (r->depth >= READER_MAX_DEPTH)
        return NULL;
    r->depth++;
    struct expr *arg = read_not(r);
    r->depth--;
    if (arg == NULL)
        return NULL;
    struct expr *expr = reader_node(r, EXPR_NOT, first, NULL);
    reader_add(r, expr, arg);
    return expr;
}

static struct expr *read_and(struct reader *r)
{
    struct expr *left = read_not(r);
    while (left != NULL && (reader_word(r, "AND") || reader_symbol(r, "&&")))
        left = reader_join(r, EXPR_LOGICAL, "AND", left, read_not(r));
    return left;
}

struct expr *reader_expression(struct reader *r)
{
    if (r->depth >= READER_MAX_DEPTH)
        return NULL;
    r->depth++;
    struct expr *left = read_and(r);
    while (left != NULL && (reader_word(r, "OR") || reader_symbol(r, "||")))
        left = reader_join(r, EXPR_LOGICAL, "OR", left, read_and(r));
    r->depth--;
    return left;
}

struct expr *expr_parse(struct parser *p, struct arena *arena)
{
    struct reader r = {.p = p, .arena = arena};
    return reader_expression(&r);
}

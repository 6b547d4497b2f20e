/* Names of columns without an alias: expressions, printed as AstToStringBuilder.java does. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "expr.h"

static void print_quoted(const struct value *v, struct str *ret)
{
    str_addc(ret, '\'');
    for (size_t i = 0; i < v->len; i++) {
        if (v->text[i] == '\'' || v->text[i] == '\\')
            str_addc(ret, '\\');
        str_addc(ret, v->text[i]);
    }
    str_addc(ret, '\'');
}

static void print_literal(const struct value *v, struct str *ret)
{
    if (v->null)
        str_add(ret, "NULL");
    else if (v->type.id == TYPE_BOOLEAN)
        str_add(ret, decimal_is_zero(&v->number) ? "FALSE" : "TRUE");
    else if (type_is_text(&v->type))
        print_quoted(v, ret);
    else if (type_is_real(&v->type))
        value_print_java(v->real, ret);
    else if (v->type.id != TYPE_VARBINARY)
        decimal_print(&v->number, ret);
    if (!v->null && v->type.id == TYPE_DECIMAL && v->number.scale == 0)
        str_add(ret, "E0");
    if (v->type.id != TYPE_VARBINARY)
        return;
    str_addc(ret, '\'');
    for (size_t i = 0; i < v->len; i++)
        str_addf(ret, "%02X", (unsigned char)v->text[i]);
    str_addc(ret, '\'');
}

/* In parentheses unless it is a literal or a column. */
static void print_operand(const struct expr *expr, struct str *ret)
{
    bool bare = expr->kind == EXPR_LITERAL || expr->kind == EXPR_COLUMN ||
                (expr->kind == EXPR_CAST && expr->has_subject);
    str_add(ret, bare ? "" : "(");
    expr_print(expr, ret);
    str_add(ret, bare ? "" : ")");
}

static void print_list(const struct expr *expr, size_t from, struct str *ret)
{
    for (size_t i = from; i < expr->n; i++) {
        str_add(ret, i == from ? "" : ", ");
        expr_print(expr->args[i], ret);
    }
}

static void print_binary(const struct expr *expr, struct str *ret)
{
    print_operand(expr->args[0], ret);
    str_addf(ret, " %s ", expr->kind == EXPR_LIKE ? expr->negated ? "NOT LIKE" : "LIKE"
                                                  : expr->name);
    print_operand(expr->args[1], ret);
}

static void print_case(const struct expr *expr, struct str *ret)
{
    size_t at = 0, end = expr->n - expr->has_else;
    str_add(ret, "CASE");
    if (expr->has_subject) {
        str_addc(ret, ' ');
        print_operand(expr->args[at++], ret);
    }
    for (; at + 2 <= end; at += 2) {
        str_add(ret, " WHEN ");
        print_operand(expr->args[at], ret);
        str_add(ret, " THEN ");
        print_operand(expr->args[at + 1], ret);
    }
    if (expr->has_else) {
        str_add(ret, " ELSE ");
        print_operand(expr->args[end], ret);
    }
    str_add(ret, " END");
}

static void print_cast(const struct expr *expr, struct str *ret)
{
    if (expr->has_subject) { /* DATE 'x' is a literal, printed as its text */
        print_literal(expr->args[0]->value, ret);
        return;
    }
    str_add(ret, "CAST(");
    print_operand(expr->args[0], ret);
    str_add(ret, " AS ");
    type_print(&expr->type, ret);
    str_addc(ret, ')');
}

static void print_map(const struct expr *expr, struct str *ret)
{
    str_add(ret, "map{");
    for (size_t i = 0; i + 1 < expr->n; i += 2) {
        str_add(ret, i == 0 ? "" : ",");
        expr_print(expr->args[i], ret);
        str_addc(ret, ':');
        expr_print(expr->args[i + 1], ret);
    }
    str_addc(ret, '}');
}

static void print_interval(const struct expr *expr, struct str *ret)
{
    if (expr->has_subject)
        str_addf(ret, "%s(", expr->name);
    expr_print(expr->args[0], ret);
    if (expr->has_subject)
        str_add(ret, ", ");
    else
        str_addf(ret, " %s ", expr->name);
    str_add(ret, "INTERVAL ");
    expr_print(expr->args[1], ret);
    str_addf(ret, " %s%s", expr->unit, expr->has_subject ? ")" : "");
}

static void print_in(const struct expr *expr, struct str *ret)
{
    print_operand(expr->args[0], ret);
    str_add(ret, expr->negated ? " NOT IN (" : " IN (");
    for (size_t i = 1; i < expr->n; i++) {
        str_add(ret, i == 1 ? "" : ", ");
        print_operand(expr->args[i], ret);
    }
    str_addc(ret, ')');
}

static void print_between(const struct expr *expr, struct str *ret)
{
    print_operand(expr->args[0], ret);
    str_add(ret, expr->negated ? " NOT BETWEEN " : " BETWEEN ");
    print_operand(expr->args[1], ret);
    str_add(ret, " AND ");
    print_operand(expr->args[2], ret);
}

/* @@session.x is printed with its scope in capitals. */
static void print_variable(const struct expr *expr, struct str *ret)
{
    static const char *const scopes[] = {"session.", "global."};
    const char *name = expr->name;
    size_t at = strspn(name, "@");
    str_addn(ret, name, at);
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        size_t len = strlen(scopes[i]);
        if (strncasecmp(name + at, scopes[i], len) != 0)
            continue;
        for (size_t k = 0; k < len; k++)
            str_addc(ret, (char)toupper((unsigned char)name[at + k]));
        at += len;
    }
    str_add(ret, name + at);
}

void expr_print(const struct expr *expr, struct str *ret)
{
    switch (expr->kind) {
    case EXPR_LITERAL:
        print_literal(expr->value, ret);
        return;
    case EXPR_COLUMN:
        str_add(ret, expr->name);
        return;
    case EXPR_VARIABLE:
        print_variable(expr, ret);
        return;
    case EXPR_ARITHMETIC:
        if (expr->n > 1) {
            print_binary(expr, ret);
            return;
        }
        str_add(ret, expr->name);
        print_operand(expr->args[0], ret);
        return;
    case EXPR_COMPARE:
    case EXPR_LOGICAL:
    case EXPR_LIKE:
        print_binary(expr, ret);
        return;
    case EXPR_NOT:
        str_add(ret, "NOT ");
        print_operand(expr->args[0], ret);
        return;
    case EXPR_IS_NULL:
        print_operand(expr->args[0], ret);
        str_add(ret, expr->negated ? " IS NOT NULL" : " IS NULL");
        return;
    case EXPR_IN:
        print_in(expr, ret);
        return;
    case EXPR_BETWEEN:
        print_between(expr, ret);
        return;
    case EXPR_CASE:
        print_case(expr, ret);
        return;
    case EXPR_CAST:
        print_cast(expr, ret);
        return;
    case EXPR_CALL:
        str_addf(ret, "%s(", expr->name);
        print_list(expr, 0, ret);
        str_addc(ret, ')');
        return;
    case EXPR_INFORMATION:
        str_addf(ret, "%s()", information_name(expr->name));
        return;
    case EXPR_ARRAY:
        str_addc(ret, '[');
        print_list(expr, 0, ret);
        str_addc(ret, ']');
        return;
    case EXPR_MAP:
        print_map(expr, ret);
        return;
    case EXPR_INTERVAL:
        print_interval(expr, ret);
        return;
    case EXPR_ELEMENT:
        expr_print(expr->args[0], ret);
        str_addc(ret, '[');
        expr_print(expr->args[1], ret);
        str_addc(ret, ']');
        return;
    }
}

/* Grammar of what operators join: literals, calls, CASE, collections (primaryExpression). */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "expr_reader.h"

static struct expr *literal(struct reader *r, const struct token *first, struct value value)
{
    struct expr *expr = reader_node(r, EXPR_LITERAL, first, NULL);
    expr->value = arena_alloc(r->arena, 1, sizeof value);
    *expr->value = value;
    expr->value->folded = true;
    return expr;
}

static struct value text_value(struct reader *r, enum type_id id, const char *text, size_t len)
{
    struct value v = {.type = {.id = id, .length = -1}, .len = len};
    v.text = arena_textn(r->arena, text, len);
    return v;
}

static struct expr *read_number(struct reader *r)
{
    const struct token *t = reader_now(r);
    struct value v;
    r->p->at++;
    return literal_number(t, r->p->release, &v) ? literal(r, t, v) : NULL;
}

/* x'00ff' */
static struct expr *read_bytes(struct reader *r)
{
    const struct token *first = reader_now(r);
    AUTO_STR bytes = {0};
    r->p->at += 2;
    return literal_bytes(first + 1, &bytes)
               ? literal(r, first, text_value(r, TYPE_VARBINARY, str_text(&bytes), bytes.len))
               : NULL;
}

/* DATE '2026-01-02', DATETIME '…': a cast of the text that prints as the text. */
static struct expr *read_date(struct reader *r)
{
    const struct token *first = reader_now(r), *text = parser_ahead(r->p, 1);
    enum type_id id = token_is(first, "DATE") ? TYPE_DATE : TYPE_DATETIME;
    r->p->at += 2;
    struct expr *cast = reader_node(r, EXPR_CAST, first, NULL);
    cast->type = (struct type){.id = id};
    cast->has_subject = true; /* the type stands before the text */
    struct value value = text_value(r, TYPE_VARCHAR, text->value, strlen(text->value));
    reader_add(r, cast, literal(r, text, value));
    return cast;
}

static struct expr *read_array(struct reader *r)
{
    struct expr *expr = reader_node(r, EXPR_ARRAY, reader_now(r), NULL);
    if (token_is(reader_now(r), "ARRAY")) {
        struct type type;
        if (!type_parse(r->p, r->arena, &type))
            return NULL;
        expr->type = type.items[0];
        expr->has_subject = true; /* its items' type was said */
    }
    return reader_symbol(r, "[") && reader_list(r, expr, "]") ? reader_close(r, expr) : NULL;
}

/* map{1:2, …} */
static struct expr *read_map(struct reader *r)
{
    struct expr *expr = reader_node(r, EXPR_MAP, reader_now(r), NULL);
    r->p->at += 2;
    if (reader_symbol(r, "}"))
        return reader_close(r, expr);
    do {
        struct expr *key = reader_expression(r);
        if (key == NULL || !reader_symbol(r, ":"))
            return NULL;
        struct expr *value = reader_expression(r);
        if (value == NULL)
            return NULL;
        reader_add(r, expr, key);
        reader_add(r, expr, value);
    } while (reader_symbol(r, ","));
    return reader_symbol(r, "}") ? reader_close(r, expr) : NULL;
}

static struct expr *read_cast(struct reader *r)
{
    struct expr *expr = reader_node(r, EXPR_CAST, reader_now(r), NULL);
    r->p->at += 2;
    struct expr *arg = reader_expression(r);
    if (arg == NULL || !reader_word(r, "AS") || !type_parse(r->p, r->arena, &expr->type) ||
        !reader_symbol(r, ")"))
        return NULL;
    reader_add(r, expr, arg);
    return reader_close(r, expr);
}

static struct expr *read_case(struct reader *r)
{
    struct expr *expr = reader_node(r, EXPR_CASE, reader_now(r), NULL);
    r->p->at++;
    if (!token_is(reader_now(r), "WHEN")) {
        struct expr *subject = reader_expression(r);
        if (subject == NULL)
            return NULL;
        reader_add(r, expr, subject);
        expr->has_subject = true;
    }
    while (reader_word(r, "WHEN")) {
        struct expr *when = reader_expression(r);
        struct expr *then = when != NULL && reader_word(r, "THEN") ? reader_expression(r) : NULL;
        if (then == NULL)
            return NULL;
        reader_add(r, expr, when);
        reader_add(r, expr, then);
    }
    if (reader_word(r, "ELSE")) {
        struct expr *other = reader_expression(r);
        if (other == NULL)
            return NULL;
        reader_add(r, expr, other);
        expr->has_else = true;
    }
    return expr->n > 1 && reader_word(r, "END") ? reader_close(r, expr) : NULL;
}

struct expr *reader_interval(struct reader *r, const char *name, struct expr *time)
{
    if (!reader_word(r, "INTERVAL"))
        return NULL;
    struct expr *expr = reader_join(r, EXPR_INTERVAL, name, time, reader_expression(r));
    if (expr == NULL || !interval_unit(reader_now(r)))
        return NULL;
    expr->unit = arena_text(r->arena, reader_now(r)->value);
    r->p->at++;
    return reader_close(r, expr);
}

static bool takes_interval(const char *name)
{
    static const char *const names[] = {"date_add", "adddate", "date_sub", "subdate"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(names[i], name))
            return true;
    }
    return false;
}

static struct expr *read_call(struct reader *r)
{
    const struct token *t = reader_now(r);
    bool information = information_name(t->value) != NULL;
    AUTO_STR name = {0};
    for (const char *p = t->value; *p != '\0'; p++)
        str_addc(&name, (char)tolower((unsigned char)*p));
    struct expr *expr = reader_node(r, information ? EXPR_INFORMATION : EXPR_CALL, t,
                                    str_text(&name));
    r->p->at += 2;
    if (takes_interval(expr->name)) {
        struct expr *time = reader_expression(r);
        if (time == NULL || !reader_symbol(r, ","))
            return NULL;
        struct expr *interval = reader_interval(r, expr->name, time);
        if (interval == NULL || !reader_symbol(r, ")"))
            return NULL;
        interval->first = t;
        interval->has_subject = true; /* printed as a call */
        return reader_close(r, interval);
    }
    if (!reader_list(r, expr, ")") || (information && expr->n > 0))
        return NULL;
    return reader_close(r, expr);
}

/* Words that begin no column's name. */
static bool is_reserved(const struct token *t)
{
    static const char *const words[] = {"AND",  "OR",   "NOT",  "IS",       "LIKE",     "IN",
                                        "THEN", "ELSE", "WHEN", "END",      "BETWEEN",  "AS",
                                        "DIV",  "ON",   "BY",   "DISTINCT", "INTERVAL", "SELECT",
                                        "CASE", "EXISTS", "RLIKE", "REGEXP", "ALL",     "WITH"};
    for (size_t i = 0; t->kind == TOKEN_WORD && i < sizeof words / sizeof words[0]; i++) {
        if (token_is(t, words[i]))
            return true;
    }
    return expr_ends_at(t);
}

bool expr_ends_at(const struct token *t)
{
    static const char *const words[] = {"FROM",  "WHERE",  "GROUP",     "HAVING", "ORDER",
                                        "LIMIT", "UNION",  "EXCEPT",    "INTERSECT", "MINUS",
                                        "INTO",  "OUTFILE", "QUALIFY",  "WINDOW"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (token_is(t, words[i]))
            return true;
    }
    return false;
}

/* Functions that are written without parentheses. */
static bool is_now(const struct token *t)
{
    return token_is(t, "CURRENT_TIMESTAMP") || token_is(t, "CURRENT_DATE") ||
           token_is(t, "LOCALTIMESTAMP") || token_is(t, "LOCALTIME");
}

static struct expr *read_word(struct reader *r)
{
    const struct token *t = reader_now(r), *next = parser_ahead(r->p, 1);
    bool adjacent = next->raw == t->raw + t->len;
    struct value v = {.type = {.id = TYPE_BOOLEAN}};
    if (token_is(t, "TRUE") || token_is(t, "FALSE") || token_is(t, "NULL")) {
        if (token_is(t, "NULL"))
            v = (struct value){.null = true};
        v.number = decimal_of(token_is(t, "TRUE"));
        r->p->at++;
        return literal(r, t, v);
    }
    if (token_is(t, "X") && next->kind == TOKEN_STRING && adjacent)
        return read_bytes(r);
    if ((token_is(t, "DATE") || token_is(t, "DATETIME")) && next->kind == TOKEN_STRING)
        return read_date(r);
    if (token_is(t, "ARRAY") && token_symbol(next, "<"))
        return read_array(r);
    if (token_is(t, "MAP") && token_symbol(next, "{"))
        return read_map(r);
    if (token_is(t, "CASE"))
        return read_case(r);
    if (token_is(t, "CAST") && token_symbol(next, "("))
        return read_cast(r);
    if (token_symbol(next, "("))
        return is_reserved(t) ? NULL : read_call(r);
    if (is_reserved(t) || token_symbol(next, "."))
        return NULL;
    r->p->at++;
    return is_now(t) ? reader_node(r, EXPR_CALL, t, token_is(t, "CURRENT_DATE") ? "current_date"
                                                                        : "current_timestamp")
                     : reader_node(r, EXPR_COLUMN, t, t->value);
}

/* "-" of a literal turns its sign and keeps its type; of anything else multiplies by -1. */
static struct expr *read_sign(struct reader *r, const struct token *first)
{
    bool minus = token_symbol(first, "-");
    const char *other = token_symbol(first, "~") ? "~" : "!";
    r->p->at++;
    struct expr *arg = reader_primary(r);
    if (arg == NULL || token_symbol(first, "+"))
        return arg;
    if (minus && arg->kind == EXPR_LITERAL && !arg->value->null &&
        (type_is_exact(&arg->value->type) || type_is_real(&arg->value->type))) {
        arg->value->number.negative = !arg->value->number.negative && arg->value->number.n > 0;
        arg->value->real = -arg->value->real;
        arg->first = first;
        return arg;
    }
    if (minus) {
        struct value one = {.type = {.id = TYPE_TINYINT}, .number = decimal_of(-1)};
        return reader_join(r, EXPR_ARITHMETIC, "*", literal(r, first, one), arg);
    }
    struct expr *expr = reader_node(r, other[0] == '~' ? EXPR_ARITHMETIC : EXPR_NOT, first, other);
    reader_add(r, expr, arg);
    return expr;
}

static struct expr *read_simple(struct reader *r)
{
    const struct token *t = reader_now(r);
    switch (t->kind) {
    case TOKEN_NUMBER:
        return read_number(r);
    case TOKEN_STRING:
        r->p->at++;
        return literal(r, t, text_value(r, TYPE_VARCHAR, t->value, strlen(t->value)));
    case TOKEN_VARIABLE:
        r->p->at++;
        return reader_node(r, EXPR_VARIABLE, t, t->value);
    case TOKEN_WORD:
        return read_word(r);
    case TOKEN_QUOTED:
        r->p->at++;
        return token_symbol(reader_now(r), ".") || token_symbol(reader_now(r), "(")
                   ? NULL
                   : reader_node(r, EXPR_COLUMN, t, t->value);
    case TOKEN_SYMBOL:
        if (reader_symbol(r, "(")) {
            struct expr *inner = reader_expression(r);
            return inner != NULL && reader_symbol(r, ")") ? inner : NULL;
        }
        if (token_symbol(t, "["))
            return read_array(r);
        if (token_symbol(t, "-") || token_symbol(t, "+") || token_symbol(t, "~") ||
            token_symbol(t, "!"))
            return read_sign(r, t);
        return NULL;
    case TOKEN_END:
        return NULL;
    }
    return NULL;
}

struct expr *reader_primary(struct reader *r)
{
    if (r->depth >= READER_MAX_DEPTH)
        return NULL;
    r->depth++;
    struct expr *expr = read_simple(r);
    while (expr != NULL && reader_symbol(r, "[")) {
        struct expr *element = reader_join(r, EXPR_ELEMENT, NULL, expr, reader_expression(r));
        expr = element != NULL && reader_symbol(r, "]") ? reader_close(r, element) : NULL;
    }
    r->depth--;
    return expr;
}

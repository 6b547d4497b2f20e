/* Grammar of expressions (StarRocks.g4: expression down to primaryExpression). */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "expr.h"

#define MAX_DEPTH 100

struct reader {
    struct parser *p;
    struct arena *arena;
    int depth;
};

static struct expr *read_or(struct reader *r);
static struct expr *read_primary(struct reader *r);

static const struct token *now(const struct reader *r)
{
    return parser_now(r->p);
}

static bool word(struct reader *r, const char *text)
{
    return parser_word(r->p, text);
}

static bool symbol(struct reader *r, const char *text)
{
    return parser_symbol(r->p, text);
}

/* Begins at `first`, ends before the parser. */
static struct expr *make(struct reader *r, enum expr_kind kind, const struct token *first,
                         const char *name)
{
    struct expr *expr = arena_alloc(r->arena, 1, sizeof *expr);
    *expr = (struct expr){.kind = kind, .first = first, .last = now(r) - 1,
                          .name = arena_text(r->arena, name)};
    return expr;
}

static void add(struct reader *r, struct expr *to, struct expr *arg)
{
    if ((to->n & (to->n - 1)) == 0) { /* room for 1, 2, 4, 8, … */
        struct expr **args = arena_alloc(r->arena, to->n == 0 ? 1 : to->n * 2, sizeof *args);
        for (size_t i = 0; i < to->n; i++)
            args[i] = to->args[i];
        to->args = args;
    }
    to->args[to->n++] = arg;
}

/* An operator's node over its operands; NULL when one is. */
static struct expr *join(struct reader *r, enum expr_kind kind, const char *name,
                         struct expr *left, struct expr *right)
{
    if (left == NULL || right == NULL)
        return NULL;
    struct expr *expr = make(r, kind, left->first, name);
    add(r, expr, left);
    add(r, expr, right);
    return expr;
}

static struct expr *literal(struct reader *r, const struct token *first, struct value value)
{
    struct expr *expr = make(r, EXPR_LITERAL, first, NULL);
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
    const struct token *t = now(r);
    struct value v;
    r->p->at++;
    return literal_number(t, r->p->release, &v) ? literal(r, t, v) : NULL;
}

/* x'00ff' */
static struct expr *read_bytes(struct reader *r)
{
    const struct token *first = now(r);
    AUTO_STR bytes = {0};
    r->p->at += 2;
    return literal_bytes(first + 1, &bytes)
               ? literal(r, first, text_value(r, TYPE_VARBINARY, str_text(&bytes), bytes.len))
               : NULL;
}

/* DATE '2026-01-02', DATETIME '…': a cast of the text that prints as the text. */
static struct expr *read_date(struct reader *r)
{
    const struct token *first = now(r), *text = parser_ahead(r->p, 1);
    enum type_id id = token_is(first, "DATE") ? TYPE_DATE : TYPE_DATETIME;
    r->p->at += 2;
    struct expr *cast = make(r, EXPR_CAST, first, NULL);
    cast->type = (struct type){.id = id};
    cast->has_subject = true; /* the type stands before the text */
    add(r, cast, literal(r, text, text_value(r, TYPE_VARCHAR, text->value, strlen(text->value))));
    return cast;
}

/* Items up to the closing symbol. */
static bool read_list(struct reader *r, struct expr *to, const char *close)
{
    if (symbol(r, close))
        return true;
    do {
        struct expr *item = read_or(r);
        if (item == NULL)
            return false;
        add(r, to, item);
    } while (symbol(r, ","));
    return symbol(r, close);
}

static struct expr *close(struct reader *r, struct expr *expr)
{
    expr->last = now(r) - 1;
    return expr;
}

static struct expr *read_array(struct reader *r)
{
    struct expr *expr = make(r, EXPR_ARRAY, now(r), NULL);
    if (token_is(now(r), "ARRAY")) {
        struct type type;
        if (!type_parse(r->p, r->arena, &type))
            return NULL;
        expr->type = type.items[0];
        expr->has_subject = true; /* its items' type was said */
    }
    return symbol(r, "[") && read_list(r, expr, "]") ? close(r, expr) : NULL;
}

/* map{1:2, …} */
static struct expr *read_map(struct reader *r)
{
    struct expr *expr = make(r, EXPR_MAP, now(r), NULL);
    r->p->at += 2;
    if (symbol(r, "}"))
        return close(r, expr);
    do {
        struct expr *key = read_or(r);
        if (key == NULL || !symbol(r, ":"))
            return NULL;
        struct expr *value = read_or(r);
        if (value == NULL)
            return NULL;
        add(r, expr, key);
        add(r, expr, value);
    } while (symbol(r, ","));
    return symbol(r, "}") ? close(r, expr) : NULL;
}

static struct expr *read_cast(struct reader *r)
{
    struct expr *expr = make(r, EXPR_CAST, now(r), NULL);
    r->p->at += 2;
    struct expr *arg = read_or(r);
    if (arg == NULL || !word(r, "AS") || !type_parse(r->p, r->arena, &expr->type) ||
        !symbol(r, ")"))
        return NULL;
    add(r, expr, arg);
    return close(r, expr);
}

static struct expr *read_case(struct reader *r)
{
    struct expr *expr = make(r, EXPR_CASE, now(r), NULL);
    r->p->at++;
    if (!token_is(now(r), "WHEN")) {
        struct expr *subject = read_or(r);
        if (subject == NULL)
            return NULL;
        add(r, expr, subject);
        expr->has_subject = true;
    }
    while (word(r, "WHEN")) {
        struct expr *when = read_or(r);
        struct expr *then = when != NULL && word(r, "THEN") ? read_or(r) : NULL;
        if (then == NULL)
            return NULL;
        add(r, expr, when);
        add(r, expr, then);
    }
    if (word(r, "ELSE")) {
        struct expr *other = read_or(r);
        if (other == NULL)
            return NULL;
        add(r, expr, other);
        expr->has_else = true;
    }
    return expr->n > 1 && word(r, "END") ? close(r, expr) : NULL;
}

static struct expr *read_call(struct reader *r)
{
    const struct token *t = now(r);
    bool information = information_name(t->value) != NULL;
    AUTO_STR name = {0};
    for (const char *p = t->value; *p != '\0'; p++)
        str_addc(&name, (char)tolower((unsigned char)*p));
    struct expr *expr = make(r, information ? EXPR_INFORMATION : EXPR_CALL, t, str_text(&name));
    r->p->at += 2;
    if (!read_list(r, expr, ")") || (information && expr->n > 0))
        return NULL;
    return close(r, expr);
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
    static const char *const words[] = {"FROM",  "WHERE",  "GROUP",     "HAVING", "ORDER", "LIMIT",
                                        "UNION", "EXCEPT", "INTERSECT", "MINUS",  "INTO",  "OUTFILE",
                                        "QUALIFY", "WINDOW"};
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
    const struct token *t = now(r), *next = parser_ahead(r->p, 1);
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
    return is_now(t) ? make(r, EXPR_CALL, t, token_is(t, "CURRENT_DATE") ? "current_date"
                                                                        : "current_timestamp")
                     : make(r, EXPR_COLUMN, t, t->value);
}

/* "-" of a literal turns its sign and keeps its type; of anything else multiplies by -1. */
static struct expr *read_sign(struct reader *r, const struct token *first)
{
    bool minus = token_symbol(first, "-");
    const char *other = token_symbol(first, "~") ? "~" : "!";
    r->p->at++;
    struct expr *arg = read_primary(r);
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
        return join(r, EXPR_ARITHMETIC, "*", literal(r, first, one), arg);
    }
    struct expr *expr = make(r, other[0] == '~' ? EXPR_ARITHMETIC : EXPR_NOT, first, other);
    add(r, expr, arg);
    return expr;
}

static struct expr *read_simple(struct reader *r)
{
    const struct token *t = now(r);
    switch (t->kind) {
    case TOKEN_NUMBER:
        return read_number(r);
    case TOKEN_STRING:
        r->p->at++;
        return literal(r, t, text_value(r, TYPE_VARCHAR, t->value, strlen(t->value)));
    case TOKEN_VARIABLE:
        r->p->at++;
        return make(r, EXPR_VARIABLE, t, t->value);
    case TOKEN_WORD:
        return read_word(r);
    case TOKEN_QUOTED:
        r->p->at++;
        return token_symbol(now(r), ".") || token_symbol(now(r), "(")
                   ? NULL
                   : make(r, EXPR_COLUMN, t, t->value);
    case TOKEN_SYMBOL:
        if (symbol(r, "(")) {
            struct expr *inner = read_or(r);
            return inner != NULL && symbol(r, ")") ? inner : NULL;
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

static struct expr *read_primary(struct reader *r)
{
    if (r->depth >= MAX_DEPTH)
        return NULL;
    r->depth++;
    struct expr *expr = read_simple(r);
    while (expr != NULL && symbol(r, "[")) {
        struct expr *element = join(r, EXPR_ELEMENT, NULL, expr, read_or(r));
        expr = element != NULL && symbol(r, "]") ? close(r, element) : NULL;
    }
    r->depth--;
    return expr;
}

/* Binary operators by level, the tightest first. */
static const char *const LEVELS[][6] = {
    {"^"}, {"*", "/", "%", "DIV", "MOD"}, {"+", "-"}, {"&"}, {"|"},
};
#define N_LEVELS (sizeof LEVELS / sizeof LEVELS[0])

static struct expr *read_level(struct reader *r, size_t level)
{
    struct expr *left = level == 0 ? read_primary(r) : read_level(r, level - 1);
    for (bool more = true; more && left != NULL;) {
        more = false;
        for (size_t i = 0; LEVELS[level][i] != NULL && !more; i++) {
            const char *name = LEVELS[level][i];
            more = symbol(r, name) || word(r, name);
            if (more)
                left = join(r, EXPR_ARITHMETIC, str_equal(name, "MOD") ? "%" : name, left,
                            level == 0 ? read_primary(r) : read_level(r, level - 1));
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
    bool negated = token_is(now(r), "NOT");
    r->p->at += negated;
    struct expr *expr = NULL;
    if (word(r, "IN")) {
        expr = make(r, EXPR_IN, left->first, NULL);
        add(r, expr, left);
        if (!symbol(r, "(") || !read_list(r, expr, ")") || expr->n < 2)
            return NULL;
    } else if (word(r, "BETWEEN")) {
        struct expr *low = read_value(r);
        struct expr *high = low != NULL && word(r, "AND") ? read_value(r) : NULL;
        expr = join(r, EXPR_BETWEEN, NULL, left, high == NULL ? NULL : low);
        if (expr != NULL)
            add(r, expr, high);
    } else if (word(r, "LIKE")) {
        expr = join(r, EXPR_LIKE, NULL, left, read_value(r));
    } else {
        return negated ? NULL : left;
    }
    if (expr == NULL)
        return NULL;
    expr->negated = negated;
    return close(r, expr);
}

static struct expr *read_comparison(struct reader *r)
{
    static const char *const signs[] = {"=", "<=>", "<>", "!=", "<=", ">=", "<", ">"};
    struct expr *left = read_predicate(r);
    for (bool more = true; more && left != NULL;) {
        more = false;
        if (word(r, "IS")) {
            struct expr *expr = make(r, EXPR_IS_NULL, left->first, NULL);
            expr->negated = word(r, "NOT");
            add(r, expr, left);
            left = word(r, "NULL") ? close(r, expr) : NULL;
            more = true;
        }
        for (size_t i = 0; left != NULL && i < sizeof signs / sizeof signs[0] && !more; i++) {
            more = symbol(r, signs[i]);
            if (more)
                left = join(r, EXPR_COMPARE, str_equal(signs[i], "<>") ? "!=" : signs[i], left,
                            read_predicate(r));
        }
    }
    return left;
}

static struct expr *read_not(struct reader *r)
{
    const struct token *first = now(r);
    if (!word(r, "NOT"))
        return read_comparison(r);
    if (r->depth >= MAX_DEPTH)
        return NULL;
    r->depth++;
    struct expr *arg = read_not(r);
    r->depth--;
    if (arg == NULL)
        return NULL;
    struct expr *expr = make(r, EXPR_NOT, first, NULL);
    add(r, expr, arg);
    return expr;
}

static struct expr *read_and(struct reader *r)
{
    struct expr *left = read_not(r);
    while (left != NULL && (word(r, "AND") || symbol(r, "&&")))
        left = join(r, EXPR_LOGICAL, "AND", left, read_not(r));
    return left;
}

static struct expr *read_or(struct reader *r)
{
    if (r->depth >= MAX_DEPTH)
        return NULL;
    r->depth++;
    struct expr *left = read_and(r);
    while (left != NULL && (word(r, "OR") || symbol(r, "||")))
        left = join(r, EXPR_LOGICAL, "OR", left, read_and(r));
    r->depth--;
    return left;
}

struct expr *expr_parse(struct parser *p, struct arena *arena)
{
    struct reader r = {.p = p, .arena = arena};
    return read_or(&r);
}

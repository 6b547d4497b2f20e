/* What a statement needs of a table of information_schema or sys: which columns, which rows. */
#include <string.h>
#include <strings.h>

#include "select.h"

/* The token is that name, as a word or in backticks. */
static bool is_name(const struct token *t, const char *name)
{
    return (t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED) && strcasecmp(t->value, name) == 0;
}

/* A '*' that stands for columns: not the one of count(*), nor a product. */
static bool is_star(const struct tokens *tokens, size_t at, size_t first)
{
    if (!token_symbol(&tokens->v[at], "*") || at == first)
        return false;
    const struct token *before = &tokens->v[at - 1];
    return token_symbol(before, ",") || token_symbol(before, ".") || token_is(before, "SELECT") ||
           token_is(before, "DISTINCT") || token_is(before, "ALL");
}

bool select_needs_column(const struct select_need *need, const char *name)
{
    if (need->tokens == NULL || need->star)
        return true;
    for (size_t i = need->first; i < need->last; i++) {
        if (is_name(&need->tokens->v[i], name))
            return true;
    }
    return false;
}

/* Word, alone or in a list by commas, without case. */
static bool listed(const char *list, const struct token *t)
{
    size_t len = strlen(t->value);
    for (const char *p = list; *p != '\0'; p += *p == ',') {
        size_t n = strcspn(p, ",");
        if (n == len && strncasecmp(p, t->value, n) == 0)
            return true;
        p += n;
    }
    return false;
}

static bool is_any(const struct token *t, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (token_is(t, words[i]) || token_symbol(t, words[i]))
            return true;
    }
    return false;
}

/*
 * Writes a condition when nothing but keys, constants, =, IN, AND and OR are in it: then a row that
 * the table would not have with it, the statement itself would drop too.
 */
static void add_term(const struct select_need *need, size_t from, size_t to, const char *keys,
                     struct str *ret)
{
    static const char *const plain[] = {"=", "(", ")", ",", "IN", "AND", "OR", NULL};
    AUTO_STR term = {0};

    for (size_t i = from; i < to; i++) {
        const struct token *t = &need->tokens->v[i];
        bool name = t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED;
        str_addc(&term, ' ');
        if (is_any(t, plain) || t->kind == TOKEN_NUMBER) {
            str_addn(&term, t->raw, t->len);
        } else if (t->kind == TOKEN_STRING) {
            select_add_quoted(&term, '\'', t->value);
        } else if (name && token_symbol(t + 1, ".") && i + 2 < to) {
            i++; /* the table's alias: no other table is there */
        } else if (name && listed(keys, t)) {
            select_add_quoted(&term, '"', t->value);
        } else {
            return;
        }
    }
    if (term.len > 0)
        str_addf(ret, " AND (%s)", str_text(&term));
}

/* Where the condition that begins there ends. false: it is none that can be taken apart. */
static bool condition_end(const struct select_need *need, size_t from, size_t *ret, bool *ret_or)
{
    static const char *const after[] = {"GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT",
                                        "INTERSECT", ";", NULL};
    static const char *const barred[] = {"BETWEEN", "CASE", "SELECT", NULL};
    int depth = 0;
    size_t i = from;

    for (; i < need->last; i++) {
        const struct token *t = &need->tokens->v[i];
        depth += token_symbol(t, "(") - token_symbol(t, ")");
        if (depth < 0 || (depth == 0 && is_any(t, after)))
            break;
        if (is_any(t, barred))
            return false;
        *ret_or |= depth == 0 && token_is(t, "OR");
    }
    *ret = i;
    return true;
}

void select_need_rows(const struct select_need *need, const char *keys, struct str *ret)
{
    if (need->tokens == NULL || need->table == 0 || keys == NULL)
        return;
    const struct token *v = need->tokens->v;
    size_t at = need->after, mentions = 0, end = 0;
    bool any_or = false;

    for (size_t i = need->first; i < need->last; i++)
        mentions += is_name(&v[i], v[need->after - 1].value);
    if (mentions != 1 || !token_is(&v[need->table - 1], "FROM"))
        return;
    if (at < need->last && token_is(&v[at], "AS"))
        at++;
    if (at < need->last && token_names(&v[at]) && !token_is(&v[at], "WHERE"))
        at++;
    if (at >= need->last || !token_is(&v[at], "WHERE") ||
        !condition_end(need, at + 1, &end, &any_or))
        return;
    int depth = 0;
    size_t from = at + 1;
    for (size_t i = from; i <= end; i++) {
        bool over = i == end || (depth == 0 && !any_or && token_is(&v[i], "AND"));
        if (over) {
            add_term(need, from, i, keys, ret);
            from = i + 1;
        } else {
            depth += token_symbol(&v[i], "(") - token_symbol(&v[i], ")");
        }
    }
}

struct select_need select_need(const struct tokens *tokens, size_t first, size_t last, size_t table,
                               size_t after)
{
    struct select_need ret = {.tokens = tokens, .first = first, .last = last, .table = table,
                              .after = after};
    for (size_t i = first; i < last; i++)
        ret.star |= is_star(tokens, i, first) || token_is(&tokens->v[i], "NATURAL");
    return ret;
}

/* The select list: where its items are, and what the FE calls those without an alias. */
#include <ctype.h>
#include <string.h>

#include "mem.h"
#include "select.h"

size_t select_items(const struct tokens *tokens, size_t first, size_t last,
                    struct select_item *ret, size_t max)
{
    size_t at = first, n = 0;
    int depth = 0;
    while (at < last && (depth > 0 || !token_is(&tokens->v[at], "SELECT"))) {
        depth += token_symbol(&tokens->v[at], "(") - token_symbol(&tokens->v[at], ")");
        at++;
    }
    at++;
    if (at < last && (token_is(&tokens->v[at], "DISTINCT") || token_is(&tokens->v[at], "ALL")))
        at++;
    for (size_t begin = at; at <= last && n < max; at++) {
        const struct token *t = &tokens->v[at];
        bool end = at == last || (depth == 0 && (token_is(t, "FROM") || token_is(t, "WHERE") ||
                                                 token_is(t, "LIMIT") || token_is(t, "ORDER") ||
                                                 token_is(t, "UNION") || token_is(t, "GROUP")));
        if (end || (depth == 0 && token_symbol(t, ","))) {
            if (at > begin)
                ret[n++] = (struct select_item){.first = begin, .last = at};
            begin = at + 1;
        }
        if (end)
            break;
        depth += token_symbol(t, "(") - token_symbol(t, ")");
    }
    return n;
}

/* A token after which a bare name is an alias. */
static bool ends_value(const struct token *t)
{
    return t->kind == TOKEN_NUMBER || t->kind == TOKEN_STRING || t->kind == TOKEN_VARIABLE ||
           t->kind == TOKEN_QUOTED || token_symbol(t, ")") || token_is(t, "END") ||
           (t->kind == TOKEN_WORD && !token_is(t, "AND") && !token_is(t, "OR") &&
            !token_is(t, "NOT") && !token_is(t, "IS") && !token_is(t, "LIKE") &&
            !token_is(t, "IN") && !token_is(t, "THEN") && !token_is(t, "ELSE") &&
            !token_is(t, "BETWEEN") && !token_is(t, "DIV") && !token_is(t, "CASE"));
}

/* Functions that the FE prints in capitals, as recorded. */
static bool prints_in_capitals(const struct token *t)
{
    static const char *const names[] = {"connection_id", "database", "schema", "current_user",
                                        "current_role", "catalog", "user", "session_user"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (token_is(t, names[i]))
            return true;
    }
    return false;
}

/* Binary operators are printed with a blank on both sides: 1/0 is "1 / 0". */
static bool is_operator(const struct token *t, const struct token *first, const struct token *last)
{
    static const char *const signs[] = {"+", "-", "*", "/", "=", "<", ">", "<=", ">=", "!=", "<>"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (token_symbol(t, signs[i]))
            return t > first && t < last && ends_value(t - 1);
    }
    return false;
}

static void add_printed(const struct token *t, const struct token *next, struct str *ret)
{
    if (token_symbol(next, "(") && prints_in_capitals(t)) {
        for (size_t i = 0; i < t->len; i++)
            str_addc(ret, (char)toupper((unsigned char)t->raw[i]));
        return;
    }
    str_addn(ret, t->raw, t->len);
}

char *select_item_name(const struct tokens *tokens, const struct select_item *item)
{
    const struct token *first = &tokens->v[item->first], *last = &tokens->v[item->last - 1];
    if (token_symbol(last, "*") || (first == last && first->kind == TOKEN_STRING))
        return token_symbol(last, "*") ? NULL : str_format("'%s'", first->value);
    bool column = token_names(last) && (first == last || token_symbol(last - 1, "."));
    if (column)
        return mem_text(last->value);
    if (first != last && (token_names(last) || last->kind == TOKEN_STRING) &&
        !token_is(last, "END") && !token_is(last, "NULL") && !token_is(last, "TRUE") &&
        !token_is(last, "FALSE") && (token_is(last - 1, "AS") || ends_value(last - 1)))
        return NULL; /* an alias */
    AUTO_STR name = {0};
    for (const struct token *t = first; t <= last; t++) {
        bool gap = t->raw > (t - 1)->raw + (t - 1)->len;
        if (t > first && (gap || is_operator(t, first, last) || is_operator(t - 1, first, last)))
            str_addc(&name, ' ');
        add_printed(t, t + 1, &name);
    }
    return str_take(&name);
}

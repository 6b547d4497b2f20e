/* The texts of a new view's query. */
#include "view_text.h"

#include <string.h>

struct bases {
    struct exec *x;
    const char *db;
    const struct strv *list; /* database and name by turns */
};

static bool starts_clause(const struct token *t)
{
    static const char *const words[] = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (token_is(t, words[i]))
            return true;
    }
    return false;
}

/* The table among the bases that has this column; NULL: none, so it is no column's name. */
static const char *table_of(const struct bases *bases, const char *column)
{
    for (size_t i = 0; i < bases->list->n; i += 2) {
        int64_t id = exec_object(bases->x, bases->list->v[i], bases->list->v[i + 1], NULL);
        if (db_int(bases->x->db, 0, "SELECT count(*) FROM col WHERE object_id = ?1 AND name = ?2",
                   "is", id, column) > 0)
            return bases->list->v[i + 1];
    }
    return NULL;
}

static bool is_table_place(const struct token *t)
{
    return token_is(t, "FROM") || token_is(t, "JOIN");
}

/* FROM and JOIN name the tables. */
static void find_bases(const struct exec *x, const char *db, struct strv *ret)
{
    const struct token *to = &x->script->tokens.v[x->s->last];
    for (const struct token *t = &x->script->tokens.v[x->s->query_at]; t + 1 < to; t++) {
        if (!is_table_place(t) || !token_names(t + 1))
            continue;
        bool qualified = token_symbol(t + 2, ".") && token_names(t + 3);
        strv_add(ret, qualified ? t[1].value : db);
        strv_add(ret, qualified ? t[3].value : t[1].value);
    }
}

/* Nothing stands between these: f(x), a.b, a comma's left. */
static bool joins(const struct token *before, const struct token *t)
{
    if (token_symbol(t, ",") || token_symbol(t, ")") || token_symbol(t, ".") ||
        token_symbol(before, "(") || token_symbol(before, "."))
        return true;
    return token_symbol(t, "(") && before->kind == TOKEN_WORD &&
           before->raw + before->len == t->raw;
}

/* An alias without AS: "sum(v) s". */
static bool is_bare_alias(const struct token *before, const struct token *t,
                          const struct token *next)
{
    bool ends = token_symbol(next, ",") || starts_clause(next) || next->kind == TOKEN_END;
    bool follows = token_symbol(before, ")") || before->kind == TOKEN_QUOTED ||
                   before->kind == TOKEN_NUMBER || before->kind == TOKEN_STRING;
    return token_names(t) && !starts_clause(t) && ends && follows;
}

static void add_name(const struct bases *bases, const struct token *before, const struct token *t,
                     const struct token *next, struct str *ret)
{
    bool alone = !token_symbol(before, ".") && !token_symbol(next, ".") && !token_symbol(next, "(");
    const char *table = alone ? table_of(bases, t->value) : NULL;
    if (token_is(before, "AS"))
        str_addf(ret, "`%s`", t->value);
    else if (is_bare_alias(before, t, next))
        str_addf(ret, "AS `%s`", t->value);
    else if (table != NULL)
        str_addf(ret, "`%s`.`%s`", table, t->value);
    else if (token_symbol(before, ".") || token_symbol(next, ".") || t->kind == TOKEN_QUOTED)
        str_addf(ret, "`%s`", t->value);
    else
        str_addn(ret, t->raw, t->len); /* a keyword or a function */
}

void view_text_stored(struct exec *x, const char *db, struct str *ret, struct strv *ret_bases)
{
    const struct token *from = &x->script->tokens.v[x->s->query_at];
    const struct token *to = &x->script->tokens.v[x->s->last];
    struct bases bases = {.x = x, .db = db, .list = ret_bases};
    find_bases(x, db, ret_bases);
    size_t base = 0;
    int depth = 0;
    for (const struct token *t = from; t < to; t++) {
        const struct token *before = t == from ? t : t - 1;
        depth += token_symbol(t, "(") - token_symbol(t, ")");
        if (t != from && !joins(before, t))
            str_addc(ret, depth == 0 && starts_clause(t) ? '\n' : ' ');
        if (t != from && is_table_place(before) && token_names(t)) {
            str_addf(ret, "`%s`.`%s`", ret_bases->v[base], ret_bases->v[base + 1]);
            base += 2;
            t += token_symbol(t + 1, ".") ? 2 : 0;
        } else if (token_names(t)) {
            add_name(&bases, before, t, t + 1, ret);
        } else {
            str_addn(ret, t->raw, t->len);
        }
    }
}

void view_text_written(const struct exec *x, bool whole, struct str *ret)
{
    const struct token *from = &x->script->tokens.v[whole ? x->s->first : x->s->query_at];
    const struct token *last = &x->script->tokens.v[x->s->last - 1];
    /* Recorded on 4.1.0: the place is counted in code points and used in UTF-16. */
    size_t shift = 0;
    for (const char *p = x->script->tokens.v[x->s->first].raw; p < from->raw; p++)
        shift += (unsigned char)*p >= 0xF0;
    str_addn(ret, from->raw - shift, (size_t)(last->raw + last->len - from->raw));
}

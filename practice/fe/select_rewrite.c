/* From StarRocks' dialect to SQLite's: names, literals, LIKE, operators, tables. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "select.h"

#define MAX_DEPTH 64

struct rewriter {
    struct exec *x;
    const struct tokens *tokens;
    size_t first, at, last;
    bool inside;                 /* of a view that the statement reads */
    struct strv *loaded;
    struct strv ctes;            /* names of WITH */
    struct str *out;
    bool in_from[MAX_DEPTH];     /* per parenthesis: a table may come next */
    bool expects_table[MAX_DEPTH];
    int depth;
};

static const struct token *token_at(const struct rewriter *r, size_t n)
{
    static char nothing[] = "";
    static const struct token end = {.kind = TOKEN_END, .raw = nothing, .value = nothing};
    return r->at + n < r->last ? &r->tokens->v[r->at + n] : &end;
}

void select_add_quoted(struct str *ret, char quote, const char *text)
{
    str_addc(ret, quote);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == quote)
            str_addc(ret, quote);
        str_addc(ret, *p);
    }
    str_addc(ret, quote);
}

/* Words after which a table's alias cannot stand. */
static bool is_clause(const struct token *t)
{
    static const char *const words[] = {"WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION",
                                        "JOIN",  "LEFT",  "RIGHT", "INNER",  "CROSS", "FULL",
                                        "ON",    "USING", "EXCEPT", "INTERSECT"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (token_is(t, words[i]))
            return true;
    }
    return false;
}

static bool add_table(struct rewriter *r)
{
    const char *parts[3] = {NULL, NULL, NULL};
    int n = 0;
    size_t table_at = r->at;
    for (;;) {
        parts[n++] = token_at(r, 0)->value;
        r->at++;
        if (n == 3 || !token_symbol(token_at(r, 0), ".") || !token_names(token_at(r, 1)))
            break;
        r->at++;
    }
    if (n == 1 && strv_has(&r->ctes, parts[0])) {
        select_add_quoted(r->out, '"', parts[0]);
        return true;
    }
    if (n == 3 && !str_equal(parts[0], "default_catalog"))
        return answer_error(r->x->a, 5078, "42000",
                            "Getting analyzing error. Detail message: Unknown catalog '%s'.",
                            parts[0]);
    const char *db = exec_database(r->x, n == 1 ? NULL : parts[n - 2], true);
    struct select_table table = {0};
    struct select_need need = {0};
    if (!r->inside)
        need = select_need(r->tokens, r->first, r->last, table_at, r->at);
    if (db == NULL || !select_load(r->x, db, parts[n - 1], &need, r->loaded, &table))
        return false;
    AUTO_FREE char *as = table.as, *alias = table.alias;
    select_add_quoted(r->out, '"', as);
    const struct token *next = token_at(r, 0);
    if (!token_is(next, "AS") && (!token_names(next) || is_clause(next))) {
        str_add(r->out, " AS ");
        select_add_quoted(r->out, '"', alias);
    }
    return true;
}

bool select_variable(struct exec *x, const char *name, char **ret, enum variable_kind *ret_kind)
{
    const struct strv *hint = &x->s->properties;
    *ret_kind = session_variable_kind(name);
    *ret = session_variable(x->c, name);
    if (*ret == NULL && strncmp(name, "@@", 2) == 0)
        return session_no_variable(x->c, name, true, x->a);
    for (size_t i = 0; i + 1 < hint->n; i += 2) {
        if (strncmp(name, "@@", 2) != 0 || strcasecmp(hint->v[i], name + 2) != 0)
            continue;
        free(*ret);
        *ret = mem_text(hint->v[i + 1]);
    }
    return true;
}

static bool add_variable(struct rewriter *r, const struct token *t)
{
    enum variable_kind kind;
    AUTO_FREE char *value = NULL;
    if (!select_variable(r->x, t->value, &value, &kind))
        return false;
    if (value == NULL)
        str_add(r->out, "NULL");
    else if (value[0] != '\0' && strspn(value, "0123456789") == strlen(value))
        str_add(r->out, value);
    else
        select_add_quoted(r->out, '\'', value);
    return true;
}

static void add_symbol(struct rewriter *r, const struct token *t)
{
    static const struct {
        const char *from, *to;
    } others[] = {{"&&", "AND"}, {"||", "OR"}, {"<=>", "IS"}, {"!", "NOT"}, {"/", "* 1.0 /"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (token_symbol(t, others[i].from)) {
            str_add(r->out, others[i].to);
            return;
        }
    }
    if (token_symbol(t, "(") && r->depth + 1 < MAX_DEPTH) {
        r->depth++;
        /* A parenthesis in FROM holds a subquery or a join. */
        r->expects_table[r->depth] = r->in_from[r->depth] =
            r->depth > 0 && r->expects_table[r->depth - 1];
    } else if (token_symbol(t, ")") && r->depth > 0) {
        r->depth--;
        r->expects_table[r->depth] = false;
    } else if (token_symbol(t, ",") && r->in_from[r->depth]) {
        r->expects_table[r->depth] = true;
    }
    str_addn(r->out, t->raw, t->len);
}

static void note_word(struct rewriter *r, const struct token *t)
{
    if (token_is(t, "FROM") || token_is(t, "JOIN")) {
        r->in_from[r->depth] = r->expects_table[r->depth] = true;
    } else if (token_is(t, "SELECT")) {
        r->in_from[r->depth] = r->expects_table[r->depth] = false;
    } else if (is_clause(t) && !token_is(t, "LEFT") && !token_is(t, "RIGHT") &&
               !token_is(t, "INNER") && !token_is(t, "CROSS") && !token_is(t, "FULL")) {
        r->in_from[r->depth] = token_is(t, "ON") || token_is(t, "USING");
        r->expects_table[r->depth] = false;
    }
    str_addn(r->out, t->raw, t->len);
}

/* LIKE 'x' needs its escape said; the lexer left \% and \_ as they were. */
static void add_like(struct rewriter *r)
{
    str_add(r->out, "LIKE ");
    r->at++;
    if (token_at(r, 0)->kind != TOKEN_STRING)
        return;
    select_add_quoted(r->out, '\'', token_at(r, 0)->value);
    str_add(r->out, " ESCAPE '\\' ");
    r->at++;
}

static bool add_token(struct rewriter *r)
{
    const struct token *t = token_at(r, 0);
    if (r->expects_table[r->depth] && token_names(t) && !token_is(t, "SELECT")) {
        r->expects_table[r->depth] = false;
        return add_table(r);
    }
    if (token_is(t, "LIKE")) {
        add_like(r);
        return true;
    }
    r->at++;
    switch (t->kind) {
    case TOKEN_WORD:
        if (token_symbol(token_at(r, 0), "(") && (token_is(t, "if") || token_is(t, "left") ||
                                                  token_is(t, "right") || token_is(t, "database")))
            str_addf(r->out, "practice_%s", t->value); /* keywords of SQLite's */
        else
            note_word(r, t);
        return true;
    case TOKEN_QUOTED:
        select_add_quoted(r->out, '"', t->value);
        return true;
    case TOKEN_STRING:
        select_add_quoted(r->out, '\'', t->value);
        return true;
    case TOKEN_VARIABLE:
        return add_variable(r, t);
    case TOKEN_NUMBER:
        str_addn(r->out, t->raw, t->len);
        return true;
    case TOKEN_SYMBOL:
        add_symbol(r, t);
        return true;
    case TOKEN_END:
        return true;
    }
    return true;
}

/* WITH a AS (…), b AS (…): names that are no tables. */
static void collect_ctes(struct rewriter *r)
{
    for (size_t i = r->at; i + 2 < r->last; i++) {
        const struct token *t = r->tokens->v + i;
        if (token_names(t) && token_is(t + 1, "AS") && token_symbol(t + 2, "("))
            strv_add(&r->ctes, t->value);
    }
}

bool select_rewrite(struct exec *x, const struct tokens *tokens, size_t first, size_t last,
                    bool inside, struct strv *loaded, struct str *ret)
{
    struct rewriter r = {.x = x, .tokens = tokens, .first = first, .at = first, .last = last,
                         .inside = inside, .loaded = loaded, .out = ret};
    if (first < last && token_is(&tokens->v[first], "WITH"))
        collect_ctes(&r);
    struct select_item items[256];
    size_t n = select_items(tokens, first, last, items, sizeof items / sizeof items[0]);
    bool ok = true;
    while (ok && r.at < last) {
        size_t before = r.at;
        ok = add_token(&r);
        for (size_t i = 0; ok && i < n; i++) {
            if (before >= items[i].last || r.at < items[i].last)
                continue;
            AUTO_FREE char *name = select_item_name(tokens, &items[i]);
            if (name != NULL) {
                str_add(ret, " AS ");
                select_add_quoted(ret, '"', name);
            }
        }
        str_addc(ret, ' ');
    }
    strv_done(&r.ctes);
    return ok;
}

/* Grammar of SELECT (its frame only: SQLite reads the expressions), SET and KILL. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "constants.h"
#include "mem.h"
#include "world_release.h"

/* sleep(n) among the tokens: remembers the milliseconds; the statement really takes them. */
static void note_sleep(struct parser *p, struct stmt *ret)
{
    if (!token_is(parser_now(p), "sleep") || !token_symbol(parser_ahead(p, 1), "(") ||
        parser_ahead(p, 2)->kind != TOKEN_NUMBER)
        return;
    double seconds = strtod(parser_ahead(p, 2)->value, NULL);
    if (seconds > 0 && seconds < 100000)
        ret->number += (int64_t)(seconds * 1000);
}

/* Literals are read when the whole text has been parsed. */
static bool literals_fit(struct parser *p, size_t first)
{
    for (size_t i = first; i < p->at; i++) {
        const struct token *t = &p->tokens->v[i];
        AUTO_STR problem = {0};
        if (literal_fits(t, p->release, &problem))
            continue;
        str_clear(p->error);
        str_addf(p->error, "Getting syntax error at line %d, column %d. Detail message: %s.",
                 t->line, t->column, str_text(&problem));
        return false;
    }
    return true;
}

/* SELECT with a hint SET_VAR(name = value, …) behind it: a comment to the lexer. */
static void read_hint(struct parser *p, struct stmt *ret)
{
    const struct token *now = parser_now(p), *next = parser_ahead(p, 1);
    const char *from = now->raw + now->len;
    const char *open = memmem(from, (size_t)(next->raw - from), "/*+", 3);
    const char *close = open == NULL ? NULL
                                     : memmem(open, (size_t)(next->raw - open), "*/", 2);
    if (close == NULL)
        return;
    AUTO_TOKENS hint = {0};
    tokens_read(open + 3, (size_t)(close - open) - 3, &hint);
    for (size_t i = 1; i + 2 < hint.n; i++) {
        if (!token_symbol(&hint.v[i + 1], "=") || !token_names(&hint.v[i]))
            continue;
        strv_add(&ret->properties, hint.v[i].value);
        strv_add(&ret->properties, hint.v[i + 2].value);
    }
}

bool parse_select(struct parser *p, struct stmt *ret)
{
    static const char *const unfinished[] = {"SELECT", "WHERE", "BY", "AND", "OR", "NOT", "ON"};
    ret->kind = STMT_SELECT;
    int depth = 0;
    read_hint(p, ret);
    parse_constants(p, ret);
    p->at++;
    for (;; p->at++) {
        const struct token *now = parser_now(p), *before = &p->tokens->v[p->at - 1];
        bool end = now->kind == TOKEN_END || token_symbol(now, ";");
        if ((end || token_is(now, "FROM")) && token_symbol(before, ","))
            return parser_unexpected(p, "a legal identifier");
        for (size_t i = 0; end && i < sizeof unfinished / sizeof unfinished[0]; i++) {
            if (token_is(before, unfinished[i]))
                return parser_unexpected(p, "a legal identifier");
        }
        if (end && token_is(before, "FROM")) {
            p->start = p->at - 1; /* the FE decides anew at FROM */
            return parser_no_viable(p);
        }
        if (token_is(before, "LIMIT") && now->kind == TOKEN_SYMBOL && !token_symbol(now, "?")) {
            p->start = p->at - 1; /* and at LIMIT */
            return parser_no_viable(p);
        }
        if (end)
            return (depth <= 0 || parser_unexpected(p, "')'")) && literals_fit(p, ret->first);
        depth += token_symbol(now, "(") - token_symbol(now, ")");
        if (depth < 0)
            return parser_unexpected(p, "<EOF>, ';'");
        note_sleep(p, ret);
    }
}

static bool set_role(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SET_ROLE;
    if (parser_word(p, "DEFAULT")) {
        ret->value = mem_text("DEFAULT");
        return true;
    }
    do {
        char *name = NULL;
        bool ok = parser_now(p)->kind == TOKEN_STRING ? parser_text(p, &name)
                                                      : parser_name(p, &name);
        if (!ok) {
            free(name);
            return false;
        }
        strv_take(&ret->list, name);
    } while (parser_symbol(p, ","));
    if (ret->list.n == 1 && (strcasecmp(ret->list.v[0], "ALL") == 0 ||
                             strcasecmp(ret->list.v[0], "NONE") == 0))
        ret->value = mem_text(strcasecmp(ret->list.v[0], "ALL") == 0 ? "ALL" : "NONE");
    return true;
}

/* The value of one assignment: its tokens up to ',' or the end, as text. */
static bool set_value(struct parser *p, struct stmt *ret)
{
    AUTO_STR value = {0};
    int depth = 0;
    while (parser_now(p)->kind != TOKEN_END && !token_symbol(parser_now(p), ";") &&
           (depth > 0 || !token_symbol(parser_now(p), ","))) {
        depth += token_symbol(parser_now(p), "(") - token_symbol(parser_now(p), ")");
        str_add(&value, parser_now(p)->value);
        p->at++;
    }
    if (value.len == 0 && p->tokens->v[p->at - 1].kind != TOKEN_STRING)
        return parser_unexpected(p, "a legal identifier");
    strv_add(&ret->types, str_text(&value));
    return true;
}

static bool set_one(struct parser *p, struct stmt *ret)
{
    const struct token *now = parser_now(p);
    if (parser_word(p, "NAMES")) { /* SET NAMES charset [COLLATE x] changes nothing */
        strv_add(&ret->list, "names");
        if (parser_now(p)->kind == TOKEN_END)
            return parser_unexpected(p, "a legal identifier");
        strv_add(&ret->types, parser_now(p)->value);
        p->at++;
        if (parser_word(p, "COLLATE"))
            p->at++;
        return true;
    }
    if (now->kind == TOKEN_VARIABLE) {
        strv_add(&ret->list, now->value);
        p->at++;
    } else {
        if (parser_word(p, "GLOBAL"))
            ret->global = true;
        else if (!parser_word(p, "SESSION"))
            parser_word(p, "LOCAL");
        if (!parser_name_to(p, &ret->list))
            return false;
    }
    if (!parser_symbol(p, "=") && !parser_symbol(p, ":="))
        return parser_no_viable(p);
    return set_value(p, ret);
}

bool parse_set(struct parser *p, struct stmt *ret)
{
    if (parser_word(p, "ROLE"))
        return set_role(p, ret);
    if (parser_word(p, "CATALOG")) {
        ret->kind = STMT_SET_CATALOG;
        return parser_name(p, &ret->name);
    }
    if (token_is(parser_now(p), "DEFAULT") && token_is(parser_ahead(p, 1), "ROLE")) {
        p->at++;
        return parse_default_role(p, ret);
    }
    if (token_is(parser_now(p), "PROPERTY") && token_is(parser_ahead(p, 1), "FOR")) {
        p->at++;
        return parse_property(p, ret);
    }
    ret->kind = STMT_SET;
    do {
        if (!set_one(p, ret))
            return false;
    } while (parser_symbol(p, ","));
    return true;
}

bool parse_kill(struct parser *p, struct stmt *ret)
{
    static const char *const kinds[] = {"INTEGER_VALUE", "SINGLE_QUOTED_TEXT",
                                        "DOUBLE_QUOTED_TEXT", NULL};
    bool names = release_has(p->release, TRAIT_QUERY_NAMES);
    ret->kind = STMT_KILL;
    ret->query = parser_word(p, "QUERY");
    if (ret->query && names && parser_now(p)->kind == TOKEN_STRING)
        return parser_text(p, &ret->name);
    if (ret->query && names && parser_now(p)->kind != TOKEN_NUMBER)
        return parser_similar(p, kinds, "");
    if (!ret->query && names && parser_now(p)->kind == TOKEN_STRING) {
        ret->kind = STMT_KILL_TEXT;
        return parser_text(p, &ret->name);
    }
    if (!ret->query && !parser_word(p, "CONNECTION") &&
        (parser_now(p)->kind != TOKEN_NUMBER || strchr(parser_now(p)->value, '.') != NULL))
        return parser_no_viable(p);
    return parser_number(p, &ret->number);
}

/* Steps of the parser and the texts of its errors (StarRocksDefaultErrorStrategy.java). */
#include "parser.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "similar.h"

#define SIMILAR_MOST 5
#define WORDS_MOST 64

const struct token *parser_now(const struct parser *p)
{
    return &p->tokens->v[p->at];
}

const struct token *parser_ahead(const struct parser *p, size_t n)
{
    size_t at = p->at + n;
    return &p->tokens->v[at < p->tokens->n ? at : p->tokens->n - 1];
}

bool parser_word(struct parser *p, const char *word)
{
    if (!token_is(parser_now(p), word))
        return false;
    p->at++;
    return true;
}

bool parser_symbol(struct parser *p, const char *symbol)
{
    if (!token_symbol(parser_now(p), symbol))
        return false;
    p->at++;
    return true;
}

static void add_input(const struct token *token, struct str *ret)
{
    if (token->kind == TOKEN_END)
        str_add(ret, "<EOF>");
    else
        str_addn(ret, token->raw, token->len);
}

bool parser_unexpected(struct parser *p, const char *expected)
{
    const struct token *now = parser_now(p);
    str_clear(p->error);
    str_addf(p->error, "Getting syntax error at line %d, column %d. Detail message: "
                       "Unexpected input '", now->line, now->column);
    add_input(now, p->error);
    str_addf(p->error, "', the most similar input is {%s}.", expected);
    return false;
}

bool parser_no_viable(struct parser *p)
{
    const struct token *now = parser_now(p);
    size_t last = now->kind == TOKEN_END && p->at > p->start ? p->at - 1 : p->at;
    const char *from = p->tokens->v[p->start].raw;
    const struct token *to = &p->tokens->v[last];
    str_clear(p->error);
    str_addf(p->error, "Getting syntax error at line %d, column %d. Detail message: "
                       "No viable statement for input '", now->line, now->column);
    str_addn(p->error, from, (size_t)(to->raw - from) + to->len);
    str_add(p->error, "'.");
    return false;
}

bool parser_need(struct parser *p, const char *word)
{
    if (parser_word(p, word))
        return true;
    AUTO_FREE char *expected = str_format("'%s'", word);
    return parser_unexpected(p, expected);
}

bool parser_need_symbol(struct parser *p, const char *symbol)
{
    if (parser_symbol(p, symbol))
        return true;
    AUTO_FREE char *expected = str_format("'%s'", symbol);
    return parser_unexpected(p, expected);
}

bool parser_name(struct parser *p, char **ret)
{
    if (!token_names(parser_now(p)))
        return parser_unexpected(p, "a legal identifier");
    free(*ret);
    *ret = mem_text(parser_now(p)->value);
    p->at++;
    return true;
}

bool parser_name_to(struct parser *p, struct strv *ret)
{
    char *name = NULL;
    if (!parser_name(p, &name))
        return false;
    strv_take(ret, name);
    return true;
}

bool parser_text(struct parser *p, char **ret)
{
    static const char *const texts[] = {"SINGLE_QUOTED_TEXT", "DOUBLE_QUOTED_TEXT", NULL};
    if (parser_now(p)->kind != TOKEN_STRING)
        return parser_similar(p, texts, "");
    free(*ret);
    *ret = mem_text(parser_now(p)->value);
    p->at++;
    return true;
}

bool parser_number(struct parser *p, int64_t *ret)
{
    const struct token *now = parser_now(p);
    if (now->kind != TOKEN_NUMBER || strspn(now->value, "0123456789") != now->len ||
        now->len > 18)
        return parser_unexpected(p, "INTEGER_VALUE");
    *ret = strtoll(now->value, NULL, 10);
    p->at++;
    return true;
}

bool parser_qualified(struct parser *p, struct stmt *ret)
{
    ret->name_line = parser_now(p)->line;
    ret->name_column = parser_now(p)->column;
    if (!parser_name(p, &ret->name))
        return false;
    for (int i = 0; i < 2 && parser_symbol(p, "."); i++) {
        free(ret->db);
        ret->db = ret->name;
        ret->name = NULL;
        if (!parser_name(p, &ret->name))
            return false;
    }
    return true;
}

bool parser_end(struct parser *p)
{
    if (parser_now(p)->kind == TOKEN_END || token_symbol(parser_now(p), ";"))
        return true;
    return parser_unexpected(p, "<EOF>, ';'");
}

/* Keywords are printed in quotes, kinds of tokens (INTEGER_VALUE) without. */
static char *printed(const char *word)
{
    return str_format(strchr(word, '_') == NULL ? "'%s'" : "%s", word);
}

bool parser_similar(struct parser *p, const char *const *words, const char *also)
{
    AUTO_STR input = {0}, list = {0};
    char *texts[WORDS_MOST];
    size_t n = 0, found[SIMILAR_MOST];
    add_input(parser_now(p), &input);
    for (size_t i = 0; i < input.len; i++)
        input.s[i] = (char)toupper((unsigned char)input.s[i]);
    for (; n < WORDS_MOST && words[n] != NULL; n++)
        texts[n] = printed(words[n]);
    size_t most = similar_find(str_text(&input), (const char *const *)texts, n, SIMILAR_MOST,
                               found);
    for (size_t i = 0; i < most; i++)
        str_addf(&list, "%s%s", i == 0 ? "" : ", ", texts[found[i]]);
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    if (also[0] != '\0')
        str_addf(&list, "%s%s", list.len == 0 ? "" : ", ", also);
    return parser_unexpected(p, str_text(&list));
}

/* StarRocks' tokens (StarRocksLex.g4) of a query text. */
#ifndef PRACTICE_FE_LEX_H
#define PRACTICE_FE_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_WORD,   /* unquoted identifier or keyword */
    TOKEN_QUOTED, /* `identifier` */
    TOKEN_STRING, /* '…' or "…" */
    TOKEN_NUMBER,
    TOKEN_VARIABLE, /* @x, @@x, @@session.x */
    TOKEN_SYMBOL,
    TOKEN_END
};

struct token {
    enum token_kind kind;
    const char *raw; /* into the query text */
    size_t len;
    char *value;     /* unquoted, unescaped */
    int line;        /* from 1 */
    int column;      /* characters from 0 */
};

struct tokens {
    struct token *v; /* always ends with TOKEN_END */
    size_t n, cap;
};

#define AUTO_TOKENS __attribute__((cleanup(tokens_done))) struct tokens

void tokens_done(struct tokens *tokens);

/* Reads the text, which must outlive the tokens. */
void tokens_read(const char *text, size_t len, struct tokens *ret);

/* An unquoted word, compared without case. */
bool token_is(const struct token *token, const char *word);
bool token_symbol(const struct token *token, const char *symbol);
/* May stand where a name is expected. */
bool token_names(const struct token *token);

#endif

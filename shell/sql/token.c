/* Cuts a statement into the tokens that the StarRocks lexer would see. */
#include "token.h"

#include <string.h>
#include <strings.h>

struct tokens token_start(const char *sql, size_t len)
{
    return (struct tokens){ .next = sql, .end = sql + len };
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

static bool starts(const char *at, const char *end, const char *with)
{
    size_t len = strlen(with);

    return (size_t)(end - at) >= len && memcmp(at, with, len) == 0;
}

/*
 * Spaces. The ideographic space U+3000 is one only after another space: alone the lexer prefers to
 * read it as a letter.
 */
static const char *skip_space(const char *at, const char *end)
{
    const char *start = at;

    for (;;) {
        if (at < end && is_space(*at))
            at++;
        else if (at > start && starts(at, end, "\xe3\x80\x80"))
            at += 3;
        else
            return at;
    }
}

/* Behind the closing quote; NULL when there is none. Doubled quotes need no care: "a""b" is two. */
static const char *skip_quoted(const char *at, const char *end, bool escapes)
{
    char quote = *at++;

    while (at < end) {
        if (escapes && *at == '\\' && end - at > 1)
            at += 2;
        else if (*at++ != quote)
            continue;
        else if (at < end && *at == quote)
            at++; /* doubled: goes on */
        else
            return at;
    }
    return NULL;
}

static const char *skip_line(const char *at, const char *end, bool at_return)
{
    while (at < end && *at != '\n' && !(at_return && *at == '\r'))
        at++;
    return at;
}

/* A number, or a name that begins with a digit, which StarRocks allows (DIGIT_IDENTIFIER). */
static const char *skip_number(const char *at, const char *end, enum token_kind *kind)
{
    const char *start = at;

    while (at < end && is_digit(*at))
        at++;
    if (at > start && at < end && is_word(*at) && *at != 'e' && *at != 'E')
        goto word;
    if (at < end && *at == '.')
        for (at++; at < end && is_digit(*at);)
            at++;
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1;

        if (exponent < end && (*exponent == '+' || *exponent == '-'))
            exponent++;
        if (exponent < end && is_digit(*exponent)) {
            for (at = exponent; at < end && is_digit(*at);)
                at++;
        } else if (memchr(start, '.', (size_t)(at - start)) == NULL) {
            goto word;
        }
    }
    *kind = TOKEN_NUMBER;
    return at;
word:
    while (at < end && is_word(*at))
        at++;
    *kind = TOKEN_WORD;
    return at;
}

static const char *find(const char *at, const char *end, const char *what)
{
    return memmem(at, (size_t)(end - at), what, strlen(what));
}

/* The end of the token at `at`; NULL for one that does not end. */
static const char *skip_token(const struct tokens *tokens, const char *at, enum token_kind *kind)
{
    const char *end = tokens->end;
    const char *close;

    *kind = TOKEN_PUNCT;
    if (*at == '\'' || *at == '"') {
        *kind = TOKEN_STRING;
        return skip_quoted(at, end, true);
    }
    if (*at == '`') {
        *kind = TOKEN_NAME;
        return skip_quoted(at, end, false);
    }
    if (starts(at, end, "--") || (*at == '#' && tokens->hash_comments)) {
        *kind = TOKEN_COMMENT;
        return skip_line(at, end, *at == '-');
    }
    if (starts(at, end, "/*")) {
        *kind = starts(at, end, "/*+") ? TOKEN_HINT : TOKEN_COMMENT;
        close = find(at + 2, end, "*/");
        return close != NULL ? close + 2 : NULL;
    }
    if (starts(at, end, "$$") && (close = find(at + 2, end, "$$")) != NULL) {
        *kind = TOKEN_CODE;
        return close + 2;
    }
    if (is_digit(*at) || (*at == '.' && end - at > 1 && is_digit(at[1])))
        return skip_number(at, end, kind);
    if (is_word(*at)) {
        *kind = TOKEN_WORD;
        while (at < end && is_word(*at))
            at++;
        return at;
    }
    return at + 1;
}

struct token token_next(struct tokens *tokens)
{
    const char *at = skip_space(tokens->next, tokens->end);
    struct token token = { .kind = TOKEN_END, .at = at };
    const char *after;

    tokens->next = at;
    if (at == tokens->end)
        return token;
    after = skip_token(tokens, at, &token.kind);
    token.open = after == NULL;
    if (after == NULL)
        after = tokens->end;
    token.len = (size_t)(after - at);
    tokens->next = after;
    return token;
}

struct token token_next_code(struct tokens *tokens)
{
    struct token token;

    do
        token = token_next(tokens);
    while (token.kind == TOKEN_COMMENT || token.kind == TOKEN_HINT);
    return token;
}

struct token token_peek_code(const struct tokens *tokens)
{
    struct tokens copy = *tokens;

    return token_next_code(&copy);
}

bool token_split(struct tokens *tokens, struct tokens *ret)
{
    struct tokens piece = *tokens;
    bool empty = true;

    /* Nearly every text is one statement, and may be long: it is not read to its end for that. */
    if (memchr(piece.next, ';', (size_t)(piece.end - piece.next)) == NULL) {
        struct token first = token_next_code(&piece);

        *ret = *tokens;
        tokens->next = tokens->end;
        return first.kind != TOKEN_END;
    }
    for (;;) {
        struct token token = token_next_code(tokens);

        if (token.kind == TOKEN_END || token_is_punct(&token, ';')) {
            if (!empty) {
                piece.end = token.at;
                *ret = piece;
                return true;
            }
            if (token.kind == TOKEN_END)
                return false;
            piece = *tokens;
        } else {
            empty = false;
        }
    }
}

bool token_is(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && strlen(word) == token->len &&
           strncasecmp(token->at, word, token->len) == 0;
}

bool token_is_punct(const struct token *token, char c)
{
    return token->kind == TOKEN_PUNCT && *token->at == c;
}

/* Reads tokens. */
#include "lex.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <belay/str.h>

#include "mem.h"

struct reader {
    const char *p, *end;
    int line, column;
};

void tokens_done(struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->n; i++)
        free(tokens->v[i].value);
    free(tokens->v);
    *tokens = (struct tokens){0};
}

static void skip(struct reader *r, size_t bytes)
{
    for (size_t i = 0; i < bytes && r->p < r->end; i++, r->p++) {
        if (*r->p == '\n') {
            r->line++;
            r->column = 0;
        } else if (((unsigned char)*r->p & 0xC0) != 0x80) {
            r->column++;
        }
    }
}

static size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->p);
}

/* Length of the blank or comment at the reader, 0 for none. "--" needs no blank after it. */
static size_t blank(const struct reader *r)
{
    if (isspace((unsigned char)*r->p))
        return 1;
    if (left(r) >= 2 && r->p[0] == '-' && r->p[1] == '-') {
        const char *newline = memchr(r->p, '\n', left(r));
        return newline == NULL ? left(r) : (size_t)(newline - r->p);
    }
    if (left(r) >= 2 && r->p[0] == '/' && r->p[1] == '*') {
        const char *close = memmem(r->p + 2, left(r) - 2, "*/", 2);
        return close == NULL ? left(r) : (size_t)(close - r->p) + 2;
    }
    return 0;
}

static void unescape(char c, struct str *ret)
{
    static const char from[] = "0bnrtZ", to[] = "\0\b\n\r\t\032";
    const char *found = c == '\0' ? NULL : strchr(from, c);
    /* \% and \_ keep their backslash: they are for LIKE (as in MySQL). */
    if (c == '%' || c == '_')
        str_addc(ret, '\\');
    str_addc(ret, found == NULL ? c : to[found - from]);
}

/* A quoted token's whole length; 0 when it is not closed. Fills its value. */
static size_t quoted(const struct reader *r, struct str *value)
{
    char quote = *r->p;
    const char *p = r->p + 1;
    while (p < r->end) {
        if (*p == quote && p + 1 < r->end && p[1] == quote) {
            if (quote != '`') /* the FE drops every backtick of a name: doubling is no escape */
                str_addc(value, quote);
            p += 2;
        } else if (*p == quote) {
            return (size_t)(p - r->p) + 1;
        } else if (*p == '\\' && quote != '`' && p + 1 < r->end) {
            unescape(p[1], value);
            p += 2;
        } else {
            str_addc(value, *p++);
        }
    }
    return 0;
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t word(const struct reader *r, const char *also)
{
    size_t n = 0;
    while (n < left(r) && (word_byte(r->p[n]) || strchr(also, r->p[n]) != NULL) &&
           r->p[n] != '\0')
        n++;
    return n;
}

static size_t digits(const struct reader *r, size_t from)
{
    size_t n = from;
    while (n < left(r) && isdigit((unsigned char)r->p[n]))
        n++;
    return n - from;
}

/* 127.0.0.1 is 127.0, then .0, then .1 (recorded). */
static size_t number(const struct reader *r)
{
    size_t n = digits(r, 0);
    if (n < left(r) && r->p[n] == '.')
        n += 1 + digits(r, n + 1);
    if (n >= left(r) || (r->p[n] != 'e' && r->p[n] != 'E'))
        return n;
    size_t sign = n + 1 < left(r) && (r->p[n + 1] == '-' || r->p[n + 1] == '+');
    size_t exponent = digits(r, n + 1 + sign);
    return exponent > 0 ? n + 1 + sign + exponent : n;
}

static size_t symbol(const struct reader *r)
{
    static const char *const twos[] = {"<=", ">=", "!=", "<>", "||", "&&", "->", ":="};
    if (left(r) >= 3 && memcmp(r->p, "<=>", 3) == 0)
        return 3;
    for (size_t i = 0; i < sizeof twos / sizeof twos[0]; i++) {
        if (left(r) >= 2 && memcmp(r->p, twos[i], 2) == 0)
            return 2;
    }
    return 1;
}

/* The kind and length of the token at the reader. Length 0: not closed, the rest is lost. */
static enum token_kind classify(const struct reader *r, size_t *ret_len, struct str *value)
{
    char c = *r->p;
    if (c == '`' || c == '\'' || c == '"') {
        *ret_len = quoted(r, value);
        return c == '`' ? TOKEN_QUOTED : TOKEN_STRING;
    }
    enum token_kind kind = TOKEN_SYMBOL;
    if (c == '@') {
        size_t at = left(r) > 1 && r->p[1] == '@' ? 2 : 1;
        struct reader rest = {.p = r->p + at, .end = r->end};
        *ret_len = at + word(&rest, ".");
        kind = TOKEN_VARIABLE;
    } else if (isdigit((unsigned char)c)) {
        size_t figures = number(r), letters = word(r, "");
        *ret_len = letters > figures ? letters : figures;
        kind = letters > figures ? TOKEN_WORD : TOKEN_NUMBER;
    } else if (word_byte(c)) {
        *ret_len = word(r, "");
        kind = TOKEN_WORD;
    } else {
        *ret_len = symbol(r);
    }
    str_addn(value, r->p, *ret_len);
    return kind;
}

static void add(struct tokens *tokens, struct token token)
{
    tokens->v = mem_grow(tokens->v, &tokens->cap, tokens->n + 1, sizeof *tokens->v);
    tokens->v[tokens->n++] = token;
}

void tokens_read(const char *text, size_t len, struct tokens *ret)
{
    struct reader r = {.p = text, .end = text + len, .line = 1};
    while (r.p < r.end) {
        size_t gap = blank(&r);
        if (gap > 0) {
            skip(&r, gap);
            continue;
        }
        AUTO_STR value = {0};
        struct token token = {.raw = r.p, .line = r.line, .column = r.column};
        token.kind = classify(&r, &token.len, &value);
        if (token.len == 0) {
            skip(&r, left(&r));
            break;
        }
        token.value = str_take(&value);
        skip(&r, token.len);
        add(ret, token);
    }
    add(ret, (struct token){.kind = TOKEN_END, .raw = r.end, .value = mem_text("<EOF>"),
                            .line = r.line, .column = r.column});
}

bool token_is(const struct token *token, const char *keyword)
{
    return token->kind == TOKEN_WORD && strcasecmp(token->value, keyword) == 0;
}

bool token_symbol(const struct token *token, const char *text)
{
    return token->kind == TOKEN_SYMBOL && strcmp(token->value, text) == 0;
}

bool token_names(const struct token *token)
{
    return token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED;
}

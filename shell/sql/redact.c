/* Hides secrets in a statement, token by token. */
#include "redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <belay/str.h>

#include "token.h"

#define KEY_MAX 256

/* What a key holds, its letters and digits alone, when its value is a secret. */
static const char *const secret_parts[] = {
    "password",  "passwd",     "passphrase", "pwd",        "secret",     "accesskey",
    "privatekey", "sharedkey", "accountkey", "apikey",     "encryptionkey", "authkey", "token",
    "credential", "keytab",    "jaas",       "saskey",     "signature",  "userinfo"
};

/* Keys that hold one of these parts and no secret. */
static const char *const harmless_keys[] = { "parsetokenslimit", "tokenizer", "expirepassword" };

/* Functions whose arguments are secrets. */
static const char *const secret_functions[] = { "PASSWORD", "OLD_PASSWORD", "AES_ENCRYPT",
                                                "AES_DECRYPT", "ENCRYPT" };

struct redactor {
    struct tokens tokens;
    const char *copied; /* up to here the statement is in ret */
    struct str *ret;
    bool expecting; /* a secret must come next: a comment here may be one */
    bool hid;
};

static void hide(struct redactor *r, const char *from, const char *to, const char *instead)
{
    str_addn(r->ret, r->copied, (size_t)(from - r->copied));
    str_add(r->ret, instead);
    r->copied = to;
    r->hid = true;
}

static void hide_token(struct redactor *r, const struct token *token)
{
    hide(r, token->at, token->at + token->len, "'***'");
}

/* Is there a secret's name in the text? What is between letters and digits does not matter. */
static bool is_secret_key(const char *text, size_t len)
{
    char key[KEY_MAX];
    size_t n = 0;

    for (size_t i = 0; i < len && n < sizeof key - 1; i++)
        if (isalnum((unsigned char)text[i]))
            key[n++] = (char)tolower((unsigned char)text[i]);
    key[n] = '\0';
    for (size_t i = 0; i < sizeof harmless_keys / sizeof *harmless_keys; i++)
        if (strcmp(key, harmless_keys[i]) == 0)
            return false;
    if (strncmp(key, "fsazureaccountkey", 17) == 0)
        return true;
    for (size_t i = 0; i < sizeof secret_parts / sizeof *secret_parts; i++)
        if (strstr(key, secret_parts[i]) != NULL)
            return true;
    return false;
}

static bool is_secret_function(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof secret_functions / sizeof *secret_functions; i++)
        if (strlen(secret_functions[i]) == len && strncasecmp(text, secret_functions[i], len) == 0)
            return true;
    return false;
}

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Behind blanks, quotes and backslashes. */
static const char *skip_marks(const char *at, const char *end)
{
    while (at < end && (isspace((unsigned char)*at) || strchr("\"'`\\", *at) != NULL))
        at++;
    return at;
}

/* scheme://user:password@host */
static bool has_url_password(const char *text, const char *end)
{
    const char *at = memmem(text, (size_t)(end - text), "://", 3);

    if (at == NULL)
        return false;
    for (at += 3; at < end && strchr("/@ ?", *at) == NULL; at++)
        if (*at == ':')
            for (at++; at < end && strchr("/ ?", *at) == NULL; at++)
                if (*at == '@')
                    return true;
    return false;
}

/* Does free text (string, comment) give a secret away: key=value, "key": value, IDENTIFIED BY? */
static bool tells_secret(const char *text, size_t len)
{
    const char *end = text + len;

    if (has_url_password(text, end))
        return true;
    for (const char *at = text; at < end;) {
        const char *word = at;

        while (at < end && is_word_byte(*at))
            at++;
        if (at == word) {
            at++;
            continue;
        }
        if (at - word == 10 && strncasecmp(word, "identified", 10) == 0)
            return true;
        if (is_secret_key(word, (size_t)(at - word))) {
            const char *after = skip_marks(at, end);

            if (after < end && (*after == '=' || *after == ':' || *after == '('))
                return true;
            if (after < end && after > at && strchr("'\"", after[-1]) != NULL)
                return true; /* password 'x' */
        }
    }
    return false;
}

static struct token next(struct redactor *r)
{
    for (;;) {
        struct token token = token_next(&r->tokens);
        bool hint = token.kind == TOKEN_HINT;

        if (!hint && token.kind != TOKEN_COMMENT)
            return token;
        if (!r->expecting && !tells_secret(token.at, token.len))
            continue;
        if (*token.at == '/')
            hide(r, token.at, token.at + token.len, hint ? "/*+ *** */" : "/* *** */");
        else
            hide(r, token.at, token.at + token.len, "-- ***");
    }
}

/* A secret that somebody forgot to quote: to the next blank. */
static void hide_bare(struct redactor *r, const struct token *first)
{
    const char *end = first->at;

    while (end < r->tokens.end && !isspace((unsigned char)*end) && *end != ';')
        end++;
    hide(r, first->at, end, "'***'");
    r->tokens.next = end;
}

/* Every string up to the closing parenthesis of the one that comes next. */
static void hide_arguments(struct redactor *r)
{
    int depth = 0;

    for (;;) {
        struct token token = next(r);

        if (token.kind == TOKEN_STRING)
            hide_token(r, &token);
        if (token_is_punct(&token, '('))
            depth++;
        if (token.kind == TOKEN_END || (token_is_punct(&token, ')') && --depth <= 0))
            return;
    }
}

static bool is_plain_value(const struct token *token)
{
    return token_is(token, "TRUE") || token_is(token, "FALSE") || token_is(token, "NULL") ||
           token_is(token, "DEFAULT") || token_is(token, "ON") || token_is(token, "OFF");
}

/* The value of a secret key: a string, several in a row, a call, or a bare word. */
static void hide_value(struct redactor *r)
{
    struct token token;
    struct token after;

    r->expecting = true;
    token = next(r);
    after = token_peek_code(&r->tokens);
    if (token.kind == TOKEN_WORD && token_is_punct(&after, '(')) {
        hide_arguments(r);
        return;
    }
    if (token_is_punct(&token, '(')) {
        r->tokens.next = token.at;
        hide_arguments(r);
        return;
    }
    if (token.kind == TOKEN_STRING || token.kind == TOKEN_NAME) {
        hide_token(r, &token);
        for (after = token_peek_code(&r->tokens); after.kind == TOKEN_STRING;
             after = token_peek_code(&r->tokens)) {
            token = next(r);
            hide_token(r, &token);
        }
        return;
    }
    if (token.kind == TOKEN_WORD && is_plain_value(&token))
        return;
    if (token.kind == TOKEN_WORD || token.kind == TOKEN_NUMBER)
        hide_bare(r, &token);
    else
        r->tokens.next = token.at;
}

/* IDENTIFIED BY [PASSWORD] 'x', IDENTIFIED WITH plugin [BY | AS | USING] 'x' [REPLACE 'y'] */
static void hide_identified(struct redactor *r)
{
    struct token token = next(r);
    struct token after;

    r->expecting = true;
    if (token_is(&token, "WITH") || token_is(&token, "VIA")) {
        next(r);
        after = token_peek_code(&r->tokens);
        if (token_is(&after, "BY") || token_is(&after, "AS") || token_is(&after, "USING"))
            next(r);
        else if (after.kind != TOKEN_STRING)
            return;
    } else if (!token_is(&token, "BY")) {
        r->tokens.next = token.at;
        return;
    }
    after = token_peek_code(&r->tokens);
    if (token_is(&after, "PASSWORD"))
        next(r);
    hide_value(r);
    after = token_peek_code(&r->tokens);
    if (token_is(&after, "REPLACE")) {
        next(r);
        hide_value(r);
    }
}

static bool is_sign(const struct token *token)
{
    return token_is_punct(token, '=') || token_is_punct(token, ':');
}

/* Moves over =, :=, => and : between a key and its value. false: there is none. */
static bool skip_sign(struct redactor *r)
{
    struct token token = token_peek_code(&r->tokens);

    if (!is_sign(&token))
        return false;
    next(r);
    token = token_peek_code(&r->tokens);
    if (token_is_punct(&token, '=') || token_is_punct(&token, '>'))
        next(r);
    return true;
}

/* SET PASSWORD [FOR user] = 'x' | PASSWORD('x') */
static void hide_set_password(struct redactor *r)
{
    struct token token = token_peek_code(&r->tokens);

    if (token_is(&token, "FOR"))
        while (token.kind != TOKEN_END && !token_is_punct(&token, '=')) {
            next(r);
            token = token_peek_code(&r->tokens);
        }
    token = token_peek_code(&r->tokens);
    if (skip_sign(r) || token.kind == TOKEN_STRING)
        hide_value(r);
}

static void redact_key(struct redactor *r, const struct token *key)
{
    struct token after = token_peek_code(&r->tokens);

    if (key->kind == TOKEN_WORD && after.kind == TOKEN_STRING)
        hide_value(r); /* PASSWORD 'x' */
    else if (skip_sign(r))
        hide_value(r);
}

static void redact_tokens(struct redactor *r)
{
    bool set = false;
    struct token token;

    for (;;) {
        struct token after;
        bool key;

        r->expecting = false;
        token = next(r);
        if (token.kind == TOKEN_END)
            return;
        after = token_peek_code(&r->tokens);
        key = token.kind == TOKEN_WORD || token.kind == TOKEN_NAME || token.kind == TOKEN_STRING;
        if (token_is(&token, "IDENTIFIED"))
            hide_identified(r);
        else if (token_is(&token, "PASSWORD") && set)
            hide_set_password(r);
        else if (token_is_punct(&after, '(') && is_secret_function(token.at, token.len))
            hide_arguments(r);
        else if (key &&
                 (is_sign(&after) || (token.kind == TOKEN_WORD && after.kind == TOKEN_STRING)) &&
                 is_secret_key(token.at, token.len))
            redact_key(r, &token);
        else if ((token.kind == TOKEN_STRING || token.kind == TOKEN_CODE) &&
                 tells_secret(token.at, token.len))
            hide_token(r, &token);
        set = token_is(&token, "SET") || token_is_punct(&token, ',');
    }
}

/* The first word that names a secret, in text that cannot be cut into tokens; NULL: none. */
static const char *find_secret(const char *sql, size_t len)
{
    const char *end = sql + len;

    for (const char *at = sql; at < end;) {
        const char *word = at;

        while (at < end && is_word_byte(*at))
            at++;
        if (at > word && ((at - word == 10 && strncasecmp(word, "identified", 10) == 0) ||
                          is_secret_function(word, (size_t)(at - word)) ||
                          is_secret_key(word, (size_t)(at - word))))
            return word;
        if (at == word)
            at++;
    }
    return has_url_password(sql, end) ? memmem(sql, len, "://", 3) : NULL;
}

static bool is_open(struct tokens tokens)
{
    struct token token;

    while ((token = token_next(&tokens)).kind != TOKEN_END)
        if (token.open)
            return true;
    return false;
}

bool sql_redact(const char *sql, size_t len, struct str *ret)
{
    struct redactor r = { .tokens = token_start(sql, len), .copied = sql, .ret = ret };

    r.tokens.hash_comments = true;
    if (is_open(r.tokens)) {
        const char *secret = find_secret(sql, len);

        if (secret != NULL) {
            hide(&r, secret, sql + len, "'***'");
            return true;
        }
    } else {
        redact_tokens(&r);
    }
    str_addn(ret, r.copied, (size_t)(sql + len - r.copied));
    return r.hid;
}

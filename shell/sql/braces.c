/* Replaces the variables of the shell in a statement. */
#include "braces.h"

#include <string.h>

#include <belay/str.h>

#include "mem.h"
#include "quote.h"
#include "token.h"

bool braces_any(const char *text, size_t len)
{
    const char *end = text + len;

    /* In every statement, so not with memmem(), which is ten times as slow with two bytes. */
    while ((text = memchr(text, '{', (size_t)(end - text))) != NULL) {
        if ((size_t)(end - text) < len && text[-1] == ':')
            return true;
        text++;
    }
    return false;
}

static bool is_name(const char *name, size_t len)
{
    if (len == 0 || (*name >= '0' && *name <= '9'))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!((name[i] | 32) >= 'a' && (name[i] | 32) <= 'z') &&
            !(name[i] >= '0' && name[i] <= '9') && name[i] != '_')
            return false;
    return true;
}

bool braces_name_ok(const char *name)
{
    return is_name(name, strlen(name));
}

/* Behind the colon `at`: the quote around the name (0: none) and the name; false: no variable. */
static bool read_name(const char *at, const char *end, char *ret_quote, const char **ret_name,
                      size_t *ret_len, const char **ret_after)
{
    if (end - at < 4 || at[0] != ':' || at[1] != '{')
        return false;
    const char *close = memchr(at, '}', (size_t)(end - at));
    if (close == NULL)
        return false;
    const char *name = at + 2;
    size_t len = (size_t)(close - name);
    *ret_quote = '\0';
    if (len > 2 && (*name == '\'' || *name == '`') && name[len - 1] == *name) {
        *ret_quote = *name;
        name++;
        len -= 2;
    }
    *ret_name = name;
    *ret_len = len;
    *ret_after = close + 1;
    return is_name(name, len);
}

static bool add_value(char quote, const char *name, size_t len, braces_value *value, void *ctx,
                      struct str *ret, struct error *err)
{
    AUTO_FREE char *key = mem_textn(name, len);
    AUTO_FREE char *text = value(ctx, key, err);

    if (text == NULL)
        return false;
    if (quote == '\'')
        return quote_text(text, ret, err);
    if (quote == '`')
        return quote_name(text, ret, err);
    str_add(ret, text);
    return true;
}

bool braces_replace(const char *text, size_t len, braces_value *value, void *ctx, struct str *ret,
                    struct error *err)
{
    struct tokens tokens = token_start(text, len);
    const char *copied = text;
    AUTO_STR done = {0};

    tokens.hash_comments = true;
    for (;;) {
        struct token token = token_next(&tokens);
        const char *name;
        const char *after;
        size_t name_len;
        char quote;

        if (token.kind == TOKEN_END)
            break;
        if (!token_is_punct(&token, ':') ||
            !read_name(token.at, text + len, &quote, &name, &name_len, &after))
            continue;
        str_addn(&done, copied, (size_t)(token.at - copied));
        if (!add_value(quote, name, name_len, value, ctx, &done, err))
            return false;
        copied = tokens.next = after;
    }
    str_addn(&done, copied, (size_t)(text + len - copied));
    str_addn(ret, str_text(&done), done.len);
    return true;
}

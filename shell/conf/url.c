/* A URL into givens: RFC 3986 as far as it matters here; several hosts, parameters that are options. */
#include "url.h"

#include <ctype.h>

#include <mem.h>

static const struct option_origin origin = {.place = "URL"};

static size_t scheme_len(const char *word)
{
    static const char *const schemes[] = {"mysql://", "mariadb://", "starrocks://"};

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strncasecmp(word, schemes[i], strlen(schemes[i])) == 0)
            return strlen(schemes[i]);
    }
    return 0;
}

bool url_is(const char *word)
{
    return scheme_len(word) > 0;
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* %XX becomes its byte. NULL: no such escape, or a NUL. */
static char *decode(const char *text, size_t len)
{
    AUTO_STR plain = {0};

    for (size_t i = 0; i < len; i++) {
        if (text[i] != '%') {
            str_addc(&plain, text[i]);
            continue;
        }
        if (i + 2 >= len || !isxdigit((unsigned char)text[i + 1]) ||
            !isxdigit((unsigned char)text[i + 2]))
            return NULL;
        char c = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
        if (c == '\0')
            return NULL;
        str_addc(&plain, c);
        i += 2;
    }
    return str_take(&plain);
}

static bool bad(struct error *err, const char *what)
{
    error_set(err, ERR_USAGE, "the URL's %s cannot be read", what);
    return error_hint(err, "starrocks://user:password@host:port/database?option=value; other "
                      "characters as %%XX");
}

static bool add(const char *name, const char *text, size_t len, struct option_givens *ret,
                struct error *err)
{
    AUTO_FREE char *value = decode(text, len);

    if (value == NULL)
        return bad(err, name);
    givens_add(ret, option_exact(name, strlen(name)), FORM_PLAIN, value, &origin);
    mem_wipe(value, strlen(value));
    return true;
}

static bool user_part(const char *text, size_t len, struct option_givens *ret, struct error *err)
{
    const char *colon = memchr(text, ':', len);
    size_t user = colon != NULL ? (size_t)(colon - text) : len;

    if (user > 0 && !add("user", text, user, ret, err))
        return false;
    return colon == NULL || add("password", colon + 1, len - user - 1, ret, err);
}

/* Parameters that may stand in a link somebody sent: how to connect, nothing that runs or reads. */
static bool may_be_parameter(const struct option_row *row)
{
    static const char *const names[] = {"connect-timeout", "ssl-mode", "default-character-set",
                                        "tls-version", "ssl-ca", "ssl-capath", "ssl-fp", "profile"};

    for (size_t i = 0; row != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_equal(row->name, names[i]))
            return true;
    }
    return false;
}

static bool parameters(const char *text, struct option_givens *ret, struct error *err)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "&");
        size_t name = strcspn(text, "=&");
        const struct option_row *row = option_exact(text, name);
        if (!may_be_parameter(row) || text[name] != '=')
            return error_set(err, ERR_USAGE, "the URL's parameter \"%.*s\" is none that belay takes "
                             "there", (int)name, text);
        if (!add(row->name, text + name + 1, len - name - 1, ret, err))
            return false;
        text += len + (text[len] == '&');
    }
    return true;
}

bool url_read(const char *url, struct option_givens *ret, struct error *err)
{
    const char *rest = url + scheme_len(url);
    size_t authority = strcspn(rest, "/?#");
    const char *at = memrchr(rest, '@', authority);
    const char *hosts = at != NULL ? at + 1 : rest;
    size_t hosts_len = authority - (size_t)(hosts - rest);

    if (at != NULL && !user_part(rest, (size_t)(at - rest), ret, err))
        return false;
    if (hosts_len > 0 && !add("host", hosts, hosts_len, ret, err))
        return false;
    rest += authority;
    if (*rest == '/') {
        size_t len = strcspn(rest + 1, "?#");
        if (memchr(rest + 1, '/', len) != NULL)
            return bad(err, "database");
        if (len > 0 && !add("database", rest + 1, len, ret, err))
            return false;
        rest += 1 + len;
    }
    if (*rest == '#')
        return bad(err, "part behind #");
    return *rest != '?' || parameters(rest + 1, ret, err);
}

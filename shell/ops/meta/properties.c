/* Reads Java properties: comments, continued lines, escapes. */
#include "properties.h"

#include <stdint.h>

#include "utf8.h"

struct reader {
    const char *p, *end;
    bool broken;
};

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static void skip_blanks(struct reader *r)
{
    while (r->p < r->end && is_blank(*r->p))
        r->p++;
}

static void skip_line(struct reader *r)
{
    while (r->p < r->end && !is_break(*r->p))
        r->p++;
}

/* \uXXXX; surrogates stay broken, FE writes none. */
static void add_unicode(struct reader *r, struct str *ret)
{
    uint32_t code = 0;

    if (r->end - r->p < 4) {
        r->broken = true;
        return;
    }
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        char c = *r->p++;
        const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
        if (at == NULL) {
            r->broken = true;
            return;
        }
        code = code * 16 + (uint32_t)(at - digits);
    }
    if (code == 0 || (code >= 0xD800 && code < 0xE000))
        r->broken = true;
    else
        utf8_add(ret, code);
}

/* After a backslash: an escape, or the break of a line that goes on. */
static void add_escaped(struct reader *r, struct str *ret)
{
    if (r->p == r->end)
        return;
    char c = *r->p++;
    switch (c) {
    case '\r':
        if (r->p < r->end && *r->p == '\n')
            r->p++;
        skip_blanks(r);
        break;
    case '\n':
        skip_blanks(r);
        break;
    case 'u':
        add_unicode(r, ret);
        break;
    case 't':
        str_addc(ret, '\t');
        break;
    case 'n':
        str_addc(ret, '\n');
        break;
    case 'r':
        str_addc(ret, '\r');
        break;
    case 'f':
        str_addc(ret, '\f');
        break;
    default:
        utf8_add(ret, (unsigned char)c);
        break;
    }
}

/* Reads a key (up to a separator) or a value (up to the end of the line). */
static void read_part(struct reader *r, bool key, struct str *ret)
{
    while (r->p < r->end && !is_break(*r->p) && !r->broken) {
        if (key && (is_blank(*r->p) || *r->p == '=' || *r->p == ':'))
            return;
        char c = *r->p++;
        if (c == '\\')
            add_escaped(r, ret);
        else if (c == '\0')
            r->broken = true;
        else
            utf8_add(ret, (unsigned char)c);
    }
}

bool properties_get(const char *text, size_t len, const char *key, struct str *ret)
{
    struct reader r = {.p = text, .end = text + len};
    AUTO_STR found = {0};
    bool any = false;

    while (r.p < r.end && !r.broken) {
        AUTO_STR name = {0};
        AUTO_STR value = {0};
        skip_blanks(&r);
        if (r.p < r.end && is_break(*r.p)) {
            r.p++;
            continue;
        }
        if (r.p < r.end && (*r.p == '#' || *r.p == '!')) {
            skip_line(&r);
            continue;
        }
        read_part(&r, true, &name);
        skip_blanks(&r);
        if (r.p < r.end && (*r.p == '=' || *r.p == ':'))
            r.p++;
        skip_blanks(&r);
        read_part(&r, false, &value);
        if (str_equal(str_text(&name), key)) {
            any = true;
            str_clear(&found);
            str_addn(&found, str_text(&value), value.len);
        }
    }
    if (r.broken || !any)
        return false;
    str_clear(ret);
    str_addn(ret, str_text(&found), found.len);
    return true;
}

/* JSON values as block YAML. */
#include "print.h"

#include <ctype.h>
#include <inttypes.h>

/* Would a YAML reader take the plain text for something else than this string? */
static bool must_quote(const char *s)
{
    static const char *const words[] = {"true", "false", "null", "yes", "no",  "on",
                                        "off",  "~",     "y",    "n",   ".nan"};
    if (!*s || isspace((unsigned char)*s) || isspace((unsigned char)s[strlen(s) - 1]))
        return true;
    if (strchr("!&*-?[]{}|>@`\"'%#,:=", *s) && !(*s == '-' && s[1] > ' '))
        return true;
    if (isdigit((unsigned char)*s) || *s == '.' || *s == '+' || *s == '-') {
        char *end;
        strtod(s, &end);
        if (!*end || strchr(s, ':'))
            return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(s, words[i]) == 0)
            return true;
    return strstr(s, ": ") || strstr(s, " #") || s[strlen(s) - 1] == ':' || strpbrk(s, "\n\t\r");
}

static void scalar(const json_t *value, size_t indent, struct str *ret)
{
    const char *s = json_string_value(value);
    if (!s || (must_quote(s) && !strchr(s, '\n'))) {
        AUTO_FREE char *text = json_canonical(value);
        str_addf(ret, " %s\n", text);
    } else if (strchr(s, '\n')) {
        str_addf(ret, " |%s\n", str_ends(s, "\n") ? "" : "-");
        while (*s) {
            size_t n = strcspn(s, "\n");
            if (n)
                str_pad(ret, ' ', indent);
            str_addn(ret, s, n);
            str_addc(ret, '\n');
            s += n + (s[n] == '\n');
        }
    } else {
        str_addf(ret, " %s\n", s);
    }
}

static void block(const json_t *value, size_t indent, bool first_inline, struct str *ret);

/* What follows "key:" or "-". */
static void item(const json_t *value, size_t indent, bool in_list, struct str *ret)
{
    if (json_is_object(value) && json_object_size(value) > 0) {
        str_addc(ret, in_list ? ' ' : '\n');
        block(value, in_list ? indent + 2 : indent + 2, in_list, ret);
    } else if (json_is_array(value) && json_array_size(value) > 0) {
        str_addc(ret, in_list ? ' ' : '\n');
        block(value, in_list ? indent + 2 : indent, in_list, ret);
    } else if (json_is_object(value) || json_is_array(value)) {
        str_add(ret, json_is_object(value) ? " {}\n" : " []\n");
    } else {
        scalar(value, indent + 2, ret);
    }
}

static void block(const json_t *value, size_t indent, bool first_inline, struct str *ret)
{
    AUTO_STRV keys = {0};
    print_sorted_keys(value, &keys);
    for (size_t i = 0; i < keys.n; i++) {
        str_pad(ret, ' ', i == 0 && first_inline ? 0 : indent);
        str_addf(ret, "%s:", keys.v[i]);
        item(json_object_get(value, keys.v[i]), indent, false, ret);
    }
    size_t i;
    json_t *element;
    json_array_foreach (value, i, element) {
        str_pad(ret, ' ', i == 0 && first_inline ? 0 : indent);
        str_addc(ret, '-');
        item(element, indent, true, ret);
    }
}

void print_yaml(const json_t *value, struct str *ret)
{
    block(value, 0, false, ret);
}

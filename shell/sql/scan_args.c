/* Splits the arguments of a command into words, with quotes as in a shell. */
#include <string.h>

#include <belay/list.h>

#include "scan.h"

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Appends the quoted text at *at and moves behind it; `` in a quoted name is one `. false: it does not
 * end. */
static bool add_quoted(const char **at, struct str *word)
{
    const char *c = *at;
    char quote = *c++;

    for (; *c != '\0'; c++) {
        bool doubled = quote == '`' && *c == '`' && c[1] == '`';
        if (*c == quote && !doubled)
            break;
        if (doubled || (quote == '"' && *c == '\\' && (c[1] == '"' || c[1] == '\\')))
            c++;
        str_addc(word, *c);
    }
    if (*c == '\0')
        return false;
    *at = c + 1;
    return true;
}

static bool split(const char *text, bool names, struct strv *ret)
{
    AUTO_STRV words = { 0 };

    for (;;) {
        AUTO_STR word = { 0 };

        while (is_blank(*text))
            text++;
        if (*text == '\0')
            break;
        while (*text != '\0' && !is_blank(*text)) {
            if (*text == '\'' || *text == '"' || (names && *text == '`')) {
                if (!add_quoted(&text, &word))
                    return false;
            } else {
                if (*text == '\\' && text[1] != '\0')
                    text++;
                str_addc(&word, *text++);
            }
        }
        strv_addn(&words, str_text(&word), word.len);
    }
    strv_add_all(ret, &words);
    return true;
}

bool scan_args(const char *text, struct strv *ret)
{
    return split(text, false, ret);
}

bool scan_names(const char *text, struct strv *ret)
{
    return split(text, true, ret);
}

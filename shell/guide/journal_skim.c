/* Takes the facts out of the text of a record: all views of a cluster, when only its head is wanted. */
#include "journal_inside.h"

/* Behind the string that begins here; NULL: it does not end. */
static const char *after_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\';
    return p < end ? p + 1 : NULL;
}

/* Behind the value that begins here, by its brackets alone; NULL: it does not end. */
static const char *after_value(const char *p, const char *end)
{
    size_t depth = 0;

    while (p != NULL && p < end) {
        if (*p == '"') {
            p = after_string(p, end);
            continue;
        }
        if (depth == 0 && (*p == ',' || *p == '}'))
            return p;
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
        p++;
    }
    return NULL;
}

bool journal_without_facts(const char *text, size_t len, struct str *ret)
{
    static const char name[] = "\"facts\":";
    const char *end = text + len;
    const char *p = text;

    if (len == 0 || *p != '{')
        return false;
    do {
        const char *key = p + 1;
        const char *value = key < end && *key == '"' ? after_string(key, end) : NULL;
        if (value == NULL || value == end || *value != ':')
            return false;
        p = after_value(++value, end);
        if (p != NULL && (size_t)(value - key) == strlen(name) &&
            memcmp(key, name, strlen(name)) == 0) {
            str_addn(ret, text, (size_t)(value - text));
            str_add(ret, "null");
            str_addn(ret, p, (size_t)(end - p));
            return true;
        }
    } while (p != NULL && *p == ',');
    return false;
}

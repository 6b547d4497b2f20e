/*
 * A view's definition as digests of its parts: a definition may hold what no file of belay's should
 * (credentials in FILES()), and of a changed one it is told which part that is.
 */
#include <ctype.h>

#include <digest.h>

#include "ddl.h"
#include "proof_inside.h"

#define SUM_LEN 16

json_t *proof_sum(const char *text, size_t len)
{
    char hex[SHA256_HEX];

    sha256_hex(text, len, hex);
    hex[SUM_LEN] = '\0';
    return json_string(hex);
}

/* White space as the release puts it, and the last semicolon, are no part of a query. */
static void plain(const char *text, size_t len, struct str *ret)
{
    bool gap = false;

    while (len > 0 && (isspace((unsigned char)text[len - 1]) || text[len - 1] == ';'))
        len--;
    for (size_t i = 0; i < len; i++) {
        bool space = isspace((unsigned char)text[i]);
        if (!space && gap && ret->len > 0)
            str_addc(ret, ' ');
        if (!space)
            str_addc(ret, text[i]);
        gap = space;
    }
}

static json_t *plain_sum(const char *text, size_t len)
{
    AUTO_STR words = {0};

    plain(text, len, &words);
    return proof_sum(str_text(&words), words.len);
}

json_t *proof_query_sum(const char *query)
{
    return plain_sum(query, strlen(query));
}

/* `"key" = "value",` a line; false: some line is none. */
static bool add_property(const char *line, size_t len, json_t *properties)
{
    const char *end = len > 1 ? memchr(line + 1, '"', len - 1) : NULL;

    if (len < 2 || line[0] != '"' || end == NULL)
        return false;
    AUTO_STR key = {0};
    str_addn(&key, line + 1, (size_t)(end - line - 1));
    while (len > 0 && (line[len - 1] == ',' || isspace((unsigned char)line[len - 1])))
        len--;
    json_put(properties, str_text(&key), proof_sum(end, (size_t)(line + len - end)));
    return true;
}

/* NULL: they do not stand as the FE writes them. */
static json_t *properties_of(const struct ddl_parts *parts)
{
    json_t *properties = json_object();
    const char *end = parts->properties + parts->properties_len;

    for (const char *line = parts->properties; line != NULL && line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t len = stop != NULL ? (size_t)(stop - line) : (size_t)(end - line);
        if (!add_property(line, len, properties)) {
            json_decref(properties);
            return NULL;
        }
        line += len + 1;
    }
    return properties;
}

json_t *proof_definition(const char *ddl)
{
    json_t *definition = json_object();
    struct ddl_parts parts;
    json_t *properties = ddl_take_apart(ddl, &parts) ? properties_of(&parts) : NULL;

    if (properties == NULL) {
        json_put(definition, "whole", plain_sum(ddl, strlen(ddl)));
        return definition;
    }
    AUTO_STR head = {0};
    AUTO_STR refresh = {0};
    str_addn(&head, parts.head, parts.head_len);
    str_addn(&head, parts.layout, parts.layout_len);
    str_addn(&refresh, parts.refresh, parts.refresh_len);
    json_put(definition, "head", proof_sum(str_text(&head), head.len));
    json_put_str(definition, "refresh", str_text(&refresh));
    json_put(definition, "properties", properties);
    json_put(definition, "query", plain_sum(parts.query, strlen(parts.query)));
    return definition;
}

/* JSON Patch works on the parent of the place that a pointer names. */
#include "jsonpatch.h"

#include <belay/json.h>
#include <belay/str.h>

/* The next token of a JSON pointer, with ~1 and ~0 resolved. */
static void next_token(const char **at, struct str *ret)
{
    str_clear(ret);
    const char *p = *at + (**at == '/');
    for (; *p && *p != '/'; p++) {
        if (p[0] == '~' && (p[1] == '0' || p[1] == '1'))
            str_addc(ret, *++p == '1' ? '/' : '~');
        else
            str_addc(ret, *p);
    }
    *at = p;
}

/* An index of the array; -1: none. end: one past the last is allowed, as "-" is. */
static long index_of(const json_t *array, const char *token, bool end)
{
    size_t n = json_array_size(array);
    if (end && str_equal(token, "-"))
        return (long)n;
    char *rest;
    long i = strtol(token, &rest, 10);
    return *token && !*rest && i >= 0 && (size_t)i < n + end ? i : -1;
}

static json_t *child(json_t *parent, const char *token)
{
    if (json_is_object(parent))
        return json_object_get(parent, token);
    long i = json_is_array(parent) ? index_of(parent, token, false) : -1;
    return i >= 0 ? json_array_get(parent, (size_t)i) : NULL;
}

/* Walks to the parent of the pointer's place; its last token is in ret_token. */
static json_t *parent_of(json_t *value, const char *pointer, struct str *ret_token)
{
    json_t *at = value;
    if (*pointer != '/')
        return NULL;
    while (at) {
        next_token(&pointer, ret_token);
        if (!*pointer)
            return json_is_object(at) || json_is_array(at) ? at : NULL;
        at = child(at, str_text(ret_token));
    }
    return NULL;
}

static bool put(json_t *parent, const char *token, json_t *value, bool replace)
{
    if (!value)
        return false;
    if (json_is_object(parent))
        return json_object_set_new(parent, token, json_deep_copy(value)) == 0;
    long i = index_of(parent, token, !replace);
    if (i < 0)
        return false;
    return (replace ? json_array_set_new(parent, (size_t)i, json_deep_copy(value))
                    : json_array_insert_new(parent, (size_t)i, json_deep_copy(value))) == 0;
}

static bool take_out(json_t *parent, const char *token)
{
    if (json_is_object(parent))
        return json_object_del(parent, token) == 0;
    long i = index_of(parent, token, false);
    return i >= 0 && json_array_remove(parent, (size_t)i) == 0;
}

static bool apply_one(json_t *value, const json_t *operation)
{
    const char *op = json_str(operation, "op");
    json_t *given = json_object_get(operation, "value");
    AUTO_STR token = {0};
    json_t *parent = parent_of(value, json_str(operation, "path"), &token);
    if (str_equal(op, "test")) {
        json_t *found = parent ? child(parent, str_text(&token)) : NULL;
        return found ? json_equal(found, given) : parent && json_is_null(given);
    }
    if (!parent)
        return false;
    if (str_equal(op, "add"))
        return put(parent, str_text(&token), given, false);
    if (str_equal(op, "replace"))
        return put(parent, str_text(&token), given, true);
    return str_equal(op, "remove") && take_out(parent, str_text(&token));
}

bool jsonpatch_apply(json_t *value, const json_t *operations)
{
    size_t i;
    json_t *operation;
    json_array_foreach (operations, i, operation)
        if (!apply_one(value, operation))
            return false;
    return json_is_array(operations);
}

void jsonpatch_merge(json_t *value, const json_t *patch)
{
    const char *key;
    json_t *wanted;
    json_object_foreach ((json_t *)patch, key, wanted) {
        if (json_is_null(wanted)) {
            json_object_del(value, key);
            continue;
        }
        if (!json_is_object(wanted)) {
            json_object_set_new(value, key, json_deep_copy(wanted));
            continue;
        }
        if (!json_is_object(json_object_get(value, key)))
            json_object_set_new(value, key, json_object());
        jsonpatch_merge(json_object_get(value, key), wanted);
    }
}

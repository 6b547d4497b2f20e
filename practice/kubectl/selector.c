/* Selectors are comma-separated terms; each is looked up in the object on its own. */
#include "selector.h"

#include <belay/json.h>
#include <belay/str.h>

typedef const char *lookup(const json_t *object, const char *key);

static const char *label_value(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(json_at(object, "metadata", "labels", NULL), key));
}

static const char *field_value(const json_t *object, const char *path)
{
    const json_t *at = object;
    while (at && *path) {
        size_t n = strcspn(path, ".");
        AUTO_FREE char *key = str_format("%.*s", (int)n, path);
        at = json_object_get(at, key);
        path += n + (path[n] == '.');
    }
    return json_string_value(at);
}

static bool term_matches(const char *term, const json_t *object, lookup *value_of)
{
    if (*term == '!' && !strchr(term, '='))
        return value_of(object, term + 1) == NULL;
    const char *eq = strchr(term, '=');
    if (!eq)
        return value_of(object, term) != NULL;
    bool negated = eq > term && eq[-1] == '!';
    const char *wanted = eq + (eq[1] == '=' ? 2 : 1);
    AUTO_FREE char *key = str_format("%.*s", (int)(eq - term - negated), term);
    const char *value = value_of(object, key);
    return str_equal(value ? value : "", wanted) != negated;
}

static bool all_match(const char *selector, const json_t *object, lookup *value_of)
{
    while (selector && *selector) {
        size_t n = strcspn(selector, ",");
        AUTO_FREE char *term = str_format("%.*s", (int)n, selector);
        if (*term && !term_matches(term, object, value_of))
            return false;
        selector += n + (selector[n] == ',');
    }
    return true;
}

bool selector_labels(const char *selector, const json_t *object)
{
    return all_match(selector, object, label_value);
}

bool selector_fields(const char *selector, const json_t *object)
{
    return all_match(selector, object, field_value);
}

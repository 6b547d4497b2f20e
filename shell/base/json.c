/* JSON by jansson: parse with limits, canonical text, short ways to read or set members. */
#include <belay/json.h>

#include <stdarg.h>

#include <belay/str.h>

#include "mem.h"
#include "utf8.h"

void json_drop(json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

json_t *json_parse(const char *text, size_t len, size_t limit, struct error *err)
{
    if (len > limit) {
        error_set(err, ERR_FAILED, "JSON of %zu bytes is over the limit of %zu", len, limit);
        return NULL;
    }
    json_error_t problem;
    json_t *value = json_loadb(text != NULL ? text : "", len,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (value == NULL)
        error_set(err, ERR_FAILED, "not JSON: line %d, column %d: %s", problem.line, problem.column,
                  problem.text);
    return value;
}

char *json_canonical(const json_t *value)
{
    if (value == NULL)
        return mem_text("null");
    char *text = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL)
        mem_fatal("out of memory, or a JSON value that holds itself");
    return text;
}

const char *json_str(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

int64_t json_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool json_flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static const json_t *walk(const json_t *value, va_list ap)
{
    const char *key;
    while (value != NULL && (key = va_arg(ap, const char *)) != NULL)
        value = json_object_get(value, key);
    return value;
}

const json_t *json_at(const json_t *value, ...)
{
    va_list ap;
    va_start(ap, value);
    const json_t *found = walk(value, ap);
    va_end(ap);
    return found;
}

const char *json_str_at(const json_t *value, ...)
{
    va_list ap;
    va_start(ap, value);
    const char *text = json_string_value(walk(value, ap));
    va_end(ap);
    return text != NULL ? text : "";
}

/* Appends text with each byte that is not UTF-8 written as \xNN. */
static void add_clean(struct str *ret, const char *text)
{
    size_t len = strlen(text);
    while (len > 0) {
        uint32_t code;
        size_t n = utf8_decode(text, len, &code);
        if (n == 0) {
            n = 1;
            str_addf(ret, "\\x%02x", (unsigned char)*text);
        } else {
            str_addn(ret, text, n);
        }
        text += n;
        len -= n;
    }
}

void json_put_str(json_t *object, const char *key, const char *text)
{
    if (text == NULL) {
        json_put(object, key, json_null());
        return;
    }
    AUTO_STR clean = {0};
    add_clean(&clean, text);
    json_put(object, key, json_stringn(str_text(&clean), clean.len));
}

void json_add_str(json_t *array, const char *text)
{
    AUTO_STR clean = {0};

    add_clean(&clean, text);
    if (json_array_append_new(array, json_stringn(str_text(&clean), clean.len)) != 0)
        mem_fatal("a JSON array could not grow");
}

void json_put_int(json_t *object, const char *key, int64_t number)
{
    json_put(object, key, json_integer(number));
}

void json_put_bool(json_t *object, const char *key, bool flag)
{
    json_put(object, key, json_boolean(flag));
}

void json_put(json_t *object, const char *key, json_t *take)
{
    if (take == NULL)
        mem_fatal("out of memory for a JSON value");
    AUTO_STR clean = {0};
    add_clean(&clean, key);
    if (json_object_set_new(object, str_text(&clean), take) != 0)
        mem_fatal("a JSON member could not be set");
}

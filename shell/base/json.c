/* JSON by jansson: parse with limits, canonical text, short ways to read or set members. */
#include <belay/json.h>

#include <stdarg.h>

#include <belay/list.h>
#include <belay/str.h>

#include "mem.h"
#include "utf8.h"

#define FEW_KEYS 24 /* are sorted on the stack */

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
    AUTO_STR text = {0};
    json_add_canonical(value, &text);
    return str_take(&text);
}

static int add_part(const char *part, size_t len, void *ctx)
{
    str_addn(ctx, part, len);
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of an object in canonical order: in few, or where they do not fit in memory to free(). */
static const char **sorted_keys(const json_t *object, const char *few[FEW_KEYS])
{
    size_t n = json_object_size(object);
    const char **keys = n <= FEW_KEYS ? few : mem_array(n, sizeof(*keys));
    const char *key;
    json_t *value;
    size_t used = 0;

    json_object_foreach((json_t *)object, key, value)
        keys[used++] = key;
    if (n > 1)
        qsort(keys, n, sizeof(*keys), by_bytes);
    return keys;
}

static void sort_object(json_t *object)
{
    const char *few[FEW_KEYS];
    const char **keys = sorted_keys(object, few);
    json_t *members = json_object();
    const char *key;
    json_t *value;
    size_t at = 0;
    bool sorted = true;

    json_object_foreach(object, key, value)
    {
        sorted = sorted && keys[at++] == key;
        json_sort(value);
    }
    for (size_t i = 0; !sorted && i < json_object_size(object); i++)
        json_object_set(members, keys[i], json_object_get(object, keys[i]));
    if (keys != few)
        free(keys);
    if (!sorted) {
        json_object_clear(object);
        json_object_update(object, members);
    }
    json_decref(members);
}

void json_sort(json_t *value)
{
    if (json_is_object(value))
        sort_object(value);
    for (size_t i = 0; i < json_array_size(value); i++)
        json_sort(json_array_get(value, i));
}

static void add_object(const json_t *object, struct str *ret)
{
    const char *few[FEW_KEYS];
    size_t n = json_object_size(object);
    const char **keys = sorted_keys(object, few);

    str_addc(ret, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            str_addc(ret, ',');
        json_add_text(keys[i], ret);
        str_addc(ret, ':');
        json_add_canonical(json_object_get(object, keys[i]), ret);
    }
    str_addc(ret, '}');
    if (keys != few)
        free(keys);
}

static void add_array(const json_t *array, struct str *ret)
{
    str_addc(ret, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            str_addc(ret, ',');
        json_add_canonical(json_array_get(array, i), ret);
    }
    str_addc(ret, ']');
}

/* What jansson's dump writes with JSON_SORT_KEYS and JSON_COMPACT, in a third of its time. */
void json_add_canonical(const json_t *value, struct str *ret)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(value, ret);
        break;
    case JSON_ARRAY:
        add_array(value, ret);
        break;
    case JSON_STRING:
        json_add_text(json_string_value(value), ret);
        break;
    case JSON_INTEGER:
        str_addf(ret, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        json_dump_callback(value, add_part, ret, JSON_ENCODE_ANY);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        str_add(ret, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        str_add(ret, "null");
        break;
    }
}

/* A character that stands in a JSON string as it is. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte)) /* the byte eight times */

/* Are eight characters plain? The bits of EACH(0x80) show the others (Warren, Hacker's Delight, 6-1). */
static bool are_plain(const char *text)
{
    uint64_t eight;

    memcpy(&eight, text, sizeof(eight));
    uint64_t quotes = eight ^ EACH('"'), slashes = eight ^ EACH('\\');
    return ((eight | (eight - EACH(0x20)) | (quotes - EACH(1)) | (slashes - EACH(1))) &
            EACH(0x80)) == 0;
}

/* How many characters from the first on are plain. */
static size_t plain_len(const char *text, size_t len)
{
    size_t n = 0;

    while (len - n >= 8 && are_plain(text + n))
        n += 8;
    while (n < len && is_plain(text[n]))
        n++;
    return n;
}

static void add_escaped(char c, struct str *ret)
{
    static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";

    for (const char *p = letters; *p != '\0'; p += 2) {
        if (*p == c) {
            str_addc(ret, '\\');
            str_addc(ret, p[1]);
            return;
        }
    }
    str_addf(ret, "\\u%04X", (unsigned char)c);
}

void json_add_text(const char *text, struct str *ret)
{
    size_t left = strlen(text);

    str_addc(ret, '"');
    while (left > 0) {
        uint32_t code;
        size_t n = plain_len(text, left);
        str_addn(ret, text, n);
        if (n == 0 && (unsigned char)*text < 0x80) {
            add_escaped(*text, ret);
            n = 1;
        } else if (n == 0 && (n = utf8_decode(text, left, &code)) > 0) {
            str_addn(ret, text, n);
        } else if (n == 0) {
            str_addf(ret, "\\\\x%02x", (unsigned char)*text);
            n = 1;
        }
        text += n;
        left -= n;
    }
    str_addc(ret, '"');
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

const json_t *json_pointer(const json_t *value, const char *pointer)
{
    while (value != NULL && *pointer == '/') {
        size_t len = strcspn(++pointer, "/");
        AUTO_FREE char *word = mem_textn(pointer, len);
        value = json_is_array(value) ? json_array_get(value, strtoul(word, NULL, 10))
                                     : json_object_get(value, word);
        pointer += len;
    }
    return value;
}

const char *json_str_at(const json_t *value, ...)
{
    va_list ap;
    va_start(ap, value);
    const char *text = json_string_value(walk(value, ap));
    va_end(ap);
    return text != NULL ? text : "";
}

void json_add_texts(const struct strv *list, struct str *ret)
{
    str_addc(ret, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0)
            str_addc(ret, ',');
        json_add_text(list->v[i], ret);
    }
    str_addc(ret, ']');
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

json_t *json_text(const char *text)
{
    size_t len = strlen(text);
    json_t *value;

    if (utf8_valid(text, len)) {
        value = json_stringn_nocheck(text, len);
    } else {
        AUTO_STR clean = {0};
        add_clean(&clean, text);
        value = json_stringn_nocheck(str_text(&clean), clean.len);
    }
    if (value == NULL)
        mem_fatal("out of memory for a JSON value");
    return value;
}

void json_put_str(json_t *object, const char *key, const char *text)
{
    json_put(object, key, text != NULL ? json_text(text) : json_null());
}

void json_add_str(json_t *array, const char *text)
{
    if (json_array_append_new(array, json_text(text)) != 0)
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
    if (utf8_valid(key, strlen(key))) {
        if (json_object_set_new_nocheck(object, key, take) != 0)
            mem_fatal("a JSON member could not be set");
        return;
    }
    AUTO_STR clean = {0};
    add_clean(&clean, key);
    if (json_object_set_new(object, str_text(&clean), take) != 0)
        mem_fatal("a JSON member could not be set");
}

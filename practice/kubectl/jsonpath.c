/* JSONPath: a path is walked step by step over a list of values. */
#include "jsonpath.h"

#include <ctype.h>

#include <belay/json.h>

#include "print.h"

struct reader {
    const char *p;
    struct str *problem;
};

static bool fail(struct reader *in, const char *text)
{
    if (in->problem->len == 0)
        str_add(in->problem, text);
    return false;
}

/* A field name: up to a dot or bracket, backslash escapes the next character. */
static void read_name(struct reader *in, struct str *ret)
{
    while (*in->p && !strchr(".[]{} )=!<>", *in->p)) {
        if (*in->p == '\\' && in->p[1])
            in->p++;
        str_addc(ret, *in->p++);
    }
}

static void take_field(const json_t *from, const char *name, json_t *to)
{
    size_t i;
    json_t *value;
    json_array_foreach (from, i, value) {
        json_t *found = json_object_get(value, name);
        if (found)
            json_array_append(to, found);
    }
}

static void take_children(const json_t *from, json_t *to)
{
    size_t i, j;
    json_t *value, *child;
    json_array_foreach (from, i, value) {
        if (json_is_array(value))
            json_array_extend(to, value);
        AUTO_STRV keys = {0};
        print_sorted_keys(value, &keys);
        for (j = 0; j < keys.n; j++)
            if ((child = json_object_get(value, keys.v[j])))
                json_array_append(to, child);
    }
}

/* The value itself and everything below it. */
static void take_below(json_t *value, json_t *to)
{
    size_t i;
    json_t *child;
    json_array_append(to, value);
    if (json_is_array(value))
        json_array_foreach (value, i, child)
            take_below(child, to);
    AUTO_STRV keys = {0};
    print_sorted_keys(value, &keys);
    for (i = 0; i < keys.n; i++)
        take_below(json_object_get(value, keys.v[i]), to);
}

static bool take_index(struct reader *in, const json_t *from, json_t *to)
{
    char *end;
    long index = strtol(in->p, &end, 10);
    bool slice = *end == ':';
    bool open = slice && (end[1] == ']' || !isdigit((unsigned char)end[1]));
    long last = slice && !open ? strtol(end + 1, &end, 10) : 0;
    in->p = strchr(end, ']');
    if (!in->p)
        return fail(in, "unterminated array");
    in->p++;
    size_t i;
    json_t *value;
    json_array_foreach (from, i, value) {
        long n = (long)json_array_size(value);
        if (!json_is_array(value))
            continue;
        long start = index < 0 ? index + n : index;
        long stop = !slice ? start + 1 : open ? n : last < 0 ? last + n : last;
        if (!slice && (start < 0 || start >= n)) {
            AUTO_FREE char *text =
                str_format("array index out of bounds: index %ld, length %ld", index, n);
            return fail(in, text);
        }
        for (long k = start < 0 ? 0 : start; k < stop && k < n; k++)
            json_array_append(to, json_array_get(value, (size_t)k));
    }
    return true;
}

static bool walk(struct reader *in, json_t *values, json_t **ret);

/* [?(@.a.b=="c")], [?(@.a)]: keeps the elements for which it holds. */
static bool take_filter(struct reader *in, const json_t *from, json_t *to)
{
    const char *start = in->p; /* at '@' */
    size_t i, j;
    json_t *list, *element;
    json_array_foreach (from, i, list) {
        json_array_foreach (list, j, element) {
            struct reader inner = {start + 1, in->problem};
            json_t *one = json_array();
            json_array_append(one, element);
            AUTO_JSON *found = NULL;
            if (!walk(&inner, one, &found))
                return false;
            while (*inner.p == ' ')
                inner.p++;
            bool equal = str_starts(inner.p, "=="), unequal = str_starts(inner.p, "!=");
            bool holds = json_array_size(found) > 0;
            if (equal || unequal) {
                inner.p += 2;
                while (*inner.p == ' ')
                    inner.p++;
                char quote = *inner.p == '"' || *inner.p == '\'' ? *inner.p++ : ')';
                AUTO_STR wanted = {0};
                while (*inner.p && *inner.p != quote)
                    str_addc(&wanted, *inner.p++);
                AUTO_STR value = {0};
                print_value(json_array_get(found, 0), &value);
                holds = holds && str_equal(str_text(&value), str_text(&wanted)) == equal;
            }
            if (holds)
                json_array_append(to, element);
        }
    }
    const char *end = strstr(start, ")]");
    if (!end)
        return fail(in, "unterminated filter");
    in->p = end + 2;
    return true;
}

static bool take_bracket(struct reader *in, const json_t *from, json_t *to)
{
    if (str_starts(in->p, "*]")) {
        in->p += 2;
        take_children(from, to);
        return true;
    }
    if (str_starts(in->p, "?(@")) {
        in->p += 2;
        return take_filter(in, from, to);
    }
    if (*in->p != '\'' && *in->p != '"')
        return take_index(in, from, to);
    char quote = *in->p++;
    AUTO_STR name = {0};
    while (*in->p && *in->p != quote)
        str_addc(&name, *in->p++);
    if (!str_starts(in->p + (*in->p != 0), "]"))
        return fail(in, "unterminated array");
    in->p += 2;
    take_field(from, str_text(&name), to);
    return true;
}

/* Walks the path at in->p from the values (taken). ret gets the values at its end. */
static bool walk(struct reader *in, json_t *values, json_t **ret)
{
    if (*in->p == '$' || *in->p == '@')
        in->p++;
    while (*in->p == '.' || *in->p == '[') {
        json_t *next = json_array();
        bool ok = true;
        if (*in->p == '[') {
            in->p++;
            ok = take_bracket(in, values, next);
        } else if (in->p[1] == '.') {
            size_t i;
            json_t *value;
            in->p++;
            json_array_foreach (values, i, value)
                take_below(value, next);
        } else if (in->p[1] == '*') {
            in->p += 2;
            take_children(values, next);
        } else if (in->p[1] == '[' || !in->p[1] || in->p[1] == '}' || in->p[1] == ' ') {
            in->p++;
            json_array_extend(next, values);
        } else {
            AUTO_STR name = {0};
            in->p++;
            read_name(in, &name);
            take_field(values, str_text(&name), next);
        }
        json_decref(values);
        values = next;
        if (!ok) {
            json_decref(values);
            return false;
        }
    }
    *ret = values;
    return true;
}

/* "…" or '…' with \n, \t and the like. */
static void print_literal(struct reader *in, struct str *ret)
{
    char quote = *in->p++;
    while (*in->p && *in->p != quote) {
        char c = *in->p++;
        if (c == '\\' && *in->p) {
            c = *in->p++;
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
        str_addc(ret, c);
    }
    if (*in->p)
        in->p++;
}

static bool print_until_end(struct reader *in, json_t *current, bool in_range, struct str *ret);

/* {range PATH} … {end} */
static bool print_range(struct reader *in, json_t *current, struct str *ret)
{
    in->p += strlen("range ");
    json_t *one = json_array();
    json_array_append(one, current);
    AUTO_JSON *values = NULL;
    if (!walk(in, one, &values))
        return false;
    if (*in->p++ != '}')
        return fail(in, "unexpected character in range");
    const char *body = in->p;
    size_t i;
    json_t *value;
    json_array_foreach (values, i, value) {
        in->p = body;
        if (!print_until_end(in, value, true, ret))
            return false;
    }
    if (json_array_size(values) > 0)
        return true;
    AUTO_STR dropped = {0};
    AUTO_JSON *nothing = json_object();
    return print_until_end(in, nothing, true, &dropped);
}

static bool print_path(struct reader *in, json_t *current, struct str *ret)
{
    json_t *one = json_array();
    json_array_append(one, current);
    AUTO_JSON *values = NULL;
    const char *start = in->p;
    if (!walk(in, one, &values))
        return false;
    if (in->p == start)
        return fail(in, "unrecognized expression");
    size_t i;
    json_t *value;
    json_array_foreach (values, i, value) {
        if (i > 0)
            str_addc(ret, ' ');
        print_value(value, ret);
    }
    return true;
}

static bool print_until_end(struct reader *in, json_t *current, bool in_range, struct str *ret)
{
    while (*in->p) {
        if (*in->p != '{') {
            str_addc(ret, *in->p++);
            continue;
        }
        in->p++;
        if (str_starts(in->p, "end}")) {
            in->p += 4;
            return in_range ? true : fail(in, "not in range, nothing to end");
        }
        if (str_starts(in->p, "range ")) {
            if (!print_range(in, current, ret))
                return false;
            continue;
        }
        while (*in->p && *in->p != '}') {
            if (*in->p == ' ')
                in->p++;
            else if (*in->p == '"' || *in->p == '\'')
                print_literal(in, ret);
            else if (!print_path(in, current, ret))
                return false;
        }
        if (*in->p++ != '}')
            return fail(in, "unclosed action");
    }
    return in_range ? fail(in, "unexpected end of range") : true;
}

bool jsonpath_print(const char *template, const json_t *object, struct str *ret,
                    struct str *ret_problem)
{
    struct reader in = {template, ret_problem};
    return print_until_end(&in, (json_t *)object, false, ret);
}

json_t *jsonpath_values(const char *path, const json_t *object, struct str *ret_problem)
{
    AUTO_FREE char *copy = str_format("%s%s", strchr("{.", *path) ? "" : ".", path);
    size_t n = strlen(copy);
    if (*copy == '{' && n > 0 && copy[n - 1] == '}')
        copy[n - 1] = '\0';
    struct reader in = {copy + (*copy == '{'), ret_problem};
    json_t *one = json_array(), *values = NULL;
    json_array_append(one, (json_t *)object);
    return walk(&in, one, &values) ? values : NULL;
}

/* Functions of texts. Characters are those of UTF-8. */
#include <ctype.h>
#include <string.h>

#include "expr.h"

#define MOST_BYTES 1048576 /* a BE/CN gives NULL for longer results of repeat */

/* An argument as text. */
static struct value text_at(const struct function_call *call, size_t i)
{
    struct type type = {.id = TYPE_VARCHAR, .length = -1};
    return expr_cast(call->e, &call->args[i], &type);
}

/* An argument as a whole number. */
static int64_t whole_at(const struct function_call *call, size_t i)
{
    struct type type = {.id = TYPE_INT};
    struct value v = expr_cast(call->e, &call->args[i], &type);
    return v.null ? 0 : decimal_int(&v.number);
}

static bool give(const struct function_call *call, const struct str *text, struct value *ret)
{
    *ret = value_text(call->e, TYPE_VARCHAR, str_text(text), text->len);
    return true;
}

static bool f_concat(const struct function_call *call, struct value *ret)
{
    AUTO_STR text = {0};
    for (size_t i = 0; i < call->n; i++) {
        struct value v = text_at(call, i);
        str_addn(&text, v.text, v.len);
    }
    return give(call, &text, ret);
}

/* Skips NULLs but for the separator. */
static bool f_concat_ws(const struct function_call *call, struct value *ret)
{
    AUTO_STR text = {0};
    bool any = false;
    struct value separator = text_at(call, 0);
    if (separator.null)
        return true;
    for (size_t i = 1; i < call->n; i++) {
        struct value v = text_at(call, i);
        if (v.null)
            continue;
        if (any)
            str_addn(&text, separator.text, separator.len);
        str_addn(&text, v.text, v.len);
        any = true;
    }
    return give(call, &text, ret);
}

static bool change_case(const struct function_call *call, int (*change)(int), struct value *ret)
{
    AUTO_STR text = {0};
    struct value v = text_at(call, 0);
    for (size_t i = 0; i < v.len; i++)
        str_addc(&text, (char)change((unsigned char)v.text[i]));
    return give(call, &text, ret);
}

static bool f_lower(const struct function_call *call, struct value *ret)
{
    return change_case(call, tolower, ret);
}

static bool f_upper(const struct function_call *call, struct value *ret)
{
    return change_case(call, toupper, ret);
}

static bool f_length(const struct function_call *call, struct value *ret)
{
    *ret = value_whole(TYPE_INT, (int64_t)text_at(call, 0).len);
    return true;
}

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

static int64_t characters(const struct value *v)
{
    int64_t n = 0;
    for (size_t i = 0; i < v->len; i++)
        n += starts_character(v->text[i]);
    return n;
}

static bool f_char_length(const struct function_call *call, struct value *ret)
{
    struct value v = text_at(call, 0);
    *ret = value_whole(TYPE_INT, characters(&v));
    return true;
}

/* Characters from, from 0, up to `to`. */
static bool cut(const struct function_call *call, int64_t from, int64_t to, struct value *ret)
{
    AUTO_STR text = {0};
    struct value v = text_at(call, 0);
    int64_t at = -1;
    for (size_t i = 0; i < v.len; i++) {
        at += starts_character(v.text[i]);
        if (at >= from && at < to)
            str_addc(&text, v.text[i]);
    }
    return give(call, &text, ret);
}

static bool f_left(const struct function_call *call, struct value *ret)
{
    return cut(call, 0, whole_at(call, 1), ret);
}

static bool f_right(const struct function_call *call, struct value *ret)
{
    struct value v = text_at(call, 0);
    int64_t want = whole_at(call, 1), has = characters(&v);
    return cut(call, want < 0 ? has : has - want, has, ret);
}

/* substr(text, from 1 or from the end when negative [, how many]) */
static bool f_substr(const struct function_call *call, struct value *ret)
{
    struct value v = text_at(call, 0);
    int64_t has = characters(&v), from = whole_at(call, 1);
    int64_t many = call->n > 2 ? whole_at(call, 2) : has;
    from = from < 0 ? has + from : from - 1;
    if (from < 0 || many < 0)
        return cut(call, 0, 0, ret);
    return cut(call, from, from + many, ret);
}

static bool trim(const struct function_call *call, bool left, bool right, struct value *ret)
{
    struct value v = text_at(call, 0);
    size_t from = 0, to = v.len;
    while (left && from < to && v.text[from] == ' ')
        from++;
    while (right && to > from && v.text[to - 1] == ' ')
        to--;
    *ret = value_text(call->e, TYPE_VARCHAR, v.text + from, to - from);
    return true;
}

static bool f_trim(const struct function_call *call, struct value *ret)
{
    return trim(call, true, true, ret);
}

static bool f_ltrim(const struct function_call *call, struct value *ret)
{
    return trim(call, true, false, ret);
}

static bool f_rtrim(const struct function_call *call, struct value *ret)
{
    return trim(call, false, true, ret);
}

static bool f_repeat(const struct function_call *call, struct value *ret)
{
    AUTO_STR text = {0};
    struct value v = text_at(call, 0);
    int64_t times = whole_at(call, 1);
    if (v.len > 0 && times > (int64_t)(MOST_BYTES / v.len))
        return true;
    for (int64_t i = 0; i < times && v.len > 0; i++)
        str_addn(&text, v.text, v.len);
    return give(call, &text, ret);
}

static bool f_reverse(const struct function_call *call, struct value *ret)
{
    AUTO_STR text = {0};
    struct value v = text_at(call, 0);
    for (size_t end = v.len, i = v.len; i-- > 0;) {
        if (!starts_character(v.text[i]))
            continue;
        str_addn(&text, v.text + i, end - i);
        end = i;
    }
    return give(call, &text, ret);
}

static bool f_replace(const struct function_call *call, struct value *ret)
{
    AUTO_STR text = {0};
    struct value v = text_at(call, 0), from = text_at(call, 1), to = text_at(call, 2);
    for (size_t i = 0; i < v.len;) {
        if (from.len > 0 && v.len - i >= from.len && memcmp(v.text + i, from.text, from.len) == 0) {
            str_addn(&text, to.text, to.len);
            i += from.len;
        } else {
            str_addc(&text, v.text[i++]);
        }
        if (text.len > MOST_BYTES)
            return true;
    }
    return give(call, &text, ret);
}

/* Where the second text begins in the first, from 1; 0: nowhere. */
static bool f_instr(const struct function_call *call, struct value *ret)
{
    struct value v = text_at(call, 0), what = text_at(call, 1);
    const char *found = v.len == 0 ? NULL : memmem(v.text, v.len, what.text, what.len);
    struct value before = {.text = v.text, .len = found == NULL ? 0 : (size_t)(found - v.text)};
    *ret = value_whole(TYPE_INT, found == NULL ? 0 : characters(&before) + 1);
    return true;
}

static bool f_hex(const struct function_call *call, struct value *ret)
{
    AUTO_STR text = {0};
    const struct value *v = &call->args[0];
    if (type_is_exact(&v->type)) {
        str_addf(&text, "%llX", (unsigned long long)decimal_int(&v->number));
        return give(call, &text, ret);
    }
    struct value bytes = text_at(call, 0);
    for (size_t i = 0; i < bytes.len; i++)
        str_addf(&text, "%02X", (unsigned char)bytes.text[i]);
    return give(call, &text, ret);
}

const struct function functions_of_text[] = {
    {"concat", 1, SIZE_MAX, true, false, TYPE_VARCHAR, f_concat},
    {"concat_ws", 2, SIZE_MAX, true, true, TYPE_VARCHAR, f_concat_ws},
    {"lower", 1, 1, true, false, TYPE_VARCHAR, f_lower},
    {"lcase", 1, 1, false, false, TYPE_VARCHAR, f_lower},
    {"upper", 1, 1, true, false, TYPE_VARCHAR, f_upper},
    {"ucase", 1, 1, false, false, TYPE_VARCHAR, f_upper},
    {"length", 1, 1, false, false, TYPE_INT, f_length},
    {"char_length", 1, 1, false, false, TYPE_INT, f_char_length},
    {"character_length", 1, 1, false, false, TYPE_INT, f_char_length},
    {"left", 2, 2, false, false, TYPE_VARCHAR, f_left},
    {"right", 2, 2, false, false, TYPE_VARCHAR, f_right},
    {"substr", 2, 3, true, false, TYPE_VARCHAR, f_substr},
    {"substring", 2, 3, true, false, TYPE_VARCHAR, f_substr},
    {"trim", 1, 1, false, false, TYPE_VARCHAR, f_trim},
    {"ltrim", 1, 1, false, false, TYPE_VARCHAR, f_ltrim},
    {"rtrim", 1, 1, false, false, TYPE_VARCHAR, f_rtrim},
    {"repeat", 2, 2, false, false, TYPE_VARCHAR, f_repeat},
    {"reverse", 1, 1, false, false, TYPE_VARCHAR, f_reverse},
    {"replace", 3, 3, true, false, TYPE_VARCHAR, f_replace},
    {"instr", 2, 2, false, false, TYPE_INT, f_instr},
    {"hex", 1, 1, false, false, TYPE_VARCHAR, f_hex},
    {.name = NULL},
};

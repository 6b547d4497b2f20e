/* The growing byte string. */
#include <belay/str.h>

#include "mem.h"

void str_done(struct str *str)
{
    free(str->s);
    *str = (struct str){0};
}

void str_clear(struct str *str)
{
    str->len = 0;
    if (str->s != NULL)
        str->s[0] = '\0';
}

/* Makes room for `more` bytes and the final NUL. */
static void reserve(struct str *str, size_t more)
{
    if (more < str->cap - str->len) /* the usual case, without a call */
        return;
    if (more > STR_MAX || str->len > STR_MAX - more)
        mem_fatal("a text grew past its limit of 1 GiB");
    str->s = mem_grow(str->s, &str->cap, str->len + more + 1, 1);
}

void str_add(struct str *str, const char *text)
{
    str_addn(str, text, strlen(text));
}

void str_addn(struct str *str, const void *data, size_t len)
{
    reserve(str, len);
    if (len > 0)
        memcpy(str->s + str->len, data, len);
    str->len += len;
    str->s[str->len] = '\0';
}

void str_addc(struct str *str, char c)
{
    str_addn(str, &c, 1);
}

void str_pad(struct str *str, char c, size_t times)
{
    reserve(str, times);
    memset(str->s + str->len, c, times);
    str->len += times;
    str->s[str->len] = '\0';
}

void str_add_int(struct str *str, int64_t number)
{
    char digits[20]; /* of 2^64 */
    size_t at = sizeof(digits);
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (number < 0)
        str_addc(str, '-');
    str_addn(str, digits + at, sizeof(digits) - at);
}

void str_addf(struct str *str, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(str, fmt, ap);
    va_end(ap);
}

void str_vaddf(struct str *str, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    char small[256];
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n < 0)
        mem_fatal("a text could not be formatted");
    size_t len = (size_t)n;
    if (len < sizeof small) {
        str_addn(str, small, len);
    } else {
        /* The arguments may point into str: format elsewhere before str moves. */
        char *text = mem_array(len + 1, 1);
        vsnprintf(text, len + 1, fmt, again);
        str_addn(str, text, len);
        free(text);
    }
    va_end(again);
}

void str_cut(struct str *str, size_t len)
{
    if (len >= str->len)
        return;
    str->len = len;
    str->s[len] = '\0';
}

const char *str_text(const struct str *str)
{
    return str->s != NULL ? str->s : "";
}

char *str_take(struct str *str)
{
    char *text = str->s != NULL ? str->s : mem_text("");
    *str = (struct str){0};
    return text;
}

char *str_format(const char *fmt, ...)
{
    struct str text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    return str_take(&text);
}

bool str_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text);
    size_t tail = strlen(suffix);
    return tail <= len && memcmp(text + len - tail, suffix, tail) == 0;
}

void str_free_ptr(char **ptr)
{
    free(*ptr);
    *ptr = NULL;
}

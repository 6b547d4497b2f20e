/* Compares values: numbers, releases, texts. */
#include "compare.h"

#include <belay/str.h>

static bool is_number(const char *text, long double *ret)
{
    char *end;

    if (*text == '\0' || strspn(text, "+-.0123456789eE") != strlen(text))
        return false;
    *ret = strtold(text, &end);
    return *end == '\0';
}

/* "3.3.10", "4.1.0-rc1": numbers with at least one dot between; the count of dots. */
static int version_dots(const char *text)
{
    int dots = 0;

    for (;;) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0)
            return 0;
        text += digits;
        if (*text != '.')
            break;
        text++;
        dots++;
    }
    return *text == '\0' || *text == '-' || *text == '+' || *text == ' ' ? dots : 0;
}

bool compare_is_release(const char *text)
{
    return version_dots(text) > 1;
}

static int compare_versions(const char *a, const char *b)
{
    for (;;) {
        char *a_end;
        char *b_end;
        unsigned long long left = strtoull(a, &a_end, 10);
        unsigned long long right = strtoull(b, &b_end, 10);
        if (left != right)
            return left < right ? -1 : 1;
        if (*a_end != '.' && *b_end != '.')
            return 0;
        /* 3.3 is 3.3.0 */
        a = *a_end == '.' ? a_end + 1 : "0";
        b = *b_end == '.' ? b_end + 1 : "0";
    }
}

int compare_values(const char *a, const char *b)
{
    int a_dots = version_dots(a);
    int b_dots = version_dots(b);
    long double left;
    long double right;

    if ((a_dots > 1 && (b_dots > 0 || is_number(b, &right))) ||
        (b_dots > 1 && (a_dots > 0 || is_number(a, &left))))
        return compare_versions(a, b);
    if (is_number(a, &left) && is_number(b, &right))
        return left < right ? -1 : left > right ? 1 : 0;
    return strcmp(a, b);
}

bool compare_by(const char *a, const char *op, const char *b, bool *ret, struct error *err)
{
    int order = compare_values(a, b);

    if (str_equal(op, "=") || str_equal(op, "=="))
        *ret = order == 0;
    else if (str_equal(op, "!=") || str_equal(op, "<>"))
        *ret = order != 0;
    else if (str_equal(op, "<"))
        *ret = order < 0;
    else if (str_equal(op, "<="))
        *ret = order <= 0;
    else if (str_equal(op, ">"))
        *ret = order > 0;
    else if (str_equal(op, ">="))
        *ret = order >= 0;
    else
        return error_set(err, ERR_USAGE, "\"%s\" compares nothing: = != < <= > >= do", op);
    return true;
}

bool compare_truth(const char *word, bool *ret, struct error *err)
{
    *ret = str_equal(word, "1") || str_equal(word, "on") || str_equal(word, "true") ||
           str_equal(word, "yes");
    if (*ret || *word == '\0' || str_equal(word, "0") || str_equal(word, "off") ||
        str_equal(word, "false") || str_equal(word, "no"))
        return true;
    return error_set(err, ERR_USAGE, "\"%s\" is neither true nor false", word);
}

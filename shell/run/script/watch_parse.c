/* Reads and judges what \watch was told. */
#include "watch.h"

#include <belay/list.h>
#include <belay/str.h>
#include <mem.h>
#include <scan.h>

#include "compare.h"

#define USUAL_MS 2000
#define LEAST_MS 100
#define MOST_SECONDS 86400.0

void watch_done(struct watch *watch)
{
    free(watch->column);
    free(watch->op);
    free(watch->value);
    *watch = (struct watch){0};
}

/* "state=FINISHED", or three words; the operator is the first of = ! < >. */
static bool condition(const struct strv *words, size_t from, struct watch *ret, struct error *err)
{
    AUTO_STR text = {0};

    for (size_t i = from; i < words->n; i++)
        str_addf(&text, "%s%s", i > from ? " " : "", words->v[i]);
    size_t at = strcspn(str_text(&text), "=!<>");
    if (text.len == 0 || at == 0 || at == text.len) {
        error_set(err, ERR_USAGE, "until needs a condition");
        return error_hint(err, "until rows=0, until rows>10, until STATE=FINISHED");
    }
    size_t name = at;
    while (name > 0 && text.s[name - 1] == ' ')
        name--;
    size_t op = strspn(text.s + at, "=!<>");
    ret->column = mem_textn(text.s, name);
    ret->op = mem_textn(text.s + at, op);
    ret->value = mem_text(text.s + at + op + strspn(text.s + at + op, " "));
    if (strcasecmp(ret->column, "rows") == 0) {
        free(ret->column);
        ret->column = NULL;
    }
    bool holds;
    return compare_by("", ret->op, "", &holds, err);
}

static bool count(const char *text, struct watch *ret, struct error *err)
{
    if (*text == '\0' || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text) ||
        (ret->count = strtol(text, NULL, 10)) == 0)
        return error_set(err, ERR_USAGE, "count wants a number of times, not \"%s\"", text);
    return true;
}

static bool interval(const char *text, struct watch *ret, struct error *err)
{
    char *end;
    double seconds = strtod(text, &end);

    if (*text == '\0' || strspn(text, "0123456789.") != strlen(text) || *end != '\0' ||
        seconds > MOST_SECONDS)
        return error_set(err, ERR_USAGE, "\\watch wants seconds, not \"%s\"", text);
    ret->every_ms = (int64_t)(seconds * 1000);
    if (ret->every_ms < LEAST_MS)
        ret->every_ms = LEAST_MS;
    return true;
}

bool watch_parse(const char *text, struct watch *ret, struct error *err)
{
    AUTO_STRV words = {0};
    bool ok = true;

    *ret = (struct watch){.every_ms = USUAL_MS};
    if (!scan_args(text, &words))
        return error_set(err, ERR_USAGE, "a quote is not closed");
    for (size_t i = 0; ok && i < words.n; i++) {
        const char *word = words.v[i];
        if (str_equal(word, "until")) {
            ok = condition(&words, i + 1, ret, err);
            break;
        }
        if (str_starts(word, "count=") || str_starts(word, "c="))
            ok = count(strchr(word, '=') + 1, ret, err);
        else if (str_starts(word, "interval=") || str_starts(word, "i="))
            ok = interval(strchr(word, '=') + 1, ret, err);
        else
            ok = interval(word, ret, err);
    }
    if (!ok) {
        if (err != NULL && err->hint == NULL)
            error_hint(err, "usage: \\watch [SECONDS] [count=N] [until CONDITION]");
        watch_done(ret);
    }
    return ok;
}

bool watch_holds(const struct watch *watch, const struct result *rows, bool *ret, struct error *err)
{
    *ret = false;
    if (watch->op == NULL)
        return true;
    if (watch->column == NULL) {
        AUTO_FREE char *n = str_format("%zu", rows->n_rows);
        return compare_by(n, watch->op, watch->value, ret, err);
    }
    if (result_find(rows, watch->column) < 0)
        return error_set(err, ERR_USAGE, "the result has no column %s", watch->column);
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (!compare_by(result_text(rows, i, watch->column), watch->op, watch->value, ret, err))
            return false;
        if (!*ret)
            return true;
    }
    return true;
}

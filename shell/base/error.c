/* The error value: set, extend, move, copy. */
#include <belay/error.h>

#include <errno.h>

#include <belay/str.h>

#include "mem.h"

void error_done(struct error *err)
{
    if (err == NULL)
        return;
    free(err->message);
    free(err->hint);
    free(err->where);
    *err = (struct error){0};
}

static char *vformat(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static char *vformat(const char *fmt, va_list ap)
{
    struct str text = {0};
    str_vaddf(&text, fmt, ap);
    return str_take(&text);
}

/* The new text may have been made from the old one, so the old one goes last. */
static void replace(char **old, char *take)
{
    free(*old);
    *old = take;
}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
    if (err == NULL)
        return false;
    va_list ap;
    va_start(ap, fmt);
    char *message = vformat(fmt, ap);
    va_end(ap);
    error_done(err);
    err->code = code;
    err->message = message;
    return false;
}

bool error_hint(struct error *err, const char *fmt, ...)
{
    if (err == NULL)
        return false;
    va_list ap;
    va_start(ap, fmt);
    replace(&err->hint, vformat(fmt, ap));
    va_end(ap);
    return false;
}

bool error_hint_too(struct error *err, const char *text)
{
    if (err == NULL || err->hint == NULL)
        return error_hint(err, "%s", text);
    return error_hint(err, "%s\n%s", err->hint, text);
}

bool error_where(struct error *err, const char *fmt, ...)
{
    if (err == NULL)
        return false;
    va_list ap;
    va_start(ap, fmt);
    replace(&err->where, vformat(fmt, ap));
    va_end(ap);
    return false;
}

bool error_prefix(struct error *err, const char *fmt, ...)
{
    if (err == NULL || err->message == NULL)
        return false;
    struct str text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    str_addf(&text, ": %s", err->message);
    replace(&err->message, str_take(&text));
    return false;
}

bool error_errno(struct error *err, enum error_code code, const char *fmt, ...)
{
    int number = errno;
    if (err == NULL)
        return false;
    char reason[128];
    struct str text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    str_addf(&text, ": %s", strerror_r(number, reason, sizeof reason));
    error_done(err);
    err->code = code;
    err->number = number;
    err->message = str_take(&text);
    errno = number;
    return false;
}

bool error_move(struct error *to, struct error *from)
{
    if (to == from)
        return false;
    if (to == NULL) {
        error_done(from);
        return false;
    }
    error_done(to);
    *to = *from;
    *from = (struct error){0};
    return false;
}

void error_copy(struct error *to, const struct error *from)
{
    if (to == NULL || to == from)
        return;
    struct error copy = *from;
    copy.message = mem_text(from->message);
    copy.hint = mem_text(from->hint);
    copy.where = mem_text(from->where);
    error_done(to);
    *to = copy;
}

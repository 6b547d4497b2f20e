/* Writes JSON patches. */
#include "patch.h"

#include <stdarg.h>

void patch_add(struct str *patch, const char *op, const char *path, const char *fmt, ...)
{
    va_list ap;

    str_addf(patch, "%s{\"op\":\"%s\",\"path\":\"%s\",\"value\":", patch->len > 0 ? "," : "[", op,
             path);
    va_start(ap, fmt);
    str_vaddf(patch, fmt, ap);
    va_end(ap);
    str_addc(patch, '}');
}

void patch_remove(struct str *patch, const char *path)
{
    str_addf(patch, "%s{\"op\":\"remove\",\"path\":\"%s\"}", patch->len > 0 ? "," : "[", path);
}

const char *patch_end(struct str *patch)
{
    str_addc(patch, ']');
    return patch->s;
}

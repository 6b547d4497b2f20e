/* Fills @NAMES@ and turns single quotes into double ones. */
#include "template.h"

#include <stdarg.h>

#include <belay/str.h>

#define PAIRS_MAX 16

json_t *template_json(const char *text, ...)
{
    const char *names[PAIRS_MAX], *values[PAIRS_MAX], *name;
    size_t n = 0;
    va_list ap;
    va_start(ap, text);
    while (n < PAIRS_MAX && (name = va_arg(ap, const char *))) {
        names[n] = name;
        values[n++] = va_arg(ap, const char *);
    }
    va_end(ap);

    AUTO_STR filled = {0};
    for (const char *p = text; *p; p++) {
        size_t i = n;
        if (*p == '@')
            for (i = 0; i < n; i++)
                if (str_starts(p + 1, names[i]) && p[1 + strlen(names[i])] == '@')
                    break;
        if (i < n) {
            str_add(&filled, values[i]);
            p += strlen(names[i]) + 1;
        } else {
            str_addc(&filled, *p == '\'' ? '"' : *p);
        }
    }
    json_error_t problem;
    json_t *value = json_loads(str_text(&filled), JSON_DECODE_ANY, &problem);
    if (!value) {
        fprintf(stderr, "template: %s at %d: %s\n", problem.text, problem.position,
                str_text(&filled));
        abort();
    }
    return value;
}

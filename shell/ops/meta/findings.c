/* A bounded list of what a check found. */
#include "findings.h"

#include <stdarg.h>

#include <belay/str.h>

#include "mem.h"

void findings_done(struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        free(findings->v[i].where);
        free(findings->v[i].what);
    }
    free(findings->v);
    *findings = (struct findings){0};
}

void findings_add(struct findings *findings, enum finding_level level, const char *where,
                  const char *fmt, ...)
{
    AUTO_STR what = {0};
    va_list ap;

    switch (level) {
    case FINDING_NOTE:
        findings->notes++;
        break;
    case FINDING_UNKNOWN:
        findings->unknown++;
        break;
    case FINDING_DAMAGE:
        findings->damage++;
        break;
    }
    if (findings->n == FINDINGS_MAX) {
        findings->left_out++;
        return;
    }
    va_start(ap, fmt);
    str_vaddf(&what, fmt, ap);
    va_end(ap);
    findings->v = mem_grow(findings->v, &findings->cap, findings->n + 1, sizeof(*findings->v));
    findings->v[findings->n++] =
        (struct finding){.level = level, .where = mem_text(where), .what = str_take(&what)};
}

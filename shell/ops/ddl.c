/*
 * The refresh clause in a SHOW CREATE MATERIALIZED VIEW text. The FE writes one clause a line: COMMENT,
 * PARTITION BY, DISTRIBUTED BY, ORDER BY, REFRESH, PROPERTIES (…), AS query. Comments and string
 * literals are printed raw, quotes, line breaks and all (recorded on 3.3.5 and 4.1.0), so that
 * neither tokens nor the first such line can be trusted: the clause is the one line that stands where
 * the FE writes it. If a comment or a literal imitates that as well, the clause is not known.
 */
#include "ddl.h"

#include <belay/str.h>
#include <belay/views.h>

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end == NULL ? line + strlen(line) : end + 1;
}

/* Is what follows the line the rest of the FE's own clauses? */
static bool stands_right(const char *line)
{
    const char *p = next_line(line);

    while (str_starts(p, "ORDER BY ") || str_starts(p, "PARTITION BY ") ||
           str_starts(p, "DISTRIBUTED BY "))
        p = next_line(p);
    return str_starts(p, "PROPERTIES (") || str_starts(p, "AS ") || str_starts(p, "AS\n");
}

static size_t line_len(const char *line)
{
    size_t len = strcspn(line, "\r\n");

    while (len > 0 && line[len - 1] == ' ')
        len--;
    return len;
}

/* The one line that stands right; NULL: none does, or more than one. */
static const char *refresh_line(const char *ddl)
{
    const char *found = NULL;

    for (const char *line = ddl; *line != '\0'; line = next_line(line)) {
        if (!str_starts(line, "REFRESH ") || !stands_right(line))
            continue;
        if (found != NULL)
            return NULL;
        found = line;
    }
    return found;
}

bool ddl_refresh_clause(const char *ddl, struct str *ret)
{
    const char *found = refresh_line(ddl);

    if (found == NULL)
        return false;
    str_addn(ret, found, line_len(found));
    return true;
}

bool ddl_take_apart(const char *ddl, struct ddl_parts *ret)
{
    const char *refresh = refresh_line(ddl);

    if (refresh == NULL)
        return false;
    *ret = (struct ddl_parts){.head = ddl, .head_len = (size_t)(refresh - ddl), .refresh = refresh,
                              .refresh_len = line_len(refresh)};
    const char *p = next_line(refresh);
    ret->layout = p;
    while (!str_starts(p, "PROPERTIES (") && !str_starts(p, "AS ") && !str_starts(p, "AS\n"))
        p = next_line(p);
    ret->layout_len = (size_t)(p - ret->layout);
    if (str_starts(p, "PROPERTIES (")) {
        ret->properties = p = next_line(p);
        while (*p != '\0' && !(p[0] == ')' && (p[1] == '\n' || p[1] == '\r')))
            p = next_line(p);
        ret->properties_len = (size_t)(p - ret->properties);
        p = next_line(p);
    }
    ret->query = p;
    return str_starts(p, "AS ") || str_starts(p, "AS\n");
}

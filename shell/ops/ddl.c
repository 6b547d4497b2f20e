/*
 * The refresh clause in a SHOW CREATE MATERIALIZED VIEW text. The FE writes one clause a line: COMMENT,
 * PARTITION BY, DISTRIBUTED BY, ORDER BY, REFRESH, PROPERTIES (…), AS query. Comments and string
 * literals are printed raw, quotes, line breaks and all (recorded on 3.3.5 and 4.1.0), so that
 * neither tokens nor the first such line can be trusted: the clause is the one line that stands where
 * the FE writes it. If a comment or a literal imitates that as well, the clause is not known.
 */
#include <belay/views.h>

#include <belay/str.h>

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

bool ddl_refresh_clause(const char *ddl, struct str *ret)
{
    const char *found = NULL;

    for (const char *line = ddl; *line != '\0'; line = next_line(line)) {
        if (!str_starts(line, "REFRESH ") || !stands_right(line))
            continue;
        if (found != NULL)
            return false;
        found = line;
    }
    if (found == NULL)
        return false;
    size_t len = strcspn(found, "\r\n");
    while (len > 0 && found[len - 1] == ' ')
        len--;
    str_addn(ret, found, len);
    return true;
}

/* Counts the partitions that a refresh run wrote, and those that there are. */
#include "run_parts.h"

#include <stdlib.h>

#include <belay/str.h>
#include <mem.h>

size_t run_parts(const char *extra)
{
    static const char key[] = "\"mvPartitionsToRefresh\":[";
    const char *p = strstr(extra, key);
    size_t quotes = 0;

    if (p == NULL)
        return 0;
    for (p += strlen(key); *p != '\0' && *p != ']'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        else
            quotes += *p == '"';
    }
    return (quotes + 1) / 2;
}

bool run_goes_on(const char *state, const char *extra)
{
    return run_parts(extra) > 0 && str_equal(state, "SUCCESS") &&
           strstr(extra, "\"nextPartition") != NULL;
}

json_t *run_parts_of_tables(struct session *session)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_LEADER,
                      "SELECT DB_NAME, TABLE_NAME, COUNT(*) AS n FROM "
                      "information_schema.partitions_meta GROUP BY DB_NAME, TABLE_NAME", &rows, NULL))
        return NULL;
    json_t *counts = json_object();
    for (size_t i = 0; i < rows.n_rows; i++) {
        AUTO_FREE char *full = str_format("%s.%s", result_text(&rows, i, "DB_NAME"),
                                          result_text(&rows, i, "TABLE_NAME"));
        json_put_int(counts, full, strtol(result_text(&rows, i, "n"), NULL, 10));
    }
    return counts;
}

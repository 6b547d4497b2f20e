/* What of task_runs is younger than a mark. */
#include "run_mark.h"

#include <mem.h>
#include <quote.h>

/* Where the ids begin: behind "2026-11-22 15:08:42", perhaps with microseconds. */
static size_t time_len(const char *mark)
{
    return strlen(mark) < 19 ? 0 : strcspn(mark + 11, " ") + 11;
}

bool run_mark_where(const char *mark, struct str *sql, struct error *err)
{
    AUTO_FREE char *time = time_len(mark) > 0 ? mem_textn(mark, time_len(mark))
                                              : mem_text("1970-01-01 00:00:00");

    str_add(sql, "CREATE_TIME >= ");
    return quote_text(time, sql, err);
}

bool run_mark_has(const char *mark, const char *query_id)
{
    size_t len = strlen(query_id);

    for (const char *p = strchr(mark + time_len(mark), ' '); p != NULL && len > 0;
         p = strchr(p + 1, ' ')) {
        if (strncmp(p + 1, query_id, len) == 0 && (p[1 + len] == ' ' || p[1 + len] == '\0'))
            return true;
    }
    return false;
}

bool run_mark_covers(const char *mark, const char *created)
{
    AUTO_FREE char *time = mem_textn(mark, time_len(mark));

    return strcmp(created, time) <= 0;
}

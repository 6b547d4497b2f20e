/* Rows of views: which column is what, and the SELECT of a release. */
#include "view_list.h"

#include <starrocks.h>

#include "session_inside.h"

static int either(const struct result *rows, const char *table, const char *show)
{
    int at = result_find(rows, table);

    return at >= 0 ? at : result_find(rows, show);
}

struct view_columns view_columns(const struct result *rows)
{
    /* ShowMaterializedViewStatus.java: the two statements give the same under two names. */
    return (struct view_columns){
        .database = either(rows, "TABLE_SCHEMA", "database_name"),
        .name = either(rows, "TABLE_NAME", "name"),
        .id = either(rows, "MATERIALIZED_VIEW_ID", "id"),
        .refresh = result_find(rows, "refresh_type"),
        .active = result_find(rows, "is_active"),
        .reason = result_find(rows, "inactive_reason"),
        .state = result_find(rows, "last_refresh_state"),
        .finished = result_find(rows, "last_refresh_finished_time"),
        .ddl = either(rows, "MATERIALIZED_VIEW_DEFINITION", "text"),
    };
}

const char *view_name_cell(const struct result *rows, size_t row, int column)
{
    return result_text_at(rows, row, column);
}

const char *view_cell(const struct result *rows, size_t row, int column)
{
    const char *text = result_text_at(rows, row, column);

    switch (*text) { /* most cells are told by it */
    case 'N':
    case 'n':
        return strcasecmp(text, "NULL") == 0 ? "" : text;
    case '\\':
        return strcmp(text, "\\N") == 0 ? "" : text;
    default:
        return text;
    }
}

bool view_row_is_sync(const struct result *rows, size_t row, const struct view_columns *columns)
{
    return str_equal(view_cell(rows, row, columns->refresh), "ROLLUP");
}

void view_select(struct release release, enum view_need need, bool with_ddl, struct str *sql)
{
    bool flag = starrocks_value(SR_ACTIVE_FLAG, release, 1) == 1;

    str_add(sql, "SELECT TABLE_SCHEMA, TABLE_NAME, MATERIALIZED_VIEW_ID");
    if (flag)
        str_add(sql, ", REFRESH_TYPE, IS_ACTIVE");
    if (starrocks_value(SR_INACTIVE_REASON, release, 1) == 1)
        str_add(sql, ", INACTIVE_REASON");
    if (flag && need == VIEW_REFRESHES)
        str_add(sql, ", LAST_REFRESH_STATE, LAST_REFRESH_FINISHED_TIME");
    if (with_ddl)
        str_add(sql, ", MATERIALIZED_VIEW_DEFINITION");
    str_add(sql, " FROM information_schema.materialized_views");
}

bool view_release(struct session *session, const char *node, struct release *ret,
                  struct error *err)
{
    bool leader = str_equal(node, NODE_LEADER);
    unsigned opened = pool_opened(session->pool, node);
    AUTO_RESULT rows = {0};

    *ret = session->leader_release;
    if (leader && opened > 0 && session->leader_release_on == opened)
        return true;
    *ret = (struct release){0};
    if (!session_read(session, node, "SELECT @@version_comment AS v", &rows, err))
        return false;
    release_parse(result_text(&rows, 0, "v"), ret);
    if (leader) {
        session->leader_release = *ret;
        session->leader_release_on = pool_opened(session->pool, node);
    }
    return true;
}

bool view_ddl_is_whole(const char *ddl)
{
    size_t len = strlen(ddl);

    while (len > 0 && (ddl[len - 1] == '\n' || ddl[len - 1] == ' '))
        len--;
    return str_starts(ddl, "CREATE ") && len > 0 && ddl[len - 1] == ';';
}

/* \profile: what the server measured while it ran a statement. */
#include "shell_inside.h"

#include <belay/str.h>
#include <quote.h>

#include "script/collect.h"

static bool ask(struct shell *shell, const char *sql, struct result *ret, struct error *err)
{
    shell_echo_sql(shell, sql);
    return collect_result(shell, sql, strlen(sql), ret, NULL, err);
}

/*
 * last_query_id() and get_query_profile(): documentation of StarRocks, Utility Functions; the second
 * from 3.0 on, empty for an id it does not know and for a query that ran without enable_profile.
 */
bool shell_profile(struct shell *shell, const char *id, struct error *err)
{
    AUTO_RESULT last = {0};
    AUTO_RESULT profile = {0};
    AUTO_STR sql = {0};
    AUTO_STR safe = {0};

    if (id == NULL || str_equal(id, "last")) {
        if (!ask(shell, "SELECT last_query_id() AS id", &last, err))
            return false;
        id = result_text(&last, 0, "id");
    }
    str_add(&sql, "SELECT get_query_profile(");
    if (!quote_text(id, &sql, err))
        return false;
    str_add(&sql, ") AS profile");
    if (!ask(shell, sql.s, &profile, err))
        return false;
    struct cell text = result_cell(&profile, 0, "profile");
    if (text.len == 0) {
        error_set(err, ERR_FAILED, "the server has no profile of the query \"%s\"", id);
        return error_hint(err, "SET enable_profile = true; before the statement that is to be measured");
    }
    if (sink_escapes(shell->output.out))
        escape_block(text.data, text.len, &safe);
    else
        str_addn(&safe, text.data, text.len);
    sink_write(shell->output.out, str_text(&safe), safe.len);
    if (safe.s[safe.len - 1] != '\n')
        sink_text(shell->output.out, "\n");
    return true;
}

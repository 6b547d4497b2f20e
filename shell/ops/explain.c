/* What a refused statement means, for the runner: its cause, what to do, whether to send it again. */
#include <belay/str.h>
#include <refusal.h>

#include "session_inside.h"

void explain_refusal(const struct action *action, struct error *err, bool *ret_busy,
                     bool *ret_unknown)
{
    AUTO_STR cause = {0};

    if (action->kind != ACTION_SQL || !str_starts(action->sql, "ALTER MATERIALIZED VIEW "))
        return;
    refusal_cause(err->message, &cause);
    const struct refusal_row *row = refusal_row(str_text(&cause));
    free(err->message);
    err->message = str_take(&cause);
    if (row == NULL)
        return;
    error_hint(err, "%s", row->remedy);
    *ret_busy = row->end == REFUSAL_BUSY;
    *ret_unknown = *ret_unknown || row->end == REFUSAL_UNKNOWN;
}

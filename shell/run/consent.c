/* May this statement be sent? The question before one that destroys. */
#include "consent.h"

#include <ask.h>
#include <belay/str.h>
#include <classify.h>

#include "shell_inside.h"
#include "signals.h"

/* --safe-updates, checked here because sql_safe_updates has no effect on StarRocks. */
static bool safe_updates(const struct shell *shell, const char *sql, size_t len, struct error *err)
{
    if (!shell->settings.safe_updates || shell->settings.classic || !sql_updates_all(sql, len))
        return true;
    error_set(err, ERR_DECLINED, "You are using safe update mode and you tried to update a table "
              "without a WHERE that uses a KEY column");
    if (err != NULL) { /* ER_UPDATE_WITHOUT_KEY_IN_SAFE_MODE, as a MySQL server says it */
        err->sql_errno = 1175;
        memcpy(err->sqlstate, "HY000", 6);
    }
    return error_hint(err, "neither WHERE nor LIMIT: nothing was sent");
}

/* Destructive statements ask at the keyboard; in batch the script's author decided. */
bool consent_statement(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    AUTO_STR what = {0};
    AUTO_STR text = {0};
    AUTO_STR line = {0};

    if (!safe_updates(shell, sql, len, err))
        return false;
    if (shell->consented || !shell->interactive || shell->source->name != NULL ||
        sql_classify(sql, len) != SQL_DESTROYS)
        return true;
    sql_destroys_what(sql, len, &what);
    escape_line(str_text(&what), what.len, &text);
    str_add(&text, "\nThis destroys. Send it? [y]es, Enter: no: ");
    struct ask ask = {.text = text.s, .wake_fd = signals_wake_fd()};
    sink_flush(shell->output.out, NULL);
    if (ask_line(&ask, &line) == ASK_LINE && (ask_equal(&line, "y") || ask_equal(&line, "yes")))
        return true;
    return error_set(err, ERR_DECLINED, "declined: nothing was sent");
}

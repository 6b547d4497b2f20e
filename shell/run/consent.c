/* May this statement be sent? The question before one that destroys. */
#include "consent.h"

#include <ask.h>
#include <belay/str.h>
#include <classify.h>

#include "shell_inside.h"
#include "signals.h"

/* Destructive statements ask at the keyboard; in batch the script's author decided. */
bool consent_statement(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    AUTO_STR what = {0};
    AUTO_STR text = {0};
    AUTO_STR line = {0};

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

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

/* --guard=strict, or production without a guard of its own; a profile may say either. */
static bool is_strict(const struct shell *shell)
{
    const struct settings *settings = &shell->settings;

    if (settings->guard != NULL)
        return strcasecmp(settings->guard, "strict") == 0;
    return settings_production(settings);
}

/* What a person types who knows where they are. */
static const char *place_name(const struct shell *shell)
{
    if (shell->practice_dir != NULL)
        return "practice";
    if (shell->settings.cluster != NULL)
        return shell->settings.cluster;
    return shell->endpoint.host != NULL ? shell->endpoint.host : "localhost";
}

static bool ask_person(struct shell *shell, const char *sql, size_t len, bool strict)
{
    const char *name = place_name(shell);
    AUTO_STR what = {0};
    AUTO_STR text = {0};

    sql_destroys_what(sql, len, &what);
    escape_line(str_text(&what), what.len, &text);
    if (strict) {
        str_add(&text, "\nThis destroys. Type ");
        escape_line(name, strlen(name), &text);
        str_add(&text, " to send it, Enter: no: ");
    } else {
        str_add(&text, "\nThis destroys. Send it? [y]es, Enter: no: ");
    }
    struct ask ask = {.text = text.s, .wake_fd = signals_wake_fd()};
    sink_flush(shell->output.out, NULL);
    bool agreed = ask_agree(&ask, strict ? name : NULL);
    shell->interrupted = shell->interrupted || signals_interrupts() > 0;
    return agreed;
}

/*
 * Destructive statements ask at the keyboard; in batch the script's author decided. With a strict
 * guard those of a file that was sourced ask as well, and in batch nobody decides.
 */
bool consent_statement(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    bool strict = is_strict(shell);
    bool typed = shell->interactive && shell->source->name == NULL;

    if (!safe_updates(shell, sql, len, err))
        return false;
    if (shell->consented || (!strict && !typed) || sql_classify(sql, len) != SQL_DESTROYS)
        return true;
    if (shell->interactive) {
        if (ask_person(shell, sql, len, strict))
            return true;
        return error_set(err, ERR_DECLINED, "declined: nothing was sent");
    }
    error_set(err, ERR_DECLINED, "refused: the guard is strict, and this destroys; nothing was sent");
    return error_hint(err, "run it at the keyboard, or say --guard=normal");
}

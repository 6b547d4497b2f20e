/* The settings of the session that \set knows. */
#include "session_settings.h"

#include <belay/str.h>
#include <mem.h>

#include "compare.h"
#include "print/printer.h"
#include "shell_inside.h"

#define PROGRESS_SECONDS "10"

static bool set_switch(const char *name, const char *value, bool *ret, struct error *err)
{
    bool on = true;

    if (value != NULL && !compare_truth(value, &on, NULL))
        return error_set(err, ERR_USAGE, "%s is on or off, not \"%s\"", name, value);
    *ret = on;
    return true;
}

static void show_switch(bool on, struct str *ret)
{
    str_add(ret, on ? "on" : "off");
}

static void show_format(struct shell *shell, struct str *ret)
{
    str_add(ret, format_names[shell->output.render.format]);
}

static bool set_format(struct shell *shell, const char *value, struct error *err)
{
    return target_format(value != NULL ? value : "", &shell->output.render.format, err);
}

static void show_null(struct shell *shell, struct str *ret)
{
    str_add(ret, shell->output.render.null_as != NULL ? shell->output.render.null_as : "NULL");
}

static bool set_null(struct shell *shell, const char *value, struct error *err)
{
    (void)err;
    free(shell->settings.null_as);
    shell->settings.null_as = mem_text(value);
    shell->output.render.null_as = shell->settings.null_as;
    return true;
}

static void show_pager(struct shell *shell, struct str *ret)
{
    str_add(ret, printer_pager_name(shell));
}

static bool set_pager(struct shell *shell, const char *value, struct error *err)
{
    if (str_equal(value, "off")) {
        shell_no_pager(shell);
        return true;
    }
    return shell_pager(shell, str_equal(value, "on") ? NULL : value, err);
}

static void show_timing(struct shell *shell, struct str *ret)
{
    show_switch(!shell->no_timing, ret);
}

static bool set_timing(struct shell *shell, const char *value, struct error *err)
{
    bool on = shell->no_timing; /* without a value the other way round, as psql does it */

    if (value != NULL && !set_switch("timing", value, &on, err))
        return false;
    shell->no_timing = !on;
    if (shell->interactive && shell->source != NULL && shell->source->name == NULL)
        output_note(&shell->output, "Timing is %s.", on ? "on" : "off");
    return true;
}

static void show_progress(struct shell *shell, struct str *ret)
{
    if (shell->progress_ms == 0)
        str_add(ret, "off");
    else
        str_addf(ret, "%lld", (long long)shell->progress_ms / 1000);
}

static bool set_progress(struct shell *shell, const char *value, struct error *err)
{
    const char *text = value == NULL || str_equal(value, "on") ? PROGRESS_SECONDS
                       : str_equal(value, "off")               ? "0"
                                                               : value;

    if (*text == '\0' || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text))
        return error_set(err, ERR_USAGE, "progress is off or a number of seconds, not \"%s\"",
                         value);
    shell->progress_ms = strtol(text, NULL, 10) * 1000;
    return true;
}

static void show_types(struct shell *shell, struct str *ret)
{
    show_switch(shell->output.render.types, ret);
}

static bool set_types(struct shell *shell, const char *value, struct error *err)
{
    return set_switch("types", value, &shell->output.render.types, err);
}

static void show_hidden(struct shell *shell, struct str *ret)
{
    show_switch(shell->echo_hidden, ret);
}

static bool set_hidden(struct shell *shell, const char *value, struct error *err)
{
    return set_switch("echo-hidden", value, &shell->echo_hidden, err);
}

static void show_warnings(struct shell *shell, struct str *ret)
{
    show_switch(shell->show_warnings, ret);
}

static bool set_warnings(struct shell *shell, const char *value, struct error *err)
{
    return set_switch("warnings", value, &shell->show_warnings, err);
}

const struct session_setting session_settings[] = {
    {"format", show_format, set_format},       {"null-as", show_null, set_null},
    {"pager", show_pager, set_pager},          {"timing", show_timing, set_timing},
    {"progress", show_progress, set_progress}, {"types", show_types, set_types},          {"warnings", show_warnings, set_warnings},
    {"echo-hidden", show_hidden, set_hidden},  {NULL, NULL, NULL},
};

const struct session_setting *session_setting_find(const char *name)
{
    for (const struct session_setting *s = session_settings; s->name != NULL; s++)
        if (str_equal(s->name, name))
            return s;
    return NULL;
}

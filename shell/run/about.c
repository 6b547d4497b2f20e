/* What is only shown: --version, --help, --print-defaults. */
#include <belay/str.h>
#include <digest.h>
#include <line.h>
#include <options.h>

#include "classic/version.h"
#include "shell_inside.h"

#include <connection_facts.h>

#define WIDTH_MAX 96

static void show_version(struct shell *shell, struct str *ret)
{
    if (shell->settings.classic) {
        classic_version(shell->settings.program, ret);
        return;
    }
    str_addf(ret, "belay %s\n", BELAY_VERSION);
    if (shell->settings.version > 1)
        str_addf(ret, "libmariadb of MariaDB %s\nreadline %s\n%s\nlibyaml %s\n",
                 connection_library_version(), line_library_version(), digest_library_version(),
                 options_yaml_version());
}

bool about_shown(const struct settings *settings)
{
    return settings->help || settings->version > 0 || settings->print_defaults;
}

/* Long lines are hard to read on a wide screen, too. */
static size_t width_of(struct sink *sink)
{
    unsigned columns = sink_is_terminal(sink) ? sink_columns(sink) : WIDTH_MAX;

    return columns < WIDTH_MAX ? columns : WIDTH_MAX;
}

bool about_show(struct shell *shell, struct error *err)
{
    AUTO_STR text = {0};
    AUTO_STR safe = {0};

    if (shell->settings.version > 0)
        show_version(shell, &text);
    else if (shell->settings.print_defaults)
        str_add(&text, str_text(&shell->defaults));
    else if (!options_help(shell->settings.help_group, width_of(shell->output.out), &text, err))
        return false;
    /* Files may hold anything. */
    if (sink_escapes(shell->output.out))
        escape_block(str_text(&text), text.len, &safe);
    else
        str_addn(&safe, str_text(&text), text.len);
    sink_write(shell->output.out, str_text(&safe), safe.len);
    return sink_flush(shell->output.out, err);
}

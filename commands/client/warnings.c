/* \W, \w: show warnings after each statement, or not. */
#include <belay/shell.h>

static enum client_end on(struct shell *shell, const struct command_input *input, struct error *err)
{
    (void)input;
    (void)err;
    shell_show_warnings(shell, true);
    if (shell_interactive(shell))
        sink_text(shell_output(shell)->out, "Show warnings enabled.\n");
    return CLIENT_GO_ON;
}

static enum client_end off(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    (void)input;
    (void)err;
    shell_show_warnings(shell, false);
    if (shell_interactive(shell))
        sink_text(shell_output(shell)->out, "Show warnings disabled.\n");
    return CLIENT_GO_ON;
}

const struct command command_warnings = {
    .name = "warnings",
    .letter = "W",
    .word = "warnings",
    .group = GROUP_CLIENT,
    .summary = "show warnings after each statement",
    .usage = "\\W",
    .client = on,
};

const struct command command_nowarning = {
    .name = "nowarning",
    .letter = "w",
    .word = "nowarning",
    .group = GROUP_CLIENT,
    .summary = "do not show warnings",
    .usage = "\\w",
    .client = off,
};

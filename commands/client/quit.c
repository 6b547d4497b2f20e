/* \q: leave. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    (void)input;
    (void)err;
    if (shell_interactive(shell))
        sink_text(shell_output(shell)->out, "Bye\n");
    return CLIENT_LEAVE;
}

const struct command command_quit = {
    .name = "quit",
    .letter = "q",
    .word = "quit",
    .group = GROUP_CLIENT,
    .summary = "leave",
    .usage = "\\q",
    .client = run,
};

const struct command command_exit = {
    .name = "exit",
    .word = "exit",
    .group = GROUP_CLIENT,
    .summary = "leave",
    .usage = "exit",
    .client = run,
};

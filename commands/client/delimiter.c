/* \d: set what ends a statement. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_delimiter(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_TEXT, "TEXT", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_delimiter = {
    .name = "delimiter",
    .letter = "d",
    .word = "delimiter",
    .group = GROUP_CLIENT,
    .summary = "set what ends a statement",
    .usage = "delimiter TEXT",
    .args = args,
    .client = run,
};

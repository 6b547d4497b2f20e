/* \history: what was typed, with the numbers that \e takes. */
#include <belay/shell.h>

#define USUAL 20

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *number = input_arg(input, 0);

    return shell_history(shell, number != NULL ? strtol(number, NULL, 10) : USUAL, err)
               ? CLIENT_GO_ON
               : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_NUMBER, "N", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\history 5", "the last five entries"},
    {NULL, NULL},
};

const struct command command_history = {
    .name = "history",
    .group = GROUP_CLIENT,
    .summary = "show the last statements typed, with their numbers",
    .usage = "\\history [N]",
    .details = "The last 20, or N. Passwords and keys are blotted out; what begins with a blank or "
               "matches an ignore pattern is not kept. ^R searches, \\e NUMBER edits one.",
    .examples = examples,
    .args = args,
    .client = run,
};

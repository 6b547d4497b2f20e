/* \e: the statement in an editor. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *number = input_arg(input, 0);

    return shell_edit(shell, number != NULL ? strtol(number, NULL, 10) : 0, err) ? CLIENT_GO_ON
                                                                                : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_NUMBER, "N", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\e", "what is typed so far, or the last statement"},
    {"\\e 12", "entry 12 of \\history"},
    {NULL, NULL},
};

const struct command command_edit = {
    .name = "edit",
    .letter = "e",
    .word = "edit",
    .group = GROUP_CLIENT,
    .summary = "edit the statement in $VISUAL or $EDITOR",
    .usage = "\\e [N]",
    .details = "Opens what is typed so far, else the last statement, else vi's empty page, in "
               "$VISUAL, $EDITOR or vi. What is saved comes back to the line, to be looked at: "
               "Enter runs it, ^C drops it. An editor that fails changes nothing.",
    .examples = examples,
    .args = args,
    .client = run,
};

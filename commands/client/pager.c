/* \P and \n: the program that long results are read in. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_pager(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_no(struct shell *shell, const struct command_input *input,
                              struct error *err)
{
    (void)input;
    (void)err;
    shell_no_pager(shell);
    return CLIENT_GO_ON;
}

static const struct command_arg args[] = {{ARG_REST, "COMMAND", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\P less -SFX", "every result through less"},
    {"\\P grep -c RUNNING", "every result through grep, as in mysql"},
    {"\\P", "the usual pager again"},
    {NULL, NULL},
};

const struct command command_pager = {
    .name = "pager",
    .letter = "P",
    .word = "pager",
    .group = GROUP_CLIENT,
    .summary = "read results in a program",
    .usage = "\\P [COMMAND]",
    .details = "At a terminal, a result that is taller or wider than the window is shown in $PAGER, "
               "or in less. With COMMAND every result goes through it, whatever its size. Leaving "
               "the pager early is no error. \\n ends it; in batch there is no pager.",
    .examples = examples,
    .args = args,
    .verbatim = true,
    .client = run,
};

const struct command command_nopager = {
    .name = "nopager",
    .letter = "n",
    .word = "nopager",
    .group = GROUP_CLIENT,
    .summary = "no pager: results go straight to the screen",
    .usage = "\\n",
    .client = run_no,
};

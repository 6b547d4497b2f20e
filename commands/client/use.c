/* \u: use a database. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_use(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_DATABASE, "DATABASE", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_use = {
    .name = "use",
    .letter = "u",
    .word = "use",
    .group = GROUP_CLIENT,
    .summary = "use a database: db or catalog.db",
    .usage = "use DATABASE",
    .details = "The name may be quoted as in SQL: use `a b`.",
    .args = args,
    .client = run,
};

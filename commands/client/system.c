/* \! and \-: a line in a shell, and never again. */
#include <belay/shell.h>

static enum client_end system_line(struct shell *shell, const struct command_input *input,
                                   struct error *err)
{
    return shell_system(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end sandbox(struct shell *shell, const struct command_input *input,
                               struct error *err)
{
    (void)input;
    (void)err;
    shell_sandbox(shell);
    return CLIENT_GO_ON;
}

static const struct command_arg args[] = {{ARG_REST, "LINE", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_system = {
    .name = "system",
    .letter = "!",
    .word = "system",
    .group = GROUP_CLIENT,
    .summary = "run a line in a shell",
    .usage = "\\! LINE",
    .details = "Its status is told when it is not 0, and is in SHELL_STATUS. Passwords are not passed "
               "on in its environment. In piped and sourced text it is refused without "
               "--allow-shell.",
    .args = args,
    .verbatim = true,
    .client = system_line,
};

const struct command command_sandbox = {
    .name = "sandbox",
    .letter = "-",
    .word = "sandbox",
    .group = GROUP_CLIENT,
    .summary = "no files and no programs from here on",
    .usage = "\\-",
    .details = "Commands that read or write files or start programs are refused until the end of the "
               "session; there is no way back. mariadb-dump puts \\- into the first line of its "
               "files.",
    .client = sandbox,
};

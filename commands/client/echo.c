/* \echo, \qecho and \warn: texts from a script. */
#include <belay/shell.h>

static const char *text_of(const struct command_input *input)
{
    const char *text = input_arg(input, 0);

    return text != NULL ? text : "";
}

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_echo(shell, text_of(input), false, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_warn(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    return shell_echo(shell, text_of(input), true, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "TEXT", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\echo :{ROW_COUNT} rows, release :{SERVER_VERSION}", "variables are replaced"},
    {"\\echo -n 'no new line'", "and nothing behind it"},
    {NULL, NULL},
};

const struct command command_echo = {
    .name = "echo",
    .group = GROUP_SQL,
    .summary = "print a text",
    .usage = "\\echo [-n] [TEXT…]",
    .examples = examples,
    .args = args,
    .verbatim = true,
    .client = run,
};

const struct command command_qecho = {
    .name = "qecho",
    .group = GROUP_SQL,
    .summary = "print a text where results go: to \\o, \\once",
    .usage = "\\qecho [-n] [TEXT…]",
    .args = args,
    .verbatim = true,
    .shows = true,
    .client = run,
};

const struct command command_warn = {
    .name = "warn",
    .group = GROUP_SQL,
    .summary = "print a text to standard error",
    .usage = "\\warn [-n] [TEXT…]",
    .args = args,
    .verbatim = true,
    .client = run_warn,
};

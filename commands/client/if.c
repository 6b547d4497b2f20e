/* \if, \elif, \else, \endif: text that is run only when something is so. */
#include <belay/shell.h>

static enum client_end run_if(struct shell *shell, const struct command_input *input,
                              struct error *err)
{
    return shell_if(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_elif(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    return shell_elif(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_else(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    (void)input;
    return shell_else(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_endif(struct shell *shell, const struct command_input *input,
                                 struct error *err)
{
    (void)input;
    return shell_endif(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "EXPRESSION", true, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\if :{SERVER_VERSION} >= 3.4", "releases compare part by part: 3.10 is above 3.9"},
    {"\\if not defined day", "is there such a variable?"},
    {"\\if :{state} = FINISHED", "texts"},
    {NULL, NULL},
};

const struct command command_if = {
    .name = "if",
    .group = GROUP_SQL,
    .summary = "run what follows only when this is true",
    .usage = "\\if [not] A | A OP B | defined NAME",
    .details = "OP is one of = != < <= > >=, with spaces around it. Numbers compare as numbers, "
               "releases (3.3.10) part by part, all else as texts. A alone is on, true, yes, 1 or "
               "off, false, no, 0. Ends with \\endif in the same text; \\elif and \\else between. What "
               "is passed over is not sent, and its commands are not run.",
    .examples = examples,
    .args = args,
    .verbatim = true,
    .client = run_if,
};

const struct command command_elif = {
    .name = "elif",
    .group = GROUP_SQL,
    .summary = "in an \\if: else, when this is true",
    .usage = "\\elif EXPRESSION",
    .args = args,
    .verbatim = true,
    .client = run_elif,
};

const struct command command_else = {
    .name = "else",
    .group = GROUP_SQL,
    .summary = "in an \\if: when nothing before was true",
    .usage = "\\else",
    .client = run_else,
};

const struct command command_endif = {
    .name = "endif",
    .group = GROUP_SQL,
    .summary = "the end of an \\if",
    .usage = "\\endif",
    .client = run_endif,
};

/* \set and \unset: variables, and settings of the session. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    if (input->args.n == 0)
        return shell_set_list(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
    return shell_set(shell, &input->args, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_unset(struct shell *shell, const struct command_input *input,
                                 struct error *err)
{
    return shell_unset(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_timing(struct shell *shell, const struct command_input *input,
                                  struct error *err)
{
    AUTO_STRV words = {0};

    strv_add(&words, "timing");
    if (input_arg(input, 0) != NULL)
        strv_add(&words, input_arg(input, 0));
    return shell_set(shell, &words, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_SETTING, "NAME", false, false},
                                          {ARG_TEXT, "VALUE", false, true},
                                          {ARG_END, NULL, false, false}};
static const struct command_arg unset_args[] = {{ARG_TEXT, "NAME", true, false},
                                                {ARG_END, NULL, false, false}};
static const struct command_arg timing_args[] = {{ARG_TEXT, "on|off", false, false},
                                                 {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\set day 2026-11-28", "then: select * from orders where day = :{'day'};"},
    {"\\set table orders", "then: select count(*) from :{`table`};"},
    {"\\set format json", "results as JSON from now on"},
    {"\\set", "lists variables, settings, and what belay knows itself"},
    {NULL, NULL},
};

const struct command command_set = {
    .name = "set",
    .group = GROUP_SQL,
    .summary = "set a variable or a setting; alone: list them",
    .usage = "\\set [NAME [VALUE…]]",
    .details = "A variable is used in a statement as :{name}, its value as it is; as :{'name'}, a "
               "string of SQL; as :{`name`}, a name of SQL. Nothing is replaced inside quotes and "
               "comments. A variable that does not exist is an error, and nothing is sent. Settings "
               "are format, null-as, pager, timing, types, warnings, progress (seconds after which a "
               "statement tells how far it is, or off) and echo-hidden, which shows the "
               "statements that \\describe and its like send. Read-only: ERROR, SQLSTATE, ROW_COUNT, "
               "LAST_ERROR_MESSAGE, LAST_ERROR_CODE, EXIT_STATUS, SHELL_STATUS, SERVER_VERSION, "
               "HOST, PORT, DATABASE, USER, BELAY_VERSION.",
    .examples = examples,
    .args = args,
    .sends = true,
    .client = run,
};

const struct command command_unset = {
    .name = "unset",
    .group = GROUP_SQL,
    .summary = "remove a variable",
    .usage = "\\unset NAME",
    .args = unset_args,
    .client = run_unset,
};

const struct command command_timing = {
    .name = "timing",
    .group = GROUP_SQL,
    .summary = "show how long statements take, or not; alone: switch",
    .usage = "\\timing [on | off]",
    .args = timing_args,
    .client = run_timing,
};

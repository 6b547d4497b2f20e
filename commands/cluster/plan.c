/* \plan show|digest|diff, \run: saved plans. */
#include <belay/shell.h>

static enum client_end show(struct shell *shell, const struct command_input *input,
                            struct error *err)
{
    return shell_plan_show(shell, input_arg(input, 0), false, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end digest(struct shell *shell, const struct command_input *input,
                              struct error *err)
{
    return shell_plan_show(shell, input_arg(input, 0), true, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end diff(struct shell *shell, const struct command_input *input,
                            struct error *err)
{
    return shell_plan_diff(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_run_plan(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_PLAN, "FILE", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_plan_show = {
    .name = "plan show",
    .group = GROUP_RUNS,
    .summary = "show a saved plan",
    .usage = "\\plan show FILE",
    .args = args,
    .client = show,
};

const struct command command_plan_digest = {
    .name = "plan digest",
    .group = GROUP_RUNS,
    .summary = "print the digest of a saved plan",
    .usage = "\\plan digest FILE",
    .args = args,
    .client = digest,
};

const struct command command_plan_diff = {
    .name = "plan diff",
    .group = GROUP_RUNS,
    .summary = "compare a saved plan with what the world gives now",
    .usage = "\\plan diff FILE",
    .details = "Exit status 7 when they differ; each step that is only in one of them is listed "
               "(- saved, + now), and of one that is otherwise (~) what it was and what it is.",
    .args = args,
    .client = diff,
};

const struct command command_run = {
    .name = "run",
    .group = GROUP_RUNS,
    .summary = "run a saved plan, if the world still gives it",
    .usage = "\\run FILE",
    .details = "The plan is made again from the world as it is now and must come out the same, step "
               "by step; otherwise nothing is sent (exit status 7). Consent is asked as for the "
               "command itself; in batch give --approve.",
    .args = args,
    .writes_files = true,
    .client = run,
};

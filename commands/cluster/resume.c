/* \resume: go on with a run that was stopped, killed or lost. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_resume(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_RUN, "RUN", false, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_resume = {
    .name = "resume",
    .group = GROUP_RUNS,
    .summary = "go on with a run that was stopped or killed",
    .usage = "\\resume [RUN | FILE]",
    .details = "Rebuilds the plan from the facts in the run's journal, asks the cluster what is true "
               "now for each open step, asks consent again, and goes on. What was already done is "
               "not sent a second time. Without RUN the newest open run is taken. FILE is a run that "
               "\\journal export wrote on another machine: it is taken here first. Refused when a "
               "later run has worked the other way on its views: \\journal close RUN ends it.",
    .args = args,
    .writes_files = true,
    .client = run,
};

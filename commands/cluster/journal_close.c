/* \journal close: nobody will go on with this run. */
#include <belay/command.h>
#include <belay/open_runs.h>
#include <belay/str.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    return run_close_gather(session, input_arg(input, 0), ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    AUTO_STR reason = {0};

    for (size_t i = 1; i < input->args.n; i++)
        str_addf(&reason, "%s%s", i > 1 ? " " : "", input->args.v[i]);
    return run_close_plan(input->command->name, facts, str_text(&reason), err);
}

static const struct planner planner = {.gather = gather, .plan = plan, .no_rebuild = true};

static const struct command_arg args[] = {{ARG_RUN, "RUN", true, false},
                                          {ARG_TEXT, "REASON", false, true},
                                          {ARG_END, NULL, false, false}};

const struct command command_journal_close = {
    .name = "journal close",
    .group = GROUP_RUNS,
    .summary = "close a run that nobody will go on with",
    .usage = "\\journal close RUN [REASON…]",
    .details = "A run that failed stays open for \\resume, also after a later run has done its work. "
               "Its journal gets a last record that says who closed it and why. Nothing is sent to "
               "the server, and the ledger keeps what the run took down. Refused while the run is "
               "being worked on.",
    .args = args,
    .plan = &planner,
};

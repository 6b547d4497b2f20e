/* \mv cancel: end the refreshes of views. */
#include <belay/command.h>
#include <belay/runs.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    (void)input;
    return runs_gather(session, ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    return runs_plan_cancel(input->command->name, facts, &input->args, input_flag(input, "force"), err);
}

static const struct planner planner = {.gather = gather, .plan = plan};

static const struct command_option options[] = {
    {ARG_FLAG, "force", "also one that does not end when it is told to; from 3.1 on"},
    {ARG_END, NULL, NULL},
};

static const struct command_arg names[] = {{ARG_VIEW, "DATABASE.NAME", true, true},
                                           {ARG_END, NULL, false, false}};

const struct command command_mv_cancel = {
    .name = "mv cancel",
    .group = GROUP_VIEWS,
    .summary = "end the refreshes of the named views",
    .usage = "\\mv cancel DATABASE.NAME… [--force]",
    .details = "Sends CANCEL REFRESH MATERIALIZED VIEW to each named view that has a refresh running or "
               "waiting, and proves that none is left. Where one waits on a release whose CANCEL ends only "
               "the one that runs, FORCE is sent, which empties the queue too. One that waited, and one "
               "that FORCE ended, leaves no row in task_runs.",
    .args = names,
    .options = options,
    .plan = &planner,
};

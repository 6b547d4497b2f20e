/* \mv ledger drop: forget what belay took down, for good. */
#include <belay/command.h>
#include <belay/views.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    (void)input;
    return ledger_gather(session, ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    return ledger_plan_drop(input->command->name, facts, &input->args, err);
}

static const struct planner planner = {.gather = gather, .plan = plan};

static const struct command_arg names[] = {{ARG_VIEW, "DATABASE.NAME", false, true},
                                           {ARG_END, NULL, false, false}};

const struct command command_mv_ledger_drop = {
    .name = "mv ledger drop",
    .group = GROUP_VIEWS,
    .summary = "forget views that belay took down or paused",
    .usage = "\\mv ledger drop [DATABASE.NAME…]",
    .details = "For views that are gone, or that somebody else has brought up. Nothing is sent to the "
               "server: a view that is down stays down, and no \\mv activate-all brings it up any "
               "more. Without names all entries are dropped. Names are those in \\mv ledger. The "
               "journals keep what was done.",
    .args = names,
    .plan = &planner,
};

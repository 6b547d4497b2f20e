/* \mv activate, \mv activate-all: bring up what belay took down, bases first. */
#include <belay/command.h>
#include <belay/views.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    (void)input;
    return views_gather(session, ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct view_choice choice = {.names = input->args,
                                 .only = input_option(input, "only"),
                                 .except = input_option(input, "except")};

    return views_plan_up(input->command->name, facts, &choice, err);
}

static const struct planner planner = {.gather = gather, .plan = plan};

static const struct command_option options[] = {
    {ARG_PATTERN, "only", "views whose database.name matches"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_END, NULL, NULL},
};

static const struct command_arg names[] = {{ARG_VIEW_INACTIVE, "DATABASE.NAME", true, true},
                                           {ARG_END, NULL, false, false}};

const struct command command_mv_activate = {
    .name = "mv activate",
    .group = GROUP_VIEWS,
    .summary = "bring the named views up again",
    .usage = "\\mv activate DATABASE.NAME…",
    .details = "Only views that belay took down; what was inactive before is yours to judge.",
    .args = names,
    .plan = &planner,
};

const struct command command_mv_activate_all = {
    .name = "mv activate-all",
    .group = GROUP_VIEWS,
    .summary = "bring up every view that belay took down, bases first",
    .usage = "\\mv activate-all [--only RE] [--except RE]",
    .details = "Sends ACTIVE from the bases to the leaves to the views in the ledger and to no "
               "others, and says first what that refreshes on this release. The FE's own activation "
               "comes back last, once every view is up and everything that was left is proved to be "
               "as it was found.",
    .options = options,
    .plan = &planner,
};

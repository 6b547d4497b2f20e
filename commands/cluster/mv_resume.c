/* \mv resume, \mv resume-all: give back the refresh clauses that \mv pause took. */
#include "mv_line.h"

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct view_choice choice = mv_choice(input);

    return views_plan_resume(input->command->name, facts, &choice, err);
}

static const struct planner planner = {.gather = mv_gather, .plan = plan,
                                       .way_back = "mv pause", .way_back_op = "resume"};

static const struct command_option options[] = {
    MV_PATTERNS,
    {ARG_END, NULL, NULL},
};

static const struct command_arg names[] = {{ARG_VIEW, "DATABASE.NAME", true, true},
                                           {ARG_END, NULL, false, false}};

const struct command command_mv_resume = {
    .name = "mv resume",
    .group = GROUP_VIEWS,
    .summary = "give the named views their schedules back",
    .usage = "\\mv resume DATABASE.NAME…",
    .details = "Only views that belay paused; a clause that somebody set is theirs.",
    .args = names,
    .plan = &planner,
};

const struct command command_mv_resume_all = {
    .name = "mv resume-all",
    .group = GROUP_VIEWS,
    .summary = "give every view that belay paused its schedule back",
    .usage = "\\mv resume-all [--only RE] [--except RE]",
    .details = "Gives back the exact refresh clauses that \\mv pause took, to the views in the ledger and "
               "to no others, and proves that SHOW CREATE shows the old text and that no refresh came of "
               "it. A clause that somebody changed meanwhile is left and listed.",
    .options = options,
    .plan = &planner,
};

/* \mv inactivate, \mv inactivate-all: take views down, leaves first, so that they can come up again. */
#include "mv_line.h"

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct view_choice choice = mv_choice(input);

    choice.cancel = input_flag(input, "cancel");
    return views_plan_down(input->command->name, facts, &choice, err);
}

static const struct planner planner = {.gather = mv_gather, .plan = plan,
                                       .way_back = "mv activate", .way_back_op = "view down"};

#define CANCEL                                                                                     \
    {ARG_FLAG, "cancel", "end refreshes that run, where INACTIVE lets them go on"}

static const struct command_option named_options[] = {CANCEL, {ARG_END, NULL, NULL}};

static const struct command_option options[] = {
    MV_PATTERNS,
    CANCEL,
    {ARG_END, NULL, NULL},
};

static const struct command_arg names[] = {{ARG_VIEW_ACTIVE, "DATABASE.NAME", true, true},
                                           {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\mv inactivate-all --dry-run", "the plan, its cost and its digest"},
    {"\\mv inactivate-all --except '^web\\.'", "all but those of one database"},
    {NULL, NULL},
};

const struct command command_mv_inactivate = {
    .name = "mv inactivate",
    .group = GROUP_VIEWS,
    .summary = "take the named views down",
    .usage = "\\mv inactivate DATABASE.NAME… [--cancel]",
    .details = "The same steps as \\mv inactivate-all for the views named. \\mv activate brings them "
               "up again.",
    .args = names,
    .options = named_options,
    .plan = &planner,
};

const struct command command_mv_inactivate_all = {
    .name = "mv inactivate-all",
    .group = GROUP_VIEWS,
    .summary = "take every view down, leaves first",
    .usage = "\\mv inactivate-all [--only RE] [--except RE] [--cancel]",
    .details = "Writes what it finds into the journal (the ledger) before each statement, switches "
               "the FE's own activation off on every FE, then sends INACTIVE from the leaves to the "
               "bases and reads flag and reason of each view back. Where this release lets a running "
               "refresh commit, it waits for it, or cancels it with --cancel. Views that were inactive "
               "before are left as found; an active view over an inactive base has no way back and "
               "stays up, and so does what stands on it. Where ACTIVE refreshes in full, \\mv pause-all is the gentler way. \\mv activate-all brings up what "
               "was taken down, and nothing else.",
    .options = options,
    .examples = examples,
    .plan = &planner,
};

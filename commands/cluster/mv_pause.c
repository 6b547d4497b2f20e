/* \mv pause, \mv pause-all: stop the schedules of views without taking them down. */
#include "mv_line.h"

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct view_choice choice = mv_choice(input);

    return views_plan_pause(input->command->name, facts, &choice, err);
}

static const struct planner planner = {.gather = mv_gather, .plan = plan,
                                       .way_back = "mv resume", .way_back_op = "pause"};

static const struct command_option options[] = {
    MV_PATTERNS,
    {ARG_END, NULL, NULL},
};

static const struct command_arg names[] = {{ARG_VIEW_ACTIVE, "DATABASE.NAME", true, true},
                                           {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\mv pause-all --dry-run", "which views can be paused, and which cannot"},
    {"\\mv pause-all --only '^sales\\.'", "those of one database"},
    {NULL, NULL},
};

const struct command command_mv_pause = {
    .name = "mv pause",
    .group = GROUP_VIEWS,
    .summary = "stop the schedules of the named views",
    .usage = "\\mv pause DATABASE.NAME…",
    .details = "The same steps as \\mv pause-all for the views named. \\mv resume gives their clauses "
               "back.",
    .args = names,
    .plan = &planner,
};

const struct command command_mv_pause_all = {
    .name = "mv pause-all",
    .group = GROUP_VIEWS,
    .summary = "stop the schedules of all views, without INACTIVE",
    .usage = "\\mv pause-all [--only RE] [--except RE]",
    .details = "The gentle way where ACTIVE would refresh views in full: sends REFRESH MANUAL to every "
               "active view whose refresh clause contains EVERY, and keeps the exact old clause in the "
               "journal (the ledger). The views stay active and answer queries. Views that are "
               "refreshed when a base is loaded would run at once on the way back: they are listed as "
               "not pausable. \\mv resume-all gives the old clauses back. From StarRocks 2.5.17, "
               "3.0.9, 3.1.6, 3.2.1 and 3.3 on.",
    .options = options,
    .examples = examples,
    .plan = &planner,
};

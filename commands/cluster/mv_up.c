/* \mv activate, \mv activate-all: bring up what belay took down, bases first. */
#include <belay/forecast.h>
#include <belay/str.h>

#include "mv_line.h"

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    if (!mv_gather(session, input, ret, err))
        return false;
    forecast_gather(session, *ret);
    return true;
}

/* A budget of nothing would never begin. */
static bool budget_ok(const struct command_input *input, struct error *err)
{
    static const char *const names[] = {"wave", "max-running"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (input_number(input, names[i], 1) < 1)
            return error_set(err, ERR_USAGE, "--%s must be at least 1", names[i]);
    }
    return true;
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct view_choice choice = mv_choice(input);

    choice.wave = input_number(input, "wave", 0);
    choice.max_running = input_number(input, "max-running", 0);
    choice.max_failed = input_number(input, "max-failed", 0);
    if (!budget_ok(input, err))
        return NULL;
    return views_plan_up(input->command->name, facts, &choice, err);
}

#define SHOWN 12
#define SHOWN_FACTS 40

/* What did not come up, at the end, where it is seen. */
static void tell_not_up(struct session *session, const struct run_end *end, struct output *output)
{
    AUTO_RESULT rows = {0};
    AUTO_STR file = {0};
    AUTO_ERROR err = {0};

    if (!views_not_up(session, end->plan, end->run, &rows, &file, &err)) {
        output_note(output, "%s", err.message);
        return;
    }
    if (rows.n_rows == 0)
        return;
    output_note(output, "Not up: %zu view%s", rows.n_rows, rows.n_rows == 1 ? "" : "s");
    for (size_t i = 0; i < rows.n_rows && i < SHOWN; i++) {
        const char *remedy = result_text(&rows, i, "remedy");
        output_note(output, "  %s: %s%s%s", result_text(&rows, i, "view"),
                    result_text(&rows, i, "cause"), *remedy != '\0' ? "; " : "", remedy);
    }
    if (rows.n_rows > SHOWN)
        output_note(output, "  … %zu more", rows.n_rows - SHOWN);
    output_note(output, "Their definitions, to create them again: %s", file.s);
}

/* The refreshes that came of it: in batch all of them, at a terminal as many as one looks at. */
static void tell_fact(struct session *session, const char *run, struct output *output)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sum = {0};
    AUTO_ERROR err = {0};

    if (!forecast_compare(session, run, &rows, &sum, &err)) {
        output_note(output, "What was refreshed cannot be told: %s", err.message);
        return;
    }
    if (rows.n_rows > 0 && (!output->interactive || rows.n_rows <= SHOWN_FACTS))
        output_show(output, &rows);
    else if (rows.n_rows > 0)
        output_note(output, "\\mv forecast --run %s lists what was refreshed", run);
    if (rows.n_rows > 0)
        output_note(output, "%s", sum.s);
}

static void after(struct session *session, const struct run_end *end, struct output *output)
{
    if (end->run == NULL)
        return;
    if (end->ok)
        tell_fact(session, end->run, output);
    else
        tell_not_up(session, end, output);
}

static const struct planner planner = {.gather = gather, .plan = plan, .after = after,
                                       .way_back = "mv inactivate", .way_back_op = "view up"};

#define WAVE_OPTIONS                                                                               \
    {ARG_NUMBER, "wave", "at most so many views a wave (64)"},                                     \
    {ARG_NUMBER, "max-running", "wait while so many refreshes run or wait (4)"},                   \
    {ARG_NUMBER, "max-failed", "refreshes of a wave that may fail (0)"},                           \
    {ARG_END, NULL, NULL}

static const struct command_option options[] = {
    MV_PATTERNS,
    WAVE_OPTIONS,
};

static const struct command_option wave_options[] = {WAVE_OPTIONS};

#define WAVES                                                                                      \
    " They come up in waves, bases before what stands on them; before each wave belay waits until " \
    "fewer than --max-running refreshes run or wait in the whole cluster. When refreshes of a wave " \
    "fail, or others fill the queue, the run pauses (exit status 8): \\resume goes on. ^C stops "   \
    "between waves too. Refreshes of the last wave are not waited for: what still runs is counted " \
    "at the end, and \\mv runs shows it."

static const struct command_arg names[] = {{ARG_VIEW_INACTIVE, "DATABASE.NAME", true, true},
                                           {ARG_END, NULL, false, false}};

const struct command command_mv_activate = {
    .name = "mv activate",
    .group = GROUP_VIEWS,
    .summary = "bring the named views up again",
    .usage = "\\mv activate DATABASE.NAME… [--wave N] [--max-running N]",
    .details = "Only views that belay took down; what was inactive before is yours to judge." WAVES,
    .args = names,
    .options = wave_options,
    .plan = &planner,
};

const struct command command_mv_activate_all = {
    .name = "mv activate-all",
    .group = GROUP_VIEWS,
    .summary = "bring up every view that belay took down, bases first",
    .usage = "\\mv activate-all [--only RE] [--except RE] [--wave N] [--max-running N]",
    .details = "Sends ACTIVE from the bases to the leaves to the views in the ledger and to no "
               "others, and says first what that refreshes on this release. The FE's own activation "
               "comes back last, once every view is up and everything that was left is proved to be "
               "as it was found." WAVES,
    .options = options,
    .plan = &planner,
};

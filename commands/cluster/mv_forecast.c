/* \mv forecast: what bringing views up refreshes, and what it did. */
#include <belay/command.h>
#include <belay/forecast.h>
#include <belay/str.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    const char *of_run = input_option(input, "run");
    AUTO_RESULT rows = {0};
    AUTO_STR sum = {0};

    if (of_run != NULL && (input_option(input, "only") != NULL || input_option(input, "except") != NULL))
        return error_set(err, ERR_USAGE, "--run shows the views of that run: no --only, no --except");
    bool ok = of_run != NULL
                  ? forecast_compare(session, of_run, &rows, &sum, err)
                  : forecast_read(session, input_option(input, "only"),
                                  input_option(input, "except"), &rows, &sum, err);
    if (rows.n_columns > 0)
        output_show(output, &rows);
    if (sum.len > 0)
        output_note(output, "%s", sum.s);
    return ok;
}

static const struct command_option options[] = {
    {ARG_PATTERN, "only", "views whose database.name matches"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_RUN, "run", "what really happened after this run"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\mv forecast", "what would ACTIVE refresh of each view?"},
    {"\\mv forecast --run 00002-20261124T063605Z", "and what did it?"},
    {NULL, NULL},
};

const struct command command_mv_forecast = {
    .name = "mv forecast",
    .group = GROUP_VIEWS,
    .summary = "what bringing views up refreshes, and for how long",
    .usage = "\\mv forecast [--only RE] [--except RE] | --run RUN",
    .details = "For each view: none, incremental, full, or full and empty meanwhile, and why, by the "
               "release that the FE runs now; minutes by the median of its last five refreshes that "
               "ended well (before 4.0 with the time they waited), rows as the view holds them. Ends "
               "with status 9 when it cannot be told. With --run: the first refresh of each view that "
               "this run brought up, beside its forecast; forced is what the refresh itself says.",
    .options = options,
    .examples = examples,
    .run = run,
};

/* \mv runs: refresh runs, and which of them belay's own doing explains. */
#include <string.h>

#include <belay/command.h>
#include <belay/pattern.h>
#include <belay/runs.h>
#include <belay/str.h>

#define SINCE "24h"

static const char *const columns[] = {"database", "name",    "state", "forced",
                                      "started",  "seconds", "error", "expected"};

static void add_run(const struct refresh_run *run, struct result *ret)
{
    static const char *const forced[] = {[RUN_FORCED_UNKNOWN] = "", [RUN_NOT_FORCED] = "false",
                                         [RUN_FORCED] = "true"};
    size_t row = result_row(ret);

    result_set_text(ret, row, "database", run->database);
    result_set_text(ret, row, "name", run->name);
    result_set_text(ret, row, "state", run->state);
    result_set_text(ret, row, "forced", run->whole ? "full" : forced[run->forced]);
    result_set_text(ret, row, "started", run->started);
    if (run->seconds >= 0)
        result_set_f(ret, row, "seconds", "%lld", (long long)run->seconds);
    else
        result_set_text(ret, row, "seconds", "");
    result_set_text(ret, row, "error", run->error);
    result_set_text(ret, row, "expected", run->expected);
}

static bool wanted(const struct pattern *only, const struct pattern *except,
                   const struct refresh_run *run)
{
    AUTO_FREE char *full = str_format("%s.%s", run->database, run->name);
    size_t len = strlen(full);

    return (only == NULL || pattern_match(only, full, len)) &&
           (except == NULL || !pattern_match(except, full, len));
}

static void show(const struct refresh_runs *runs, const struct pattern *only,
                 const struct pattern *except, struct output *output)
{
    AUTO_RESULT result = {0};
    size_t failed = 0;
    size_t new = 0;

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&result, columns[i],
                      strcmp(columns[i], "seconds") == 0 ? COLUMN_NUMBER
                      : strcmp(columns[i], "state") == 0 ? COLUMN_STATE
                      : strcmp(columns[i], "error") == 0 || strcmp(columns[i], "expected") == 0
                          ? COLUMN_WORDS
                          : COLUMN_TEXT);
    for (size_t i = 0; i < runs->n; i++) {
        const struct refresh_run *run = &runs->v[i];
        if (!wanted(only, except, run))
            continue;
        bool bad = strcmp(run->state, "FAILED") == 0;
        failed += bad;
        new += bad && *run->expected == '\0';
        add_run(run, &result);
    }
    output_show(output, &result);
    if (new > 0)
        output_note(output, "%zu runs since %s: %zu failed, %zu of them unexpected", result.n_rows,
                    runs->since, failed, new);
    else
        output_note(output, "%zu runs since %s: %s", result.n_rows, runs->since,
                    failed > 0 ? "only expected ones failed" : "none failed");
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    const char *only_text = input_option(input, "only");
    const char *except_text = input_option(input, "except");
    const char *since = input_option(input, "since");
    struct pattern *only = only_text != NULL ? pattern_new(only_text, err) : NULL;
    struct pattern *except = except_text != NULL ? pattern_new(except_text, err) : NULL;
    struct refresh_runs runs = {0};
    bool ok = (only_text == NULL || only != NULL) && (except_text == NULL || except != NULL) &&
              refresh_runs_read(session, since != NULL ? since : SINCE, &runs, err);

    if (ok)
        show(&runs, only, except, output);
    refresh_runs_done(&runs);
    pattern_free(only);
    pattern_free(except);
    return ok;
}

static const struct command_option options[] = {
    {ARG_TEXT, "since", "90s, 30m, 6h, 2d back, or a time; 24h when not given"},
    {ARG_PATTERN, "only", "views whose database.name matches"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\mv runs --since 30m", "what was refreshed in the last half hour"},
    {"\\mv runs --since '2026-11-24 02:00:00' --only '^sales\\.'", "of one database, since then"},
    {NULL, NULL},
};

const struct command command_mv_runs = {
    .name = "mv runs",
    .group = GROUP_VIEWS,
    .summary = "refresh runs of the views, oldest first",
    .usage = "\\mv runs [--since T] [--only RE] [--except RE]",
    .details = "From information_schema.task_runs at the leader; times are the server's. forced: true, a "
               "run that did not look at what had changed; full, one that did and yet wrote all of "
               "its view, alone or with the runs of other partitions; empty where the release does "
               "not tell (2.5). "
               "expected: what belay did explains it: a run that failed because belay has the view "
               "down, the full refresh that ACTIVE began, a run that it cancelled.",
    .options = options,
    .examples = examples,
    .run = run,
};

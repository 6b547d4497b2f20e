/* \writes: what still writes to the cluster; paused, and resumed. */
#include <belay/command.h>
#include <belay/views.h>
#include <belay/writes.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct cluster cluster = {.leader = -1};
    AUTO_RESULT result = {0};
    AUTO_JSON *ledger = NULL;
    AUTO_STRV paused = {0};
    json_t *writes = NULL;

    (void)input;
    if (cluster_read(session, true, &cluster, err))
        writes = writes_read(session, &cluster, err);
    if (writes != NULL)
        ledger = ledger_read(session, cluster.id, NULL);
    cluster_done(&cluster);
    if (writes == NULL)
        return false;
    writes_result(writes, &result);
    output_show(output, &result);
    size_t unknown = json_array_size(json_object_get(writes, "unknown"));
    bool quiet = json_array_size(json_object_get(writes, "writes")) == 0;
    json_decref(writes);
    writes_in_force(ledger, &paused);
    for (size_t i = 0; i < paused.n; i++)
        output_note(output, "%s", paused.v[i]);
    if (unknown > 0)
        return error_set(err, ERR_UNKNOWN, "cannot tell everything: see the column error");
    if (quiet)
        output_note(output, "Nothing of this writes now.");
    return true;
}

#define DETAILS                                                                                    \
    "A row for each kind of work that this release can list: transactions by what they come "     \
    "from, routine loads, load, EXPORT and ALTER jobs, pipes, task runs, scheduled tasks, "        \
    "statistics, nodes being decommissioned; on shared-data compactions, on shared-nothing "       \
    "BACKUP and RESTORE jobs and tablets being cloned or moved. n is how many, which names the "   \
    "first five. Asked of the leader; nothing is changed. A list that cannot be read is not "      \
    "taken for an empty one: its error is shown, and the exit status is 9. What belay has paused is " \
    "told below."

static const struct example examples[] = {
    {"\\writes", "before a backup or an upgrade"},
    {NULL, NULL},
};

const struct command command_writes = {
    .name = "writes",
    .group = GROUP_CLUSTER,
    .summary = "what still writes: loads, jobs, refreshes, compaction",
    .usage = "\\writes",
    .details = DETAILS,
    .examples = examples,
    .run = run,
};

const struct command command_writes_list = {
    .name = "writes list",
    .group = GROUP_CLUSTER,
    .summary = "the same as \\writes",
    .usage = "\\writes list",
    .details = DETAILS,
    .run = run,
};

/* --- pause, resume ----------------------------------------------------------------------------- */

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    (void)input;
    return writes_gather(session, ret, err);
}

static struct writes_choice choice_of(const struct command_input *input)
{
    return (struct writes_choice){.only = input_option(input, "only"),
                                  .except = input_option(input, "except"),
                                  .timeout_s = input_number(input, "timeout", 0),
                                  .keep = input_flag(input, "keep")};
}

static struct plan *plan_pause(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct writes_choice choice = choice_of(input);

    if (input_number(input, "timeout", 1) < 1) {
        error_set(err, ERR_USAGE, "--timeout must be at least 1");
        return NULL;
    }
    return writes_pause_plan(input->command->name, facts, &choice, err);
}

static struct plan *plan_resume(const json_t *facts, const struct command_input *input,
                                struct error *err)
{
    struct writes_choice choice = choice_of(input);

    return writes_resume_plan(input->command->name, facts, &choice, err);
}

/* What has come since the plan was made, or cannot be paused. */
static void after_pause(struct session *session, const struct run_end *end, struct output *output)
{
    AUTO_STRV lines = {0};
    AUTO_ERROR err = {0};

    if (end->run == NULL)
        return;
    if (!writes_left(session, &lines, &err)) {
        output_note(output, "What writes now cannot be told: %s", err.message);
        return;
    }
    for (size_t i = 0; i < lines.n; i++)
        output_note(output, "Still: %s", lines.v[i]);
    if (lines.n == 0)
        output_note(output, "Nothing that \\writes can list writes now.");
}

static void after_resume(struct session *session, const struct run_end *end, struct output *output)
{
    AUTO_STRV lines = {0};

    if (end->run == NULL)
        return;
    writes_not_back(session, end->plan, &lines);
    for (size_t i = 0; i < lines.n; i++)
        output_note(output, "Does not run: %s", lines.v[i]);
}

static const struct planner pause_planner = {.gather = gather, .plan = plan_pause,
                                             .after = after_pause};
static const struct planner resume_planner = {.gather = gather, .plan = plan_resume,
                                              .after = after_resume};

static const struct command_option pause_options[] = {
    {ARG_PATTERN, "only", "jobs whose database.name matches"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_NUMBER, "timeout", "seconds to wait for each kind of work that runs (600)"},
    {ARG_END, NULL, NULL},
};

static const struct command_option resume_options[] = {
    {ARG_PATTERN, "only", "jobs whose database.name matches"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_FLAG, "keep", "settings that keep the files of a backup stay until \\settings back"},
    {ARG_END, NULL, NULL},
};

static const struct example pause_examples[] = {
    {"\\writes pause --dry-run", "what would be paused, set and waited for"},
    {"\\writes pause --except '^etl\\.' --timeout 1800", "all but one database; wait half an hour"},
    {NULL, NULL},
};

const struct command command_writes_pause = {
    .name = "writes pause",
    .group = GROUP_CLUSTER,
    .summary = "pause what writes by itself, wait for what runs",
    .usage = "\\writes pause [--only RE] [--except RE] [--timeout S]",
    .details =
        "First every routine load that runs, every running pipe and, from 4.1 on, every task with a "
        "schedule is paused; then FE settings keep compaction, vacuum, the balancer and the collection "
        "of statistics still; then what runs is waited for: transactions, load, EXPORT, ALTER, BACKUP and "
        "RESTORE jobs, task runs, compactions. Nothing is cancelled, and no refresh of a view is touched: "
        "\\mv pause-all does that. A routine load keeps its offsets, a pipe its files. Jobs that were "
        "paused before, and tasks of a release that cannot pause them, are listed and left. Old states "
        "and values are in the journal; \\writes resume puts them back. A wait that ends without success "
        "ends the run (exit status 8) with everything paused: \\resume waits on.",
    .options = pause_options,
    .examples = pause_examples,
    .plan = &pause_planner,
};

const struct command command_writes_resume = {
    .name = "writes resume",
    .group = GROUP_CLUSTER,
    .summary = "put back what \\writes pause took away",
    .usage = "\\writes resume [--only RE] [--except RE] [--keep]",
    .details =
        "In reverse: the FE settings as the leader had them before, then the jobs that belay paused and "
        "that are still paused by it. What somebody resumed, stopped or paused anew meanwhile, and jobs "
        "that came since, are listed and left. A routine load goes on from the offsets that it had.",
    .options = resume_options,
    .plan = &resume_planner,
};

/* \proof compare: is all as it was noted? */
#include <belay/command.h>
#include <belay/proof.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_RESULT result = {0};
    AUTO_STR sum = {0};

    bool ok = proof_compare(session, input_arg(input, 0), input_flag(input, "downgrade"),
                            input_number(input, "seconds", 0), &result, &sum, err);
    if (result.n_columns > 0)
        output_show(output, &result);
    if (ok && result.n_rows > 0)
        output_note(output, "Nothing is lost: %s.", str_text(&sum));
    else if (ok)
        output_note(output, "Nothing differs.");
    return ok;
}

static const struct command_arg args[] = {{ARG_FILE, "FILE", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_FLAG, "downgrade", "older versions are what was wanted"},
    {ARG_NUMBER, "seconds", "read for so long at most; default: 600"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\proof compare", "after the upgrade, with the newest proof of this cluster"},
    {"\\proof compare before.jsonl", "with one that \\proof take wrote there"},
    {NULL, NULL},
};

const struct command command_proof_compare = {
    .name = "proof compare",
    .group = GROUP_CLUSTER,
    .summary = "compare the cluster with what \\proof take noted",
    .usage = "\\proof compare [FILE] [--downgrade] [--seconds N]",
    .details =
        "Reads the cluster again, counts the same rows, runs the same queries, and shows each difference "
        "with its class. expected: versions went up, the leader moved, a new system table. grew: more "
        "rows, newer versions of partitions: writes went on. lost: a table, view, partition, user or "
        "node is gone, a view is down, a definition or a setting changed, rows are fewer, a version "
        "went back, a query has another result although nothing was written. cannot tell: what one of "
        "the two readings could not read. Exit status: 0, 8 when something is lost, 9 when it "
        "cannot be told. Where two releases do not print the query of a view alike, the rest of its "
        "definition is compared. Only reads; what came out is kept beside the proof.",
    .args = args,
    .options = options,
    .examples = examples,
    .writes_files = true,
    .run = run,
};

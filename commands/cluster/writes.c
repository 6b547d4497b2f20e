/* \writes: what still writes to the cluster. */
#include <belay/command.h>
#include <belay/writes.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct cluster cluster = {.leader = -1};
    AUTO_RESULT result = {0};
    json_t *writes = NULL;

    (void)input;
    if (cluster_read(session, true, &cluster, err))
        writes = writes_read(session, &cluster, err);
    cluster_done(&cluster);
    if (writes == NULL)
        return false;
    writes_result(writes, &result);
    output_show(output, &result);
    size_t unknown = json_array_size(json_object_get(writes, "unknown"));
    bool quiet = json_array_size(json_object_get(writes, "writes")) == 0;
    json_decref(writes);
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
    "taken for an empty one: its error is shown, and the exit status is 9."

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

/* \proof take: notes what the cluster is, before an upgrade. */
#include <belay/command.h>
#include <belay/proof.h>
#include <belay/str.h>

static void patterns_of(const struct command_input *input, struct strv *ret)
{
    for (size_t i = 0; i < input->names.n; i++) {
        if (str_equal(input->names.v[i], "table"))
            strv_add(ret, input->values.v[i]);
    }
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_STRV patterns = {0};
    AUTO_JSON *lacks = NULL;
    AUTO_STR path = {0};
    AUTO_STR sum = {0};
    const char *kind;
    json_t *why;

    patterns_of(input, &patterns);
    const struct proof_wants wants = {.tables = &patterns,
                                      .queries = input_option(input, "queries"),
                                      .seconds = input_number(input, "seconds", 0)};
    if (!proof_take(session, &wants, input_arg(input, 0), &path, &sum, &lacks, err))
        return false;
    AUTO_FREE char *line = str_format("%s: %s", str_text(&path), str_text(&sum));
    sink_line(output->out, line, 4);
    json_object_foreach(lacks, kind, why)
        output_note(output, "not read: %s: %s", kind, json_string_value(why));
    if (json_object_size(lacks) > 0)
        return error_set(err, ERR_UNKNOWN, "this proof is not whole: what could not be read cannot be "
                         "compared later");
    return true;
}

static const struct command_arg args[] = {{ARG_FILE, "FILE", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_PATTERN, "table", "count the rows of tables whose database.name matches; repeats"},
    {ARG_FILE, "queries", "SELECTs of your own: their results are compared, and how long they take"},
    {ARG_NUMBER, "seconds", "read for so long at most; default: 600"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\proof take", "before the upgrade"},
    {"\\proof take --table '^sales\\.' --queries checks.sql", "rows and results too"},
    {NULL, NULL},
};

const struct command command_proof_take = {
    .name = "proof take",
    .group = GROUP_CLUSTER,
    .summary = "note what the cluster is, to compare after an upgrade",
    .usage = "\\proof take [FILE] [--table RE]… [--queries FILE] [--seconds N]",
    .details =
        "Writes down nodes and their versions, databases, tables and where they are stored, views with "
        "flag and definition (as digests), the visible version of every partition, storage volumes, "
        "users and how many grants they have, the settings that belay watches, routine loads, tasks and "
        "pipes. The file is private, with a digest as its last line; without FILE it lies in the "
        "cluster's own directory, where \\proof compare finds it. Rows are counted only of tables that "
        "are chosen, since count(*) of a large table can be dear. A file of queries may hold only "
        "SELECTs that end with ; and that have the same result each time. Only reads. What "
        "cannot be read is told, and the exit status is 9.",
    .args = args,
    .options = options,
    .examples = examples,
    .writes_files = true,
    .run = run,
};

/* \report: one file about a run, for those who were not there. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input, struct error *err)
{
    return shell_report(shell, input_arg(input, 0), input_option(input, "run"),
                        input_option(input, "format"), err)
               ? CLIENT_GO_ON
               : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_FILE, "FILE", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_RUN, "run", "of this run; default: the newest on this machine"},
    {ARG_TEXT, "format", "html or json; default: html, but json for a FILE that ends so"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\report", "belay-report-RUN.html, of the newest run"},
    {"\\report night.json --run 12", "the same as JSON, of run 12"},
    {NULL, NULL},
};

const struct command command_report = {
    .name = "report",
    .group = GROUP_RUNS,
    .summary = "one file about a run: plan, journal, proof, backup",
    .usage = "\\report [FILE] [--run RUN] [--format html|json]",
    .details =
        "Who began the run and answered what, a timeline, every step with its statement or kubectl call, "
        "its way back, its proof and what was seen, versions, the findings of the preflight, what "
        "\\proof compare found, refreshes foretold and in fact, temporary settings, the backup and its "
        "manifest, the other runs of that night, and whether the journal is whole. Reads the run's journal and "
        "files, and asks no server: it can be written anywhere the state directory is. The page needs no network and no script, and "
        "can be read on a phone and printed. It holds no password, but the names of tables and hosts. A damaged "
        "journal is told in it, and by exit status 8.",
    .args = args,
    .options = options,
    .examples = examples,
    .writes_files = true,
    .client = run,
};

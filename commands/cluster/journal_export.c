/* \journal export, \journal import: a run in one file, for whoever goes on with it elsewhere. */
#include <belay/command.h>
#include <belay/hand_over.h>
#include <belay/journal.h>
#include <belay/open_runs.h>

#include <stdlib.h>
#include <string.h>

/* One word alone may be either. */
static bool is_run(const char *word)
{
    return strspn(word, "0123456789TZ-") == strlen(word);
}

static bool export_run(struct session *session, const struct command_input *input,
                       struct output *output, struct error *err)
{
    struct handed handed = {0};
    const char *first = input_arg(input, 0);
    bool named = first != NULL && (input->args.n > 1 || is_run(first));
    const char *path = named ? input_arg(input, 1) : first;

    bool ok = run_export(session, named ? first : NULL, path, &handed, err);
    if (ok) {
        output_note(output, "run %s is in %s, with %zu journal%s", handed.run, handed.path, handed.n,
                    handed.n == 1 ? "" : "s");
        output_note(output, "On another machine \\resume FILE goes on with it; then leave it here: "
                    "\\journal close %s", handed.run);
    }
    handed_done(&handed);
    return ok;
}

static bool import_run(struct session *session, const struct command_input *input,
                       struct output *output, struct error *err)
{
    struct handed handed = {0};
    bool ok = run_import(session, input_arg(input, 0), &handed, err);

    if (ok)
        output_note(output, "run %s of %s is here, as %s exported it   \\resume %s goes on", handed.run,
                    handed.cluster, handed.by, handed.run);
    handed_done(&handed);
    return ok;
}

static const struct command_arg export_args[] = {{ARG_RUN, "RUN", false, false},
                                                 {ARG_FILE, "FILE", false, false},
                                                 {ARG_END, NULL, false, false}};

const struct command command_journal_export = {
    .name = "journal export",
    .group = GROUP_RUNS,
    .summary = "write a run to one file, to be gone on with elsewhere",
    .usage = "\\journal export [RUN] [FILE]",
    .details = "The file holds the run's journal, in which are the facts of its plan, and the journals "
               "from which the ledger of what is down is read, with a digest over all. It names objects, hosts "
               "and definitions of views, and no password. Without RUN it is the newest open run; without "
               "FILE its name is belay-CLUSTER-RUN, in this directory. On another machine \\resume FILE "
               "goes on.",
    .args = export_args,
    .writes_files = true,
    .run = export_run,
};

static const struct command_arg import_args[] = {{ARG_FILE, "FILE", true, false},
                                                 {ARG_END, NULL, false, false}};

const struct command command_journal_import = {
    .name = "journal import",
    .group = GROUP_RUNS,
    .summary = "take a run that was exported elsewhere",
    .usage = "\\journal import FILE",
    .details = "Puts the journals of the file among those of their cluster, when its digest and the chain of "
               "each of them are right; what is here already and newer is kept. Refused when a run was gone "
               "on with both here and there. Nothing is sent to the server. \\resume FILE does this and goes "
               "on.",
    .args = import_args,
    .writes_files = true,
    .run = import_run,
};

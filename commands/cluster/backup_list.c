/* \backup list: the backups in a directory, and what each is worth. Asks no server. */
#include <belay/backup.h>
#include <belay/command.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_RESULT result = {0};

    (void)session;
    if (!backup_list(input_arg(input, 0), input_flag(input, "quick"), &result, err))
        return false;
    output_show(output, &result);
    return true;
}

static const struct command_arg args[] = {{ARG_FILE, "DIR", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_FLAG, "quick", "read the manifests alone: nothing is proved by that"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\backup list", "the backups in this directory, newest first"},
    {"\\backup list /safe --quick", "the same of another, without reading them"},
    {NULL, NULL},
};

const struct command command_backup_list = {
    .name = "backup list",
    .group = GROUP_BACKUP,
    .summary = "the backups in a directory and what each is worth",
    .usage = "\\backup list [DIR] [--quick]",
    .details =
        "Every backup right below DIR (the current directory), newest first. Each is read byte "
        "by byte as \\backup verify does: proved, damaged, cannot tell. With --quick only "
        "manifests are read: \"manifest whole\" says nothing of the other files. half-written: "
        "its run has not finished it. quiet: yes when nothing wrote and the settings kept what it "
        "names. being removed: \\backup prune was cut short. size is what "
        "it takes on disk. Links are not followed.",
    .args = args,
    .options = options,
    .examples = examples,
    .run = run,
};

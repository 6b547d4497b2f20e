/* \restore-plan: the way back, printed before it is needed. */
#include <string.h>

#include <belay/command.h>
#include <belay/restore.h>
#include <belay/str.h>

/* A page for a person stays one text, whatever carries it. */
static void show_row(const struct str *text, struct output *output)
{
    AUTO_RESULT result = {0};

    result_column(&result, "plan", COLUMN_TEXT);
    result_row(&result);
    result_set(&result, 0, 0, str_text(text), text->len);
    output_show(output, &result);
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    const char *backup = input_arg(input, 0);
    const char *save = input_option(input, "save");
    AUTO_STR text = {0};
    AUTO_STR safe = {0};
    AUTO_FREE char *path = NULL;

    const struct restore_wants wants = {.form = input_option(input, "form"),
                                        .meta_dir = input_option(input, "meta-dir"),
                                        .via_command = input_option(input, "via-command"),
                                        .home = input_option(input, "fe-home"),
                                        .run = input_option(input, "run")};

    if (!restore_plan_text(session, backup, &wants, &text, err))
        return false;
    if (format_is_data(output->render.format)) {
        show_row(&text, output);
    } else {
        escape_block(str_text(&text), text.len, &safe);
        sink_write(output->out, str_text(&safe), safe.len);
    }
    if (backup == NULL && save == NULL) {
        if (sink_is_terminal(output->out))
            output_note(output, "not saved: --save FILE keeps it; \\restore-plan BACKUP saves it in "
                                "the backup");
        return true;
    }
    if (!restore_plan_save(backup, save, &text, &path, err))
        return false;
    output_note(output, "saved as %s", path);
    return true;
}

static const struct command_arg args[] = {{ARG_FILE, "BACKUP", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_FORM, "form", "by which means; the plan tells which of them work here"},
    {ARG_FILE, "meta-dir", "no Kubernetes: the metadata directory of a frontend"},
    {ARG_TEXT, "via-command", "reach it through this command, as in 'ssh {host}'"},
    {ARG_FILE, "fe-home", "the frontend's own directory; default: the one above"},
    {ARG_TEXT, "run", "about this run of \\restore, which stopped half way"},
    {ARG_FILE, "save", "write the plan to this file"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\restore-plan", "the way back, with BACKUP/meta.tar in place of an archive"},
    {"\\restore-plan belay-backup-prod-20261124T020000Z", "the same with the numbers of a backup"},
    {NULL, NULL},
};

const struct command command_restore_plan = {
    .name = "restore-plan",
    .group = GROUP_BACKUP,
    .summary = "print the exact way back for this cluster as it is now",
    .usage = "\\restore-plan [BACKUP] [--form FORM] [--run RUN] [--save FILE]"
             " [--meta-dir PATH [--via-command WORDS] [--fe-home PATH]]",
    .details = "Reads the cluster and prints, step by step, how the metadata of a backup is put "
               "back: what to do, the command, what must be seen, what to do if it is not. With "
               "BACKUP, a directory that \\backup made, the backup is checked first and its true "
               "sizes and digests are filled in; the plan is then also saved in that directory. "
               "Nothing is changed. With --format json and the like the whole text is the one column of one row. "
               "--run is for a \\restore that stopped: the directories of the metadata of "
               "before have the name of that run, as \\restore tells it then, and the last section of "
               "the plan puts them back. --form cluster-snapshot prints the way from an automated cluster "
               "snapshot in the object storage; its step 3 is a person's, and \\restore runs the rest. "
               "Where no plan can work, because the metadata lies on an emptyDir, it says so and what to "
               "change (exit status 8). Print it before the "
               "upgrade: afterwards the frontends may not answer.",
    .args = args,
    .options = options,
    .examples = examples,
    .writes_files = true,
    .run = run,
};

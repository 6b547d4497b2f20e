/* \restore: puts the metadata of a backup back, step by step, each proved. */
#include <belay/command.h>
#include <belay/restore.h>
#include <belay/str.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    const struct restore_wants wants = {.form = input_option(input, "form"),
                                        .keep_image = input_flag(input, "keep-image"),
                                        .meta_dir = input_option(input, "meta-dir"),
                                        .via_command = input_option(input, "via-command"),
                                        .home = input_option(input, "fe-home")};

    return restore_gather(session, input_arg(input, 0), &wants, ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    return restore_plan(input->command->name, facts, err);
}

static void after(struct session *session, const struct run_end *end, struct output *output)
{
    const char *run = json_str(end->bindings, "restore_run");

    (void)session;
    if (!end->ok && end->run != NULL && *run != '\0')
        output_note(output, "The metadata of before lies in .belay/old-%s on each volume that was "
                    "changed; \\restore-plan BACKUP with the same --form and --run %s tells how to put "
                    "it back.", run, run);
    if (!end->ok)
        return;
    if (*json_str(end->bindings, "new_id") != '\0') {
        output_note(output, "Restored, as cluster %s. Look at counts of a few tables, then \\image and "
                    "\\backup, then let the loads in again.", json_str(end->bindings, "new_id"));
        output_note(output, "Snapshots go on where they were on, and the next replaces the one that this "
                    "came from. The metadata of before lies in .belay/old-%s on each volume.", run);
        return;
    }
    output_note(output, "Restored. Look at counts of a few tables, then \\image and \\backup, then "
                "let the loads in again.");
    output_note(output, "Views that were taken down before the backup are down again: \\mv ledger "
                "knows them. The metadata of before lies in .belay/old-%s on each volume.", run);
}

/* Its targets are named by the facts; what moves meanwhile is in its slots and needs. */
static const struct planner planner = {
    .gather = gather, .plan = plan, .offline = true, .no_rebuild = true, .after = after};

static const struct command_option options[] = {
    {ARG_FORM, "form", "by which means; \\restore-plan tells which of them work here"},
    {ARG_FILE, "meta-dir", "no Kubernetes: the metadata directory of a frontend"},
    {ARG_TEXT, "via-command", "reach it through this command, as in 'ssh {host}'"},
    {ARG_FILE, "fe-home", "the frontend's own directory; default: the one above"},
    {ARG_FLAG, "keep-image", "start the frontends with the image they have now"},
    {ARG_END, NULL, NULL},
};

static const struct command_arg args[] = {{ARG_FILE, "BACKUP", true, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\restore belay-backup-prod-20261124T020000Z --dry-run", "what would be done, and its digest"},
    {"\\restore belay-backup-prod-20261124T020000Z", "the same, asked for and run"},
    {"\\restore belay-backup-prod-20261124T020000Z --meta-dir /data/fe/meta --via-command 'ssh {host}'",
     "frontends without Kubernetes"},
    {NULL, NULL},
};

const struct command command_restore = {
    .name = "restore",
    .group = GROUP_BACKUP,
    .summary = "put the metadata of a backup back into this cluster",
    .usage = "\\restore BACKUP [--form FORM] [--keep-image]"
             " [--meta-dir PATH [--via-command WORDS] [--fe-home PATH]]",
    .details =
        "Runs what \\restore-plan prints: all frontends to 0, the switch into fe.conf, the "
        "archive through a helper pod onto the volume of number 0 (streamed, counted and hashed "
        "in the pod), the old metadata aside, not deleted, the volumes of the others emptied the "
        "same way, one frontend alone, proved by SQL (it leads, the cluster's id, databases, "
        "tables and views as in the backup's notes), the switch out, a restart, the others join. "
        "Of a backup without a journal, or with --form image-only, the image alone, in two starts: the "
        "switch that lets an FE do without bdb, then the one that makes the group. "
        "Frontends that are processes of hosts: --meta-dir names their metadata directory, "
        "--via-command the way there, with {host} in it for each of them, and belay stops, starts and "
        "copies by their own scripts; what it has no way to is a step by hand, which it waits for and "
        "proves by SQL. "
        "It needs no frontend that answers: kubectl and the backup are enough (--no-connect opens"
        " the prompt then). Each step is proved and journaled; \\resume goes on after any break. "
        "Asked for with the cluster's name and the start of the digest. Refused before anything "
        "is sent: another cluster's backup, a damaged one, one of a newer release than the "
        "frontends start with, another run mode, metadata on an emptyDir, missing claims. "
        "--form chooses another way onto the volumes (helper-pod, image-only, init-container, "
        "operator-off); unasked it is the first that can be done here, and the plan says which and "
        "why. Only when asked for: --form cluster-snapshot, which has the frontends fetch an automated "
        "cluster snapshot (shared-data) through the operator's disasterRecovery; the cluster gets a new id, "
        "and what tells where the snapshot lies, with the storage's keys, a person writes first. The "
        "frontends, and nodes that were upgraded since, go back to the images they had at the "
        "backup; with --keep-image they stay as they are.",
    .args = args,
    .options = options,
    .examples = examples,
    .plan = &planner,
};

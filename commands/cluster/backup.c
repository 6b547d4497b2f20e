/* \backup: an image, and a proved copy of the metadata with all that a restore needs. */
#include <belay/backup.h>
#include <belay/command.h>
#include <belay/in_force.h>
#include <belay/str.h>
#include <belay/views.h>

#include "backup_line.h"

/* Words that other commands have behind their name: nobody wants a backup called "show". */
static bool is_directory(const struct command_input *input, struct error *err)
{
    static const char *const words[] = {"show", "drop", "status", "help"};
    const char *dir = input_arg(input, 0);

    for (size_t i = 0; dir != NULL && i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_equal(dir, words[i])) {
            error_set(err, ERR_USAGE, "there is no \\backup %s; nothing was run", dir);
            return error_hint(err, "a directory of that name is ./%s; \\help backup tells more", dir);
        }
    }
    return true;
}

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    json_t *place = NULL;

    const char *dir = input_arg(input, 0);

    if (!is_directory(input, err) || (dir != NULL && !backup_dir_free(dir, err)) ||
        !backup_place(input_option(input, "meta-dir"), input_option(input, "via-command"), &place, err))
        return false;
    bool ok = backup_gather(session, ret, err);
    if (ok && place != NULL)
        json_put(*ret, "place", json_incref(place));
    json_decref(place);
    return ok;
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct image_choice choice = {.no_starmgr = input_flag(input, "no-starmgr")};

    return backup_plan(input->command->name, facts, input_arg(input, 0), input_flag(input, "quiet"),
                       &choice, err);
}

/* Also of a run that was stopped: what it set must not be forgotten. */
static void note_settings(struct session *session, const struct plan *plan, struct output *output)
{
    json_t *ledger = ledger_read(session, json_str(plan->identity, "id"), NULL);
    AUTO_FREE char *dir = session_dir_to_read(session, json_str(plan->identity, "id"), NULL);
    AUTO_STRV lines = {0};

    in_force_settings(ledger, dir, &lines);
    for (size_t i = 0; i < lines.n; i++)
        output_note(output, "temporary: %s", lines.v[i]);
    json_decref(ledger);
}

static void after(struct session *session, const struct run_end *end, struct output *output)
{
    const char *dir = json_str(end->bindings, "dir");
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_ERROR err = {0};

    note_settings(session, end->plan, output);
    bool known = end->ok ? backup_describe(dir, &verdict, &err) : backup_verify(dir, &verdict, &err);
    if (!known) {
        if (end->ok)
            output_note(output, "%s: %s", dir, err.message);
        return; /* of a run that was stopped there is none yet */
    }
    backup_line(&verdict, dir, output);
    for (size_t i = 0; i < verdict.findings.n; i++)
        output_note(output, "%s", verdict.findings.v[i]);
    for (size_t i = 0; i < verdict.lacks.n; i++)
        output_note(output, "lacks    %s", verdict.lacks.v[i]);
    for (size_t i = 0; i < verdict.noise.n; i++)
        output_note(output, "not quiet: %s", verdict.noise.v[i]);
}

/* Nothing in this plan hangs on a list of targets: what moves meanwhile is in its slots. */
static const struct planner planner = {
    .gather = gather, .plan = plan, .no_rebuild = true, .after = after};

static const struct command_option options[] = {
    {ARG_FLAG, "quiet", "keep what it names: vacuum, compaction, balance set aside"},
    {ARG_FILE, "meta-dir", "no Kubernetes: the leader's metadata directory"},
    {ARG_TEXT, "via-command", "reach it through this command, as in 'ssh db1'"},
    {ARG_FLAG, "no-starmgr", "do not wait for a new starmgr image: its state is in bdb"},
    {ARG_END, NULL, NULL},
};

static const struct command_arg args[] = {{ARG_FILE, "DIR", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\backup", "into ./belay-backup-CLUSTER-TIME"},
    {"\\backup /safe/before-upgrade", "into this directory, which must be new or empty"},
    {"\\backup --quiet", "the same, and what it names is kept until \\settings back"},
    {"\\backup --meta-dir /data/fe/meta --via-command 'ssh fe1'", "a cluster without Kubernetes"},
    {NULL, NULL},
};

const struct command command_backup = {
    .name = "backup",
    .group = GROUP_BACKUP,
    .summary = "make an image and a proved copy of the metadata",
    .usage = "\\backup [DIR] [--quiet] [--no-starmgr] [--meta-dir PATH [--via-command WORDS]]",
    .details =
        "Makes an image as \\image does, then streams image and bdb out of the leader's pod. "
        "kubectl's exit status is not believed: the stream ends with a nonce, a byte count "
        "and a SHA-256; the file is read back from disk, judged member by member without "
        "extracting it, and compared with what the pod lists before and after. When the stream breaks, "
        "the archive is made a file in the pod (belay-*.tar in the FE's log directory, else in /tmp; only "
        "where a gigabyte is left beside it, and no limit of its disk could evict the pod), and is taken "
        "from there: each further stream, also by \\resume, goes on behind what has arrived, and the file "
        "goes when all is here. Beside it: "
        "ROLE, VERSION and fe.conf of each FE, the Kubernetes objects, view definitions and "
        "ledger, storage volumes and paths. What could not be read is listed as a lack. What writes "
        "(\\writes) and the settings that remove files which the metadata names are noted before the "
        "image and after the copy; when there are any, the backup is proved but not quiet, and says "
        "so. --quiet sets them first, by release and run mode: vacuum grace and trash for 7 days, and "
        "balance off, until \\settings back; compaction, cloning and statistics off until the backup "
        "is made. Loads are not stopped by it. Without Kubernetes --meta-dir PATH names the leader's "
        "metadata directory, on this machine or where --via-command leads: its words, parted at "
        "blanks, are started without a shell as WORDS… sh -s -- …, and that sh reads the script on "
        "its standard input; so ssh must ask for nothing. They are kept in the journal: no password "
        "in them. By ROLE and VERSION it must be the leader's of this cluster. While "
        "it is made the directory is called DIR.part; it gets its name when all is proved. It "
        "holds the cluster's token and fe.conf: keep it as private as it is made (0700).",
    .args = args,
    .options = options,
    .examples = examples,
    .plan = &planner,
};

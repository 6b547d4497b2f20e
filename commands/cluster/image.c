/* \image, \image status: a new image on the leader's disk, and what every FE has. */
#include <belay/backup.h>
#include <belay/command.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    json_t *place = NULL;

    if (!backup_place(input_option(input, "meta-dir"), input_option(input, "via-command"), &place,
                      err))
        return false;
    bool ok = image_gather(session, ret, err);
    if (ok && place != NULL)
        json_put(*ret, "place", json_incref(place));
    json_decref(place);
    return ok;
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    struct image_choice choice = {.no_starmgr = input_flag(input, "no-starmgr")};

    return image_plan(input->command->name, facts, &choice, err);
}

/* Nothing in this plan hangs on a list of targets: what moves meanwhile is in its slots. */
static const struct planner planner = {.gather = gather, .plan = plan, .no_rebuild = true};

static bool status(struct session *session, const struct command_input *input,
                   struct output *output, struct error *err)
{
    AUTO_RESULT result = {0};

    (void)input;
    if (!image_status(session, &result, err))
        return false;
    output_show(output, &result);
    return true;
}

static const struct command_option options[] = {
    {ARG_FILE, "meta-dir", "no Kubernetes: the leader's metadata directory"},
    {ARG_TEXT, "via-command", "reach it through this command, as in 'ssh db1'"},
    {ARG_FLAG, "no-starmgr", "do not wait for a new starmgr image: its state is in bdb"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\image --dry-run", "what will be sent, and what proves it"},
    {"\\image --meta-dir /data/fe/meta --via-command 'ssh fe1'", "a cluster without Kubernetes"},
    {"\\image status", "the images of every FE, and whether they are whole"},
    {NULL, NULL},
};

const struct command command_image = {
    .name = "image",
    .group = GROUP_BACKUP,
    .summary = "make a new metadata image and prove that it is whole",
    .usage = "\\image [--no-starmgr] [--meta-dir PATH [--via-command WORDS]]",
    .details =
        "Sends ALTER SYSTEM CREATE IMAGE, whose OK says nothing, and waits until an image of "
        "the leader's journal id or later is on the leader's disk: image.N and checksum.N, "
        "the CRC-32 computed in the pod, nothing unfinished beside them, twice the same. In "
        "shared-data clusters from 3.3.9 on it waits for a new starmgr image too; up to 4.0 a "
        "quiet cluster makes none, so belay makes and drops a small table of its own. Without "
        "Kubernetes --meta-dir and --via-command lead to the leader's disk, as in \\backup. Only "
        "adds: no question is asked.",
    .options = options,
    .examples = examples,
    .plan = &planner,
};

const struct command command_image_status = {
    .name = "image status",
    .group = GROUP_BACKUP,
    .summary = "what images every FE has, and whether they are whole",
    .usage = "\\image status",
    .details =
        "Looks into the pod of each FE with kubectl exec. starmgr_before is the starmgr image "
        "that the latest \\image or \\backup found.",
    .run = status,
};

/* \upgrade: another release for the whole cluster, in the documented order, each step proved. */
#include <belay/command.h>
#include <belay/str.h>
#include <belay/upgrade.h>

/* exclude: filled, and borrowed by what is returned. */
static struct upgrade_choice choice_of(const struct command_input *input, struct strv *exclude)
{
    for (size_t i = 0; i < input->names.n; i++) {
        if (str_equal(input->names.v[i], "exclude"))
            strv_add(exclude, input->values.v[i]);
    }
    return (struct upgrade_choice){.to = input_option(input, "to"),
                                   .image = input_option(input, "image"),
                                   .image_fe = input_option(input, "image-fe"),
                                   .image_be = input_option(input, "image-be"),
                                   .image_cn = input_option(input, "image-cn"),
                                   .form = input_option(input, "form"),
                                   .backup = input_option(input, "backup"),
                                   .quiet = input_flag(input, "quiet"),
                                   .no_backup = input_flag(input, "no-backup"),
                                   .pause_writes = input_flag(input, "pause-writes"),
                                   .write_conf = input_flag(input, "write-fe-conf"),
                                   .no_proof = input_flag(input, "no-proof"),
                                   .exclude = exclude,
                                   .leave_views = input_flag(input, "leave-views")};
}

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    AUTO_STRV exclude = {0};
    struct upgrade_choice choice = choice_of(input, &exclude);

    return upgrade_gather(session, &choice, ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    AUTO_STRV exclude = {0};
    struct upgrade_choice choice = choice_of(input, &exclude);

    return upgrade_plan(input->command->name, facts, &choice, err);
}

static void after(struct session *session, const struct run_end *end, struct output *output)
{
    const char *dir = json_str(end->bindings, "dir");
    AUTO_STRV lines = {0};
    AUTO_STRV held = {0};

    if (!end->ok && end->run != NULL)
        upgrade_aftermath(session, end->plan, end->run, &lines);
    for (size_t i = 0; i < lines.n; i++)
        output_note(output, "%s", lines.v[i]);
    upgrade_temporary(session, end->plan, &held);
    for (size_t i = 0; i < held.n; i++)
        output_note(output, "temporary: %s", held.v[i]);
    if (end->ok && *dir != '\0')
        output_note(output, "The metadata of before is in %s, proved.", dir);
}

static bool ask_pause(const json_t *facts, const struct command_input *input, struct str *ret)
{
    (void)input;
    return upgrade_offers_pause(facts, ret);
}

static bool ask_conf(const json_t *facts, const struct command_input *input, struct str *ret)
{
    return upgrade_offers_conf(facts, input_option(input, "to"), ret);
}

static const struct planner_offer offers[] = {
    {"pause-writes", ask_pause},
    {"write-fe-conf", ask_conf},
    {NULL, NULL},
};

/* offline: the FE that belay was told of may be the one that restarts when somebody goes on. */
static const struct planner planner = {.gather = gather, .plan = plan, .offline = true, .after = after,
                                       .offers = offers,
                                       .back_takes = upgrade_back_takes, .back_gather = upgrade_back_gather,
                                       .back_add = upgrade_back_add};

static const struct command_option options[] = {
    {ARG_TEXT, "to", "the release, whole: 3.3.9"},
    {ARG_TEXT, "image", "the image of every component; {component} in it becomes fe, be or cn"},
    {ARG_TEXT, "image-fe", "of the frontends; default: the repository of now with the tag of --to"},
    {ARG_TEXT, "image-be", "of the backends"},
    {ARG_TEXT, "image-cn", "of the compute nodes"},
    {ARG_FILE, "backup", "where the backup before it goes; default: ./belay-backup-CLUSTER-TIME"},
    {ARG_FLAG, "quiet", "what would make that backup worthless later is set before, as by \\backup --quiet"},
    {ARG_FLAG, "no-backup", "none is made: another one proves the way back"},
    {ARG_FLAG, "pause-writes", "what writes by itself is paused meanwhile, as by \\writes pause"},
    {ARG_FLAG, "write-fe-conf", "what keeps views from full refreshes at the start of an FE goes into fe.conf"},
    {ARG_FLAG, "no-proof", "what the cluster was is not noted, nor compared at the end"},
    {ARG_TEXT, "exclude", "ID=REASON: this rule of \\preflight is not to count; may be given several times"},
    {ARG_FLAG, "leave-views", "their schedules stay as they are"},
    {ARG_TEXT, "form", "how the frontends are replaced: on-delete, set-first, rolling, operator-off"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\upgrade --to 3.3.9 --dry-run", "what would be done, in which order, and its digest"},
    {"\\upgrade --to 3.3.9", "the same, asked for and run"},
    {"\\upgrade --to 3.3.9 --image 'registry.example.com/starrocks/{component}-ubuntu:3.3.9'",
     "from a registry of one's own"},
    {NULL, NULL},
};

const struct command command_upgrade = {
    .name = "upgrade",
    .group = GROUP_CLUSTER,
    .summary = "bring the cluster to another release, each step proved",
    .usage = "\\upgrade --to RELEASE [--image NAME] [--image-fe NAME] [--image-be NAME]"
             " [--image-cn NAME] [--backup DIR [--quiet] | --no-backup] [--leave-views] [--pause-writes]"
             " [--write-fe-conf] [--no-proof] [--exclude ID=REASON] [--form FORM]",
    .details =
        "Refused while \\preflight has blockers. First what the cluster is is noted (\\proof take), the "
        "schedules of views are held (REFRESH MANUAL, which forces no refresh; the FE's own "
        "activation off), refreshes that run are awaited, and a backup is made and proved; its image (without "
        "a backup one of its own) is to be on every frontend's disk, by its files there, before anything goes. "
        "What else writes is told: at a terminal it is asked whether it is to be paused meanwhile; in a script "
        "it goes on, unless --pause-writes is given. On 3.5 each start of a leader can end in full refreshes: "
        "--write-fe-conf, asked for at a terminal, puts the setting that prevents it into the ConfigMap of "
        "fe.conf before the frontends, and an upgrade to a release that does not need it takes it out; where "
        "Helm writes that ConfigMap, the key of its values is told. Then BE and CN, one StatefulSet after the "
        "other, one pod after the other: of each kind one node first, which is looked at by its pod, by SQL and "
        "by a query that it runs, while a partition holds the others back (under OnDelete belay deletes the "
        "pods). Then the follower FEs one by one, the leader last; to an older release the other way round. The "
        "operator alone would write FE first and all "
        "images at once. Every patch tests what it replaces and is read back, in the resource and in the "
        "StatefulSet. Every pod is proved by kubectl (new image, ready) and by SQL (alive, of the release, "
        "its journal caught up, the image still on its disk) before the next one goes; a container that "
        "crash-loops or cannot be pulled stops the run at once, with the end of its log. Who leads is asked "
        "again before each frontend, and its pod is deleted by uid; what belay has set on the FEs is set again after each. "
        "At the end all that was held goes on, an image of the new release is made and is on every "
        "frontend's disk, every node is proved once more, and nothing that was noted "
        "is lost. One minor release at a time: a bigger jump is refused with the way. Asked for before the nodes, "
        "the nodes after the first, the frontends, those after the first, and the leader; where the old release "
        "cannot read what the new one writes, the leader's step says so and is the point of no return. "
        "\\resume goes on after any break.",
    .options = options,
    .examples = examples,
    .plan = &planner,
};

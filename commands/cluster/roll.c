/* \roll: a rollout by hand, pod by pod. */
#include <belay/command.h>
#include <belay/str.h>
#include <belay/upgrade.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_RESULT result = {0};
    AUTO_JSON *facts = NULL;

    (void)input;
    if (!roll_gather(session, &facts, err))
        return false;
    roll_result(facts, &result);
    output_show(output, &result);
    return true;
}

const struct command command_roll = {
    .name = "roll",
    .group = GROUP_CLUSTER,
    .summary = "every pod of a rollout, and which one is next",
    .usage = "\\roll",
    .details = "In the order in which they are to be replaced: nodes, followers, the leader last. next: the one "
               "that \\roll next takes; later: it is not of its StatefulSet's image yet.",
    .run = run,
};

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    (void)input;
    return roll_gather(session, ret, err);
}

static struct plan *next(const json_t *facts, const struct command_input *input, struct error *err)
{
    return roll_next_plan(input->command->name, facts, err);
}

static struct plan *pause(const json_t *facts, const struct command_input *input, struct error *err)
{
    return roll_pause_plan(input->command->name, facts, err);
}

static struct plan *back(const json_t *facts, const struct command_input *input, struct error *err)
{
    return roll_back_plan(input->command->name, facts, err);
}

/* Their targets are named by the facts, and what they do changes what a fresh look would find. */
static const struct planner next_planner = {.gather = gather, .plan = next, .offline = true, .no_rebuild = true};
static const struct planner pause_planner = {.gather = gather, .plan = pause, .offline = true, .no_rebuild = true};
static const struct planner back_planner = {.gather = gather, .plan = back, .offline = true, .no_rebuild = true};

const struct command command_roll_next = {
    .name = "roll next",
    .group = GROUP_CLUSTER,
    .summary = "replace the next pod of a rollout, and prove it",
    .usage = "\\roll next",
    .details = "For StatefulSets with updateStrategy OnDelete, whose image was changed. Deletes the pod by its "
               "uid and waits until the new one is ready and alive by SQL, of the release that the image's "
               "tag names. The leader comes last.",
    .plan = &next_planner,
};

const struct command command_roll_pause = {
    .name = "roll pause",
    .group = GROUP_CLUSTER,
    .summary = "stop a rollout between two pods",
    .usage = "\\roll pause",
    .details = "updateStrategy OnDelete for every StatefulSet that replaces pods by itself now, by the object "
               "that rules it, read back in the StatefulSet. The pod that restarts comes up all the same.",
    .plan = &pause_planner,
};

const struct command command_roll_back = {
    .name = "roll back",
    .group = GROUP_CLUSTER,
    .summary = "put the image of before back in a rollout",
    .usage = "\\roll back",
    .details = "For every StatefulSet that is between two images: the image of the pods that were not replaced "
               "yet is written back, the pods that were are deleted by uid (where the StatefulSet does not "
               "replace them itself), each proved; and the updateStrategy comes back that an open \\upgrade "
               "found, whose run is closed. Refused when the release of before cannot read what the frontend that "
               "leads writes. The schedules and settings that the upgrade holds: \\mv resume-all, \\settings "
               "back; \\undo instead takes back all of it.",
    .plan = &back_planner,
};

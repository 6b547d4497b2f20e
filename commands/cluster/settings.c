/* \settings: FE settings that belay changes or watches, on each FE. */
#include <belay/command.h>
#include <belay/fe_settings.h>

static void note_unread(const json_t *facts, struct output *output)
{
    const char *host;
    json_t *why;

    json_object_foreach(json_object_get(facts, "unread"), host, why)
        output_note(output, "FE %s: its settings cannot be read: %s", host, json_string_value(why));
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_RESULT result = {0};
    AUTO_JSON *facts = NULL;

    (void)input;
    if (!settings_gather(session, &facts, err))
        return false;
    settings_result(facts, &result);
    output_show(output, &result);
    note_unread(facts, output);
    if (json_object_size(json_object_get(facts, "ledger")) == 0)
        output_note(output, "None is changed by belay now.");
    if (json_object_size(json_object_get(facts, "unread")) > 0)
        return error_set(err, ERR_UNKNOWN, "not every FE could be asked");
    return true;
}

#define DETAILS                                                                                    \
    "A row for each setting and FE. observed: what it was before belay changed it; wanted: what belay " \
    "set, empty when it did not; now: what the FE says; set_by_run: whose journal tells more. ADMIN "   \
    "SET FRONTEND CONFIG changes the memory of each FE only: one that restarts is back at its "         \
    "fe.conf, and \\settings apply sets it again. Watched are the settings of \\backup --quiet and "    \
    "the FE's own activation of views. A FE that cannot be asked: exit status 9."

static const struct example examples[] = {
    {"\\settings", "after the restart of a FE: is everything still as it was set?"},
    {NULL, NULL},
};

const struct command command_settings = {
    .name = "settings",
    .group = GROUP_CLUSTER,
    .summary = "FE settings that belay changes or watches, on each FE",
    .usage = "\\settings",
    .details = DETAILS,
    .examples = examples,
    .run = run,
};

const struct command command_settings_list = {
    .name = "settings list",
    .group = GROUP_CLUSTER,
    .summary = "the same as \\settings",
    .usage = "\\settings list",
    .details = DETAILS,
    .run = run,
};

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    (void)input;
    return settings_gather(session, ret, err);
}

static struct plan *plan_back(const json_t *facts, const struct command_input *input, struct error *err)
{
    return settings_back_plan(input->command->name, facts, err);
}

static struct plan *plan_apply(const json_t *facts, const struct command_input *input, struct error *err)
{
    return settings_apply_plan(input->command->name, facts, err);
}

static const struct planner back = {.gather = gather, .plan = plan_back, .no_rebuild = true};
static const struct planner apply = {.gather = gather, .plan = plan_apply, .no_rebuild = true};

const struct command command_settings_back = {
    .name = "settings back",
    .group = GROUP_CLUSTER,
    .summary = "put back FE settings that belay changed",
    .usage = "\\settings back",
    .details =
        "To what the leader had before belay changed it, read back on every FE. After \\backup --quiet: "
        "once the upgrade is accepted, because from then on files that the backup names are removed "
        "again. The FE's own activation of views stays off while views are down by belay: the last "
        "\\mv activate puts that back.",
    .plan = &back,
};

const struct command command_settings_apply = {
    .name = "settings apply",
    .group = GROUP_CLUSTER,
    .summary = "set again what FEs forgot when they restarted",
    .usage = "\\settings apply",
    .details =
        "Only what belay changed and has not put back, to the value that it set then, on every FE. "
        "Where it is still so nothing is sent.",
    .plan = &apply,
};

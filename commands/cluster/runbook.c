/* \runbook: a plan of one's own, from YAML. */
#include <belay/command.h>
#include <belay/runbook.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    AUTO_STRV settings = {0};

    for (size_t i = 1; i < input->args.n; i++)
        strv_add(&settings, input->args.v[i]);
    return runbook_gather(session, input_arg(input, 0), &settings, ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    return runbook_plan(input->command->name, facts, err);
}

static const struct planner planner = {.gather = gather, .plan = plan, .no_rebuild = true};

static const struct command_arg args[] = {{ARG_FILE, "FILE", true, false},
                                          {ARG_TEXT, "NAME=VALUE", false, true},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\runbook gate.yaml --dry-run", "what it would do, and its digest"},
    {"\\runbook gate.yaml db=sales", "with another value for one of its variables"},
    {NULL, NULL},
};

const struct command command_runbook = {
    .name = "runbook",
    .group = GROUP_RUNS,
    .summary = "run a plan of your own, written in YAML",
    .usage = "\\runbook FILE [NAME=VALUE…]",
    .details =
        "Steps of SQL or kubectl with needs, proof, time limit and undo, checked before anything is sent: "
        "a mistake is told as file:line:column. Each step asks for the consent that its statement needs, "
        "whatever the file says, or a higher one. kubectl only with verbs and options of a list, as words, "
        "never a line for a shell. Shown, asked for, journaled, gone on with by \\resume like a plan of "
        "belay's own. docs/runbooks.md has the format and an example.",
    .args = args,
    .examples = examples,
    .plan = &planner,
};

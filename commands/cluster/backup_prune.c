/* \backup prune: keeps the newest proved backups of this cluster, removes the older ones. */
#include <belay/backup.h>
#include <belay/command.h>

static bool gather(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err)
{
    if (input_number(input, "keep", 0) < 1) {
        error_set(err, ERR_USAGE, "--keep N says how many proved backups stay: 1 or more");
        return error_hint(err, "usage: %s", input->command->usage);
    }
    return backup_prune_gather(session, input_arg(input, 0), ret, err);
}

static struct plan *plan(const json_t *facts, const struct command_input *input, struct error *err)
{
    return backup_prune_plan(input->command->name, facts, (size_t)input_number(input, "keep", 1),
                             input_flag(input, "partial"), err);
}

/* One stage, whose every step asks again whether its backup is the one of the plan. */
static const struct planner planner = {.gather = gather, .plan = plan, .no_rebuild = true};

static const struct command_arg args[] = {{ARG_FILE, "DIR", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_NUMBER, "keep", "how many proved backups stay"},
    {ARG_FLAG, "partial", "also remove half-written ones that nobody works on"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\backup prune --keep 3 --dry-run", "what would go, and what stays"},
    {"\\backup prune --keep 3 /safe", "of the backups in /safe"},
    {NULL, NULL},
};

const struct command command_backup_prune = {
    .name = "backup prune",
    .group = GROUP_BACKUP,
    .summary = "remove old backups of this cluster",
    .usage = "\\backup prune --keep N [DIR] [--partial]",
    .details =
        "Reads every backup right below DIR (the current directory), keeps the newest N of this "
        "cluster that are proved, and removes those that are older. A damaged one never counts "
        "as kept. Left alone: what is no backup by its manifest, what is of another cluster, "
        "what cannot be told, links, and damaged ones newer than what is kept. Refused (exit "
        "status 7) while an open run names a backup that would go. No way back: asked with the "
        "cluster's name and six characters of the digest; in batch --approve sha256:DIGEST. What "
        "is being removed is called NAME.removing; a removal that was cut short goes on with "
        "\\resume.",
    .args = args,
    .options = options,
    .examples = examples,
    .plan = &planner,
};

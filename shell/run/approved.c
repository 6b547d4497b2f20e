/* Looks in the journals for the run that an approved digest names, and compares its undo. */
#include "approved.h"

#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/str.h>
#include <belay/journal.h>

/* Canonical texts of the undo actions that a run recorded with its intents: the members of ctx. */
static void collect(void *ctx, const struct journal_file *file, json_t *record)
{
    const json_t *undo = json_object_get(record, "undo");

    (void)file;
    if (!str_equal(json_str(record, "type"), "intent") || !json_is_object(undo))
        return;
    AUTO_FREE char *text = json_canonical(undo);
    json_put_bool(ctx, text, true);
}

static bool covers(const json_t *undos, const struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            AUTO_STR text = {0};
            action_canonical(&step->action, &text);
            if (step->tier > TIER_REVERSIBLE)
                return false;
            if (step->action.kind != ACTION_NONE && !json_flag(undos, text.s))
                return false;
        }
    }
    return true;
}

bool approved_as_undo(const char *dir, const struct plan *plan, const char *digest)
{
    AUTO_STRV runs = {0};
    AUTO_JSON *undos = json_object();

    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        struct journal_file file = {0};
        AUTO_JSON *first = journal_first(dir, runs.v[i], NULL);
        AUTO_JSON *of_run = json_object();
        if (str_equal(json_str(first, "digest"), digest) &&
            journal_each(dir, runs.v[i], collect, of_run, &file, NULL))
            json_object_update(undos, of_run);
        journal_file_done(&file);
    }
    return json_object_size(undos) > 0 && covers(undos, plan);
}

/* Looks in the journals for the run that an approved digest names, and compares its undo. */
#include "approved.h"

#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/str.h>
#include <belay/journal.h>

/* Canonical texts of the undo actions that this run recorded with its intents. */
static void collect(const struct journal_file *file, struct strv *ret)
{
    json_t *record;
    size_t i;

    json_array_foreach(file->records, i, record)
    {
        const json_t *undo = json_object_get(record, "undo");
        if (str_equal(json_str(record, "type"), "intent") && json_is_object(undo))
            strv_take(ret, json_canonical(undo));
    }
}

static bool covers(const struct strv *undos, const struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            AUTO_JSON *action = action_json(&step->action);
            AUTO_FREE char *text = json_canonical(action);
            if (step->tier > TIER_REVERSIBLE)
                return false;
            if (step->action.kind != ACTION_NONE && !strv_has(undos, text))
                return false;
        }
    }
    return true;
}

bool approved_as_undo(const char *dir, const struct plan *plan, const char *digest)
{
    AUTO_STRV runs = {0};
    AUTO_STRV undos = {0};

    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        struct journal_file file = {0};
        if (!journal_read(dir, runs.v[i], &file, NULL))
            continue;
        if (str_equal(json_str(json_array_get(file.records, 0), "digest"), digest))
            collect(&file, &undos);
        journal_file_done(&file);
    }
    return undos.n > 0 && covers(&undos, plan);
}

/*
 * The plan that forgets entries of the ledger. A ledger is only a fold of the journals, so to forget
 * is to journal it: the step's record is its whole effect, and nothing is sent.
 */
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>

#include "cluster_plan.h"
#include "kinds.h"
#include "session_inside.h"

static bool run(struct world *world, const struct permit *permit, const struct strv *args,
                bool *ret_unknown, json_t **ret_data, struct error *err)
{
    (void)world;
    (void)permit;
    (void)args;
    (void)ret_data;
    (void)err;
    *ret_unknown = false;
    return true;
}

static void say(const struct strv *args, struct str *ret)
{
    str_addf(ret, "forget that %s (id %s) is %s", args->v[0], args->v[1], args->v[2]);
}

const struct act_kind act_ledger_drop = {"ledger_drop", ACTION_LOCAL, run, say};

bool ledger_gather(struct session *session, json_t **ret, struct error *err)
{
    struct cluster cluster = {0};
    bool checked = false;
    bool ok = cluster_read(session, true, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err);
    json_t *ledger = ok ? ledger_read(session, cluster.id, err) : NULL;

    if (ledger != NULL) {
        *ret = json_object();
        json_put(*ret, "cluster", cluster_json(&cluster));
        json_put(*ret, "ledger", ledger);
    }
    cluster_done(&cluster);
    return ledger != NULL;
}

static void add_step(struct stage *stage, const char *id, const json_t *entry, const char *op,
                     const char *state)
{
    const char *key = json_str(entry, "key");
    AUTO_FREE char *step_id = str_format("forget %s %s", state, id);
    AUTO_FREE char *title = str_format("%s forgotten", key);
    struct step *step = stage_step(stage, TIER_DISRUPTIVE, step_id, title);

    action_act(&step->action, &act_ledger_drop, key, id, state, NULL);
    step->before = json_object();
    json_put_str(step->before, "op", op);
    json_put_str(step->before, "key", key);
    json_put_str(step->before, "id", id);
}

static void add_entries(struct stage *stage, const json_t *entries, const struct strv *names,
                        const char *op, const char *state, json_t *found)
{
    const char *id;
    json_t *entry;

    json_object_foreach((json_t *)entries, id, entry)
    {
        const char *key = json_str(entry, "key");
        if (names->n > 0 && !strv_has(names, key))
            continue;
        json_put_bool(found, key, true);
        add_step(stage, id, entry, op, state);
    }
}

struct plan *ledger_plan_drop(const char *command, const json_t *facts, const struct strv *names,
                              struct error *err)
{
    const json_t *ledger = json_object_get(facts, "ledger");
    AUTO_JSON *found = json_object();
    struct plan *plan = cluster_plan(command, facts, err);

    if (plan == NULL)
        return NULL;
    struct stage *stage = plan_stage(plan, "ledger", FAIL_STOPS);
    add_entries(stage, json_object_get(ledger, "views"), names, "view forget", "down", found);
    add_entries(stage, json_object_get(ledger, "paused"), names, "forget pause", "paused", found);
    for (size_t i = 0; i < names->n; i++) {
        if (json_object_get(found, names->v[i]) != NULL)
            continue;
        error_set(err, ERR_USAGE, "the ledger has no entry for %s", names->v[i]);
        error_hint(err, "\\mv ledger lists its entries, by the names that the views had");
        plan_free(plan);
        return NULL;
    }
    if (stage->n > 0)
        strv_addf(&plan->head, "Cost     belay will not bring %s up again", stage->n == 1
                  ? "this view" : "these views");
    return plan;
}

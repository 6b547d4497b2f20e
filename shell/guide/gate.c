/* At the gate of a later stage: does the world still give the plan that was consented to? */
#include <belay/str.h>

#include "runner_inside.h"

/*
 * The same step? Its place may have moved when others went away: the group is not compared, and of
 * the steps it waits for only those may be missing that are gone.
 */
static bool step_same(const struct step *was, const struct step *now, const json_t *places)
{
    AUTO_STR a = {0};
    AUTO_STR b = {0};

    step_canonical(was, false, &a);
    step_canonical(now, false, &b);
    if (!str_equal(a.s, b.s))
        return false;
    for (size_t i = 0; i < now->after.n; i++) {
        if (!strv_has(&was->after, now->after.v[i]))
            return false;
    }
    for (size_t i = 0; i < was->after.n; i++) {
        if (!strv_has(&now->after, was->after.v[i]) &&
            json_object_get(places, was->after.v[i]) != NULL)
            return false;
    }
    return true;
}

static bool differs(const char *how, const struct step *step, struct error *err)
{
    error_set(err, ERR_DRIFT, "the world differs from the plan: %s %s", how, step->title);
    return error_hint(err, "make a new plan; what is done so far stands in the journal");
}

static const struct stage *stage_named(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (str_equal(plan->stages[i]->name, name))
            return plan->stages[i];
    }
    return NULL;
}

/* {step id: its place}: a stage may have a hundred thousand steps. New reference. */
static json_t *places_of(const struct stage *stage)
{
    json_t *places = json_object();

    for (size_t i = 0; stage != NULL && i < stage->n; i++)
        json_put_int(places, stage->steps[i]->id, (int64_t)i);
    return places;
}

/* A stage that the plan does not have at all, with something to do in it. */
static bool no_new_stage(const struct plan *plan, const struct plan *fresh, struct error *err)
{
    for (size_t i = 0; i < fresh->n; i++) {
        const struct stage *stage = fresh->stages[i];
        if (stage->n > 0 && !stage->follows && stage_named(plan, stage->name) == NULL)
            return differs("new:", stage->steps[0], err);
    }
    return true;
}

static bool compare_stage(struct runner *runner, struct stage *stage, const struct stage *again,
                          struct error *err)
{
    AUTO_JSON *was = places_of(stage);
    AUTO_JSON *now = places_of(again);
    bool ok = true;

    for (size_t i = 0; ok && again != NULL && i < again->n; i++) {
        const struct step *step = again->steps[i];
        const json_t *place = json_object_get(was, step->id);
        if (place == NULL)
            ok = differs("new:", step, err);
        else if (!step_same(stage->steps[json_integer_value(place)], step, now))
            ok = differs("changed:", step, err);
    }
    for (size_t i = 0; ok && i < stage->n; i++) {
        struct step *step = stage->steps[i];
        if (json_object_get(now, step->id) == NULL &&
            runner_outcome(runner, step->id) == OUTCOME_OPEN)
            ok = runner_skip(runner, stage, step, i + 1, stage->n, OUTCOME_GONE,
                             "went away since the plan was made", err);
    }
    return ok;
}

/*
 * At the gate of a later stage the same function builds the plan from fresh facts. Targets that
 * went away are dropped and listed; anything new or different is not covered by the consent.
 */
bool gate_check(struct runner *runner, struct stage *stage, size_t index, struct error *err)
{
    if (runner->rebuild == NULL || index == 0 || stage->follows)
        return true;
    struct plan *fresh = runner->rebuild(runner->rebuild_ctx, runner->plan, err);
    if (fresh == NULL)
        return false;
    bool ok = no_new_stage(runner->plan, fresh, err) &&
              compare_stage(runner, stage, stage_named(fresh, stage->name), err);
    plan_free(fresh);
    return ok;
}

/* Pauses the schedules of views for the length of another plan. */
#include "views_aside.h"

#include <belay/str.h>

#include "clause.h"
#include "kinds.h"
#include "session_inside.h"
#include "views_gentle.h"

#define IDLE_MS ((int64_t)60 * 60000)
#define SLOT_MARK "newest refresh"

/* Takes the facts apart for a plan that is there already. making_drop in both cases. */
static bool start(struct making *making, struct plan *plan, const json_t *facts, struct error *err)
{
    const struct view_choice all = {0};
    bool ok = making_start(making, plan->command, facts, &all, err);

    plan_free(making->plan);
    making->plan = plan;
    if (plan->facts == NULL)
        plan->facts = json_incref((json_t *)facts);
    return ok;
}

static struct gentle_change change_of(const struct view *view, bool away)
{
    struct clause clause;

    clause_parse(view->clause, &clause);
    const char *manual = clause_when_manual(&clause);
    return away ? (struct gentle_change){.verb = "pause", .now = view->clause, .then = manual,
                                         .sql = GENTLE_MANUAL, .undo = view->clause}
                : (struct gentle_change){.verb = "resume", .now = manual, .then = view->clause,
                                         .sql = view->clause, .undo = GENTLE_MANUAL};
}

static void refreshes_end(struct making *making)
{
    struct stage *stage = plan_stage(making->plan, "running refreshes", FAIL_STOPS);
    struct step *step = stage_step(stage, TIER_ADDS, "refreshes end",
                                   "wait until no refresh of these views runs");

    stage->follows = true;
    probe_set(&step->proof, &probe_refresh_idle, NULL);
    for (size_t i = 0; i < making->views.n; i++) {
        if (gentle_can_pause(making, &making->views.v[i]))
            strv_addf(&step->proof.args, "mv-%s", making->views.v[i].id);
    }
    step->proof_ms = IDLE_MS;
}

/* Those that stay as they are, where that is not what anybody expects. */
static void tell_left(struct making *making, const struct view *view)
{
    struct clause clause;

    clause_parse(view->clause, &clause);
    if (view->active && clause.kind != CLAUSE_MANUAL)
        strv_addf(&making->plan->left, "%s: %s: goes on refreshing", view->full,
                  *view->clause != '\0' ? view->clause : "its clause cannot be told");
}

bool views_aside_away(struct plan *plan, const json_t *facts, struct error *err)
{
    struct making making;
    size_t n = 0;
    bool ok = start(&making, plan, facts, err);
    struct stage *stage = ok ? plan_stage(plan, "schedules off", FAIL_SKIPS_DEPENDENTS) : NULL;

    for (size_t i = 0; ok && i < making.views.n; i++) {
        const struct view *view = &making.views.v[i];
        if (!gentle_can_pause(&making, view)) {
            tell_left(&making, view);
            gentle_final_left(&making, view);
            continue;
        }
        const struct gentle_change change = change_of(view, true);
        ok = gentle_step(stage, view, &change, err) != NULL;
        n++;
    }
    if (ok && n > 0)
        refreshes_end(&making);
    making_drop(&making);
    return ok;
}

bool views_aside_back(struct plan *plan, const json_t *facts, struct error *err)
{
    struct making making;
    bool ok = start(&making, plan, facts, err);
    const char *extra =
        ok && starrocks_value(SR_RUN_EXTRA, making.release, 1) == 1 ? "told" : "not told";
    struct stage *stage = ok ? plan_stage(plan, "schedules on", FAIL_SKIPS_DEPENDENTS) : NULL;

    if (stage != NULL)
        stage->follows = true;
    for (size_t i = 0; ok && i < making.views.n; i++) {
        const struct view *view = &making.views.v[i];
        AUTO_STR pause = {0};
        if (!gentle_can_pause(&making, view))
            continue;
        const struct gentle_change change = change_of(view, false);
        struct step *step = gentle_step(stage, view, &change, err);
        ok = step != NULL;
        if (!ok)
            break;
        making_step_id("pause", view, &pause);
        strv_add(&step->after, pause.s);
        step_slot(step, SLOT_MARK, "the newest refresh before", &slot_newest_refresh, NULL);
        gentle_final(&making, view, &change);
        AUTO_FREE char *task = str_format("mv-%s", view->id);
        probe_set(plan_final_of(plan, step->id), &probe_refresh_quiet, "{" SLOT_MARK "}", task,
                  view->clause, extra, view->full, NULL);
    }
    making_drop(&making);
    return ok;
}

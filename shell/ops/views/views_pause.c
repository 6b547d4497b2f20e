/*
 * A user's pause that the leader has lost. From 4.0.2 on INACTIVE of a base overwrites the reason of its
 * dependants in the leader's memory, also of those that their user took down before (recorded on
 * 4.1.0); up to 3.3 an ACTIVE that is refused does (recorded on 3.3.5). The FE then wakes them once the
 * base is up: by its checker, or when a refresh of theirs begins (recorded on both). The way back without
 * a restart, recorded on both: REFRESH MANUAL, here before the base comes up, so that no refresh begins;
 * ACTIVE, INACTIVE, the old refresh clause. A clause without EVERY begins a run when it comes back
 * (recorded on 3.3.5 to 4.1.0); it ends FAILED, since nothing but ACTIVE wakes a view that its user took
 * down (fe-core MVActiveChecker.tryToActivate).
 */
#include <belay/str.h>

#include "clause.h"
#include "kinds.h"
#include "session_inside.h"
#include "views_gentle.h"

#define PROOF_MS 30000

bool pause_is_lost(const struct making *making, const struct view *view)
{
    const char *lasting = json_str(json_object_get(making->facts, "lasting"), view->full);
    bool seen = json_object_get(json_object_get(making->facts, "paused_before"), view->id) != NULL;

    if (view->active || making_entry(making, view) != NULL ||
        !str_starts(view->reason, REASON_BASE_VIEW))
        return false;
    return (starrocks_value(SR_CHECKER_WAKES, making->release, 1) == 1 &&
            strstr(lasting, REASON_USER) != NULL) ||
           (starrocks_value(SR_ACTIVE_SPOILS, making->release, 1) == 1 && seen);
}

bool pause_can_be_put_back(const struct view *view)
{
    struct clause clause;

    clause_parse(view->clause, &clause); /* what goes into a statement is a clause and nothing more */
    return clause.kind != CLAUSE_UNKNOWN;
}

static bool is_manual(const struct view *view)
{
    struct clause clause;

    clause_parse(view->clause, &clause);
    return clause.kind == CLAUSE_MANUAL;
}

bool pause_runs_once(const struct view *view)
{
    struct clause clause;

    clause_parse(view->clause, &clause);
    return clause.kind == CLAUSE_ON_LOAD;
}

static struct step *add(struct stage *stage, const struct view *view, const char *verb,
                        const char *what, const char *undo, struct error *err)
{
    AUTO_STR id = {0};
    AUTO_STR title = {0};
    AUTO_STR sql = {0};
    AUTO_STR undo_sql = {0};

    making_step_id(verb, view, &id);
    str_addf(&title, "%s %s", view->full, what);
    if (!making_alter(view, what, &sql, err) ||
        (undo != NULL && !making_alter(view, undo, &undo_sql, err)))
        return NULL;
    struct step *step = stage_step(stage, TIER_REVERSIBLE, id.s, title.s);
    action_sql(&step->action, NODE_LEADER, sql.s);
    if (undo != NULL)
        action_sql(&step->undo, NODE_LEADER, undo_sql.s);
    making_probe(&step->target, &probe_view_is, view, NULL);
    step->proof_ms = PROOF_MS;
    return step;
}

/* The step for its clause, away or back; the ledger keeps the clause meanwhile. */
static struct step *clause_step(struct stage *stage, const struct view *view, bool away,
                                struct error *err)
{
    struct clause clause;

    clause_parse(view->clause, &clause);
    const char *manual = clause_when_manual(&clause);
    const struct gentle_change off = {"pause", view->clause, manual, GENTLE_MANUAL, view->clause, NULL};
    const struct gentle_change on = {"resume", manual, view->clause, view->clause, GENTLE_MANUAL, NULL};
    return gentle_step(stage, view, away ? &off : &on, err);
}

/* After the step before it; ACTIVE also after the bases. */
static void follow(struct making *making, const struct view *view, struct step *step, bool bases)
{
    const char **before = &making->ids[view - making->views.v];

    if (*before != NULL)
        strv_add(&step->after, *before);
    for (size_t i = 0; bases && i < view->bases.n; i++) {
        const struct view *base = making_base(making, view, i);
        AUTO_STR id = {0};
        if (!making->wanted[base - making->views.v])
            continue;
        making_step_id("activate", base, &id);
        strv_add(&step->after, id.s);
    }
    *before = step->id;
}

bool pause_hold(struct making *making, struct stage **stage, const struct view *view,
                struct error *err)
{
    if (is_manual(view))
        return true;
    if (*stage == NULL)
        *stage = plan_stage(making->plan, "pauses of users, held", FAIL_STOPS);
    struct step *step = clause_step(*stage, view, true, err);
    if (step != NULL)
        follow(making, view, step, false);
    return step != NULL;
}

/* In their order; each kind of a batch is one group. */
enum pause_kind { PAUSE_UP = 1, PAUSE_DOWN, PAUSE_BACK };

static bool add_kind(struct making *making, struct stage *stage, const struct view *view,
                     enum pause_kind kind, struct error *err)
{
    struct step *step = NULL;

    switch (kind) {
    case PAUSE_UP:
        step = add(stage, view, "pause up", "ACTIVE", "INACTIVE", err);
        if (step != NULL)
            making_probe(&step->proof, &probe_view_active, view, NULL);
        break;
    case PAUSE_DOWN:
        step = add(stage, view, "pause down", "INACTIVE", NULL, err);
        if (step != NULL)
            making_probe(&step->proof, &probe_view_down, view, "user");
        break;
    case PAUSE_BACK:
        if (is_manual(view))
            return true;
        step = clause_step(stage, view, false, err);
        break;
    }
    if (step == NULL)
        return false;
    follow(making, view, step, kind == PAUSE_UP);
    step->group = kind;
    return true;
}

bool pause_steps(struct making *making, struct stage *stage, const struct view *const *views,
                 size_t n, struct ids *ret_ids, struct error *err)
{
    for (enum pause_kind kind = PAUSE_UP; kind <= PAUSE_BACK; kind++) {
        for (size_t i = 0; i < n; i++) {
            if (!add_kind(making, stage, views[i], kind, err))
                return false;
        }
    }
    for (size_t i = 0; i < n; i++)
        ids_add(ret_ids, making->ids[views[i] - making->views.v]);
    return true;
}

/*
 * A user's pause that the leader has lost. From 4.0.2 on INACTIVE of a base overwrites the reason of its
 * dependants in the leader's memory, also of those that their user took down before (recorded on
 * 4.1.0); up to 3.3 an ACTIVE that is refused does (recorded on 3.3.5). The FE then wakes them once the
 * base is up. The way back without a restart, recorded on both: REFRESH MANUAL, ACTIVE, INACTIVE, the
 * old refresh clause. No refresh runs.
 */
#include <belay/str.h>

#include "clause.h"
#include "kinds.h"
#include "session_inside.h"
#include "views_plan.h"

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

    /* Plain ASYNC runs at once when its clause comes back; what that does to a view that is
     * inactive by then is not known. */
    clause_parse(view->clause, &clause);
    return clause.kind == CLAUSE_EVERY || clause.kind == CLAUSE_MANUAL;
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

static void clause_proof(struct step *step, const struct view *view, const char *clause)
{
    probe_set(&step->proof, &probe_view_clause, view->database, view->name, clause, NULL);
}

/* Each step only after the one before it, the first only after the bases. */
static void follow(const struct making *making, const struct view *view, struct step *step,
                   const char *before)
{
    if (before != NULL) {
        step_after(step, &before, 1);
        return;
    }
    for (size_t i = 0; i < view->bases.n; i++) {
        const struct view *base = making_base(making, view, i);
        AUTO_STR id = {0};
        if (!making->wanted[base - making->views.v])
            continue;
        making_step_id("activate", base, &id);
        strv_add(&step->after, id.s);
    }
}

/* The four kinds of steps, in their order; each kind of a batch is one group. */
enum pause_kind { PAUSE_AWAY = 1, PAUSE_UP, PAUSE_DOWN, PAUSE_BACK };

static bool has_step(const struct clause *clause, enum pause_kind kind)
{
    return kind == PAUSE_UP || kind == PAUSE_DOWN || clause->kind == CLAUSE_EVERY;
}

static struct step *add_kind(struct making *making, struct stage *stage, const struct view *view,
                             const struct clause *clause, enum pause_kind kind, struct error *err)
{
    struct step *step = NULL;

    switch (kind) {
    case PAUSE_AWAY:
        step = add(stage, view, "pause clause away", "REFRESH MANUAL", view->clause, err);
        if (step != NULL)
            clause_proof(step, view, clause_when_manual(clause));
        break;
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
        step = add(stage, view, "pause clause back", view->clause, NULL, err);
        if (step != NULL)
            clause_proof(step, view, view->clause);
        break;
    }
    if (step != NULL) {
        follow(making, view, step, making->ids[view - making->views.v]);
        step->group = kind;
        making->ids[view - making->views.v] = step->id;
    }
    return step;
}

bool pause_steps(struct making *making, struct stage *stage, const struct view *const *views,
                 size_t n, struct ids *ret_ids, struct error *err)
{
    for (enum pause_kind kind = PAUSE_AWAY; kind <= PAUSE_BACK; kind++) {
        for (size_t i = 0; i < n; i++) {
            struct clause clause;
            clause_parse(views[i]->clause, &clause);
            if (has_step(&clause, kind) &&
                add_kind(making, stage, views[i], &clause, kind, err) == NULL)
                return false;
        }
    }
    for (size_t i = 0; i < n; i++)
        ids_add(ret_ids, making->ids[views[i] - making->views.v]);
    return true;
}

/*
 * What the plans pause and resume have in common: one ALTER … REFRESH a view, proved by the text of
 * SHOW CREATE. The view stays active, keeps what it has refreshed so far, and no ACTIVE is needed on
 * the way back (recorded on 3.3.5, 3.4.8, 3.5.16, 4.1.0).
 */
#include "views_gentle.h"

#include <arena.h>
#include <belay/str.h>
#include <mem.h>

#include "clause.h"
#include "kinds.h"

#define PROOF_MS 30000

bool gentle_is_known(const struct making *making, struct error *err)
{
    const struct behaviour_row *row = starrocks_row(SR_REFRESH_PAUSE, making->release);
    AUTO_STR release = {0};

    if (row != NULL && row->value == 1)
        return true;
    cluster_short_version(making->cluster.version, &release);
    if (row == NULL)
        error_set(err, ERR_FAILED, "not on %s: it is not known here what a changed refresh clause does "
                  "on it", release.s);
    else
        error_set(err, ERR_FAILED, "not on %s: %s", release.s, row->says);
    return error_hint(err, "\\mv inactivate-all takes views down wherever their state can be read "
                      "(3.0 and later)");
}

const json_t *gentle_entry(const struct making *making, const struct view *view)
{
    return json_at(making->facts, "ledger", "paused", view->id, NULL);
}

bool gentle_can_pause(const struct making *making, const struct view *view)
{
    struct clause clause;

    clause_parse(view->clause, &clause);
    return (view->active || view->flag_unknown) && clause.kind == CLAUSE_EVERY &&
           starrocks_value(SR_REFRESH_PAUSE, making->release, 0) == 1;
}

static json_t *old_values(const struct view *view, const struct gentle_change *change)
{
    json_t *before = json_object();

    json_put_str(before, "op", change->verb);
    json_put_str(before, "key", view->full);
    json_put_str(before, "database", view->database);
    json_put_str(before, "name", view->name);
    json_put_str(before, "id", view->id);
    json_put_str(before, "clause", change->now);
    json_put_bool(before, "active", view->active);
    return before;
}

struct step *gentle_step(struct stage *stage, const struct view *view,
                         const struct gentle_change *change, struct error *err)
{
    AUTO_STR id = {0};
    AUTO_STR title = {0};
    AUTO_STR sql = {0};
    AUTO_STR undo = {0};

    making_step_id(change->verb, view, &id);
    str_addf(&title, "%s schedule %s", view->full, str_equal(change->verb, "pause") ? "off" : "on");
    if (!making_alter(view, change->sql, &sql, err) || !making_alter(view, change->undo, &undo, err))
        return NULL;
    enum tier tier = change->cost != NULL ? TIER_DISRUPTIVE : TIER_REVERSIBLE;
    struct step *step = stage_step(stage, tier, id.s, title.s);
    if (change->cost != NULL)
        step->note = arena_text(step->arena, change->cost);
    action_sql(&step->action, NODE_LEADER, sql.s);
    action_sql(&step->undo, NODE_LEADER, undo.s);
    making_probe(&step->target, &probe_view_with, view, change->now);
    making_probe(&step->proof, &probe_view_with, view, change->then);
    making_probe(&step->undo_proof, &probe_view_with, view, change->now);
    step->proof_ms = PROOF_MS;
    step->group = 1; /* no clause depends on another */
    step->undo_op = str_equal(change->verb, "pause") ? "resume" : NULL;
    step->before = old_values(view, change);
    return step;
}

void gentle_final(struct making *making, const struct view *view, const struct gentle_change *change)
{
    char *id = arena_join(making->plan->arena, change->verb, " ", view->full, NULL);

    making_probe(plan_final_of(making->plan, id), &probe_view_with, view, change->then);
}

void gentle_final_left(struct making *making, const struct view *view)
{
    if (view->flag_unknown) /* 2.5: what can be seen of it is its clause */
        making_probe(plan_final(making->plan), &probe_view_with, view, view->clause);
    else
        making_probe(plan_final(making->plan), &probe_view_left, view,
                     view->active ? "active" : "inactive");
}

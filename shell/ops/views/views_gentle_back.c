/*
 * The plan resume: the exact old refresh clause back, for the views that the ledger says belay paused
 * and for no others. A clause with EVERY causes no run when it comes back (recorded on 3.3.5, 3.4.8,
 * 3.5.16, 4.1.0); that it caused none is proved at the end.
 */
#include <belay/str.h>

#include "clause.h"
#include "kinds.h"
#include "session_inside.h"
#include "views_gentle.h"

#define SLOT_MARK "newest refresh"

/* Why a view that belay paused is left; NULL: it is not. */
static char *why_not(const struct view *view, const json_t *entry)
{
    const char *old = json_str(entry, "clause");
    struct clause clause;

    clause_parse(old, &clause);
    if (clause.kind != CLAUSE_EVERY)
        return str_format("what the ledger holds is no clause with a schedule: %s", old);
    if (clause_same(view->clause, old) ||
        clause_same(view->clause, clause_when_manual(&clause)))
        return NULL;
    return str_format("changed by somebody since belay paused it: %s, was %s",
                      *view->clause != '\0' ? view->clause : "its clause cannot be told", old);
}

/* An entry whose view is no more: it is kept and shown, and never applied to another view. */
static void list_gone(struct making *making)
{
    AUTO_JSON *ids = json_object();
    const char *id;
    json_t *entry;

    for (size_t i = 0; i < making->views.n; i++)
        json_put_bool(ids, making->views.v[i].id, true);
    json_object_foreach((json_t *)json_at(making->facts, "ledger", "paused", NULL), id, entry)
    {
        const char *was = json_str(entry, "key");
        const struct view *other = views_find(&making->views, was);
        if (json_flag(ids, id))
            continue;
        if (other == NULL)
            strv_addf(&making->plan->left, "%s: paused by run %s, and gone since", was,
                      json_str(entry, "run"));
        else
            strv_addf(&making->plan->left, "%s: the view that belay paused is gone; this is another "
                      "one (id %s)", was, other->id);
    }
}

static bool sort_out(struct making *making, bool named, struct error *err)
{
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        const json_t *entry = gentle_entry(making, view);
        if (named && making->wanted[i] && entry == NULL) {
            error_set(err, ERR_DRIFT, "%s was not paused by belay: %s", view->full, view->clause);
            return error_hint(err, "belay gives back only a clause that it took; \\mv ledger shows "
                              "them");
        }
        if (!making->wanted[i] && entry != NULL && !named)
            strv_addf(&making->plan->left, "%s: not chosen: stays paused", view->full);
        making->wanted[i] = making->wanted[i] && entry != NULL;
        if (!making->wanted[i])
            continue;
        AUTO_FREE char *why = why_not(view, entry);
        if (why == NULL)
            continue;
        making->wanted[i] = false;
        if (named)
            return error_set(err, ERR_DRIFT, "%s: %s", view->full, why);
        strv_addf(&making->plan->left, "%s: %s", view->full, why);
    }
    list_gone(making);
    return true;
}

/*
 * An inactive view whose clause comes back is refreshed in full by the ACTIVE that it still needs; a
 * MANUAL one by none (recorded on 3.3.5 to 4.1.0).
 */
static bool makes_active_dear(const struct making *making, const struct view *view)
{
    return (!view->active && !view->flag_unknown) &&
           starrocks_value(SR_ACTIVE_REFRESH, making->release, ACTIVE_REFRESHES_FULL) !=
               ACTIVE_REFRESHES_CHANGED;
}

static void head_lines(struct making *making, size_t chosen)
{
    AUTO_STR release = {0};
    AUTO_STR views = {0};
    size_t dear = 0;

    cluster_short_version(making->cluster.version, &release);
    strv_addf(&making->plan->head, "Cost     on %s no refresh runs before the next time of its "
              "schedule", release.s);
    for (size_t i = 0; i < making->views.n; i++)
        dear += making->wanted[i] && makes_active_dear(making, &making->views.v[i]);
    if (dear == 0)
        return;
    making_count(dear, chosen, &views);
    strv_addf(&making->plan->head, "Note     inactive: %s; bring them up first (\\mv activate-all): "
              "ACTIVE refreshes a view that has its clause back in full, a MANUAL one not at all",
              views.s);
}

static bool resume_stage(struct making *making, struct error *err)
{
    struct stage *stage = plan_stage(making->plan, "schedules", FAIL_SKIPS_DEPENDENTS);
    const char *cost = making_empties(making) ? "its ACTIVE then is a full refresh, empty meanwhile"
                                              : "its ACTIVE then is a full refresh";
    const char *extra = starrocks_value(SR_RUN_EXTRA, making->release, 1) == 1 ? "told" : "not told";

    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        struct clause clause;
        if (!making->wanted[i]) {
            gentle_final_left(making, view);
            continue;
        }
        const char *old = json_str(gentle_entry(making, view), "clause");
        clause_parse(old, &clause);
        const struct gentle_change change = {.verb = "resume", .now = clause_when_manual(&clause),
                                             .then = old, .sql = old, .undo = GENTLE_MANUAL,
                                             .cost = makes_active_dear(making, view) ? cost : NULL};
        struct step *step = gentle_step(stage, view, &change, err);
        if (step == NULL)
            return false;
        step_slot(step, SLOT_MARK, "the newest refresh before", &slot_newest_refresh, NULL);
        gentle_final(making, view, &change);
        AUTO_FREE char *task = str_format("mv-%s", view->id);
        probe_set(plan_final_of(making->plan, step->id), &probe_refresh_quiet, "{" SLOT_MARK "}", task,
                  old, extra, view->full, NULL);
    }
    return true;
}

struct plan *views_plan_resume(const char *command, const json_t *facts,
                               const struct view_choice *choice, struct error *err)
{
    struct making making;
    size_t chosen = 0;
    bool named = choice->names.n > 0;
    bool ok = making_start(&making, command, facts, choice, err) && sort_out(&making, named, err);

    for (size_t i = 0; ok && i < making.views.n; i++)
        chosen += making.wanted[i];
    if (ok && chosen > 0) {
        ok = gentle_is_known(&making, err);
        if (ok)
            head_lines(&making, chosen);
        ok = ok && resume_stage(&making, err);
    }
    return making_end(&making, ok);
}

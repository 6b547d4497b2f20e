/* The plan pause: REFRESH MANUAL for every chosen view that is refreshed by a schedule. */
#include <belay/str.h>

#include "clause.h"
#include "session_inside.h"
#include "views_gentle.h"

/* Why the view is not paused although it is chosen, NULL: it is. *ret_cannot: it would have to be. */
static char *why_not(const struct making *making, const struct view *view, bool *ret_cannot)
{
    const json_t *entry = gentle_entry(making, view);
    bool ours = making_entry(making, view) != NULL;
    struct clause clause;

    clause_parse(view->clause, &clause);
    /* 2.5 does not show the flag; the clause of an inactive view may be changed too. */
    bool down = !view->active && !view->flag_unknown;
    *ret_cannot = !down && (clause.kind == CLAUSE_ON_LOAD || clause.kind == CLAUSE_UNKNOWN);
    if (down)
        return str_format("inactive %s: %s", ours ? "already, by belay" : "before", view->reason);
    switch (clause.kind) {
    case CLAUSE_EVERY:
        return NULL;
    case CLAUSE_MANUAL:
        if (entry != NULL)
            return str_format("paused already, by run %s", json_str(entry, "run"));
        return str_format("%s: nothing to pause", view->clause);
    case CLAUSE_ON_LOAD:
        return str_format("%s: not pausable: would run at once on the way back", view->clause);
    case CLAUSE_UNKNOWN:
        break;
    }
    if (*view->clause == '\0')
        return str_format("not pausable: text in its comment or query looks like its refresh clause");
    return str_format("not pausable: its refresh clause is not understood: %s", view->clause);
}

static bool sort_out(struct making *making, bool named, struct error *err)
{
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        bool cannot = false;
        if (!making->wanted[i]) {
            if (!named)
                strv_addf(&making->plan->left, "%s: not chosen", view->full);
            continue;
        }
        AUTO_FREE char *why = why_not(making, view, &cannot);
        if (why == NULL)
            continue;
        making->wanted[i] = false;
        if (named && cannot) {
            error_set(err, ERR_FAILED, "%s: %s", view->full, why);
            return error_hint(err, "\\mv inactivate %s takes it down instead", view->full);
        }
        strv_addf(&making->plan->left, "%s: %s", view->full, why);
    }
    return true;
}

static void head_lines(struct making *making)
{
    AUTO_STR release = {0};

    cluster_short_version(making->cluster.version, &release);
    strv_addf(&making->plan->head, "Cost     on %s neither this nor the way back (\\mv resume-all) "
              "refreshes anything; the views stay active and get older", release.s);
    strv_addf(&making->plan->head, "Note     a refresh that runs now goes on to its end: \\mv runs "
              "shows it, \\mv cancel ends it");
}

static bool pause_stage(struct making *making, struct error *err)
{
    struct stage *stage = plan_stage(making->plan, "schedules", FAIL_SKIPS_DEPENDENTS);

    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        struct clause clause;
        if (!making->wanted[i]) {
            gentle_final_left(making, view);
            continue;
        }
        clause_parse(view->clause, &clause);
        const struct gentle_change change = {.verb = "pause", .now = view->clause,
                                             .then = clause_when_manual(&clause),
                                             .sql = GENTLE_MANUAL, .undo = view->clause};
        struct step *step = gentle_step(stage, view, &change, err);
        if (step == NULL)
            return false;
        gentle_final(making, view, &change);
    }
    return true;
}

struct plan *views_plan_pause(const char *command, const json_t *facts,
                              const struct view_choice *choice, struct error *err)
{
    struct making making;
    size_t chosen = 0;
    bool named = choice->names.n > 0;
    bool ok = making_start(&making, command, facts, choice, err) &&
              gentle_is_known(&making, err) && sort_out(&making, named, err);

    for (size_t i = 0; ok && i < making.views.n; i++)
        chosen += making.wanted[i];
    if (ok && chosen > 0) {
        head_lines(&making);
        ok = pause_stage(&making, err);
    }
    return making_end(&making, ok);
}

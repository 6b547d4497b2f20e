/*
 * The plan up: ACTIVE from the bases to the leaves, only what the ledger took down; then the FE's own
 * activation back, once everything that was left as found is proved to be so still.
 */
#include <belay/str.h>
#include <mem.h>

#include "fe_settings.h"
#include "forecast.h"
#include "kinds.h"
#include "session_inside.h"
#include "views_up_head.h"
#include "waves.h"

#define PROOF_MS 30000
#define SHOWN_RENAMED 5
#define PAUSE_BATCH 64 /* as many steps as run as one group */

/* The view with this id, whatever it is called by now; NULL: there is none. Most are called as they
 * were: *places, {id: its place}, is made when the first is not. */
static const struct view *view_with_id(const struct making *making, const char *id, const char *was,
                                       json_t **places)
{
    const struct view *same = views_find(&making->views, was);
    const json_t *place;

    if (same != NULL && str_equal(same->id, id))
        return same;
    if (*places == NULL) {
        *places = json_object();
        for (size_t i = 0; i < making->views.n; i++)
            json_put_int(*places, making->views.v[i].id, (int64_t)i);
    }
    place = json_object_get(*places, id);
    return place != NULL ? &making->views.v[json_integer_value(place)] : NULL;
}

/* An entry whose view is no more: it is kept and shown, and never applied to another view. */
static void list_gone(struct making *making, const char *was, const json_t *entry)
{
    const struct view *other = views_find(&making->views, was);

    if (other == NULL)
        strv_addf(&making->plan->left, "%s: taken down by run %s, and gone since", was,
                  json_str(entry, "run"));
    else
        strv_addf(&making->plan->left, "%s: the view that belay took down is gone; this is "
                  "another one (id %s)", was, other->id);
}

/* An entry whose view is called as it was then says no name (views_gather). */
static bool is_as_it_was(const json_t *entry)
{
    return entry != NULL && json_object_get(entry, "key") == NULL;
}

/* Mostly all are, and the ledger need not be gone through. */
static bool all_as_they_were(const struct making *making)
{
    size_t n = 0;

    for (size_t i = 0; i < making->views.n; i++)
        n += is_as_it_was(making->entries[i]);
    return n == json_object_size(making->ledger);
}

static void list_entries(struct making *making)
{
    AUTO_JSON *places = NULL;
    const char *id;
    json_t *entry;
    size_t renamed = 0;

    if (all_as_they_were(making))
        return;
    json_object_foreach((json_t *)making->ledger, id, entry)
    {
        const char *was = json_str(entry, "key");
        if (is_as_it_was(entry))
            continue;
        const struct view *view = view_with_id(making, id, was, &places);
        if (view == NULL) {
            list_gone(making, was, entry);
            continue;
        }
        if (!str_equal(view->full, was) && ++renamed <= SHOWN_RENAMED)
            strv_addf(&making->plan->head, "Note     %s was %s when belay took it down (id %s)",
                      view->full, was, id);
    }
    if (renamed > SHOWN_RENAMED)
        strv_addf(&making->plan->head, "Note     %zu more were renamed since: \\mv ledger",
                  renamed - SHOWN_RENAMED);
}

/* A base that is down and stays down: the statement would be refused, and on some releases a refused
 * ACTIVE replaces the user's reason. NULL: none. */
static const struct view *base_in_the_way(const struct making *making, const struct view *view)
{
    for (size_t i = 0; i < view->bases.n; i++) {
        const struct view *base = making_base(making, view, i);
        if (!making->wanted[base - making->views.v] && !base->active)
            return base;
    }
    return NULL;
}

/* What stands on such a base stays down too, and stops nobody else; bases come before dependants. */
static void leave_without_base(struct making *making)
{
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[making->order[i]];
        if (making->wanted[making->order[i]] && base_in_the_way(making, view) != NULL)
            making->wanted[making->order[i]] = false;
    }
}

static void list_left(struct making *making, bool named)
{
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        const json_t *entry = making_entry(making, view);
        if (making->wanted[i] || view->active || named)
            continue;
        const struct view *base = base_in_the_way(making, view);
        if (entry != NULL && base != NULL)
            strv_addf(&making->plan->left, "%s: stays down: its base %s is inactive; once that is up: "
                      "\\mv activate %s", view->full, base->full, view->full);
        else if (entry != NULL)
            strv_addf(&making->plan->left, "%s: not chosen; down since run %s", view->full,
                      json_str(entry, "run"));
        else
            strv_addf(&making->plan->left, "%s: inactive, not by belay: %s", view->full,
                      view->reason);
    }
    list_entries(making);
}

static bool sort_out(struct making *making, bool named, struct error *err)
{
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        bool ours = making_entry(making, view) != NULL;
        if (named && making->wanted[i] && !ours && !view->active) {
            error_set(err, ERR_DRIFT, "%s was not taken down by belay: %s", view->full,
                      view->reason);
            return error_hint(err, "belay activates only what it took down; if you mean it, send: "
                              "ALTER MATERIALIZED VIEW … ACTIVE");
        }
        if (named && making->wanted[i] && !ours)
            strv_addf(&making->plan->left, "%s: active already", view->full);
        making->wanted[i] = making->wanted[i] && ours;
    }
    if (!named)
        leave_without_base(making);
    list_left(making, named);
    return true;
}

/* A view that was named is brought up, or it is said why not. */
static bool has_its_bases(struct making *making, const struct view *view, struct error *err)
{
    const struct view *base = base_in_the_way(making, view);

    if (base == NULL)
        return true;
    error_set(err, ERR_DRIFT, "%s cannot come up: its base %s is inactive and is not in this plan",
              view->full, base->full);
    return error_hint(err, making_entry(making, base) != NULL
                      ? "name its base too, or use \\mv activate-all"
                      : "belay did not take its base down; it is up to you");
}

static bool add_step(struct making *making, struct stage *stage, const struct view *view,
                     struct error *err)
{
    static const struct flag_change up = {"activate", "ACTIVE", "INACTIVE", "view up"};
    bool cascade = starrocks_value(SR_INACTIVE_CASCADE, making->release, 1) == 1;
    enum tier tier = !making_forces(making, view)  ? TIER_REVERSIBLE
                     : making_empties(making)      ? TIER_NO_RETURN
                                                   : TIER_DISRUPTIVE;
    struct step *step = making_flag_step(making, stage, tier, view, &up, err);
    size_t n = 0;

    if (step == NULL)
        return false;
    probe_like(&step->proof, &probe_view_active, &step->target, NULL);
    probe_like(&step->undo_proof, &probe_view_down, &step->target, cascade ? "cascade" : "user");
    step->proof_ms = PROOF_MS;
    if (tier != TIER_REVERSIBLE)
        step->note = making_empties(making) ? "full refresh, empty meanwhile" : "full refresh";
    const char **after = mem_array(view->bases.n + 1, sizeof(*after));
    for (size_t i = 0; i < view->bases.n; i++) {
        const struct view *base = making_base(making, view, i);
        if (making->wanted[base - making->views.v])
            after[n++] = making->ids[base - making->views.v];
        else
            making_probe(step_need(step), &probe_view_active, base, NULL);
    }
    step_after(step, after, n);
    free(after);
    return true;
}

static bool views_stage(struct making *making, const struct view_choice *choice,
                        struct ids *ret_ids, struct error *err)
{
    struct waves waves;
    bool ok = true;

    waves_start(&waves, making, choice);
    for (size_t i = 0; ok && i < making->views.n; i++) {
        size_t place = making->order[i];
        making_soon(making, i);
        const struct view *view = &making->views.v[place];
        if (!making->wanted[place])
            continue;
        ok = has_its_bases(making, view, err) &&
             add_step(making, waves_stage(&waves, view), view, err);
        if (ok)
            ids_add(ret_ids, making->ids[place]);
    }
    waves_done(&waves);
    return ok;
}

/* Users' pauses that the leader has forgotten, by level: what is done about them comes in two stages. */
struct pauses {
    const struct view **v; /* owned */
    size_t n;
    bool stuck; /* there is one for which there is no way */
};

static void list_pause(struct making *making, const struct view *view, struct pauses *pauses)
{
    const struct view *base = base_in_the_way(making, view);

    if (base != NULL) {
        strv_addf(&making->plan->left, "%s: its user took it down, and the leader forgot it; as long as "
                  "its base %s is down the FE cannot wake it", view->full, base->full);
    } else if (pause_can_be_put_back(view)) {
        pauses->v[pauses->n++] = view;
    } else {
        pauses->stuck = true;
        /* A refresh that begins activates first, whatever the switch says (recorded on 3.3.5, 4.1.0). */
        strv_addf(&making->plan->left, "%s: its user took it down, and the leader forgot it; a refresh "
                  "wakes it, and its clause is not understood: there is no way to put its pause back",
                  view->full);
    }
}

/* Before any base is up: with no refresh of theirs nothing wakes these views. */
static bool hold_stage(struct making *making, struct pauses *pauses, struct error *err)
{
    struct stage *stage = NULL; /* made by the first that needs one */
    size_t runs = 0;

    pauses->v = mem_array(making->views.n + 1, sizeof(*pauses->v));
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[making->order[i]];
        if (!making->wanted[making->order[i]] && pause_is_lost(making, view))
            list_pause(making, view, pauses);
    }
    for (size_t i = 0; i < pauses->n; i++) {
        if (!pause_hold(making, &stage, pauses->v[i], err))
            return false;
        runs += pause_runs_once(pauses->v[i]);
    }
    if (runs > 0)
        strv_addf(&making->plan->head, "Note     %zu view%s that %s user took down: when the clause comes "
                  "back a run begins and fails, because the view is down", runs, runs == 1 ? "" : "s",
                  runs == 1 ? "its" : "their");
    return true;
}

/* Before the FE may activate by itself again. */
static bool pause_stage(struct making *making, const struct pauses *pauses, struct ids *ret_ids,
                        struct error *err)
{
    struct stage *stage = NULL;

    for (size_t i = 0; i < pauses->n; i += PAUSE_BATCH) {
        size_t n = pauses->n - i < PAUSE_BATCH ? pauses->n - i : PAUSE_BATCH;
        if (stage == NULL)
            stage = plan_stage(making->plan, "pauses of users, put back", FAIL_SKIPS_DEPENDENTS);
        stage->follows = true;
        if (!pause_steps(making, stage, pauses->v + i, n, ret_ids, err))
            return false;
    }
    return true;
}

/* Everything that was left must be as it was found before the FE may activate again by itself. */
static void left_stage(struct making *making, struct ids *ret_ids)
{
    struct stage *stage = NULL;

    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        if (making->wanted[i] || view->active)
            continue;
        if (stage == NULL)
            stage = plan_stage(making->plan, "left as found", FAIL_STOPS);
        stage->follows = true;
        AUTO_STR id = {0};
        AUTO_STR title = {0};
        making_step_id("still inactive", view, &id);
        str_addf(&title, "%s is inactive still", view->full);
        struct step *step = stage_step(stage, TIER_ADDS, id.s, title.s);
        making_probe(&step->proof, &probe_view_left, view, "inactive");
        step->group = 1;
        ids_add(ret_ids, step->id);
    }
}

/* Were views left down in this plan that belay took down? Then the checker stays off for them. */
static bool all_of_ledger(const struct making *making)
{
    for (size_t i = 0; i < making->views.n; i++) {
        if (making_entry(making, &making->views.v[i]) != NULL && !making->wanted[i])
            return false;
    }
    return true;
}

/* Did belay turn the checker off, and was it on before? */
static bool checker_waits(const struct making *making)
{
    return json_at(making->facts, "ledger", "settings", SETTING_CHECKER, NULL) != NULL &&
           !str_equal(making_checker_before(making), "false");
}

/* The FE may not wake by itself what is about to come up in waves, stays down, or is put back. */
static bool needs_checker_off(const struct making *making, size_t chosen)
{
    if (chosen > 0 || !all_of_ledger(making))
        return true;
    for (size_t i = 0; i < making->views.n; i++) {
        if (pause_is_lost(making, &making->views.v[i]))
            return true;
    }
    return false;
}

static void list_checker(struct making *making, bool stuck)
{
    strv_addf(&making->plan->left, "%s: stays false %s", SETTING_CHECKER,
              stuck ? "because of that view" : "until the last view that belay took down is up");
}

struct plan *views_plan_up(const char *command, const json_t *facts,
                           const struct view_choice *choice, struct error *err)
{
    struct making making;
    struct ids last = {0}; /* what must be done before the FE may activate again by itself */
    size_t chosen = 0;
    struct pauses pauses = {0};
    bool named = choice->names.n > 0;
    bool ok = making_start(&making, command, facts, choice, err) &&
              views_flags_known(&making.views, err) && sort_out(&making, named, err);

    for (size_t i = 0; ok && i < making.views.n; i++)
        chosen += making.wanted[i];
    if (ok && chosen > 0)
        up_head_lines(&making, chosen);
    if (ok && !named)
        up_note_down_still(&making, choice->only != NULL || choice->except != NULL);
    if (ok && checker_waits(&making) && making_checker_forgotten(&making) &&
        needs_checker_off(&making, chosen))
        ok = making_checker_off_again(&making, err);
    ok = ok && hold_stage(&making, &pauses, err) &&
         (chosen == 0 || views_stage(&making, choice, &last, err)) &&
         pause_stage(&making, &pauses, &last, err);
    bool waits = ok && checker_waits(&making);
    bool back = waits && !pauses.stuck && all_of_ledger(&making);
    /* Nothing comes up and nothing is put back: then there is nothing to prove either. */
    bool idle = last.n == 0 && !back;
    if (ok && !idle)
        left_stage(&making, &last);
    if (waits && !back)
        list_checker(&making, pauses.stuck);
    ok = ok && (!back || making_checker_stage(&making, "the FE's own activation",
                                              making_checker_before(&making), &last, err));
    for (size_t i = 0; ok && !idle && i < making.views.n; i++) {
        const struct view *view = &making.views.v[i];
        if (making.wanted[i])
            making_probe(plan_final_of(making.plan, making.ids[i]), &probe_view_active, view, NULL);
        else if (!view->active)
            making_probe(plan_final(making.plan), &probe_view_left, view, "inactive");
    }
    free(last.v);
    free(pauses.v);
    return making_end(&making, ok);
}

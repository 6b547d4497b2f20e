/*
 * The plan down: the FE's own activation off, INACTIVE from the leaves to the bases, running
 * refreshes waited for, everything proved once more at the end.
 */
#include <belay/str.h>
#include <mem.h>

#include "fe_settings.h"
#include "kinds.h"
#include "runs_cancel.h"
#include "session_inside.h"
#include "views_gentle.h"

#define SHOWN_MISSING 20 /* a page must stay short */
#define PROOF_MS 30000
#define IDLE_MS (4 * 3600 * 1000LL)

static bool is_wanted(const struct making *making, const struct view *view)
{
    return making->wanted[view - making->views.v];
}

/* A view stays up; what can be done about its refreshes all the same. */
static void left_up(struct making *making, const struct view *view, const char *why)
{
    AUTO_FREE char *offer = gentle_can_pause(making, view)
                                ? str_format("; \\mv pause %s stops its schedule", view->full)
                                : mem_text("");

    strv_addf(&making->plan->left, "%s: %s%s", view->full, why, offer);
}

/* It can come up again until an FE starts. Whoever names it may mean just that. */
static void above_lost(struct making *making, const struct view *view, bool named)
{
    const struct view *base = making_lost_base(making, view);

    if (named) {
        strv_addf(&making->plan->head, "Note     the next start of an FE takes %s down, which stands on "
                  "an inactive view: from then on ACTIVE of %s is refused", base->full, view->full);
        return;
    }
    making->wanted[view - making->views.v] = false;
    AUTO_FREE char *why = str_format("active over %s, which the next start of an FE takes down: "
                                     "INACTIVE would have no way back then, so it stays up till then",
                                     base->full);
    left_up(making, view, why);
}

/* Drops from the choice what cannot or need not be taken down, and says why. */
static bool sort_out(struct making *making, bool named, struct error *err)
{
    for (size_t i = 0; i < making->views.n; i++) {
        struct view *view = &making->views.v[i];
        const json_t *entry = making_entry(making, view);
        const struct view *base;
        if (!making->wanted[i]) {
            if (!named)
                strv_addf(&making->plan->left, "%s: not chosen", view->full);
            continue;
        }
        if (!view->active) {
            making->wanted[i] = false;
            if (entry != NULL && str_equal(view->reason, REASON_USER))
                strv_addf(&making->plan->left, "%s: down already, since run %s", view->full,
                          json_str(entry, "run"));
            else
                strv_addf(&making->plan->left, "%s: inactive %s: %s", view->full,
                          entry != NULL ? "already, by belay" : "before",
                          view_reason(view));
            continue;
        }
        if (!making->lost[i])
            continue;
        base = making_left_base(making, view);
        if (base == NULL) {
            above_lost(making, view, named);
            continue;
        }
        making->wanted[i] = false;
        if (named) {
            error_set(err, ERR_DRIFT, "%s is not taken down: its base %s is inactive, so ACTIVE "
                      "could never bring it up again", view->full, base->full);
            if (!gentle_can_pause(making, view))
                return error_hint(err, "\\mv show %s tells why its base is inactive", base->full);
            return error_hint(err, "\\mv pause %s stops its schedule instead; \\mv show %s tells why "
                              "its base is inactive", view->full, base->full);
        }
        AUTO_FREE char *why = str_format("active over %s, which is inactive: INACTIVE would have no "
                                         "way back, so it stays up until an FE starts",
                                         base->full);
        left_up(making, view, why);
    }
    return true;
}

/* A named base whose dependants are not named: on releases with the cascade they would go down too,
 * unrecorded; on the others they stay up over an inactive base. */
static bool check_dependants(struct making *making, struct error *err)
{
    bool cascade = starrocks_value(SR_INACTIVE_CASCADE, making->release, 1) == 1;
    bool *goes_down = mem_array(making->views.n + 1, sizeof(*goes_down));
    AUTO_STRV missing = {0};
    AUTO_STR text = {0};

    for (size_t i = 0; i < making->views.n; i++) { /* bases first: what stands on what is missing too */
        size_t place = making->order[i];
        const struct view *view = &making->views.v[place];
        for (size_t k = 0; view->active && !making->wanted[place] && k < view->bases.n; k++) {
            const struct view *base = making_base(making, view, k);
            if (!is_wanted(making, base) && !goes_down[base - making->views.v])
                continue;
            goes_down[place] = true;
            strv_add(&missing, view->full);
            break;
        }
    }
    free(goes_down);
    if (missing.n == 0)
        return true;
    for (size_t i = 0; i < missing.n && i < SHOWN_MISSING; i++)
        str_addf(&text, "%s%s", i > 0 ? ", " : "", missing.v[i]);
    if (missing.n > SHOWN_MISSING)
        str_addf(&text, " and %zu more", missing.n - SHOWN_MISSING);
    if (!cascade) {
        strv_addf(&making->plan->head, "Note     these stay active over a base that goes down: their "
                  "refreshes will fail, and the next start of an FE takes them down: %s", text.s);
        return true;
    }
    error_set(err, ERR_USAGE, "on this release INACTIVE takes these down with their base: %s",
              text.s);
    return error_hint(err, "name them too, so that they are recorded and brought up again");
}

/*
 * A base under an active view that is not in the plan stays up, because that view would go down
 * unrecorded: where INACTIVE takes dependants down too, in the same statement and perhaps for good;
 * elsewhere when an FE starts and finds its base inactive (fe-core MaterializedView.onReload). A view
 * over a base that is inactive already is lost to the next start anyway: there only the cascade counts.
 * From the highest level down, since the base of a base is no better.
 */
static void leave_bases(struct making *making)
{
    bool cascade = starrocks_value(SR_INACTIVE_CASCADE, making->release, 1) == 1;

    for (size_t i = making->views.n; i-- > 0;) {
        const struct view *view = &making->views.v[making->order[i]];
        if (!view->active || is_wanted(making, view) ||
            (!cascade && making->lost[view - making->views.v]))
            continue;
        for (size_t k = 0; k < view->bases.n; k++) {
            const struct view *base = making_base(making, view, k);
            if (!is_wanted(making, base))
                continue;
            making->wanted[base - making->views.v] = false;
            AUTO_FREE char *why = str_format("stays up: %s would take %s down with it",
                                             cascade ? "on this release INACTIVE"
                                                     : "the next start of an FE", view->full);
            left_up(making, base, why);
        }
    }
}

/* Who of those that the plan takes down stands on each view: they go first. */
struct dependants {
    size_t *at;     /* where those of a view begin in `places`; one more than there are views */
    size_t *places;
    const char **ids; /* room for the steps of one view */
};

static void dependants_of_all(const struct making *making, struct dependants *ret)
{
    size_t n = making->views.n;
    size_t edges = 0;

    ret->at = mem_array(n + 2, sizeof(*ret->at));
    for (size_t i = 0; i < n; i++) {
        const struct view *view = &making->views.v[i];
        for (size_t k = 0; making->wanted[i] && k < view->bases.n; k++, edges++)
            ret->at[view->base_at[k] + 2]++;
    }
    for (size_t i = 2; i < n + 2; i++)
        ret->at[i] += ret->at[i - 1];
    ret->places = mem_array(edges + 1, sizeof(*ret->places));
    ret->ids = mem_array(edges + 1, sizeof(*ret->ids));
    for (size_t i = 0; i < n; i++) {
        const struct view *view = &making->views.v[i];
        for (size_t k = 0; making->wanted[i] && k < view->bases.n; k++)
            ret->places[ret->at[view->base_at[k] + 1]++] = i;
    }
}

static void dependants_done(struct dependants *dependants)
{
    free(dependants->at);
    free(dependants->places);
    free(dependants->ids);
}

static bool add_step(struct making *making, struct stage *stage, const struct view *view,
                     const struct dependants *dependants, struct error *err)
{
    static const struct flag_change down = {"inactivate", "INACTIVE", "ACTIVE", "view down"};
    bool cascade = starrocks_value(SR_INACTIVE_CASCADE, making->release, 1) == 1;
    bool forces = making_forces(making, view);
    size_t place = (size_t)(view - making->views.v);
    size_t n = 0;

    struct step *step = making_flag_step(making, stage, forces ? TIER_DISRUPTIVE : TIER_REVERSIBLE,
                                         view, &down, err);
    if (step == NULL)
        return false;
    probe_like(&step->proof, &probe_view_down, &step->target, cascade ? "cascade" : "user");
    probe_like(&step->undo_proof, &probe_view_active, &step->target, NULL);
    step->proof_ms = PROOF_MS;
    if (forces)
        step->undo_note = making_empties(making) ? "full refresh, empty meanwhile" : "full refresh";
    for (size_t i = dependants->at[place]; i < dependants->at[place + 1]; i++)
        dependants->ids[n++] = making->ids[dependants->places[i]];
    step_after(step, dependants->ids, n);
    return true;
}

static void final_proofs(struct making *making)
{
    bool cascade = starrocks_value(SR_INACTIVE_CASCADE, making->release, 1) == 1;

    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        if (making->wanted[i]) {
            making_probe(plan_final_of(making->plan, making->ids[i]), &probe_view_down, view,
                         cascade ? "cascade" : "user");
            if (cascade)
                making_probe(plan_final_of(making->plan, making->ids[i]), &probe_view_lasting, view,
                             NULL);
        } else {
            making_probe(plan_final(making->plan), &probe_view_left, view,
                         view->active ? "active" : "inactive");
        }
    }
}

/* Where the way back refreshes in full there is a gentler way for views with a schedule. */
static char *gentler(const struct making *making, bool named, size_t forced)
{
    size_t spared = 0;

    for (size_t i = 0; i < making->views.n; i++)
        spared += making->wanted[i] && making_forces(making, &making->views.v[i]) &&
                  gentle_can_pause(making, &making->views.v[i]);
    if (spared == 0)
        return mem_text("");
    const char *command = named ? "\\mv pause" : "\\mv pause-all";
    return spared == forced ? str_format("; %s would not", command)
                            : str_format("; %s would not, for %zu of them", command, spared);
}

static void head_lines(struct making *making, size_t chosen, bool named)
{
    AUTO_STR release = {0};
    AUTO_STR views = {0};
    const struct behaviour_row *row = starrocks_row(SR_ACTIVE_REFRESH, making->release);
    size_t forced = making_n_forced(making);
    AUTO_FREE char *offer = gentler(making, named, forced);

    cluster_short_version(making->cluster.version, &release);
    making_count(forced, chosen, &views);
    if (row == NULL)
        strv_addf(&making->plan->head, "Cost     what ACTIVE does on %s is not known here: taken as "
                  "a full refresh of %s", release.s, views.s);
    else if (forced > 0)
        strv_addf(&making->plan->head, "Cost     on %s the way back (ACTIVE) refreshes %s in full%s%s",
                  release.s, views.s, !making_empties(making) ? ""
                  : chosen == 1 ? "; it reads empty meanwhile" : "; they read empty meanwhile", offer);
    else
        strv_addf(&making->plan->head, "Cost     on %s the way back (ACTIVE) forces no refresh",
                  release.s);
    row = starrocks_row(SR_INACTIVE_CASCADE, making->release);
    if (row != NULL && row->value == 1)
        strv_addf(&making->plan->head, "Note     on %s %s", release.s, row->says);
}

/* INACTIVE leaves a refresh that runs alone: it is told to end, once no other can begin. */
static bool cancel_stage(struct making *making, struct error *err)
{
    struct stage *stage = plan_stage(making->plan, "refreshes that run, cancelled",
                                     FAIL_SKIPS_DEPENDENTS);

    stage->follows = true;
    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        if (!making->wanted[i])
            continue;
        struct step *step = cancel_step(stage, view, false, err);
        if (step == NULL)
            return false;
        step_after(step, &making->ids[i], 1);
        step->note = "only where a refresh runs";
    }
    return true;
}

/* Refreshes that run at INACTIVE go on to their end and may commit: wait for them. */
static bool wait_stage(struct making *making, bool cancel, struct error *err)
{
    const struct behaviour_row *row = starrocks_row(SR_INACTIVE_KILLS, making->release);
    AUTO_STR release = {0};

    cluster_short_version(making->cluster.version, &release);
    if (row != NULL && row->value == 1 && cancel)
        strv_addf(&making->plan->head, "Note     --cancel adds nothing: on %s INACTIVE ends a refresh "
                  "that runs", release.s);
    if (row != NULL && row->value == 1)
        return true;
    if (cancel && !cancel_stage(making, err))
        return false;
    struct stage *stage = plan_stage(making->plan, "running refreshes", FAIL_STOPS);
    stage->follows = true;
    struct step *step = stage_step(stage, TIER_ADDS, "refreshes end",
                                   "wait until no refresh of these views runs");
    probe_set(&step->proof, &probe_refresh_idle, NULL);
    for (size_t i = 0; i < making->views.n; i++) {
        if (making->wanted[i])
            strv_addf(&step->proof.args, "mv-%s", making->views.v[i].id);
    }
    step->proof_ms = IDLE_MS;
    return true;
}

static bool views_stage(struct making *making, struct error *err)
{
    struct stage *stage = plan_stage(making->plan, "views, leaves first", FAIL_SKIPS_DEPENDENTS);
    struct dependants dependants;
    bool ok = true;

    dependants_of_all(making, &dependants);
    for (size_t level = making->n_levels; level-- > 0;) {
        for (size_t i = making->level_at[level]; ok && i < making->level_at[level + 1]; i++) {
            const struct view *view = &making->views.v[making->order[i]];
            making_soon(making, i);
            if (is_wanted(making, view))
                ok = add_step(making, stage, view, &dependants, err);
        }
    }
    dependants_done(&dependants);
    return ok;
}

struct plan *views_plan_down(const char *command, const json_t *facts,
                             const struct view_choice *choice, struct error *err)
{
    struct making making;
    size_t chosen = 0;
    bool named = choice->names.n > 0;
    bool ok = making_start(&making, command, facts, choice, err) &&
              views_flags_known(&making.views, err);

    if (ok)
        making_find_lost(&making);
    ok = ok && sort_out(&making, named, err) && (!named || check_dependants(&making, err));
    if (ok && !named)
        leave_bases(&making);
    for (size_t i = 0; ok && i < making.views.n; i++)
        chosen += making.wanted[i];
    if (ok && chosen > 0) {
        head_lines(&making, chosen, named);
        if (starrocks_value(SR_CHECKER, making.release, 1) == 1)
            ok = making_checker_stage(&making, "the FE's own activation", "false", NULL, err);
        ok = ok && views_stage(&making, err) && wait_stage(&making, choice->cancel, err);
        if (ok)
            final_proofs(&making);
    } else if (ok && making_checker_forgotten(&making)) {
        strv_addf(&making.plan->head, "Note     an FE restarted and activates by itself again; belay "
                  "turned that off for the views that are down");
        ok = making_checker_stage(&making, "the FE's own activation", "false", NULL, err);
    }
    if (ok && making.views.n_sync > 0)
        strv_addf(&making.plan->left, "%zu synchronous views: they follow their table and have no "
                  "INACTIVE", making.views.n_sync);
    return making_end(&making, ok);
}

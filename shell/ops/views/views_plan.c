/* What the plans down and up have in common. */
#include "views_plan.h"

#include <arena.h>
#include <belay/str.h>
#include <mem.h>
#include <quote.h>

#include "cluster_plan.h"
#include "fe_settings.h"
#include "kinds.h"
#include "session_inside.h"

static bool choose_names(struct making *making, const struct view_choice *choice, struct error *err)
{
    for (size_t i = 0; i < choice->names.n; i++) {
        const struct view *view = views_find(&making->views, choice->names.v[i]);
        if (view == NULL)
            return views_unknown(&making->views, choice->names.v[i], err);
        making->wanted[view - making->views.v] = true;
    }
    return true;
}

/* A pattern that matches no view is a slip of the pen: "nothing to do" would read as "all is down". */
static bool chooses_any(const struct making *making, const struct view_choice *choice,
                        struct error *err)
{
    if (choice->only == NULL || making->views.n == 0)
        return true;
    for (size_t i = 0; i < making->views.n; i++) {
        if (making->wanted[i])
            return true;
    }
    error_set(err, ERR_USAGE, "--only %s%s%s chooses none of %zu views", choice->only,
              choice->except != NULL ? " --except " : "",
              choice->except != NULL ? choice->except : "", making->views.n);
    return error_hint(err, "a pattern is searched in database.name, case matters; \\mv lists the names");
}

/* The views by level, in time that does not grow with the number of levels. */
static void sort_by_level(struct making *making)
{
    const struct views *views = &making->views;

    making->order = mem_array(views->n + 1, sizeof(*making->order));
    for (size_t i = 0; i < views->n; i++) {
        if (views->v[i].level >= making->n_levels)
            making->n_levels = views->v[i].level + 1;
    }
    making->level_at = mem_array(making->n_levels + 2, sizeof(*making->level_at));
    /* Two further on: filling then moves each to where its level begins. */
    for (size_t i = 0; i < views->n; i++)
        making->level_at[views->v[i].level + 2]++;
    for (size_t level = 2; level < making->n_levels + 2; level++)
        making->level_at[level] += making->level_at[level - 1];
    for (size_t i = 0; i < views->n; i++)
        making->order[making->level_at[views->v[i].level + 1]++] = i;
}

bool making_start(struct making *making, const char *command, const json_t *facts,
                  const struct view_choice *choice, struct error *err)
{
    *making = (struct making){.facts = facts};
    if (!cluster_from_json(json_object_get(facts, "cluster"), &making->cluster, err) ||
        !views_from_facts(json_object_get(facts, "views"), &making->views, err))
        return false;
    making->ledger = json_at(facts, "ledger", "views", NULL);
    making->entries = mem_array(making->views.n + 1, sizeof(*making->entries));
    for (size_t i = 0; i < making->views.n; i++) {
        if (i + MEM_AHEAD < making->views.n)
            mem_soon(making->views.v[i + MEM_AHEAD].id);
        making->entries[i] = json_object_get(making->ledger, making->views.v[i].id);
    }
    release_parse(making->cluster.version, &making->release);
    making->wanted = choice->names.n > 0
                         ? mem_array(making->views.n + 1, sizeof(*making->wanted))
                         : views_match(&making->views, choice->only, choice->except, err);
    if (making->wanted != NULL && !chooses_any(making, choice, err))
        return false;
    making->ids = mem_array(making->views.n + 1, sizeof(*making->ids));
    sort_by_level(making);
    making->plan = cluster_plan_new(command, &making->cluster);
    making->plan->facts = json_incref((json_t *)facts);
    return making->wanted != NULL && choose_names(making, choice, err);
}

void making_drop(struct making *making)
{
    free(making->wanted);
    free(making->order);
    free(making->level_at);
    free(making->lost);
    free(making->ids);
    free(making->entries);
    str_done(&making->text);
    views_done(&making->views);
    cluster_done(&making->cluster);
}

struct plan *making_end(struct making *making, bool ok)
{
    struct plan *plan = making->plan;

    making_drop(making);
    if (ok)
        return plan;
    plan_free(plan);
    return NULL;
}

const json_t *making_entry(const struct making *making, const struct view *view)
{
    return making->entries[view - making->views.v];
}

void ids_add(struct ids *ids, const char *id)
{
    ids->v = mem_grow(ids->v, &ids->cap, ids->n + 1, sizeof(*ids->v));
    ids->v[ids->n++] = id;
}

static const char *const *before_words(struct arena *arena, const char *op, const char *full,
                                       const char *id)
{
    const char *const words[] = {"op", op, "key", full, "id", id, NULL};
    const char **copy = arena_alloc(arena, sizeof(words) / sizeof(words[0]), sizeof(*copy));

    memcpy(copy, words, sizeof(words));
    return copy;
}

struct step *making_flag_step(struct making *making, struct stage *stage, enum tier tier,
                              const struct view *view, const struct flag_change *change,
                              struct error *err)
{
    struct arena *arena = making->plan->arena;
    /* Beside the other texts of the step: what is read together lies together. */
    const char *const who[] = {view->database, arena_text(arena, view->name),
                               arena_text(arena, view->id)};

    str_clear(&making->text);
    if (!making_alter(view, "", &making->text, err))
        return NULL;
    struct step *step = stage_step_of(stage, tier,
                                      arena_join(arena, change->verb, " ", view->full, NULL),
                                      arena_join(arena, view->full, " ", change->what, NULL));
    action_sql_of(&step->action, NODE_LEADER,
                  arena_join(arena, making->text.s, change->what, NULL));
    action_sql_of(&step->undo, NODE_LEADER,
                  arena_join(arena, making->text.s, change->undo, NULL));
    probe_lend(&step->target, &probe_view_is, who, sizeof(who) / sizeof(who[0]));
    step->undo_op = str_equal(change->op, "view down") ? "view up" : NULL;
    step->before_words = before_words(arena, change->op, view->full, who[2]);
    step->group = view->level + 1;
    making->ids[view - making->views.v] = step->id;
    return step;
}

void making_step_id(const char *verb, const struct view *view, struct str *ret)
{
    str_add(ret, verb);
    str_addc(ret, ' ');
    str_add(ret, view->full);
}

bool making_alter(const struct view *view, const char *what, struct str *ret, struct error *err)
{
    str_add(ret, "ALTER MATERIALIZED VIEW ");
    if (!quote_name2(view->database, view->name, ret, err))
        return error_prefix(err, "%s", view->full);
    str_addc(ret, ' ');
    str_add(ret, what);
    return true;
}

void making_probe(struct probe *probe, const struct probe_kind *kind, const struct view *view,
                  const char *want)
{
    const char *const words[] = {view->database, view->name, view->id,
                                 arena_text(probe->arena, want)};

    probe_lend(probe, kind, words, want != NULL ? 4 : 3);
}

bool making_forces(const struct making *making, const struct view *view)
{
    /* MANUAL views are refreshed by no ACTIVE on any release (recorded on 3.3.5 to 4.1.0). */
    return !str_equal(view->refresh, "MANUAL") &&
           starrocks_value(SR_ACTIVE_REFRESH, making->release, ACTIVE_REFRESHES_FULL) !=
               ACTIVE_REFRESHES_CHANGED;
}

size_t making_n_forced(const struct making *making)
{
    size_t n = 0;

    for (size_t i = 0; i < making->views.n; i++)
        n += making->wanted[i] && making_forces(making, &making->views.v[i]);
    return n;
}

bool making_empties(const struct making *making)
{
    return starrocks_value(SR_ACTIVE_REFRESH, making->release, ACTIVE_REFRESHES_FULL) ==
           ACTIVE_EMPTIES_FIRST;
}

const char *making_checker_before(const struct making *making)
{
    const json_t *entry = json_at(making->facts, "ledger", "settings", SETTING_CHECKER, NULL);
    const char *value =
        setting_before(&making->cluster, entry, json_object_get(making->facts, "checker"));

    return *value != '\0' ? value : "true"; /* the default from 3.1 on */
}

static struct step *checker_step(struct making *making, const char *stage_name, const char *value,
                                 struct error *err)
{
    bool away = str_equal(value, "false");
    struct setting_change change = {
        .key = SETTING_CHECKER,
        .value = value,
        .undo = away ? making_checker_before(making) : "false",
        .op = away ? "setting away" : "setting back",
        .values = json_object_get(making->facts, "checker"),
        .unread = json_object_get(making->facts, "checker_unread"),
    };
    struct stage *stage = plan_stage(making->plan, stage_name, FAIL_STOPS);
    struct step *step = setting_step(making->plan, stage, &making->cluster, &change,
                                     away ? "checker off" : "checker back",
                                     away ? "the FE's own activation of views: off on every FE"
                                          : "the FE's own activation of views: back as it was", err);

    stage->follows = !away;
    return step;
}

bool making_checker_stage(struct making *making, const char *stage_name, const char *value,
                          const struct ids *after, struct error *err)
{
    struct step *step = checker_step(making, stage_name, value, err);

    if (step == NULL)
        return false;
    if (str_equal(value, "false")) /* an FE that restarts meanwhile forgets it: asked once more at the end */
        setting_final(making->plan, step);
    else { /* another run may have taken views down since the plan was made */
        probe_set(&step->target, &probe_ledger_up, making->cluster.id, NULL);
        step->put_off = true;
    }
    if (after != NULL)
        step_after(step, after->v, after->n);
    return true;
}

bool making_checker_forgotten(const struct making *making)
{
    const char *host;
    const json_t *value;

    if (json_at(making->facts, "ledger", "settings", SETTING_CHECKER, NULL) == NULL)
        return false;
    json_object_foreach(json_object_get(making->facts, "checker"), host, value) {
        if (!str_equal(json_string_value(value), "false"))
            return true;
    }
    return false;
}

bool making_checker_off_again(struct making *making, struct error *err)
{
    return checker_step(making, "the FE's own activation, which a restarted FE turned on", "false",
                        err) != NULL;
}

void making_count(size_t some, size_t all, struct str *ret)
{
    if (some < all)
        str_addf(ret, "%zu of these %zu views", some, all);
    else if (all == 1)
        str_add(ret, "this view");
    else if (all == 2)
        str_add(ret, "both views");
    else
        str_addf(ret, "all %zu views", all);
}

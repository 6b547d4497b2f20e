/* Runs a plan: gates, groups, what depends on what failed, the final proof. */
#include "runner.h"

#include <belay/str.h>
#include <mem.h>

#include "actor.h"
#include "runner_inside.h"

static const char *const outcome_names[] = {"open", "done", "already", "failed", "skipped",
                                            "unknown", "gone"};

const char *outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

static enum outcome outcome_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof(outcome_names) / sizeof(outcome_names[0]); i++) {
        if (str_equal(outcome_names[i], name))
            return (enum outcome)i;
    }
    return OUTCOME_OPEN;
}

enum outcome runner_outcome(const struct runner *runner, const char *step_id)
{
    return outcome_from_name(json_str(runner->outcomes, step_id));
}

static void note_outcome(struct runner *runner, const char *id, enum outcome outcome)
{
    json_put_str(runner->outcomes, id, outcome_name(outcome));
    switch (outcome) {
    case OUTCOME_OPEN:
        break;
    case OUTCOME_DONE:
        runner->done++;
        break;
    case OUTCOME_ALREADY:
        runner->already++;
        break;
    case OUTCOME_FAILED:
        runner->failed++;
        break;
    case OUTCOME_SKIPPED:
        runner->skipped++;
        break;
    case OUTCOME_UNKNOWN:
        runner->unknown++;
        break;
    case OUTCOME_GONE:
        runner->gone++;
        break;
    }
}

void runner_note(struct runner *runner, const struct turn *turn)
{
    if (turn->step->action.kind == ACTION_NONE && turn->outcome == OUTCOME_DONE &&
        turn->proof.data != NULL)
        json_put(runner->bindings, turn->step->id, json_incref(turn->proof.data));
    note_outcome(runner, turn->step->id, turn->outcome);
}

/* Ids of the steps whose effect may be gone although it was proved once. New reference. */
static json_t *fleeting_steps(const struct plan *plan)
{
    json_t *ids = json_object();

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            if (plan->stages[i]->steps[k]->fleeting)
                json_put_bool(ids, plan->stages[i]->steps[k]->id, true);
        }
    }
    return ids;
}

void runner_restore(struct runner *runner, const struct journal_file *file)
{
    AUTO_JSON *fleeting = fleeting_steps(runner->plan);
    size_t i;
    json_t *record;

    runner->outcomes = json_object();
    runner->bindings = json_object();
    json_array_foreach(file->records, i, record)
    {
        const char *type = json_str(record, "type");
        const char *step = json_str(record, "step");
        enum outcome outcome = outcome_from_name(json_str(record, "outcome"));
        if (str_equal(type, "bind"))
            json_put_str(runner->bindings, json_str(record, "slot"), json_str(record, "value"));
        /* What failed, was skipped or is unknown is asked again; what was proved is not run again. */
        if (str_equal(type, "outcome") && (outcome == OUTCOME_DONE || outcome == OUTCOME_ALREADY) &&
            !json_flag(fleeting, step) && runner_outcome(runner, step) == OUTCOME_OPEN)
            note_outcome(runner, step, outcome);
        /* What a wait ended with is known to whoever goes on: its probe may take it as accepted, and
         * those of later waits may ask for it. */
        if (str_equal(type, "outcome") && (outcome == OUTCOME_FAILED || outcome == OUTCOME_DONE) &&
            json_object_get(record, "proof") != NULL)
            json_put(runner->bindings, step, json_deep_copy(json_object_get(record, "proof")));
    }
}

void runner_done(struct runner *runner)
{
    json_decref(runner->outcomes);
    json_decref(runner->bindings);
    runner->outcomes = NULL;
    runner->bindings = NULL;
}

json_t *runner_first_record(const struct plan *plan, const char *run, const json_t *facts,
                            const char *consent)
{
    json_t *record = json_object();
    json_t *args = json_array();

    for (size_t i = 0; i < plan->args.n; i++)
        json_add_str(args, plan->args.v[i]);
    json_put_str(record, "type", "run");
    json_put_int(record, "format", 1);
    json_put_str(record, "belay", BELAY_VERSION);
    json_put_str(record, "run", run);
    json_put_str(record, "command", plan->command);
    json_put(record, "args", args);
    json_put_str(record, "cluster", plan->cluster);
    json_put(record, "identity", json_incref(plan->identity));
    json_put_str(record, "digest", plan->digest);
    json_put_int(record, "steps", (int64_t)plan_steps(plan));
    json_put_str(record, "tier", tier_name(plan_tier(plan)));
    json_put_str(record, "consent", consent);
    json_put(record, "actor", actor_json());
    json_put(record, "facts", json_incref((json_t *)facts));
    return record;
}

/* What went away is in nobody's way. */
static bool depends_on_failed(const struct runner *runner, const struct step *step)
{
    for (size_t i = 0; i < step->after.n; i++) {
        enum outcome outcome = runner_outcome(runner, step->after.v[i]);
        if (outcome != OUTCOME_DONE && outcome != OUTCOME_ALREADY && outcome != OUTCOME_GONE)
            return true;
    }
    return false;
}

bool runner_skip(struct runner *runner, const struct stage *stage, const struct step *step,
                 size_t number, size_t of, enum outcome outcome, const char *why, struct error *err)
{
    json_t *record = json_object();

    json_put_str(record, "type", "outcome");
    json_put_str(record, "stage", stage->name);
    json_put_str(record, "step", step->id);
    json_put_str(record, "title", step->title);
    json_put_str(record, "outcome", outcome_name(outcome));
    json_put_str(record, "error", why);
    note_outcome(runner, step->id, outcome);
    if (!journal_append(runner->journal, record, err))
        return false;
    if (runner->view->end != NULL)
        runner->view->end(runner->view_ctx, step, number, of, outcome, why, 0);
    if (runner->view->ended != NULL)
        runner->view->ended(runner->view_ctx);
    return true;
}

static bool skip(struct runner *runner, const struct stage *stage, const struct step *step,
                 size_t number, size_t of, const char *why, struct error *err)
{
    return runner_skip(runner, stage, step, number, of, OUTCOME_SKIPPED, why, err);
}

/* 1: run it, 0: it was skipped, -1: stop (err set). */
static int want_step(struct runner *runner, const struct permit *permit, struct stage *stage,
                     struct step *step, size_t number, size_t of, struct error *err)
{
    AUTO_STR words = {0};

    if (depends_on_failed(runner, step))
        return skip(runner, stage, step, number, of, "a step it depends on was not done", err) ? 0
                                                                                               : -1;
    if (!permit->each || step->tier == TIER_ADDS)
        return 1;
    str_addf(&words, "%zu/%zu  ", number, of);
    action_words(&step->action, &words);
    int answer = guard_each(&runner->guard, runner->plan, step, str_text(&words));
    if (answer == 0)
        return skip(runner, stage, step, number, of, "declined for this step", err) ? 0 : -1;
    if (answer < 0)
        error_set(err, ERR_STOPPED, "stopped before step %zu", number);
    return answer;
}

static void turn_done(struct turn *turn)
{
    evidence_done(&turn->proof);
    error_done(&turn->error);
    json_decref(turn->data);
}

/* A world that differs, an outcome that is unknown or a kubectl that fails stops any plan: then that is the
 * cause. */
static bool stops_any(const struct error *err)
{
    return err->code == ERR_DRIFT || err->code == ERR_UNKNOWN || err->code == ERR_KUBE;
}

/* After a group: keep the first cause; stop the plan when the stage says so. */
static bool after_group(const struct stage *stage, struct turn *turns, size_t n,
                        struct error *ret_first)
{
    bool go_on = true;

    for (size_t i = 0; i < n; i++) {
        if (turns[i].outcome != OUTCOME_FAILED && turns[i].outcome != OUTCOME_UNKNOWN)
            continue;
        /* What comes after a wait was to begin only when it had ended well. */
        bool stops = stops_any(&turns[i].error) || turns[i].step->action.kind == ACTION_NONE;
        if (ret_first->code == ERR_NONE || (stops && !stops_any(ret_first)))
            error_copy(ret_first, &turns[i].error);
        if (stops || stage->on_failure == FAIL_STOPS)
            go_on = false;
    }
    return go_on;
}

/* The steps from `i` on that will be a group together, for it to be asked about in good time. */
static void look_ahead(const struct stage *stage, size_t i, size_t limit, struct ahead *ahead)
{
    ahead->steps = stage->steps + i;
    ahead->n = 0;
    if (limit == 1 || i == stage->n || stage->steps[i]->group == 0)
        return;
    while (ahead->n < GROUP_MAX && i + ahead->n < stage->n &&
           stage->steps[i + ahead->n]->group == stage->steps[i]->group)
        ahead->n++;
}

static bool run_groups(struct runner *runner, const struct permit *permit, struct stage *stage,
                       size_t number, size_t of, struct ahead *ahead, struct error *ret_first,
                       struct error *err)
{
    struct turn turns[GROUP_MAX];
    size_t i = 0;

    while (i < stage->n) {
        size_t n = 0;
        unsigned group = stage->steps[i]->group;
        size_t limit = group == 0 || permit->each ? 1 : GROUP_MAX;
        for (; i < stage->n && n < limit && stage->steps[i]->group == group; i++) {
            struct step *step = stage->steps[i];
            /* Done in an earlier process, or dropped at the gate. */
            if (runner_outcome(runner, step->id) != OUTCOME_OPEN)
                continue;
            if (world_stop_wanted(runner->world))
                return error_set(err, ERR_STOPPED, "stopped before step %zu",
                                 n > 0 ? turns[0].number : number + i);
            int want = want_step(runner, permit, stage, step, number + i, of, err);
            if (want < 0)
                return false;
            if (want > 0)
                turns[n++] = (struct turn){.step = step, .number = number + i};
        }
        if (n == 0)
            continue;
        look_ahead(stage, i, limit, ahead);
        bool ok = group_run(runner, permit, stage, turns, n, of, ahead, err);
        bool go_on = after_group(stage, turns, n, ret_first);
        for (size_t k = 0; k < n; k++)
            turn_done(&turns[k]);
        if (!ok)
            return false;
        if (!go_on)
            return error_copy(err, ret_first), false;
    }
    return true;
}

static bool run_stage(struct runner *runner, const struct permit *permit, struct stage *stage,
                      size_t number, size_t of, struct error *ret_first, struct error *err)
{
    struct ahead ahead = {0};
    bool ok = run_groups(runner, permit, stage, number, of, &ahead, ret_first, err);

    ahead_done(&ahead);
    return ok;
}

static size_t last_of_gate(const struct plan *plan, size_t first)
{
    size_t last = first;

    while (last + 1 < plan->n && !plan->stages[last + 1]->own_gate)
        last++;
    return last;
}

static const char *consent_words(const struct runner *runner, const struct permit *permit)
{
    if (permit->asked)
        return "a person at the terminal";
    return plan_tier(runner->plan) == TIER_ADDS || runner->guard.approve == NULL
               ? "none needed" : runner->guard.approve;
}

/* Declined at the gate of a later stage: what came before it was sent, so it is a stop. */
static bool declined_later(const struct stage *stage, struct error *err)
{
    AUTO_FREE char *why = mem_text(err->message);

    error_set(err, ERR_STOPPED, "stopped before \"%s\": %s", stage->name,
              str_starts(why, "declined") ? "declined" : why);
    return error_hint(err, "what came before is done and stays so; \\resume goes on");
}

/* Consent for the stages from this one to the next gate. */
static bool pass_gate(struct runner *runner, size_t first, struct permit *permit, struct error *err)
{
    struct plan *plan = runner->plan;

    runner->guard.outcomes = runner->outcomes;
    if (guard_permit(&runner->guard, plan, first, last_of_gate(plan, first),
                     runner->view->show_all, runner->view_ctx, permit, err))
        return true;
    if (runner->journal != NULL && err->code == ERR_DECLINED)
        declined_later(plan->stages[first], err);
    return false;
}

static bool have_journal(struct runner *runner, const struct permit *permit, struct error *err)
{
    if (runner->journal == NULL)
        runner->journal = runner->open_journal(runner->journal_ctx, consent_words(runner, permit),
                                               err);
    return runner->journal != NULL;
}

/* An answer at the gate of a later stage; that to the first question is in the first record. */
static bool note_consent(struct runner *runner, const struct stage *stage,
                         const struct permit *permit, struct error *err)
{
    json_t *record = json_object();

    json_put_str(record, "type", "consent");
    json_put_str(record, "stage", stage->name);
    json_put_str(record, "consent", consent_words(runner, permit));
    json_put(record, "actor", actor_json());
    return journal_append(runner->journal, record, err);
}

static bool run_stages(struct runner *runner, struct error *ret_first, struct error *err)
{
    struct plan *plan = runner->plan;
    struct permit permit = {0};
    size_t number = 1;
    size_t of = plan_steps(plan);

    if (plan->n == 0 && plan->n_final > 0) /* nothing to do, and yet something to prove */
        return have_journal(runner, &permit, err);
    for (size_t i = 0; i < plan->n; i++) {
        struct stage *stage = plan->stages[i];
        bool at_gate = i == 0 || stage->own_gate;
        bool later = runner->journal != NULL;
        if (at_gate && !pass_gate(runner, i, &permit, err))
            return false;
        if (at_gate && later && permit.asked && !note_consent(runner, stage, &permit, err))
            return false;
        if (!have_journal(runner, &permit, err))
            return false;
        if (stage->n > 0 && runner->view->stage != NULL)
            runner->view->stage(runner->view_ctx, plan, stage);
        snprintf(permit.stage, sizeof(permit.stage), "%s", stage->name);
        if (!gate_check(runner, stage, i, err) ||
            !run_stage(runner, &permit, stage, number, of, ret_first, err))
            return false;
        number += stage->n;
    }
    return true;
}

bool runner_run(struct runner *runner, struct error *err)
{
    AUTO_ERROR first = {0};
    AUTO_ERROR own = {0};

    if (err == NULL) /* the cause is needed for the journal */
        err = &own;
    if (runner->outcomes == NULL)
        runner->outcomes = json_object();
    if (runner->bindings == NULL)
        runner->bindings = json_object();
    runner->world->bindings = runner->bindings;
    bool ok = run_stages(runner, &first, err);
    bool ran = ok;
    if (ok && runner->plan->n_final > 0)
        ok = runner_final(runner, err);
    /* A step that failed is the cause; what the final proof misses because of it is not. */
    if (ran && first.code != ERR_NONE) {
        error_done(err);
        ok = error_move(err, &first);
    }
    runner->world->bindings = NULL;
    if (runner->journal == NULL) /* no consent, no journal, or nothing to do: nothing was sent */
        return ok;
    json_t *record = json_object();
    json_put_str(record, "type", "end");
    json_put_bool(record, "done", ok);
    if (!ok)
        json_put_str(record, "error", err->message);
    json_put_int(record, "code", err->code);
    AUTO_ERROR late = {0};
    if (!journal_append(runner->journal, record, &late) && ok)
        ok = error_move(err, &late);
    return ok;
}

/* The plan of a runbook, from facts that were checked when its file was read. */
#include <belay/runbook.h>

#include <arena.h>
#include <belay/str.h>

#include "cluster_plan.h"
#include "kinds.h"
#include "runbook_check.h"
#include "session_inside.h"

static bool broken(struct error *err, const json_t *step, const char *why)
{
    return error_set(err, ERR_VERDICT, "step %s is none that a runbook gives: %s", json_str(step, "id"), why);
}

static void strings(const json_t *list, struct strv *ret)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        strv_add(ret, text != NULL ? text : "");
    }
}

/* --- probes ------------------------------------------------------------------------------------- */

static bool make_probe(const json_t *json, const json_t *step, struct probe *ret, struct error *err)
{
    const char *kind = json_str(json, "kind");
    AUTO_STRV args = {0};
    AUTO_STR why = {0};

    strings(json_object_get(json, "args"), &args);
    if (str_equal(kind, probe_runbook_sql.name) && args.n == 5)
        ret->kind = &probe_runbook_sql;
    else if (str_equal(kind, probe_runbook_kubectl.name) && args.n > 4)
        ret->kind = &probe_runbook_kubectl;
    else
        ret->kind = runbook_probe(kind, args.n, &why);
    if (ret->kind == NULL)
        return broken(err, step, str_text(&why));
    strv_add_all(&ret->args, &args);
    return true;
}

/* --- actions ------------------------------------------------------------------------------------ */

/* What the facts hold is judged once more: they may have come from another machine. */
static bool make_action(const json_t *json, const json_t *step, bool has_undo, struct action *ret,
                        enum tier *ret_tier, struct error *err)
{
    const json_t *sql = json_object_get(json, "sql");
    const json_t *input = json_object_get(json, "input");
    AUTO_STRV words = {0};
    AUTO_STR why = {0};

    *ret_tier = TIER_ADDS;
    if (json_object_size(json) == 0)
        return true;
    if (sql != NULL) {
        if (!runbook_sql_ok(json_str(json, "sql"), has_undo, ret_tier, &why))
            return broken(err, step, why.s);
        action_sql(ret, json_str(json, "where"), json_str(json, "sql"));
        return true;
    }
    strings(json_object_get(json, "kubectl"), &words);
    if (words.n == 0 || !runbook_kubectl_ok(&words, has_undo, input != NULL ? json_str(json, "input") : NULL, ret_tier, &why))
        return broken(err, step, words.n == 0 ? "it does nothing that is known" : why.s);
    action_kubectl(ret, input != NULL ? json_str(json, "input") : NULL, NULL);
    strv_add_all(&ret->args, &words);
    return true;
}

/* --- steps -------------------------------------------------------------------------------------- */

/* What is asked before it and what proves it, for the page: both are its author's. */
static const char *note_of(const struct step *step, int64_t seconds)
{
    AUTO_STR note = {0};

    for (size_t i = 0; i < step->n_needs; i++) {
        str_add(&note, i == 0 ? "if " : ", and ");
        step->needs[i].kind->say(&step->needs[i], &note);
    }
    str_addf(&note, "%sproved within %lld s: ", note.len > 0 ? "; " : "", (long long)seconds);
    step->proof.kind->say(&step->proof, &note);
    return arena_text(step->arena, note.s);
}

static bool fill_step(struct step *step, const json_t *json, enum tier tier, struct error *err)
{
    const json_t *undo = json_object_get(json, "undo");
    const json_t *needs = json_object_get(json, "needs");
    enum tier of_undo;
    enum tier least;

    if (!make_action(json_object_get(json, "action"), json, undo != NULL, &step->action, &least, err) ||
        (undo != NULL && !make_action(undo, json, true, &step->undo, &of_undo, err)) ||
        !make_probe(json_object_get(json, "proof"), json, &step->proof, err))
        return false;
    if (tier < least || tier > TIER_NO_RETURN)
        return broken(err, json, "its tier is too low");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        if (!make_probe(json_array_get(needs, i), json, step_need(step), err))
            return false;
    }
    int64_t seconds = json_int(json, "seconds");
    if (seconds < 1 || seconds > RUNBOOK_MAX_SECONDS)
        return broken(err, json, "its time is none from 1 s to a day");
    step->proof_ms = seconds * 1000;
    step->note = note_of(step, seconds);
    strings(json_object_get(json, "after"), &step->after);
    return true;
}

/* A new stage begins where the file says so, where a question comes, and where what a failure does changes. */
static struct stage *stage_for(struct plan *plan, struct stage *stage, const json_t *json)
{
    enum on_failure on_failure = json_flag(json, "on_failure") ? FAIL_SKIPS_DEPENDENTS : FAIL_STOPS;
    const char *name = json_str(json, "stage");
    bool ask = json_flag(json, "ask");

    if (stage != NULL && *name == '\0' && !ask && stage->on_failure == on_failure)
        return stage;
    AUTO_FREE char *part = *name != '\0' ? str_format("%s", name) : str_format("part %zu", plan->n + 1);
    stage = plan_stage(plan, part, on_failure);
    stage->own_gate = ask && plan->n > 1;
    stage->asks = ask;
    return stage;
}

static bool add_steps(struct plan *plan, const json_t *steps, struct error *err)
{
    struct stage *stage = NULL;

    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *json = json_array_get(steps, i);
        enum tier tier = (enum tier)json_int(json, "tier");
        stage = stage_for(plan, stage, json);
        struct step *step = stage_step(stage, tier, json_str(json, "id"), json_str(json, "title"));
        if (!fill_step(step, json, tier, err))
            return false;
    }
    return true;
}

static void head(struct plan *plan, const json_t *runbook)
{
    const char *title = json_str(runbook, "title");

    strv_addf(&plan->head, "Runbook  %s%s%s  %s sha256:%.12s", json_str(runbook, "name"),
              *title != '\0' ? ": " : "", title, json_str(runbook, "path"), json_str(runbook, "sha256"));
}

struct plan *runbook_plan(const char *command, const json_t *facts, struct error *err)
{
    const json_t *runbook = json_object_get(facts, "runbook");
    struct plan *plan = cluster_plan(command, facts, err);

    if (plan == NULL)
        return NULL;
    head(plan, runbook);
    if (json_array_size(json_object_get(runbook, "steps")) > 0 &&
        add_steps(plan, json_object_get(runbook, "steps"), err))
        return plan;
    plan_free(plan);
    return NULL;
}

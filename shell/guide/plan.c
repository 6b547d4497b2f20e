/* Plans: build them, their canonical form, their digest. */
#include <belay/plan.h>

#include <stdarg.h>

#include <belay/str.h>
#include <digest.h>
#include <mem.h>

struct plan *plan_new(const char *command)
{
    struct plan *plan = mem_alloc(sizeof(*plan));

    plan->command = mem_text(command);
    return plan;
}

static void step_free(struct step *step)
{
    free(step->id);
    free(step->title);
    free(step->note);
    free(step->undo_note);
    for (size_t i = 0; i < step->n_slots; i++) {
        free(step->slots[i].name);
        free(step->slots[i].allowed);
        strv_done(&step->slots[i].args);
    }
    free(step->slots);
    probe_done(&step->target);
    for (size_t i = 0; i < step->n_needs; i++)
        probe_done(&step->needs[i]);
    free(step->needs);
    action_done(&step->action);
    probe_done(&step->proof);
    action_done(&step->undo);
    probe_done(&step->undo_proof);
    strv_done(&step->after);
    json_decref(step->before);
    free(step);
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->n; i++) {
        struct stage *stage = plan->stages[i];
        for (size_t k = 0; k < stage->n; k++)
            step_free(stage->steps[k]);
        free(stage->steps);
        free(stage->name);
        free(stage);
    }
    free(plan->stages);
    for (size_t i = 0; i < plan->n_final; i++)
        probe_done(&plan->final[i]);
    free(plan->final);
    strv_done(&plan->args);
    strv_done(&plan->final_of);
    strv_done(&plan->head);
    strv_done(&plan->left);
    json_decref(plan->identity);
    free(plan->command);
    free(plan->cluster);
    free(plan->through);
    free(plan);
}

struct stage *plan_stage(struct plan *plan, const char *name, enum on_failure on_failure)
{
    struct stage *stage = mem_alloc(sizeof(*stage));

    stage->name = mem_text(name);
    stage->on_failure = on_failure;
    plan->stages = mem_grow(plan->stages, &plan->cap, plan->n + 1, sizeof(*plan->stages));
    plan->stages[plan->n++] = stage;
    return stage;
}

struct step *stage_step(struct stage *stage, enum tier tier, const char *id, const char *title)
{
    struct step *step = mem_alloc(sizeof(*step));

    step->id = mem_text(id);
    step->title = mem_text(title);
    step->tier = tier;
    stage->steps = mem_grow(stage->steps, &stage->cap, stage->n + 1, sizeof(*stage->steps));
    stage->steps[stage->n++] = step;
    return step;
}

struct probe *step_need(struct step *step)
{
    step->needs = mem_resize(step->needs, step->n_needs + 1, sizeof(*step->needs));
    struct probe *probe = &step->needs[step->n_needs++];
    *probe = (struct probe){0};
    return probe;
}

struct probe *plan_final(struct plan *plan)
{
    return plan_final_of(plan, "");
}

struct probe *plan_final_of(struct plan *plan, const char *step_id)
{
    strv_add(&plan->final_of, step_id);
    plan->final = mem_resize(plan->final, plan->n_final + 1, sizeof(*plan->final));
    struct probe *probe = &plan->final[plan->n_final++];
    *probe = (struct probe){0};
    return probe;
}

void step_slot(struct step *step, const char *name, const char *allowed,
               const struct slot_kind *kind, ...)
{
    va_list ap;

    step->slots = mem_resize(step->slots, step->n_slots + 1, sizeof(*step->slots));
    struct slot *slot = &step->slots[step->n_slots++];
    *slot = (struct slot){.name = mem_text(name), .allowed = mem_text(allowed), .kind = kind};
    va_start(ap, kind);
    for (const char *word = va_arg(ap, const char *); word != NULL; word = va_arg(ap, const char *))
        strv_add(&slot->args, word);
    va_end(ap);
}

static json_t *texts_json(const struct strv *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        json_add_str(array, list->v[i]);
    return array;
}

json_t *step_json(const struct step *step)
{
    json_t *object = json_object();
    json_t *slots = json_array();
    json_t *needs = json_array();

    for (size_t i = 0; i < step->n_slots; i++) {
        json_t *slot = json_object();
        json_put_str(slot, "name", step->slots[i].name);
        json_put_str(slot, "allowed", step->slots[i].allowed);
        json_put_str(slot, "kind", step->slots[i].kind->name);
        json_put(slot, "args", texts_json(&step->slots[i].args));
        json_array_append_new(slots, slot);
    }
    for (size_t i = 0; i < step->n_needs; i++)
        json_array_append_new(needs, probe_json(&step->needs[i]));
    json_put_str(object, "id", step->id);
    json_put(object, "slots", slots);
    json_put(object, "target", probe_json(&step->target));
    json_put(object, "needs", needs);
    json_put(object, "action", action_json(&step->action));
    json_put(object, "proof", probe_json(&step->proof));
    json_put_int(object, "proof_ms", step->proof_ms);
    json_put(object, "undo", action_json(&step->undo));
    json_put(object, "undo_proof", probe_json(&step->undo_proof));
    json_put_str(object, "tier", tier_name(step->tier));
    json_put_bool(object, "fleeting", step->fleeting);
    json_put_int(object, "group", step->group);
    json_put(object, "after", texts_json(&step->after));
    return object;
}

json_t *plan_json(const struct plan *plan)
{
    json_t *object = json_object();
    json_t *stages = json_array();
    json_t *final = json_array();

    for (size_t i = 0; i < plan->n; i++) {
        const struct stage *stage = plan->stages[i];
        json_t *one = json_object();
        json_t *steps = json_array();
        for (size_t k = 0; k < stage->n; k++)
            json_array_append_new(steps, step_json(stage->steps[k]));
        json_put_str(one, "name", stage->name);
        json_put_str(one, "on_failure",
                     stage->on_failure == FAIL_STOPS ? "stop" : "skip dependents");
        json_put_bool(one, "own_gate", stage->own_gate);
        json_put(one, "steps", steps);
        json_array_append_new(stages, one);
    }
    for (size_t i = 0; i < plan->n_final; i++)
        json_array_append_new(final, probe_json(&plan->final[i]));
    json_put_int(object, "format", 1);
    json_put_str(object, "command", plan->command);
    json_put(object, "args", texts_json(&plan->args));
    json_put(object, "identity", json_deep_copy(plan->identity));
    json_put(object, "stages", stages);
    json_put(object, "final", final);
    return object;
}

void plan_seal(struct plan *plan)
{
    AUTO_JSON *json = plan_json(plan);
    AUTO_FREE char *text = json_canonical(json);

    sha256_hex(text, strlen(text), plan->digest);
}

size_t plan_steps(const struct plan *plan)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++)
        n += plan->stages[i]->n;
    return n;
}

enum tier plan_tier(const struct plan *plan)
{
    enum tier tier = TIER_ADDS;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            if (plan->stages[i]->steps[k]->tier > tier)
                tier = plan->stages[i]->steps[k]->tier;
        }
    }
    return tier;
}

const char *tier_name(enum tier tier)
{
    switch (tier) {
    case TIER_ADDS:
        return "adds only";
    case TIER_REVERSIBLE:
        return "reversible";
    case TIER_DISRUPTIVE:
        return "disruptive";
    case TIER_NO_RETURN:
        return "no return";
    }
    return "";
}

struct step *stage_find(const struct stage *stage, const char *id)
{
    for (size_t i = 0; i < stage->n; i++) {
        if (str_equal(stage->steps[i]->id, id))
            return stage->steps[i];
    }
    return NULL;
}

void step_show_slots(const struct step *step, const char *text, struct str *ret)
{
    AUTO_JSON *shown = json_object();

    for (size_t i = 0; i < step->n_slots; i++) {
        AUTO_FREE char *set = str_format("{%s}", step->slots[i].allowed);
        json_put_str(shown, step->slots[i].name, set);
    }
    slot_fill(text, shown, ret);
}

/* Plans: build them, their canonical form, their digest. */
#include <belay/plan.h>

#include <inttypes.h>

#include <stdarg.h>

#include <arena.h>
#include <belay/str.h>
#include <digest.h>
#include <mem.h>

struct plan *plan_new(const char *command)
{
    struct plan *plan = mem_alloc(sizeof(*plan));

    plan->command = mem_text(command);
    plan->arena = arena_new();
    return plan;
}

static void step_free(struct step *step)
{
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
    probe_done(&step->undo_need);
    strv_done(&step->after);
    json_decref(step->before);
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
    free(plan->final_of);
    strv_done(&plan->head);
    strv_done(&plan->left);
    json_decref(plan->identity);
    json_decref(plan->facts);
    free(plan->command);
    free(plan->cluster);
    free(plan->through);
    free(plan->short_of);
    arena_free(plan->arena);
    free(plan);
}

struct stage *plan_stage(struct plan *plan, const char *name, enum on_failure on_failure)
{
    struct stage *stage = mem_alloc(sizeof(*stage));

    stage->name = mem_text(name);
    stage->arena = plan->arena;
    stage->on_failure = on_failure;
    plan->stages = mem_grow(plan->stages, &plan->cap, plan->n + 1, sizeof(*plan->stages));
    plan->stages[plan->n++] = stage;
    return stage;
}

struct step *stage_step(struct stage *stage, enum tier tier, const char *id, const char *title)
{
    return stage_step_of(stage, tier, arena_text(stage->arena, id),
                         arena_text(stage->arena, title));
}

struct step *stage_step_of(struct stage *stage, enum tier tier, char *id, char *title)
{
    struct arena *arena = stage->arena;
    struct step *step = arena_alloc(arena, 1, sizeof(*step));

    *step = (struct step){.id = id, .title = title, .tier = tier, .arena = arena, .target.arena = arena,
                          .action.arena = arena, .proof.arena = arena, .undo.arena = arena,
                          .undo_proof.arena = arena,
                          .undo_need.arena = arena};
    stage->steps = mem_grow(stage->steps, &stage->cap, stage->n + 1, sizeof(*stage->steps));
    stage->steps[stage->n++] = step;
    return step;
}

void step_after(struct step *step, const char *const *ids, size_t n)
{
    char **shared = arena_alloc(step->arena, n + 1, sizeof(*shared));

    memcpy(shared, ids, n * sizeof(*ids));
    strv_lend(&step->after, shared, n);
}

struct probe *step_need(struct step *step)
{
    step->needs = mem_resize(step->needs, step->n_needs + 1, sizeof(*step->needs));
    struct probe *probe = &step->needs[step->n_needs++];
    *probe = (struct probe){.arena = step->arena};
    return probe;
}

struct probe *plan_final(struct plan *plan)
{
    return plan_final_of(plan, "");
}

struct probe *plan_final_of(struct plan *plan, const char *step_id)
{
    size_t cap = plan->cap_final;

    plan->final_of = mem_grow(plan->final_of, &cap, plan->n_final + 1, sizeof(*plan->final_of));
    plan->final = mem_grow(plan->final, &plan->cap_final, plan->n_final + 1, sizeof(*plan->final));
    plan->final_of[plan->n_final] = step_id;
    struct probe *probe = &plan->final[plan->n_final++];
    *probe = (struct probe){.arena = plan->arena};
    return probe;
}

json_t *step_before(const struct step *step)
{
    const char *const *word = step->before_words;
    json_t *before;

    if (word == NULL)
        return json_incref(step->before);
    before = json_object();
    for (; *word != NULL; word += 2)
        json_put_str(before, word[0], word[1]);
    return before;
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

static void slots_canonical(const struct step *step, struct str *ret)
{
    str_add(ret, ",\"slots\":[");
    for (size_t i = 0; i < step->n_slots; i++) {
        const struct slot *slot = &step->slots[i];
        str_add(ret, i > 0 ? ",{\"allowed\":" : "{\"allowed\":");
        json_add_text(slot->allowed, ret);
        str_add(ret, ",\"args\":");
        json_add_texts(&slot->args, ret);
        str_add(ret, ",\"kind\":");
        json_add_text(slot->kind->name, ret);
        str_add(ret, ",\"name\":");
        json_add_text(slot->name, ret);
        str_addc(ret, '}');
    }
    str_addc(ret, ']');
}

static void add_number(const char *member, int64_t number, struct str *ret)
{
    str_add(ret, member);
    str_add_int(ret, number);
}

/* The members in the order of their names, as canonical text has them. */
void step_canonical(const struct step *step, bool with_place, struct str *ret)
{
    str_add(ret, "{\"action\":");
    action_canonical(&step->action, ret);
    if (with_place) {
        str_add(ret, ",\"after\":");
        json_add_texts(&step->after, ret);
    }
    str_add(ret, step->fleeting ? ",\"fleeting\":true" : ",\"fleeting\":false");
    if (with_place)
        add_number(",\"group\":", step->group, ret);
    str_add(ret, ",\"id\":");
    json_add_text(step->id, ret);
    str_add(ret, ",\"needs\":[");
    for (size_t i = 0; i < step->n_needs; i++) {
        if (i > 0)
            str_addc(ret, ',');
        probe_canonical(&step->needs[i], ret);
    }
    str_add(ret, "],\"proof\":");
    probe_canonical(&step->proof, ret);
    add_number(",\"proof_ms\":", step->proof_ms, ret);
    str_add(ret, step->put_off ? ",\"put_off\":true" : "");
    slots_canonical(step, ret);
    str_add(ret, ",\"target\":");
    probe_canonical(&step->target, ret);
    str_add(ret, ",\"tier\":");
    json_add_text(tier_name(step->tier), ret);
    str_add(ret, ",\"undo\":");
    action_canonical(&step->undo, ret);
    str_add(ret, ",\"undo_proof\":");
    probe_canonical(&step->undo_proof, ret);
    str_addc(ret, '}');
}

/* Where the canonical text goes: into ret, or, where that grows too long for memory, through it. */
struct writer {
    struct str *text;
    struct sha256 *sum; /* NULL: the text is kept */
};

static void part_done(struct writer *writer)
{
    if (writer->sum == NULL)
        return;
    sha256_update(writer->sum, writer->text->s, writer->text->len);
    str_clear(writer->text);
}

/* Texts of steps lie all over the plan and its facts. */
static void soon(const struct strv *words)
{
    for (size_t i = 0; i < words->n && i < MEM_AHEAD; i++)
        mem_soon(words->v[i]);
}

static void stage_canonical(const struct stage *stage, struct writer *writer)
{
    struct str *text = writer->text;

    str_add(text, "{\"name\":");
    json_add_text(stage->name, text);
    str_addf(text, ",\"on_failure\":\"%s\",\"own_gate\":%s,\"steps\":[",
             stage->on_failure == FAIL_STOPS ? "stop" : "skip dependents",
             stage->own_gate ? "true" : "false");
    for (size_t i = 0; i < stage->n; i++) {
        if (i > 0)
            str_addc(text, ',');
        if (i + MEM_AHEAD < stage->n)
            soon(&stage->steps[i + MEM_AHEAD]->after);
        step_canonical(stage->steps[i], true, text);
        part_done(writer);
    }
    str_add(text, "]}");
}

static void write_canonical(const struct plan *plan, struct writer *writer)
{
    struct str *text = writer->text;

    str_add(text, "{\"args\":");
    json_add_texts(&plan->args, text);
    str_add(text, ",\"command\":");
    json_add_text(plan->command, text);
    str_add(text, ",\"final\":[");
    for (size_t i = 0; i < plan->n_final; i++) {
        if (i > 0)
            str_addc(text, ',');
        if (i + MEM_AHEAD < plan->n_final)
            soon(&plan->final[i + MEM_AHEAD].args);
        probe_canonical(&plan->final[i], text);
        part_done(writer);
    }
    str_addc(text, ']');
    if (plan->final_ms > 0)
        str_addf(text, ",\"final_ms\":%" PRId64, plan->final_ms);
    str_add(text, ",\"format\":1,\"identity\":");
    json_add_canonical(plan->identity, text);
    str_add(text, ",\"stages\":[");
    for (size_t i = 0; i < plan->n; i++) {
        if (i > 0)
            str_addc(text, ',');
        stage_canonical(plan->stages[i], writer);
    }
    str_add(text, "]}");
    part_done(writer);
}

void plan_canonical(const struct plan *plan, struct str *ret)
{
    write_canonical(plan, &(struct writer){.text = ret});
}

void plan_seal(struct plan *plan)
{
    AUTO_STR text = {0};
    struct writer writer = {.text = &text, .sum = sha256_new()};

    write_canonical(plan, &writer);
    sha256_finish(writer.sum, plan->digest);
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

size_t plan_no_return(const struct plan *plan)
{
    size_t number = 0;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            number++;
            if (plan->stages[i]->steps[k]->tier == TIER_NO_RETURN)
                return number;
        }
    }
    return 0;
}

struct step *stage_find(const struct stage *stage, const char *id)
{
    for (size_t i = 0; i < stage->n; i++) {
        if (str_equal(stage->steps[i]->id, id))
            return stage->steps[i];
    }
    return NULL;
}

/* A name that was given, or of which <…> is not known yet, is read better without braces around it. */
static bool is_name(const struct slot *slot)
{
    return strchr(slot->allowed, '<') != NULL ||
           (slot->args.n > 0 && str_equal(slot->allowed, slot->args.v[0]));
}

void step_show_slots(const struct step *step, const char *text, struct str *ret)
{
    AUTO_JSON *shown = json_object();

    for (size_t i = 0; i < step->n_slots; i++) {
        const struct slot *slot = &step->slots[i];
        AUTO_FREE char *set = str_format(is_name(slot) ? "%s" : "{%s}", slot->allowed);
        json_put_str(shown, step->slots[i].name, set);
    }
    slot_fill(text, shown, ret);
}

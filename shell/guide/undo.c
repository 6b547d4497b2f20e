/* Turns the steps of a run around. */
#include "undo.h"

#include <belay/str.h>
#include <arena.h>
#include <mem.h>

#include "world.h"

/* --- what was sent ------------------------------------------------------------------------------- */

static json_t *member(json_t *object, const char *name, json_t *(*make)(void))
{
    if (json_object_get(object, name) == NULL)
        json_put(object, name, make());
    return json_object_get(object, name);
}

void undo_take(void *ctx, const struct journal_file *file, json_t *record)
{
    json_t *run = ctx;
    json_t *sent = member(run, "sent", json_object);
    json_t *bindings = member(run, "bindings", json_object);
    json_t *before = member(run, "before", json_object);
    const char *type = json_str(record, "type");
    const char *step = json_str(record, "step");

    (void)file;
    if (str_equal(type, "bind"))
        json_put_str(bindings, json_str(record, "slot"), json_str(record, "value"));
    if (str_equal(type, "intent")) {
        if (json_object_get(sent, step) == NULL && json_object_get(record, "before") != NULL)
            json_object_set(before, step, json_object_get(record, "before"));
        json_put_str(sent, step, "open");
    }
    if (str_equal(type, "outcome") && json_object_get(sent, step) != NULL)
        json_put_str(sent, step, json_str(record, "outcome"));
}

bool undo_is_so(const json_t *run, const char *step)
{
    return str_equal(json_str_at(run, "now", step, "answer", NULL), "yes");
}

static bool is_done(const json_t *run, const struct step *step)
{
    const char *outcome = json_str(json_object_get(run, "sent"), step->id);

    return str_equal(outcome, "done") || str_equal(outcome, "already");
}

static bool was_sent(const json_t *run, const struct step *step)
{
    return *json_str(json_object_get(run, "sent"), step->id) != '\0';
}

/* Only says once more, after a restart, what a step before it has said: that one's undo is for both. */
static bool says_again(const struct step *step, const char *action, const char *undo, const json_t *open,
                       const json_t *said)
{
    return step->fleeting && str_equal(json_str(said, json_str(open, undo)), action);
}

/*
 * {step: true} of those of which a later one was the way back, and of that one: a run that puts back
 * what it changed has left nothing to be undone. New reference.
 */
static json_t *taken_back(const struct plan *was, const json_t *run)
{
    AUTO_JSON *open = json_object(); /* canonical undo → step */
    AUTO_JSON *said = json_object(); /* step → its canonical action */
    json_t *ret = json_object();

    for (size_t i = 0; i < was->n; i++) {
        for (size_t k = 0; k < was->stages[i]->n; k++) {
            const struct step *step = was->stages[i]->steps[k];
            AUTO_STR action = {0};
            AUTO_STR undo = {0};
            if (!is_done(run, step) || step->action.kind == ACTION_NONE)
                continue;
            action_canonical(&step->action, &action);
            action_canonical(&step->undo, &undo);
            AUTO_FREE char *first = mem_text(json_str(open, action.s));
            if (says_again(step, action.s, undo.s, open, said)) {
                json_put_bool(ret, step->id, true);
            } else if (*first != '\0') {
                json_put_bool(ret, first, true);
                json_put_bool(ret, step->id, true);
                json_object_del(open, action.s);
            } else if (step->undo.kind != ACTION_NONE) {
                json_put_str(open, undo.s, step->id);
                json_put_str(said, step->id, action.s);
            }
        }
    }
    return ret;
}

/* What must be so for its undo: that it still is as the run made it. */
static const struct probe *need_of(const struct step *step)
{
    return step->undo_need.kind != NULL ? &step->undo_need
           : step->proof.kind != NULL   ? &step->proof
                                        : &step->target;
}

/* --- is it still so ------------------------------------------------------------------------------ */

static void copy_probe(const struct probe *from, const json_t *bindings, struct probe *ret)
{
    ret->kind = from->kind;
    for (size_t i = 0; i < from->args.n; i++) {
        AUTO_STR text = {0};
        slot_fill(from->args.v[i], bindings, &text);
        strv_add(&ret->args, str_text(&text));
    }
}

static void note_now(json_t *now, const struct step *step, const struct evidence *evidence)
{
    static const char *const answers[] = {"no", "yes", "cannot tell"};
    json_t *one = json_object();

    json_put_str(one, "answer", answers[evidence->answer]);
    json_put_str(one, "text", evidence->text != NULL ? evidence->text : "");
    json_put(now, step->id, one);
}

void undo_ask(struct world *world, const struct plan *was, json_t *run)
{
    const json_t *bindings = json_object_get(run, "bindings");
    size_t size = plan_steps(was) + 1;
    const struct step **steps = mem_array(size, sizeof(*steps));
    struct probe *probes = mem_array(size, sizeof(*probes));
    const struct probe **asked = mem_array(size, sizeof(*asked));
    struct evidence *answers = mem_array(size, sizeof(*answers));
    json_t *now = json_object();
    size_t n = 0;

    for (size_t i = 0; i < was->n; i++) {
        for (size_t k = 0; k < was->stages[i]->n; k++) {
            const struct step *step = was->stages[i]->steps[k];
            if (!was_sent(run, step) || step->proof.kind == NULL || step->undo.kind == ACTION_NONE)
                continue;
            copy_probe(need_of(step), bindings, &probes[n]);
            asked[n] = &probes[n];
            steps[n++] = step;
        }
    }
    probe_ask_all(world, asked, n, answers);
    for (size_t i = 0; i < n; i++) {
        note_now(now, steps[i], &answers[i]);
        evidence_done(&answers[i]);
        probe_done(&probes[i]);
    }
    json_put(run, "now", now);
    free(steps);
    free(probes);
    free(asked);
    free(answers);
}

/* --- the plan ------------------------------------------------------------------------------------ */

/* Its slots filled as they were for the run. */
static void copy_action(const struct action *from, const json_t *bindings, struct action *ret)
{
    AUTO_STR input = {0};

    if (from->kind == ACTION_SQL) {
        action_sql(ret, from->where, from->sql);
        return;
    }
    ret->kind = from->kind;
    ret->act = from->act;
    for (size_t i = 0; i < from->args.n; i++) {
        AUTO_STR text = {0};
        slot_fill(from->args.v[i], bindings, &text);
        strv_add(&ret->args, str_text(&text));
    }
    if (from->input != NULL) {
        slot_fill(from->input, bindings, &input);
        ret->input = ret->arena != NULL ? arena_text(ret->arena, str_text(&input))
                                        : str_take(&input);
    }
}

/* Does a slot of the run stand in its undo that it never came to fill? */
static bool lacks_slot(const struct plan *was, const struct step *step, const json_t *bindings)
{
    AUTO_STR words = {0};

    action_canonical(&step->undo, &words);
    for (size_t i = 0; i < was->n; i++) {
        for (size_t k = 0; k < was->stages[i]->n; k++) {
            const struct step *other = was->stages[i]->steps[k];
            for (size_t s = 0; s < other->n_slots; s++) {
                AUTO_FREE char *slot = str_format("{%s}", other->slots[s].name);
                if (strstr(words.s, slot) != NULL &&
                    json_object_get(bindings, other->slots[s].name) == NULL)
                    return true;
            }
        }
    }
    return false;
}

/* Why a step that was sent is left as it is; NULL: it is undone. later: what cannot be told now is asked then. */
static const char *why_left(const struct plan *was, const struct step *step, const json_t *run, bool later)
{
    const json_t *now = json_at(run, "now", step->id, NULL);

    if (step->undo.kind == ACTION_NONE)
        return "it has no undo";
    if (step->fleeting && step->before == NULL && step->before_words == NULL)
        return "an earlier run set it, and this one only set it again";
    if ((step->before != NULL || step->before_words != NULL) && step->undo_op == NULL)
        return "its old values are put back by another command";
    if (lacks_slot(was, step, json_object_get(run, "bindings")))
        return "what its undo would act on was never found out";
    if (later && str_equal(json_str(now, "answer"), "cannot tell"))
        return NULL;
    if (step->proof.kind != NULL && !undo_is_so(run, step->id))
        return *json_str(now, "text") != '\0' ? json_str(now, "text") : "it cannot be told what it is now";
    return NULL;
}

/* The old values again, under the name that putting them back has. */
static json_t *before_of(const struct step *step)
{
    json_t *before = step_before(step);

    if (before == NULL)
        return NULL;
    json_t *copy = json_copy(before);
    json_decref(before);
    json_put_str(copy, "op", step->undo_op);
    return copy;
}

static void add_step(struct stage *stage, const struct step *was, const json_t *run)
{
    const json_t *bindings = json_object_get(run, "bindings");
    AUTO_FREE char *id = str_format("undo %s", was->id);
    AUTO_STR title = {0};

    str_add(&title, "undo ");
    slot_fill(was->title, bindings, &title);
    /* What is added to a cluster is taken away again; what cost on the way costs on the way back. */
    enum tier tier = was->tier == TIER_ADDS ? TIER_DISRUPTIVE : was->tier;
    struct step *step = stage_step(stage, tier, id, title.s);
    copy_action(&was->undo, bindings, &step->action);
    copy_probe(need_of(was), bindings, &step->target);
    copy_probe(&was->undo_proof, bindings, &step->proof);
    step->proof_ms = was->proof_ms;
    step->dark_ms = was->dark_ms;
    if (was->undo_note != NULL)
        step->note = arena_text(stage->arena, was->undo_note);
    step->before = before_of(was);
}

/* Nothing was made, as far as can be told: there is nothing to say about it. */
static bool is_nothing(const struct step *step, const json_t *run)
{
    return !was_sent(run, step) || step->action.kind == ACTION_NONE ||
           (!is_done(run, step) && str_equal(json_str(json_at(run, "now", step->id, NULL), "answer"),
                                             "no"));
}

/* What a run is turned around with. */
struct turning {
    struct plan *plan;
    const struct plan *was;
    const json_t *run;
    const struct undo_way *way;
    json_t *neutral;
    const struct step *barrier; /* the newest step that is one; NULL: there was none yet */
};

static bool is_taken(const struct turning *t, const struct step *step)
{
    return t->way->takes != NULL && t->way->takes(step);
}

/* Done, hard, and without a way back: what came before it cannot be undone as if it had not been. */
static bool is_barrier(const struct turning *t, const struct step *step)
{
    return is_done(t->run, step) &&
           (is_taken(t, step) || (step->undo.kind == ACTION_NONE && step->tier >= TIER_DISRUPTIVE));
}

/* Once: what was set again after each restart has the same words each time. */
static void leave(struct turning *t, const struct step *step, const char *why)
{
    struct plan *plan = t->plan;
    const char *seen = json_str_at(t->run, "now", step->id, "text", NULL);
    AUTO_FREE char *text = str_format("%s: %s%s", step->title, why == seen ? "now " : "", why);

    if (!step->fleeting || !strv_has(&plan->left, text))
        strv_add(&plan->left, text);
}

static void add_stage(struct turning *t, const struct stage *from)
{
    struct plan *plan = t->plan;
    struct stage *stage = NULL;

    for (size_t k = from->n; k-- > 0;) {
        const struct step *step = from->steps[k];
        if (is_nothing(step, t->run) || json_flag(t->neutral, step->id) ||
            (is_taken(t, step) && t->way->blocked == NULL))
            continue;
        const char *why = is_taken(t, step) ? "only together with the rest of it"
                          : why_left(t->was, step, t->run, t->way->takes != NULL);
        if (why != NULL)
            leave(t, step, why);
        else if (t->barrier != NULL)
            strv_addf(&plan->left, "%s: after it came \"%s\", which has no undo", step->title,
                      t->barrier->title);
        if (t->barrier == NULL && is_barrier(t, step))
            t->barrier = step;
        if (why != NULL || t->barrier != NULL)
            continue;
        if (stage == NULL) {
            AUTO_FREE char *name = str_format("undo %s", from->name);
            stage = plan_stage(plan, name, FAIL_STOPS);
        }
        add_step(stage, step, t->run);
    }
}

struct plan *undo_new(const char *command, const struct plan *was)
{
    struct plan *plan = plan_new(command);

    plan->identity = json_deep_copy(was->identity);
    plan->cluster = mem_text(was->cluster);
    plan->through = mem_text(was->through);
    plan->left_as = "Not taken back";
    return plan;
}

void undo_add(struct plan *plan, const struct plan *was, const json_t *run, const struct undo_way *way)
{
    AUTO_JSON *neutral = taken_back(was, run);
    struct turning t = {.plan = plan, .was = was, .run = run, .way = way, .neutral = neutral};

    for (size_t i = was->n; i-- > 0;)
        add_stage(&t, was->stages[i]);
    if (way->blocked != NULL)
        plan->short_of = mem_text(way->blocked);
    else if (t.barrier != NULL)
        plan->short_of = str_format("only what came after \"%s\" can be taken back: that has no undo\n"
                                    "the way back from there is a run of its own, such as the same command "
                                    "with what was before, or the restore plan", t.barrier->title);
}

/* A run turned around: newest first, only what is still as it was made, and no further than it may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "undo.h"
#include "world.h"

/* A step with its way back: name from old to new. */
static struct step *there(struct stage *stage, const char *name, const char *old, const char *new)
{
    struct step *step = set_step(stage, name, new);

    action_act(&step->undo, &act_set, name, old, NULL);
    probe_set(&step->undo_proof, &probe_is, name, old, NULL);
    return step;
}

static void record(json_t *run, const char *type, const char *step, const char *word, json_t *before)
{
    AUTO_JSON *one = json_pack("{s:s,s:s}", "type", type, "step", step);

    if (word != NULL)
        json_put_str(one, str_equal(type, "bind") ? "value" : "outcome", word);
    if (str_equal(type, "bind"))
        json_put_str(one, "slot", step);
    if (before != NULL)
        json_put(one, "before", before);
    undo_take(run, NULL, one);
}

/* The run sent all of it, and each step was done. */
static void all_done(const struct plan *was, json_t *run)
{
    for (size_t i = 0; i < was->n; i++) {
        for (size_t k = 0; k < was->stages[i]->n; k++) {
            record(run, "intent", was->stages[i]->steps[k]->id, NULL, NULL);
            record(run, "outcome", was->stages[i]->steps[k]->id, "done", NULL);
        }
    }
}

static struct plan *turn(struct fake *fake, const struct plan *was, json_t *run, const struct undo_way *way)
{
    static const struct undo_way none = {0};

    undo_ask(&fake->world, was, run);
    struct plan *plan = undo_new("undo", was);
    undo_add(plan, was, run, way != NULL ? way : &none);
    return plan;
}

/* "undo b, undo a" */
static void assert_steps(const struct plan *plan, const char *expected)
{
    AUTO_STR text = {0};

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++)
            str_addf(&text, "%s%s", text.len > 0 ? ", " : "", plan->stages[i]->steps[k]->id);
    }
    assert_string_equal(str_text(&text), expected);
}

static void assert_left(const struct plan *plan, const char *expected)
{
    AUTO_STR text = {0};

    strv_join(&plan->left, "; ", &text);
    assert_string_equal(str_text(&text), expected);
}

static void newest_first(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);

    there(stage, "a", "0", "1");
    there(stage, "b", "0", "1")->tier = TIER_ADDS;
    there(plan_stage(was, "two", FAIL_STOPS), "c", "0", "1");
    all_done(was, run);
    for (const char *name = "abc"; *name != '\0'; name++)
        fake_put(fake, (char[]){*name, '\0'}, "1");
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo c, undo b, undo a");
    assert_left(plan, "");
    assert_null(plan->short_of);
    assert_string_equal(plan->stages[0]->name, "undo two");
    /* What is added to a cluster is taken away again. */
    assert_int_equal(plan->stages[1]->steps[0]->tier, TIER_DISRUPTIVE);
    assert_int_equal(plan->stages[1]->steps[1]->tier, TIER_REVERSIBLE);
    plan->stages[1]->steps[0]->tier = TIER_REVERSIBLE;
    assert_true(fake_run(fake, plan, NULL));
    assert_string_equal(fake_value(fake, "a"), "0");
    assert_string_equal(fake_value(fake, "c"), "0");
    plan_free(was);
    fake_free(fake);
}

static void what_is_not_as_it_was_made_is_left(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);

    there(stage, "a", "0", "1");
    there(stage, "b", "0", "1");
    there(stage, "c", "0", "1");
    all_done(was, run);
    fake_put(fake, "a", "1");
    fake_put(fake, "b", "7");
    json_put_bool(fake->blind, "c", true);
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo a");
    assert_left(plan, "c to 1: now nobody knows c; b to 1: now b is 7");
    assert_string_equal(plan->left_as, "Not taken back");
    /* And what becomes another before its turn is dropped then. */
    fake_put(fake, "a", "9");
    assert_true(fake_run(fake, plan, NULL));
    assert_string_equal(fake_value(fake, "a"), "9");
    assert_true(strv_has(&fake->ends, "undo a gone"));
    assert_int_equal(fake->sends, 0);
    plan_free(was);
    fake_free(fake);
}

/* A failed step may have come through all the same; one that was not sent has nothing. */
static void what_was_sent_and_how_it_ended(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);

    there(stage, "late", "0", "1");
    there(stage, "refused", "0", "1");
    there(stage, "open", "0", "1");
    there(stage, "never", "0", "1");
    record(run, "intent", "late", NULL, NULL);
    record(run, "outcome", "late", "unknown", NULL);
    record(run, "intent", "refused", NULL, NULL);
    record(run, "outcome", "refused", "failed", NULL);
    record(run, "intent", "open", NULL, NULL);
    record(run, "outcome", "never", "skipped", NULL);
    fake_put(fake, "late", "1");
    fake_put(fake, "refused", "0");
    fake_put(fake, "open", "1");
    fake_put(fake, "never", "1"); /* somebody else's */
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo open, undo late");
    assert_left(plan, "");
    plan_free(plan);
    plan_free(was);
    fake_free(fake);
}

/* A setting for the time of the run, put back by the run itself; and one that it said again after a restart. */
static void what_the_run_took_back_itself(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);

    there(stage, "x", "0", "1");
    struct step *back = there(stage, "back", "0", "0");
    action_done(&back->action);
    action_done(&back->undo);
    action_act(&back->action, &act_set, "x", "0", NULL);
    action_act(&back->undo, &act_set, "x", "1", NULL);
    struct step *first = there(stage, "y", "0", "1");
    first->fleeting = true;
    first->before = json_pack("{s:s}", "op", "away");
    first->undo_op = "back";
    struct step *again = there(stage, "again", "0", "1");
    action_done(&again->action);
    action_done(&again->undo);
    action_act(&again->action, &act_set, "y", "1", NULL);
    action_act(&again->undo, &act_set, "y", "0", NULL);
    again->fleeting = true;
    there(stage, "z", "0", "1")->fleeting = true; /* set by an earlier run, and only set again */
    all_done(was, run);
    fake_put(fake, "y", "1");
    fake_put(fake, "again", "1");
    fake_put(fake, "z", "1");
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo y");
    assert_left(plan, "z to 1: an earlier run set it, and this one only set it again");
    AUTO_JSON *before = step_before(plan->stages[0]->steps[0]);
    assert_string_equal(json_str(before, "op"), "back");
    plan_free(plan);
    plan_free(was);
    fake_free(fake);
}

/* What it needs may be less than its proof: a part of it has been forgotten by a restart. */
static void a_need_of_its_own(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct step *step = there(plan_stage(was, "one", FAIL_STOPS), "a", "0", "1");

    probe_set(&step->undo_need, &probe_is, "among", "yes", NULL);
    all_done(was, run);
    fake_put(fake, "a", "0");
    fake_put(fake, "among", "yes");
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo a");
    assert_string_equal(plan->stages[0]->steps[0]->target.args.v[0], "among");
    plan_free(plan);
    plan_free(was);
    fake_free(fake);
}

static void slots_have_the_values_of_the_run(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);
    struct step *bound = there(stage, "a", "{old}", "1");
    struct step *never = there(stage, "b", "{other}", "1");

    step_slot(bound, "old", "what it was", &slot_value, "a", NULL);
    step_slot(never, "other", "what it was", &slot_value, "b", NULL);
    all_done(was, run);
    record(run, "bind", "old", "42", NULL);
    fake_put(fake, "a", "1");
    fake_put(fake, "b", "1");
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo a");
    assert_left(plan, "b to 1: what its undo would act on was never found out");
    assert_string_equal(plan->stages[0]->steps[0]->action.args.v[1], "42");
    plan_free(plan);
    plan_free(was);
    fake_free(fake);
}

/* What came before something hard that has no undo cannot be undone as if that had not been. */
static void a_barrier(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);

    there(stage, "a", "0", "1");
    set_step(stage, "hard", "1")->tier = TIER_DISRUPTIVE;
    there(stage, "b", "0", "1");
    all_done(was, run);
    for (size_t i = 0; i < 3; i++)
        fake_put(fake, ((const char *const[]){"a", "hard", "b"})[i], "1");
    struct plan *plan = turn(fake, was, run, NULL);
    assert_steps(plan, "undo b");
    assert_left(plan, "hard to 1: it has no undo; a to 1: after it came \"hard to 1\", which has no undo");
    assert_non_null(strstr(plan->short_of, "only what came after \"hard to 1\""));
    plan_free(plan);
    plan_free(was);
    fake_free(fake);
}

static bool takes_hard(const struct step *step)
{
    return str_starts(step->id, "hard");
}

/* The same, where its planner takes it back in its own way; and where that must not be. */
static void taken_back_together(void **state)
{
    (void)state;
    struct fake *fake = fake_new();
    struct plan *was = new_plan();
    AUTO_JSON *run = json_object();
    struct stage *stage = plan_stage(was, "one", FAIL_STOPS);
    struct undo_way way = {.takes = takes_hard};

    there(stage, "a", "0", "1");
    set_step(stage, "hard", "1")->tier = TIER_DISRUPTIVE;
    there(stage, "b", "0", "1");
    all_done(was, run);
    fake_put(fake, "b", "1");
    json_put_bool(fake->blind, "a", true); /* until the hard thing is back: asked then */
    struct plan *plan = turn(fake, was, run, &way);
    assert_steps(plan, "undo b, undo a");
    assert_left(plan, "");
    assert_null(plan->short_of);
    plan_free(plan);
    way.blocked = "it leads no way back\nthis command does";
    plan = turn(fake, was, run, &way);
    assert_steps(plan, "undo b");
    assert_string_equal(plan->short_of, way.blocked);
    assert_left(plan, "hard to 1: only together with the rest of it; "
                      "a to 1: after it came \"hard to 1\", which has no undo");
    plan_free(plan);
    plan_free(was);
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_first),
        cmocka_unit_test(what_is_not_as_it_was_made_is_left),
        cmocka_unit_test(what_was_sent_and_how_it_ended),
        cmocka_unit_test(what_the_run_took_back_itself),
        cmocka_unit_test(a_need_of_its_own),
        cmocka_unit_test(slots_have_the_values_of_the_run),
        cmocka_unit_test(a_barrier),
        cmocka_unit_test(taken_back_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Consent for a run, and the gates of its later stages: what is asked, what is built again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

static int setup(void **state)
{
    *state = fake_new();
    return 0;
}

static int teardown(void **state)
{
    fake_free(*state);
    return 0;
}

static const char *outcome_of(const struct fake *fake, const char *id)
{
    return json_str(fake->runner.outcomes, id);
}

/* --- consent and gates ------------------------------------------------------------------------ */

struct asked {
    const char *answers[4];
    size_t n;
    char question[200]; /* the last one */
};

static bool answer(void *ctx, const char *question, struct str *ret_line, bool *ret_no_terminal)
{
    struct asked *asked = ctx;
    const char *line = asked->answers[asked->n];

    snprintf(asked->question, sizeof(asked->question), "%s", question);
    *ret_no_terminal = false;
    if (line == NULL)
        return false;
    asked->n++;
    str_add(ret_line, line);
    return true;
}

static void no_consent_no_journal(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_STRV runs = {0};
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake->runner.guard.approve = NULL;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_DECLINED);
    assert_int_equal(fake->sends, 0);
    journal_list(fake->dir, &runs);
    assert_int_equal(runs.n, 0);
}

static void a_later_gate_is_a_question_of_its_own(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    struct asked asked = {{"y", "kube", NULL, NULL}, 0, ""};
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    set_step(plan_stage(plan, "two", FAIL_STOPS), "b", "1")->tier = TIER_DISRUPTIVE;
    plan->stages[1]->own_gate = true;
    fake->runner.guard = (struct guard){.ask = answer, .ctx = &asked};
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(asked.n, 2);
    AUTO_JSON *records = records_of(fake);
    assert_string_equal(json_str(record_of(records, "run", NULL, 0), "consent"),
                        "a person at the terminal");
    const json_t *answered = record_of(records, "consent", NULL, 0);
    assert_string_equal(json_str(answered, "stage"), "two");
    assert_string_equal(json_str(answered, "consent"), "a person at the terminal");
    assert_string_not_equal(json_str_at(answered, "actor", "user", NULL), "");
    assert_null(record_of(records, "consent", NULL, 1));
}

static void declined_at_a_later_gate_is_a_stop(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    struct asked asked = {{"y", "", NULL, NULL}, 0, ""};
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    set_step(plan_stage(plan, "two", FAIL_STOPS), "b", "1")->tier = TIER_DISRUPTIVE;
    plan->stages[1]->own_gate = true;
    fake->runner.guard = (struct guard){.ask = answer, .ctx = &asked};
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED); /* "declined: nothing was sent" would be untrue */
    assert_string_equal(err.message, "stopped before \"two\": declined");
    assert_string_equal(fake_value(fake, "a"), "1");
    assert_string_equal(fake_value(fake, "b"), "");
}

static void each_step_can_be_asked_for(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    struct asked asked = {{"e", "y", "n", ""}, 0, ""};
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1")->group = 1;
    set_step(stage, "b", "1")->group = 1;
    set_step(stage, "c", "1")->group = 1;
    fake->runner.guard = (struct guard){.ask = answer, .ctx = &asked};
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    assert_string_equal(outcome_of(fake, "a"), "done");
    assert_string_equal(outcome_of(fake, "b"), "skipped");
    assert_int_equal(fake->sends, 1);
}

/* Two stages; the second is built again at its gate. */
static struct plan *gated(const char *const *names, const char *value)
{
    struct plan *plan = new_plan();

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    struct stage *stage = plan_stage(plan, "two", FAIL_STOPS);
    for (size_t i = 0; names[i] != NULL; i++)
        set_step(stage, names[i], value);
    return plan;
}

static void what_went_away_is_dropped(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    fake->runner.rebuild = fake_rebuild;
    fake->fresh = gated((const char *const[]){"c", NULL}, "1");
    assert_true(fake_run(fake, gated((const char *const[]){"b", "c", NULL}, "1"), &err));
    assert_int_equal(count_log(fake, "rebuild"), 1); /* not for the first stage */
    assert_string_equal(outcome_of(fake, "b"), "gone");
    assert_string_equal(fake_value(fake, "b"), "");
    assert_string_equal(fake_value(fake, "c"), "1");
}

/* A step that acts on something which is there while "NAME there" is yes. */
static struct step *step_on(struct stage *stage, const char *name)
{
    AUTO_FREE char *there = str_format("%s there", name);
    struct step *step = set_step(stage, name, "1");

    probe_set(&step->target, &probe_is, there, "yes", NULL);
    return step;
}

static void a_target_that_is_gone_is_dropped(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    step_on(stage, "a");
    strv_add(&set_step(stage, "b", "1")->after, "a");
    probe_set(plan_final_of(plan, "a"), &probe_is, "a", "1", NULL);
    probe_set(plan_final_of(plan, "b"), &probe_is, "b", "1", NULL);
    json_put_str(fake->things, "a there", "no");
    assert_true(fake_run(fake, plan, &err)); /* no failure, and nobody's proof fails for it */
    assert_string_equal(outcome_of(fake, "a"), "gone");
    assert_string_equal(outcome_of(fake, "b"), "done"); /* it is in nobody's way */
    assert_string_equal(fake_value(fake, "a"), "");
    assert_int_equal(fake->sends, 1);
    assert_int_equal(fake->runner.gone, 1);
}

static void goes_away(struct fake *fake, const char *name)
{
    AUTO_FREE char *there = str_format("%s there", name);

    json_put_str(fake->things, there, "no");
}

static void a_target_that_goes_away_under_the_statement(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    step_on(plan_stage(plan, "one", FAIL_STOPS), "a");
    json_put_str(fake->things, "a there", "yes");
    fake_fault(fake, "a", "refuse");
    fake->on_send = goes_away;
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "a"), "gone");
    assert_int_equal(fake->sends, 1);
}

static void a_step_is_put_off(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "b", "1");
    step_on(stage, "a")->put_off = true;
    json_put_str(fake->things, "a there", "no");
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "a"), "skipped");
    assert_string_equal(outcome_of(fake, "b"), "done");
    assert_int_equal(fake->sends, 1);
    assert_int_equal(fake->runner.skipped, 1);
}

/* What was sent and refused has failed: nothing excuses that afterwards. */
static void a_refusal_is_not_put_off(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    step_on(plan_stage(plan, "one", FAIL_STOPS), "a")->put_off = true;
    json_put_str(fake->things, "a there", "yes");
    fake_fault(fake, "a", "refuse");
    fake->on_send = goes_away;
    assert_false(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "a"), "failed");
}

static void a_target_that_cannot_be_asked_is_not_touched(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    step_on(plan_stage(plan, "one", FAIL_STOPS), "a");
    json_put_str(fake->blind, "a there", "");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(fake->sends, 0);
}

/* The steps that wait for one that went away are the same steps. */
static void what_waits_for_the_gone_has_not_changed(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = gated((const char *const[]){"b", "c", NULL}, "1");
    AUTO_ERROR err = {0};

    strv_add(&plan->stages[1]->steps[1]->after, "b");
    fake->runner.rebuild = fake_rebuild;
    fake->fresh = gated((const char *const[]){"c", NULL}, "1");
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "b"), "gone");
    assert_string_equal(outcome_of(fake, "c"), "done");
}

/* … but one that no longer waits for a step that is there still is another step. */
static void what_waits_for_less_has_changed(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = gated((const char *const[]){"b", "c", NULL}, "1");
    AUTO_ERROR err = {0};

    strv_add(&plan->stages[1]->steps[1]->after, "b");
    fake->runner.rebuild = fake_rebuild;
    fake->fresh = gated((const char *const[]){"b", "c", NULL}, "1");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_DRIFT);
}

/* What a restart can forget is asked anew on resume, and done again only where it is gone. */
static void a_fleeting_effect_is_proved_anew(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1")->fleeting = true;
    set_step(stage, "b", "1");
    set_step(stage, "c", "1")->fleeting = true;
    json_put_str(fake->things, "c", "1"); /* a and b were forgotten, c was not */
    struct journal_file earlier = {.records = json_pack(
        "[{s:s,s:s,s:s},{s:s,s:s,s:s},{s:s,s:s,s:s}]", "type", "outcome", "step", "a", "outcome",
        "done", "type", "outcome", "step", "b", "outcome", "done", "type", "outcome", "step", "c",
        "outcome", "done")};
    fake->runner.plan = plan;
    runner_restore(&fake->runner, &earlier);
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "a"), "done");
    assert_string_equal(outcome_of(fake, "b"), "done");
    assert_string_equal(outcome_of(fake, "c"), "already");
    assert_string_equal(fake_value(fake, "a"), "1");
    assert_string_equal(fake_value(fake, "b"), ""); /* it is not fleeting: not run again */
    assert_int_equal(fake->sends, 1);
    json_decref(earlier.records);
}

/* Earlier outcomes for these steps of a plan, as a journal holds them. */
static struct journal_file done_before(const char *const *steps)
{
    struct journal_file file = {.records = json_array()};

    for (size_t i = 0; steps[i] != NULL; i++)
        json_array_append_new(file.records, json_pack("{s:s,s:s,s:s}", "type", "outcome", "step",
                                                      steps[i], "outcome", "done"));
    return file;
}

static void a_run_that_goes_on_asks_for_its_open_steps(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    struct asked asked = {{"y", NULL, NULL, NULL}, 0, ""};
    struct journal_file earlier = done_before((const char *const[]){"a", "c", NULL});
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    set_step(stage, "c", "1")->fleeting = true; /* may be forgotten: it is run again */
    set_step(stage, "d", "1");
    fake->runner.guard = (struct guard){.ask = answer, .ctx = &asked};
    fake->runner.plan = plan;
    runner_restore(&fake->runner, &earlier);
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(asked.question, "Reversible. Run the 3 open steps? [y]es [e]ach [l]ist "
                                          "all, Enter: no: ");
    json_decref(earlier.records);
}

static void nobody_is_asked_where_only_the_proof_is_left(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    struct asked asked = {{NULL, NULL, NULL, NULL}, 0, ""};
    struct journal_file earlier = done_before((const char *const[]){"a", NULL});
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake->runner.guard = (struct guard){.ask = answer, .ctx = &asked};
    fake->runner.plan = plan;
    runner_restore(&fake->runner, &earlier);
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(asked.question, "");
    assert_int_equal(fake->sends, 0);
    json_decref(earlier.records);
}

static void what_is_new_is_not_covered(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    fake->runner.rebuild = fake_rebuild;
    fake->fresh = gated((const char *const[]){"b", "c", NULL}, "1");
    assert_false(fake_run(fake, gated((const char *const[]){"b", NULL}, "1"), &err));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_string_equal(err.message, "the world differs from the plan: new: c to 1");
    assert_int_equal(fake->sends, 1);
}

static void what_changed_is_not_covered(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    fake->runner.rebuild = fake_rebuild;
    fake->fresh = gated((const char *const[]){"b", NULL}, "1");
    fake->fresh->stages[1]->steps[0]->tier = TIER_DISRUPTIVE;
    assert_false(fake_run(fake, gated((const char *const[]){"b", NULL}, "1"), &err));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_string_equal(err.message, "the world differs from the plan: changed: b to 1");
    assert_string_equal(fake_value(fake, "b"), "");
}

static void a_new_stage_is_not_covered(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    fake->runner.rebuild = fake_rebuild;
    fake->fresh = gated((const char *const[]){"b", NULL}, "1");
    set_step(plan_stage(fake->fresh, "three", FAIL_STOPS), "d", "1");
    assert_false(fake_run(fake, gated((const char *const[]){"b", NULL}, "1"), &err));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_string_equal(err.message, "the world differs from the plan: new: d to 1");
}

static void a_gate_that_cannot_be_checked_stops(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    fake->runner.rebuild = fake_rebuild;
    assert_false(fake_run(fake, gated((const char *const[]){"b", NULL}, "1"), &err));
    assert_int_equal(err.code, ERR_CONNECTION);
    assert_int_equal(fake->sends, 1);
}

static void what_follows_is_not_built_again(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = gated((const char *const[]){"b", NULL}, "1");
    AUTO_ERROR err = {0};

    plan->stages[1]->follows = true;
    fake->runner.rebuild = fake_rebuild;
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(count_log(fake, "rebuild"), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(no_consent_no_journal),
        T(a_later_gate_is_a_question_of_its_own),
        T(declined_at_a_later_gate_is_a_stop),
        T(each_step_can_be_asked_for),
        T(what_went_away_is_dropped),
        T(a_target_that_is_gone_is_dropped),
        T(a_step_is_put_off),
        T(a_refusal_is_not_put_off),
        T(a_target_that_goes_away_under_the_statement),
        T(a_target_that_cannot_be_asked_is_not_touched),
        T(what_waits_for_the_gone_has_not_changed),
        T(what_waits_for_less_has_changed),
        T(a_fleeting_effect_is_proved_anew),
        T(a_run_that_goes_on_asks_for_its_open_steps),
        T(nobody_is_asked_where_only_the_proof_is_left),
        T(what_is_new_is_not_covered),
        T(what_changed_is_not_covered),
        T(a_new_stage_is_not_covered),
        T(a_gate_that_cannot_be_checked_stops),
        T(what_follows_is_not_built_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

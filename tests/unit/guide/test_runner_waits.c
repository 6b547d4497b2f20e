/* Waits for the world, and servers that are busy: what ends a wait, what is sent again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <clock.h>

#include "world.h"

#define FOR_EVER (3600 * 1000)

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

/* "no" for ever, and it says so; a yes when what it saw last is known to whoever goes on. */
static void ask_vain(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const json_t *known = json_object_get(world->bindings, probes[i]->args.v[0]);
        evidence_set(&ret[i], json_int(known, "failed") >= 3 ? ANSWER_YES : ANSWER_NO, "3 failed");
        ret[i].data = json_pack("{s:i}", "failed", 3);
        ret[i].vain = true;
    }
}

static const struct probe_kind probe_vain = {.name = "vain", .ask = ask_vain};

static struct step *wait_step(struct stage *stage, const char *id, const struct probe_kind *kind,
                              const char *name, const char *value)
{
    struct step *step = stage_step(stage, TIER_ADDS, id, id);

    probe_set(&step->proof, kind, name, value, NULL);
    step->proof_ms = FOR_EVER;
    return step;
}

static void what_is_in_vain_is_not_waited_for(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};
    int64_t began = clock_ms();

    /* The stage would only skip dependants: a wait that ended badly stops everything all the same. */
    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    wait_step(stage, "rest", &probe_vain, "rest", NULL);
    set_step(stage, "a", "1");
    assert_false(fake_run(fake, plan, &err));
    assert_true(clock_ms() - began < FOR_EVER);
    assert_int_equal(err.code, ERR_VERDICT);
    assert_string_equal(err.message, "rest: 3 failed");
    assert_int_equal(fake->sends, 0);
    AUTO_JSON *records = records_of(fake);
    const json_t *outcome = record_of(records, "outcome", "rest", 0);
    assert_string_equal(json_str(outcome, "outcome"), "failed");
    assert_int_equal(json_int(json_object_get(outcome, "proof"), "failed"), 3);
    assert_null(record_of(records, "outcome", "a", 0));
}

static void ask_telling(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    (void)world;
    (void)probes;
    for (size_t i = 0; i < n; i++) {
        evidence_set(&ret[i], ANSWER_YES, "two run still");
        ret[i].data = json_pack("{s:i}", "running", 2);
    }
}

static const struct probe_kind probe_telling = {.name = "telling", .ask = ask_telling};

/* Later waits may ask for it. */
static void what_a_wait_ended_with_is_known(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    wait_step(stage, "rest", &probe_telling, "rest", NULL);
    set_step(stage, "a", "1");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(json_int(json_object_get(fake->runner.bindings, "rest"), "running"), 2);
    assert_null(json_object_get(fake->runner.bindings, "a"));
}

/* Going on accepts what the wait had ended with. */
static void whoever_goes_on_knows_why_it_had_stopped(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    struct journal_file file = {.records = json_pack(
        "[{s:s,s:s,s:s,s:{s:i}},{s:s,s:s,s:s,s:{s:i}}]", "type", "outcome", "step", "rest",
        "outcome", "failed", "proof", "failed", 3, "type", "outcome", "step", "other", "outcome",
        "done", "proof", "failed", 7)};
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    wait_step(stage, "rest", &probe_vain, "rest", NULL);
    set_step(stage, "a", "1");
    fake->runner.plan = plan;
    runner_restore(&fake->runner, &file);
    assert_int_equal(json_int(json_object_get(fake->runner.bindings, "other"), "failed"), 7);
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 1);
    json_decref(file.records);
}

static bool wants_to_stop(void *ctx)
{
    const struct fake *fake = ctx;

    return count_log(fake, "ask slow") > 2;
}

static void the_first_wish_to_stop_ends_a_wait(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    wait_step(stage, "rest", &probe_is, "slow", "1");
    set_step(stage, "a", "1");
    fake->world.stop_wanted = wants_to_stop;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    assert_string_equal(err.message, "stopped while step 1 waited: nothing was sent for it");
    assert_int_equal(fake->sends, 0);
    AUTO_JSON *records = records_of(fake);
    assert_null(record_of(records, "outcome", "rest", 0)); /* open: asked again by \resume */
}

/* A world that answers nothing for long is not waited for, however long the wait may take. */
static void a_dark_world_ends_a_wait(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct step *step = wait_step(plan_stage(plan, "one", FAIL_STOPS), "rest", &probe_is, "slow", "1");
    step->dark_ms = 200;
    json_put_bool(fake->blind, "slow", true);
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_string_equal(err.message, "rest: cannot tell: nobody knows slow");
    assert_true(count_log(fake, "ask slow") > 1);
}

/* What was sent is proved first, however much one wants to stop. */
static void a_sent_step_is_proved_before_stopping(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct step *step = set_step(plan_stage(plan, "one", FAIL_STOPS), "slow", "1");
    step->proof_ms = 100;
    fake_fault(fake, "slow", "idle");
    fake->world.stop_wanted = wants_to_stop;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_VERDICT);
}

static void explain(const struct action *action, struct error *err, bool *ret_busy,
                    bool *ret_unknown)
{
    assert_int_equal(action->kind, ACTION_SQL);
    *ret_busy = strstr(err->message, "refuses b") != NULL;
    *ret_unknown = strstr(err->message, "refuses c") != NULL;
    error_set(err, ERR_FAILED, "in short");
}

static void a_busy_server_is_asked_again(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    sql_step(stage, "b", "1");
    fake->world.explain = explain;
    fake_fault(fake, "b", "refuse");
    fake_fault(fake, "b", "refuse");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 3);
    AUTO_JSON *records = records_of(fake);
    assert_int_equal(json_int(record_of(records, "intent", "b", 2), "attempt"), 3);
    assert_string_equal(json_str(record_of(records, "outcome", "b", 0), "outcome"), "done");
}

static void not_for_ever(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    sql_step(stage, "b", "1");
    fake->world.explain = explain;
    for (int i = 0; i < 9; i++)
        fake_fault(fake, "b", "refuse");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 5);
    assert_string_equal(err.message, "b to 1: in short");
}

/* A plain refusal is told in short; what may have happened is decided by its proof. */
static void a_refusal_is_explained(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    sql_step(stage, "a", "1");
    sql_step(stage, "c", "1");
    fake->world.explain = explain;
    fake_fault(fake, "a", "refuse");
    fake_fault(fake, "c", "refuse");
    assert_false(fake_run(fake, plan, &err));
    assert_string_equal(err.message, "a to 1: in short");
    assert_int_equal(fake->sends, 3); /* c once more, after its proof had said no */
    assert_string_equal(fake_value(fake, "c"), "1");
}

/* Yes at the third question only. */
static void ask_settling(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    struct fake *fake = world->ctx;

    (void)probes;
    strv_add(&fake->log, "ask settling");
    for (size_t i = 0; i < n; i++)
        evidence_set(&ret[i], count_log(fake, "ask settling") < 3 ? ANSWER_NO : ANSWER_YES, "stirred");
}

static const struct probe_kind probe_settling = {.name = "settling", .ask = ask_settling};

static bool run_to_settle(struct fake *fake, int64_t final_ms, const struct probe_kind *kind,
                          struct error *err)
{
    struct plan *plan = new_plan();

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    probe_set(plan_final(plan), &probe_is, "a", "1", NULL);
    probe_set(plan_final(plan), kind, "rest", NULL);
    plan->final_ms = final_ms;
    return fake_run(fake, plan, err);
}

static void the_final_proof_waits_for_what_settles(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    assert_true(run_to_settle(fake, FOR_EVER, &probe_settling, &err));
    assert_int_equal(count_log(fake, "ask settling"), 3);
}

static void the_final_proof_without_time_is_asked_once(void **state)
{
    struct fake *fake = *state;
    AUTO_ERROR err = {0};

    assert_false(run_to_settle(fake, 0, &probe_settling, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    assert_int_equal(count_log(fake, "ask settling"), 1);
}

static void the_final_proof_does_not_wait_in_vain(void **state)
{
    AUTO_ERROR err = {0};

    assert_false(run_to_settle(*state, FOR_EVER, &probe_vain, &err));
    assert_int_equal(err.code, ERR_VERDICT);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(what_is_in_vain_is_not_waited_for),
        T(what_a_wait_ended_with_is_known),
        T(whoever_goes_on_knows_why_it_had_stopped),
        T(the_first_wish_to_stop_ends_a_wait),
        T(a_dark_world_ends_a_wait),
        T(a_sent_step_is_proved_before_stopping),
        T(a_busy_server_is_asked_again),
        T(not_for_ever),
        T(a_refusal_is_explained),
        T(the_final_proof_waits_for_what_settles),
        T(the_final_proof_without_time_is_asked_once),
        T(the_final_proof_does_not_wait_in_vain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

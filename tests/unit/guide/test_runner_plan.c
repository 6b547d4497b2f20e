/* How a whole plan runs: groups, dependants, slots, going on, the final proof. */
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

/* --- groups ----------------------------------------------------------------------------------- */

static void all_intents_of_the_group(struct fake *fake, const char *name)
{
    AUTO_JSON *records = records_of(fake);
    json_t *record;
    size_t i;
    size_t intents = 0;

    (void)name;
    json_array_foreach(records, i, record)
        intents += str_equal(json_str(record, "type"), "intent");
    /* 64 with the first, 128 with the 65th, all with the 129th: never one at a time. */
    assert_int_equal(intents, fake->sends <= 64 ? 64 : fake->sends <= 128 ? 128 : 150);
}

static void add_a_large_group(struct plan *plan)
{
    struct stage *stage = plan_stage(plan, "many", FAIL_SKIPS_DEPENDENTS);

    for (int i = 0; i < 150; i++) {
        AUTO_FREE char *name = str_format("t%03d", i);
        set_step(stage, name, "1")->group = 7;
    }
}

static void a_large_group_runs_in_batches(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    add_a_large_group(plan);
    fake->on_send = all_intents_of_the_group;
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->runner.done, 150);
    assert_int_equal(fake->most_asked, 128);     /* after one batch, along with before the next */
    assert_int_equal(count_log(fake, "ask"), 4); /* before the first, and after each of the three */
}

/* The intents of a group make the outcomes of the one before durable. */
static size_t syncs;
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

int __wrap_fdatasync(int fd)
{
    syncs++;
    return __real_fdatasync(fd);
}

static void a_sync_before_the_first_statement_of_a_group(struct fake *fake, const char *name)
{
    (void)name;
    if (fake->sends % 64 == 1)
        strv_addf(&fake->log, "syncs %zu", syncs);
}

static void groups_have_one_sync_each(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    add_a_large_group(plan);
    syncs = 0;
    fake->on_send = a_sync_before_the_first_statement_of_a_group;
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(count_log(fake, "syncs 2"), 1); /* the first was of the run's own record */
    assert_int_equal(count_log(fake, "syncs 3"), 1);
    assert_int_equal(count_log(fake, "syncs 4"), 1);
    assert_int_equal(syncs, 6); /* the outcomes of the last group, and the end */
}

static void another_group_waits_for_the_first(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "two", FAIL_STOPS);
    set_step(stage, "a", "1")->group = 1;
    set_step(stage, "b", "1")->group = 1;
    set_step(stage, "c", "1")->group = 2;
    strv_add(&stage->steps[2]->after, "a");
    assert_true(fake_run(fake, plan, &err));
    const char *const log[] = {"ask a b", "set a=1", "set b=1", "ask a b c", "set c=1", "ask c"};
    assert_int_equal(fake->log.n, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(fake->log.v[i], log[i]);
}

/* Somebody else did it meanwhile: seen with the proofs of the group before, and not sent. */
static void do_b_too(struct fake *fake, const char *name)
{
    if (str_equal(name, "a"))
        fake_put(fake, "b", "1");
}

static void what_is_seen_ahead_to_be_so_is_not_sent(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "two", FAIL_STOPS);
    set_step(stage, "a", "1")->group = 1;
    set_step(stage, "b", "1")->group = 2;
    fake->on_send = do_b_too;
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "b"), "already");
    assert_int_equal(count_log(fake, "ask"), 2);
}

/* What nobody could tell ahead is asked again in its turn. */
static void what_could_not_be_told_ahead_is_asked_again(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "two", FAIL_STOPS);
    set_step(stage, "a", "1")->group = 1;
    set_step(stage, "b", "1")->group = 2;
    json_put_int(fake->blind, "b", 1);
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(outcome_of(fake, "b"), "done");
    assert_int_equal(count_log(fake, "ask b"), 2); /* before its action, and after */
}

/* Steps that are not of a group may be anything: each is asked in its own turn. */
static void steps_of_no_group_are_not_asked_ahead(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "two", FAIL_STOPS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(count_log(fake, "ask a b"), 0);
    assert_int_equal(count_log(fake, "ask"), 4);
}

static void one_of_a_group_lost_leaves_the_others_alone(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "three", FAIL_SKIPS_DEPENDENTS);
    sql_step(stage, "a", "1")->group = 1;
    sql_step(stage, "b", "1")->group = 1;
    sql_step(stage, "c", "1")->group = 1;
    probe_set(step_need(stage->steps[0]), &probe_is, "a", "", NULL); /* true before, not after */
    fake_fault(fake, "b", "lose");
    fake_fault(fake, "c", "refuse");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_int_equal(count_log(fake, "set a"), 1);
    assert_int_equal(count_log(fake, "set b"), 2);
    assert_int_equal(count_log(fake, "set c"), 1);
    assert_string_equal(outcome_of(fake, "a"), "done"); /* not "already": belay did it */
    assert_string_equal(outcome_of(fake, "b"), "done");
    assert_string_equal(outcome_of(fake, "c"), "failed");
    AUTO_JSON *records = records_of(fake);
    assert_null(record_of(records, "intent", "a", 1));
    assert_int_equal(json_int(record_of(records, "intent", "b", 1), "attempt"), 2);
}

/* --- what fails ------------------------------------------------------------------------------- */

static void a_failed_step_stops_the_plan(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    set_step(plan_stage(plan, "two", FAIL_STOPS), "c", "1");
    fake_fault(fake, "a", "refuse");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 1);
    assert_string_equal(outcome_of(fake, "b"), "");
    AUTO_JSON *records = records_of(fake);
    const json_t *end = record_of(records, "end", NULL, 0);
    assert_false(json_flag(end, "done"));
    assert_int_equal(json_int(end, "code"), ERR_FAILED);
    assert_non_null(strstr(json_str(end, "error"), "refuses a"));
}

static void a_failed_step_skips_its_dependants(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    strv_add(&set_step(stage, "c", "1")->after, "a");
    strv_add(&set_step(stage, "d", "1")->after, "c");
    strv_add(&set_step(stage, "e", "1")->after, "b");
    strv_add(&set_step(plan_stage(plan, "two", FAIL_STOPS), "f", "1")->after, "d");
    fake_fault(fake, "a", "refuse");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_string_equal(outcome_of(fake, "b"), "done");
    assert_string_equal(outcome_of(fake, "c"), "skipped");
    assert_string_equal(outcome_of(fake, "d"), "skipped");
    assert_string_equal(outcome_of(fake, "e"), "done");
    assert_string_equal(outcome_of(fake, "f"), "skipped");
    AUTO_JSON *records = records_of(fake);
    assert_string_equal(json_str(record_of(records, "outcome", "c", 0), "outcome"), "skipped");
    assert_false(json_flag(record_of(records, "end", NULL, 0), "done"));
}

/* --- a person who wants to stop --------------------------------------------------------------- */

static void a_stop_comes_between_steps(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    set_step(stage, "c", "1");
    fake->stop_at = "b";
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    assert_string_equal(err.message, "stopped before step 3");
    assert_string_equal(outcome_of(fake, "b"), "done"); /* it was finished first */
    assert_string_equal(fake_value(fake, "c"), "");
}

static void a_stop_comes_between_the_steps_of_a_group(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1")->group = 1;
    set_step(stage, "b", "1")->group = 1;
    fake->stop_at = "a";
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    assert_int_equal(fake->sends, 1);
    assert_string_equal(outcome_of(fake, "a"), "done");
    assert_string_equal(outcome_of(fake, "b"), "");
    AUTO_JSON *records = records_of(fake);
    assert_non_null(record_of(records, "intent", "b", 0));
    assert_null(record_of(records, "outcome", "b", 0)); /* open: \resume asks */
}

static void leave_now(struct fake *fake, const char *name)
{
    (void)name;
    assert_int_equal(write(fake->leave[1], "x", 1), 1);
}

static void leaving_while_a_proof_is_waited_for(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    set_step(stage, "a", "1")->proof_ms = 600000;
    set_step(stage, "b", "1");
    fake_fault(fake, "a", "idle");
    fake->on_send = leave_now;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED); /* not "its proof says no": it had time still */
    assert_string_equal(err.message, "left after step 1 was sent and before it was proved: its outcome "
                                     "is unknown");
    assert_string_equal(outcome_of(fake, "a"), "unknown");
    assert_int_equal(fake->sends, 1);
}

static void leaving_a_wait_leaves_it_open(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1");
    struct step *wait = stage_step(stage, TIER_ADDS, "wait", "wait for b");
    probe_set(&wait->proof, &probe_is, "b", "1", NULL);
    wait->proof_ms = 600000;
    fake->on_send = leave_now;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    assert_string_equal(err.message, "stopped before step 2");
    AUTO_JSON *records = records_of(fake);
    assert_null(record_of(records, "outcome", "wait", 0));
}

/* --- slots ------------------------------------------------------------------------------------ */

static void bound_before_effect(struct fake *fake, const char *name)
{
    AUTO_JSON *records = records_of(fake);

    if (str_equal(name, "a"))
        assert_string_equal(json_str(record_of(records, "bind", "a", 0), "value"), "fe-1");
}

static void a_slot_is_bound_once(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    step_slot(set_step(stage, "a", "{pod}:{pod}"), "pod", "pod of the leader", &slot_value,
              "leader", NULL);
    step_slot(set_step(stage, "leader", "fe-2"), "pod", "pod of the leader", &slot_value, "leader",
              NULL);
    step_slot(set_step(stage, "b", "{pod}"), "pod", "pod of the leader", &slot_value, "leader",
              NULL);
    fake_put(fake, "leader", "fe-1");
    fake->on_send = bound_before_effect;
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(fake_value(fake, "a"), "fe-1:fe-1");
    assert_string_equal(fake_value(fake, "b"), "fe-1"); /* the leader moved, the binding did not */
    assert_int_equal(count_log(fake, "bind leader"), 1);
}

static void a_slot_without_a_value_stops(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    step_slot(set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "{pod}"), "pod",
              "pod of the leader", &slot_value, "leader", NULL);
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_non_null(strstr(err.message, "no value for {pod of the leader}"));
    assert_int_equal(fake->sends, 0);
}

static void every_slot_of_a_group_is_in_the_journal(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    for (int i = 0; i < 64; i++) {
        AUTO_FREE char *name = str_format("t%02d", i);
        AUTO_FREE char *slot = str_format("s%02d", i);
        AUTO_FREE char *value = str_format("{s%02d}", i);
        struct step *step = set_step(stage, name, value);
        step->group = 1;
        step_slot(step, slot, "any", &slot_value, "leader", NULL);
        fake_put(fake, "leader", "x");
    }
    assert_true(fake_run(fake, plan, &err));
    AUTO_JSON *records = records_of(fake);
    assert_non_null(record_of(records, "bind", NULL, 63));
}

/* --- going on --------------------------------------------------------------------------------- */

static struct plan *to_go_on(void)
{
    struct plan *plan = new_plan();
    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);

    step_slot(set_step(stage, "a", "{pod}"), "pod", "pod of the leader", &slot_value, "leader",
              NULL);
    set_step(stage, "b", "1");
    strv_add(&set_step(stage, "c", "{pod}")->after, "b");
    return plan;
}

static struct journal *again(void *ctx, const char *consent, struct error *err)
{
    struct fake *fake = ctx;
    AUTO_STRV runs = {0};

    (void)consent;
    journal_list(fake->dir, &runs);
    return journal_reopen(fake->dir, runs.v[0], err);
}

static void going_on_does_what_is_open(void **state)
{
    struct fake *fake = *state;
    struct journal_file file = {0};
    AUTO_STRV runs = {0};
    AUTO_ERROR err = {0};

    fake_put(fake, "leader", "fe-1");
    fake_fault(fake, "b", "refuse");
    assert_false(fake_run(fake, to_go_on(), &err));
    assert_string_equal(outcome_of(fake, "c"), "skipped");

    /* Another process, later; the leader has moved. */
    journal_close(fake->runner.journal);
    fake->runner.journal = NULL;
    runner_done(&fake->runner);
    plan_free(fake->runner.plan);
    fake->runner.done = fake->runner.failed = fake->runner.skipped = 0;
    error_done(&err);
    fake_put(fake, "leader", "fe-2");
    fake_put(fake, "a", "changed since");
    fake->runner.open_journal = again;
    journal_list(fake->dir, &runs);
    assert_true(journal_read(fake->dir, runs.v[0], &file, &err));
    struct plan *plan = to_go_on();
    fake->runner.plan = plan;
    runner_restore(&fake->runner, &file);
    journal_file_done(&file);
    assert_true(fake_run(fake, plan, &err));
    assert_string_equal(fake_value(fake, "a"), "changed since"); /* proved then: not run again */
    assert_string_equal(fake_value(fake, "b"), "1");
    assert_string_equal(fake_value(fake, "c"), "fe-1"); /* the binding of then */
    assert_int_equal(fake->runner.done, 3);
    assert_int_equal(count_log(fake, "bind"), 1);
}

/* --- the final proof -------------------------------------------------------------------------- */

static void spoil(struct fake *fake, const char *name)
{
    if (str_equal(name, "b"))
        fake_put(fake, "a", "spoiled");
}

static void a_later_step_can_spoil_an_earlier_proof(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    json_put_bool(fake->blind, "left", true);
    probe_set(plan_final(plan), &probe_is, "left", "1", NULL);
    probe_set(plan_final(plan), &probe_is, "a", "1", NULL);
    probe_set(plan_final(plan), &probe_is, "b", "1", NULL);
    fake->on_send = spoil;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_VERDICT); /* a no outweighs what cannot be told before it */
    assert_string_equal(err.message, "the final proof says: a is 1: no: a is spoiled");
    AUTO_JSON *records = records_of(fake);
    const json_t *final = record_of(records, "final", NULL, 0);
    assert_int_equal(json_int(final, "asked"), 3);
    assert_int_equal(json_int(final, "no"), 1);
    assert_int_equal(json_int(final, "cannot_tell"), 1);
    assert_int_equal(json_int(record_of(records, "end", NULL, 0), "code"), ERR_VERDICT);
}

static void a_final_proof_that_cannot_tell(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    json_put_bool(fake->blind, "left", true);
    probe_set(plan_final(plan), &probe_is, "left", "1", NULL);
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
}

static void nothing_to_do_and_yet_something_to_prove(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    probe_set(plan_final(plan), &probe_is, "left", "1", NULL);
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    AUTO_JSON *records = records_of(fake);
    assert_non_null(record_of(records, "final", NULL, 0));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_large_group_runs_in_batches),
        T(groups_have_one_sync_each),
        T(another_group_waits_for_the_first),
        T(what_is_seen_ahead_to_be_so_is_not_sent),
        T(what_could_not_be_told_ahead_is_asked_again),
        T(steps_of_no_group_are_not_asked_ahead),
        T(one_of_a_group_lost_leaves_the_others_alone),
        T(a_failed_step_stops_the_plan),
        T(a_failed_step_skips_its_dependants),
        T(a_stop_comes_between_steps),
        T(a_stop_comes_between_the_steps_of_a_group),
        T(leaving_while_a_proof_is_waited_for),
        T(leaving_a_wait_leaves_it_open),
        T(a_slot_is_bound_once),
        T(a_slot_without_a_value_stops),
        T(every_slot_of_a_group_is_in_the_journal),
        T(going_on_does_what_is_open),
        T(a_later_step_can_spoil_an_earlier_proof),
        T(a_final_proof_that_cannot_tell),
        T(nothing_to_do_and_yet_something_to_prove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

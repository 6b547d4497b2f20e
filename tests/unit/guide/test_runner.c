/* How one step runs: proof, needs, intent, action, proof, outcome; and what is never done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

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

/* --- before the action ------------------------------------------------------------------------ */

static void done_and_proved(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_NONE);
    assert_string_equal(fake_value(fake, "a"), "1");
    assert_int_equal(fake->runner.done, 1);
    AUTO_JSON *records = records_of(fake);
    assert_int_equal(json_array_size(records), 4); /* run, intent, outcome, end */
    assert_string_equal(json_str(record_of(records, "outcome", "a", 0), "outcome"), "done");
    assert_string_equal(json_str(record_of(records, "outcome", "a", 0), "evidence"), "a is 1");
    assert_string_equal(json_str_at(record_of(records, "outcome", "a", 0), "data", "was", NULL), "");
    assert_true(json_flag(record_of(records, "end", NULL, 0), "done"));
    assert_string_equal(json_str(record_of(records, "run", NULL, 0), "consent"), "reversible");
}

static void already_so_is_not_sent(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    fake_put(fake, "a", "1");
    struct step *step = set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    probe_set(step_need(step), &probe_is, "b", "never", NULL); /* not even asked */
    step->before = json_pack("{s:s}", "op", "view down");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 0);
    assert_int_equal(fake->runner.already, 1);
    assert_int_equal(count_log(fake, "ask b"), 0);
    AUTO_JSON *records = records_of(fake);
    assert_null(record_of(records, "intent", "a", 0));
    const json_t *outcome = record_of(records, "outcome", "a", 0);
    assert_string_equal(json_str(outcome, "outcome"), "already");
    assert_string_equal(json_str_at(outcome, "restores", "op", NULL), "view down");
}

static void a_need_that_fails_is_drift(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    probe_set(step_need(set_step(stage, "a", "1")), &probe_is, "b", "2", NULL);
    set_step(stage, "c", "1");
    fake_put(fake, "b", "3");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_non_null(strstr(err.message, "needed: b is 2; found: b is 3"));
    assert_int_equal(fake->sends, 0); /* a world that differs stops any plan */
    AUTO_JSON *records = records_of(fake);
    assert_null(record_of(records, "intent", NULL, 0));
    assert_int_equal(json_int(record_of(records, "end", NULL, 0), "code"), ERR_DRIFT);
}

static void a_need_that_cannot_be_asked_is_unknown(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    probe_set(step_need(set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1")), &probe_is, "b",
              "2", NULL);
    json_put_bool(fake->blind, "b", true);
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(fake->sends, 0);
}

static void what_could_not_be_proved_is_not_sent(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    json_put_bool(fake->blind, "a", true);
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.message, "not sent"));
    assert_int_equal(fake->sends, 0);
}

static void check_intent(struct fake *fake, const char *name)
{
    AUTO_JSON *records = records_of(fake); /* another descriptor: what a crash would leave */
    const json_t *intent = record_of(records, "intent", name, 0);

    assert_non_null(intent);
    assert_null(record_of(records, "outcome", name, 0));
    assert_string_equal(json_str_at(intent, "action", "act", NULL), "set");
    assert_string_equal(json_str_at(intent, "undo", "act", NULL), "set");
    assert_string_equal(json_str_at(intent, "before", "key", NULL), "old");
    assert_string_equal(json_str(intent, "tier"), "reversible");
}

static void intent_is_written_before_the_effect(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct step *step = set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    action_act(&step->undo, &act_set, "a", "0", NULL);
    step->before = json_pack("{s:s}", "key", "old");
    fake->on_send = check_intent;
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 1);
}

static void no_journal_no_effect(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake->no_journal = true;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_int_equal(fake->sends, 0);
}

/* --- a journal that cannot be written --------------------------------------------------------- */

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void full_after_first(struct fake *fake, const char *name)
{
    (void)fake;
    if (str_equal(name, "a"))
        limit_files(1);
}

static void a_full_disk_stops_before_the_effect(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    signal(SIGXFSZ, SIG_IGN);
    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    set_step(stage, "a", "1");
    set_step(stage, "b", "1");
    fake->on_send = full_after_first;
    bool ok = fake_run(fake, plan, &err);
    limit_files(0);
    assert_false(ok);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_int_equal(fake->sends, 1); /* a's outcome could not be written: b is not begun */
    assert_null(strstr(err.hint, "nothing was sent"));
    assert_non_null(strstr(err.hint, "\\resume"));
}

static struct journal *tiny_journal(void *ctx, const char *consent, struct error *err)
{
    struct journal *journal = fake_open_journal(ctx, consent, err);

    limit_files(1);
    return journal;
}

static void an_intent_that_is_not_durable_is_not_sent(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    signal(SIGXFSZ, SIG_IGN);
    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake->runner.open_journal = tiny_journal;
    bool ok = fake_run(fake, plan, &err);
    limit_files(0);
    assert_false(ok);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_int_equal(fake->sends, 0);
    assert_non_null(strstr(err.hint, "nothing was sent"));
}

/* --- after the action ------------------------------------------------------------------------- */

static void a_refusal_is_told(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1")->proof_ms = 60000;
    fake_fault(fake, "a", "refuse");
    assert_false(fake_run(fake, plan, &err)); /* and is not waited for */
    assert_int_equal(err.code, ERR_FAILED);
    assert_string_equal(err.message, "a to 1: the world refuses a");
    assert_int_equal(fake->runner.failed, 1);
}

static void done_means_read_back(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1")->proof_ms = 120;
    fake_fault(fake, "a", "idle"); /* says that it did it, and did not */
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    assert_non_null(strstr(err.message, "its proof says no: a is "));
    assert_true(count_log(fake, "ask a") >= 3); /* asked until its limit */
}

static void blind_after(struct fake *fake, const char *name)
{
    json_put_bool(fake->blind, name, true);
}

static void an_outcome_that_cannot_be_told_stops(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    sql_step(stage, "a", "1");
    sql_step(stage, "b", "1");
    fake_fault(fake, "a", "lose");
    fake->on_send = blind_after;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.message, "sent, outcome unknown: lost while a was set; nobody"));
    assert_int_equal(fake->sends, 1); /* never sent twice, and nothing after it */
    assert_int_equal(fake->runner.unknown, 1);
    AUTO_JSON *records = records_of(fake);
    assert_string_equal(json_str(record_of(records, "outcome", "a", 0), "outcome"), "unknown");
}

static void a_lost_statement_that_ran_is_done(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    sql_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake_fault(fake, "a", "late");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 1);
    assert_int_equal(fake->runner.done, 1);
}

static void a_lost_statement_is_sent_again_after_a_no(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    sql_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake_fault(fake, "a", "lose");
    assert_true(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 2);
    assert_string_equal(fake->log.v[fake->log.n - 3], "ask a"); /* asked between the two */
    AUTO_JSON *records = records_of(fake);
    assert_int_equal(json_int(record_of(records, "intent", "a", 0), "attempt"), 1);
    assert_int_equal(json_int(record_of(records, "intent", "a", 1), "attempt"), 2);
    assert_string_equal(json_str(record_of(records, "outcome", "a", 0), "outcome"), "done");
}

static void never_a_third_time(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    sql_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    for (int i = 0; i < 5; i++)
        fake_fault(fake, "a", "lose");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 2);
    assert_int_equal(err.code, ERR_CONNECTION);
}

static void a_local_act_is_never_repeated(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    set_step(plan_stage(plan, "one", FAIL_STOPS), "a", "1");
    fake_fault(fake, "a", "lose");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(fake->sends, 1);
}

static void without_a_proof_the_action_decides(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_SKIPS_DEPENDENTS);
    const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++)
        probe_done(&set_step(stage, names[i], "1")->proof);
    fake_fault(fake, "b", "refuse");
    fake_fault(fake, "c", "lose");
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(fake->ends.n, 3);
    assert_string_equal(fake->ends.v[0], "a done");
    assert_string_equal(fake->ends.v[1], "b failed");
    assert_string_equal(fake->ends.v[2], "c unknown");
    assert_int_equal(err.code, ERR_UNKNOWN);
}

static void a_wait_sends_nothing(void **state)
{
    struct fake *fake = *state;
    struct plan *plan = new_plan();
    AUTO_ERROR err = {0};

    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);
    struct step *step = stage_step(stage, TIER_ADDS, "wait", "wait for a");
    probe_set(&step->proof, &probe_is, "a", "1", NULL);
    step->proof_ms = 60;
    assert_false(fake_run(fake, plan, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    assert_int_equal(fake->sends, 0);
    AUTO_JSON *records = records_of(fake);
    assert_string_equal(json_str(record_of(records, "run", NULL, 0), "consent"), "none needed");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(done_and_proved),
        T(already_so_is_not_sent),
        T(a_need_that_fails_is_drift),
        T(a_need_that_cannot_be_asked_is_unknown),
        T(what_could_not_be_proved_is_not_sent),
        T(intent_is_written_before_the_effect),
        T(no_journal_no_effect),
        T(a_full_disk_stops_before_the_effect),
        T(an_intent_that_is_not_durable_is_not_sent),
        T(a_refusal_is_told),
        T(done_means_read_back),
        T(an_outcome_that_cannot_be_told_stops),
        T(a_lost_statement_that_ran_is_done),
        T(a_lost_statement_is_sent_again_after_a_no),
        T(never_a_third_time),
        T(a_local_act_is_never_repeated),
        T(without_a_proof_the_action_decides),
        T(a_wait_sends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

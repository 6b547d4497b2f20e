/* A digest approves the recorded undo of its run, and nothing more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/command.h>
#include <belay/journal.h>
#include <belay/str.h>

#include "approved.h"
#include "file.h"
#include "plan_file.h"
#include "status.h"

const struct command *const command_table[] = {NULL};

#define DIGEST "1111111111111111111111111111111111111111111111111111111111111111"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/belay-test-XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    return !file_remove_tree(dir, NULL);
}

/* A run of that digest whose intents recorded these undo statements; its run to be freed. */
static char *run_with(const char *digest, const char *const *undos)
{
    struct journal *journal = journal_create(dir, NULL);
    char *run = str_format("%s", journal_run(journal));

    assert_true(journal_append(journal, json_pack("{s:s,s:s}", "type", "run", "digest", digest),
                               NULL));
    for (size_t i = 0; undos[i] != NULL; i++) {
        struct action action = {0};
        action_sql(&action, "leader", undos[i]);
        assert_true(journal_append(journal, json_pack("{s:s,s:o}", "type", "intent", "undo",
                                                      action_json(&action)), NULL));
        action_done(&action);
    }
    journal_close(journal);
    return run;
}

static struct plan *plan_of(const char *const *statements)
{
    struct plan *plan = plan_new("back");
    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);

    for (size_t i = 0; statements[i] != NULL; i++)
        action_sql(&stage_step(stage, TIER_REVERSIBLE, statements[i], "")->action, "leader",
                   statements[i]);
    stage_step(stage, TIER_ADDS, "wait", "a wait sends nothing");
    return plan;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_covered(const char *digest, const char *const *statements, enum tier tier,
                           bool expected)
{
    struct plan *plan = plan_of(statements);

    plan->stages[0]->steps[0]->tier = tier;
    assert_int_equal(approved_as_undo(dir, plan, digest), expected);
    plan_free(plan);
}

static void the_undo_of_the_run(void **state)
{
    (void)state;
    AUTO_FREE char *run = run_with(DIGEST, LIST("ALTER a ACTIVE", "ALTER b ACTIVE"));

    assert_covered(DIGEST, LIST("ALTER b ACTIVE", "ALTER a ACTIVE"), TIER_REVERSIBLE, true);
    assert_covered(DIGEST, LIST("ALTER a ACTIVE"), TIER_REVERSIBLE, true); /* a part of it */
    assert_covered(DIGEST, LIST("ALTER a ACTIVE", "ALTER c ACTIVE"), TIER_REVERSIBLE, false);
    assert_covered(DIGEST, LIST("ALTER a active"), TIER_REVERSIBLE, false);
    assert_covered(DIGEST, LIST("ALTER a ACTIVE"), TIER_DISRUPTIVE, false); /* it costs */
    assert_covered(DIGEST, LIST("ALTER a ACTIVE"), TIER_NO_RETURN, false);
    assert_covered("1111", LIST("ALTER a ACTIVE"), TIER_REVERSIBLE, false);
    assert_covered("", LIST("ALTER a ACTIVE"), TIER_REVERSIBLE, false);
}

static void the_undo_of_another_run(void **state)
{
    (void)state;
    AUTO_FREE char *run = run_with("2222", LIST("ALTER a ACTIVE"));
    AUTO_FREE char *none = run_with(DIGEST, LIST(NULL));

    assert_covered(DIGEST, LIST("ALTER a ACTIVE"), TIER_REVERSIBLE, false);
    assert_covered(DIGEST, LIST(NULL), TIER_ADDS, false); /* a run that did nothing approves nothing */
}

static void a_journal_that_was_tampered_with_approves_nothing(void **state)
{
    (void)state;
    AUTO_FREE char *run = run_with(DIGEST, LIST("ALTER a ACTIVE"));
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, run);
    AUTO_STR text = {0};

    assert_true(file_read(path, 1 << 20, &text, NULL));
    strstr(text.s, DIGEST)[0] = '2';
    assert_true(file_write_atomic(path, text.s, text.len, 0600, NULL));
    assert_covered("2" "111111111111111111111111111111111111111111111111111111111111111",
                   LIST("ALTER a ACTIVE"), TIER_REVERSIBLE, false);
}

/* --- saved plans, exit statuses ------------------------------------------------------------------ */

static void saved_plans_are_looked_at(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "{}", "[]", "{\"belay_plan\":1}", "{\"belay_plan\":2,\"facts\":{},\"args\":[]}",
        "{\"belay_plan\":1,\"facts\":[],\"args\":[]}", "{\"belay_plan\":1,\"facts\":{}}",
        "{\"belay_plan\":1,\"facts\":{},\"args\":[1]}", "{\"belay_plan\":1,\"facts\":{},\"args\":{}}",
        "{\"belay_plan\":1,\"facts\":{},\"args\":[null]}"};
    static const char good[] = "{\"belay_plan\":1,\"facts\":{},\"args\":[\"x\"],\"command\":\"gone\"}";
    AUTO_FREE char *path = str_format("%s/plan", dir);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        AUTO_ERROR err = {0};
        assert_true(file_write_atomic(path, bad[i], strlen(bad[i]), 0600, NULL));
        if (plan_file_read(path, &err) != NULL)
            fail_msg("%s was taken", bad[i]);
        assert_int_equal(err.code, ERR_USAGE);
    }
    AUTO_ERROR err = {0};
    assert_true(file_write_atomic(path, good, strlen(good), 0600, NULL));
    AUTO_JSON *file = plan_file_read(path, &err);
    assert_non_null(file);
    assert_null(plan_file_plan(file, &err)); /* a command that this belay does not have */
    assert_int_equal(err.code, ERR_USAGE);
    assert_null(plan_file_read("/nonexistent/plan", &err));
    assert_int_equal(err.code, ERR_USAGE);
}

static void statuses(void **state)
{
    (void)state;
    static const struct {
        enum error_code code;
        int status;
    } table[] = {{ERR_NONE, 0},   {ERR_FAILED, 1},  {ERR_USAGE, 2},  {ERR_CONNECTION, 3},
                 {ERR_DECLINED, 4}, {ERR_STOPPED, 5}, {ERR_OUTPUT, 6}, {ERR_DRIFT, 7},
                 {ERR_VERDICT, 8}, {ERR_UNKNOWN, 9}, {ERR_KUBE, 10},  {ERR_LEASE, 11}};

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_int_equal(status_of(table[i].code), table[i].status);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_undo_of_the_run),
        T(the_undo_of_another_run),
        T(a_journal_that_was_tampered_with_approves_nothing),
        T(saved_plans_are_looked_at),
        T(statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

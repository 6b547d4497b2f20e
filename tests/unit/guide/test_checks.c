/* What was seen of a step ahead of its turn: used when it is fresh and whole, else asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <world.h>

#include "checks.h"
#include "clock.h"

static void ask_yes(struct world *world, const struct probe *const *probes, size_t n,
                    struct evidence *ret)
{
    (void)world;
    (void)probes;
    for (size_t i = 0; i < n; i++)
        evidence_set(&ret[i], ANSWER_YES, "so it is");
}

static const struct probe_kind probe_yes = {.name = "yes", .ask = ask_yes};

struct two {
    struct plan *plan;
    struct step *const *steps;
    struct ahead ahead;
};

/* Two steps with proof, target and one need, all seen ahead. */
static void see_ahead(struct two *two)
{
    struct questions questions = {0};
    struct world world = {0};

    *two = (struct two){.plan = plan_new("test")};
    struct stage *stage = plan_stage(two->plan, "two", FAIL_STOPS);
    for (int i = 0; i < 2; i++) {
        struct step *step = stage_step(stage, TIER_ADDS, i == 0 ? "a" : "b", "a step");
        action_sql(&step->action, "leader", "a=1");
        probe_set(&step->proof, &probe_yes, "x", NULL);
        probe_set(&step->target, &probe_yes, "x", NULL);
        probe_set(step_need(step), &probe_yes, "x", NULL);
    }
    two->steps = stage->steps;
    two->ahead = (struct ahead){.steps = stage->steps, .n = 2};
    ahead_add(&two->ahead, &questions);
    assert_int_equal(questions.n, 6);
    questions_ask(&questions, &world);
}

static void forget(struct two *two)
{
    ahead_done(&two->ahead);
    plan_free(two->plan);
}

static void what_was_just_seen_is_taken_once(void **state)
{
    (void)state;
    struct two two;
    struct checks checks = {0};

    see_ahead(&two);
    assert_true(ahead_take(&two.ahead, two.steps[1], &checks));
    assert_int_equal(checks.proof.answer, ANSWER_YES);
    assert_int_equal(checks.needs[0].answer, ANSWER_YES);
    assert_string_equal(checks.target.text, "so it is");
    checks_done(&checks);
    assert_false(ahead_take(&two.ahead, two.steps[1], &checks));
    forget(&two);
}

static void what_was_seen_a_while_ago_is_not(void **state)
{
    (void)state;
    struct two two;
    struct checks checks = {0};

    see_ahead(&two);
    two.ahead.at = clock_ms() - 1500;
    assert_false(ahead_take(&two.ahead, two.steps[0], &checks));
    forget(&two);
}

static void what_could_not_be_told_is_not(void **state)
{
    (void)state;
    struct two two;
    struct checks checks = {0};

    see_ahead(&two);
    two.ahead.seen[0].target.answer = ANSWER_CANNOT_TELL;
    two.ahead.seen[1].needs[0].answer = ANSWER_CANNOT_TELL;
    assert_false(ahead_take(&two.ahead, two.steps[0], &checks));
    assert_false(ahead_take(&two.ahead, two.steps[1], &checks));
    forget(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_just_seen_is_taken_once),
        cmocka_unit_test(what_was_seen_a_while_ago_is_not),
        cmocka_unit_test(what_could_not_be_told_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

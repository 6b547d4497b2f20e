/* The plan up and the FE's own activation: off before anything, back when all is up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"
#include "kinds.h"

#define CHECKER "the FE's own activation"

static void the_checker_comes_back_last(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct plan *plan = plan_of(true, facts, NULL);
    const struct step *step = step_of(plan, "checker back");

    assert_string_equal(plan->stages[plan->n - 1]->name, CHECKER);
    assert_true(plan->stages[plan->n - 1]->follows);
    assert_string_equal(step->action.sql,
                        "ADMIN SET FRONTEND CONFIG (\"enable_mv_automatic_active_check\"=\"true\")");
    assert_int_equal(step->after.n, 5); /* only when every view came up */
    assert_before(step, "op", "setting back");
    plan_free(plan);

    /* Off before belay came: it stays off. */
    facts_checker_away(facts, "false");
    plan = plan_of(true, facts, NULL);
    assert_steps(plan, CHECKER, "-");
    plan_free(plan);

    /* Not taken away by belay at all. */
    json_object_clear(json_object_get(json_object_get(facts, "ledger"), "settings"));
    plan = plan_of(true, facts, NULL);
    assert_steps(plan, CHECKER, "-");
    plan_free(plan);
}

/* An FE that started since the views went down wakes views by itself again, and it must not do so before
 * all are up and proved. */
static void a_checker_that_a_restart_turned_on_is_off_first(void **state)
{
    (void)state;
    static const char again[] = "the FE's own activation, which a restarted FE turned on";
    AUTO_JSON *facts = facts_tree("3.3.5", true);
    struct view_choice some = {.except = "top"};
    struct view_choice none = {.except = "."};

    facts_checker_now(facts, "true");
    struct plan *plan = plan_of(true, facts, NULL);
    assert_string_equal(plan->stages[0]->name, again);
    assert_string_equal(step_of(plan, "checker off")->action.sql,
                        "ADMIN SET FRONTEND CONFIG (\"enable_mv_automatic_active_check\"=\"false\")");
    assert_string_equal(plan->stages[plan->n - 1]->name, CHECKER);
    for (size_t i = 0; i < plan->n_final; i++) /* it is on again by then */
        assert_string_equal(plan->final[i].kind->name, "view_active");
    plan_free(plan);
    plan = plan_of(true, facts, &some);
    assert_string_equal(plan->stages[0]->name, again);
    assert_true(has_line(&plan->left, "enable_mv_automatic_active_check: stays false until the last"));
    plan_free(plan);
    plan = plan_of(true, facts, &none); /* "stays false" must be true */
    assert_steps(plan, again, "checker off");
    assert_int_equal(plan_steps(plan), 1);
    plan_free(plan);

    facts_checker_now(facts, "false");
    plan = plan_of(true, facts, NULL);
    assert_steps(plan, again, "-");
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checker_comes_back_last),
        cmocka_unit_test(a_checker_that_a_restart_turned_on_is_off_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

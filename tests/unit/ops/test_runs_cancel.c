/* The plan cancel: plain or with FORCE, by what waits and by release; what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/runs.h>

#include "facts.h"

static void open_run(json_t *facts, const char *id, const char *state, bool forced)
{
    if (json_object_get(facts, "open") == NULL)
        json_put(facts, "open", json_array());
    json_array_append_new(json_object_get(facts, "open"),
                          json_pack("{s:s,s:s,s:b}", "id", id, "state", state, "forced", forced));
}

/* a.base has one running and one waiting, a.mid one running, a.top one waiting, a.alone none. */
static json_t *busy(const char *release, bool forced)
{
    json_t *facts = facts_tree(release, false);

    open_run(facts, "1", "RUNNING", forced);
    open_run(facts, "1", "PENDING", false);
    open_run(facts, "2", "RUNNING", false);
    open_run(facts, "3", "PENDING", false);
    return facts;
}

static struct plan *cancel(const json_t *facts, bool force, enum error_code code)
{
    AUTO_STRV names = {0};
    AUTO_ERROR err = {0};

    strv_add(&names, "a.base");
    strv_add(&names, "a.mid");
    strv_add(&names, "a.top");
    strv_add(&names, "a.alone");
    AUTO_JSON *whole = facts_whole(facts);
    struct plan *plan = runs_plan_cancel("mv cancel", whole, &names, force, &err);
    assert_int_equal(err.code, code);
    if (plan != NULL)
        plan_seal(plan);
    return plan;
}

static void assert_sql(const struct plan *plan, const char *id, const char *sql)
{
    assert_string_equal(step_of(plan, id)->action.sql, sql);
}

/* 3.3.14 and later: CANCEL alone ends what waits as well. */
static void no_force_where_it_is_not_needed(void **state)
{
    (void)state;
    AUTO_JSON *facts = busy("3.5.16", false);
    struct plan *plan = cancel(facts, false, ERR_NONE);

    assert_sql(plan, "cancel a.base", "CANCEL REFRESH MATERIALIZED VIEW `a`.`base`");
    assert_sql(plan, "cancel a.top", "CANCEL REFRESH MATERIALIZED VIEW `a`.`top`");
    assert_true(has_line(&plan->head, "Note     2 of them will not be in \\mv runs"));
    assert_int_equal(plan->head.n, 1);
    plan_free(plan);
    plan = cancel(facts, true, ERR_NONE);
    assert_sql(plan, "cancel a.mid", "CANCEL REFRESH MATERIALIZED VIEW `a`.`mid` FORCE");
    assert_true(has_line(&plan->head, "Note     4 of them will not be in \\mv runs"));
    plan_free(plan);
}

static void force_where_one_waits(void **state)
{
    (void)state;
    AUTO_JSON *facts = busy("3.3.3", true);
    struct plan *plan = cancel(facts, false, ERR_NONE);
    const struct step *step = step_of(plan, "cancel a.base");
    AUTO_STR words = {0};

    assert_steps(plan, "refreshes", "cancel a.base, cancel a.mid, cancel a.top");
    assert_sql(plan, "cancel a.base", "CANCEL REFRESH MATERIALIZED VIEW `a`.`base` FORCE");
    assert_sql(plan, "cancel a.mid", "CANCEL REFRESH MATERIALIZED VIEW `a`.`mid`");
    assert_sql(plan, "cancel a.top", "CANCEL REFRESH MATERIALIZED VIEW `a`.`top` FORCE");
    assert_true(has_line(&plan->head, "Note     3 of them will not be in \\mv runs"));
    assert_true(has_line(&plan->left, "a.alone: no refresh of it runs or waits"));
    assert_string_equal(step->undo.sql, "REFRESH MATERIALIZED VIEW `a`.`base`");
    probe_words(&step->target, &words);
    probe_words(&step->proof, &words);
    assert_string_equal(words.s, "view_is(a, base, 1)refresh_idle(mv-1)");
    assert_int_equal(plan_tier(plan), TIER_REVERSIBLE); /* it leaves the old data */
    plan_free(plan);
    plan = cancel(facts, true, ERR_NONE);
    assert_sql(plan, "cancel a.mid", "CANCEL REFRESH MATERIALIZED VIEW `a`.`mid` FORCE");
    plan_free(plan);
}

static void releases_without_force(void **state)
{
    (void)state;
    AUTO_JSON *facts = busy("3.0.9", false);
    AUTO_JSON *unknown = busy("nonsense", false);

    assert_null(cancel(facts, true, ERR_USAGE));
    assert_null(cancel(unknown, true, ERR_USAGE));
    struct plan *plan = cancel(facts, false, ERR_NONE);
    assert_sql(plan, "cancel a.base", "CANCEL REFRESH MATERIALIZED VIEW `a`.`base`");
    assert_true(has_line(&plan->head, "Note     a refresh of a.base waits, and CANCEL ends only one "
                         "that runs"));
    assert_true(has_line(&plan->head, "Note     a refresh of a.top waits"));
    assert_int_equal(plan->head.n, 2);
    plan_free(plan);
}

/* A forced refresh that has dropped the partitions must not just be ended. */
static void what_it_costs(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        bool forced;
        enum tier tier;
    } cases[] = {
        {"3.5.7", true, TIER_REVERSIBLE},   {"3.5.10", true, TIER_DISRUPTIVE},
        {"3.5.10", false, TIER_REVERSIBLE}, {"3.5.16", true, TIER_REVERSIBLE},
        {"4.0.3", true, TIER_DISRUPTIVE},   {"4.1.0", true, TIER_REVERSIBLE},
        {"nonsense", true, TIER_DISRUPTIVE},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_JSON *facts = busy(cases[i].release, cases[i].forced);
        struct plan *plan = cancel(facts, false, ERR_NONE);
        assert_int_equal(step_of(plan, "cancel a.base")->tier, cases[i].tier);
        assert_int_equal(step_of(plan, "cancel a.base")->note != NULL,
                         cases[i].tier == TIER_DISRUPTIVE);
        assert_int_equal(step_of(plan, "cancel a.mid")->tier, TIER_REVERSIBLE);
        plan_free(plan);
    }
}

/* REFRESH of an inactive view is refused. */
static void an_inactive_view_has_no_way_back(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);

    open_run(facts, "2", "RUNNING", false);
    struct plan *plan = cancel(facts, false, ERR_NONE);
    assert_steps(plan, "refreshes", "cancel a.mid");
    assert_int_equal(step_of(plan, "cancel a.mid")->undo.kind, ACTION_NONE);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(force_where_one_waits),
        cmocka_unit_test(no_force_where_it_is_not_needed),
        cmocka_unit_test(releases_without_force),
        cmocka_unit_test(what_it_costs),
        cmocka_unit_test(an_inactive_view_has_no_way_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

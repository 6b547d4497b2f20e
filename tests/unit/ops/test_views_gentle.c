/* The plans pause and resume: who is paused, who is not and why, by which releases, what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"

#define SCHEDULES "schedules"
#define HOURLY "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)"
#define DEFERRED "REFRESH DEFERRED ASYNC START(\"2027-01-01 00:00:00\") EVERY(INTERVAL 2 HOUR)"

typedef struct plan *planner(const char *, const json_t *, const struct view_choice *,
                             struct error *);

static struct plan *gentle(planner *make, const json_t *facts, const struct view_choice *choice)
{
    static const struct view_choice all = {0};
    AUTO_ERROR err = {0};
    AUTO_JSON *whole = facts_whole(facts);
    struct plan *plan = make("gentle", whole, choice != NULL ? choice : &all, &err);

    if (plan == NULL)
        fail_msg("%s", err.message);
    plan_seal(plan);
    return plan;
}

static void refused(planner *make, const json_t *facts, const char *name, enum error_code code,
                    const char *part)
{
    struct view_choice choice = {0};
    AUTO_ERROR err = {0};
    AUTO_JSON *whole = facts_whole(facts);

    if (name != NULL)
        strv_add(&choice.names, name);
    assert_null(make("gentle", whole, &choice, &err));
    if (err.code != code || strstr(err.message, part) == NULL)
        fail_msg("code %d: %s", err.code, err.message);
    strv_done(&choice.names);
}

/* belay paused it in run 8, and this was its clause. */
static void facts_paused(json_t *facts, const char *full, const char *id, const char *clause)
{
    json_t *ledger = json_object_get(facts, "ledger");

    if (json_object_get(ledger, "paused") == NULL)
        json_put(ledger, "paused", json_object());
    json_put(json_object_get(ledger, "paused"), id,
             json_pack("{s:s,s:s,s:s,s:s}", "key", full, "id", id, "run", "00008-x", "clause", clause));
}

static json_t *every_kind(const char *release)
{
    json_t *facts = facts_new(release);

    facts_view(facts, (struct fact){"a", "deferred", "1", NULL, NULL, DEFERRED, NULL, 0});
    facts_view(facts, (struct fact){"a", "down", "2", REASON_USER, NULL, HOURLY, NULL, 0});
    facts_view(facts, (struct fact){"a", "hidden", "3", NULL, NULL, "", NULL, 0});
    facts_view(facts, (struct fact){"a", "hostile", "4", NULL, NULL, HOURLY "; DROP TABLE t", NULL, 0});
    facts_view(facts, (struct fact){"a", "hourly", "5", NULL, NULL, HOURLY, NULL, 0});
    facts_view(facts, (struct fact){"a", "late", "6", NULL, NULL, "REFRESH DEFERRED ASYNC", NULL, 0});
    facts_view(facts, (struct fact){"a", "load", "7", NULL, NULL, "REFRESH ASYNC", NULL, 0});
    facts_view(facts, (struct fact){"a", "manual", "8", NULL, "MANUAL", "REFRESH MANUAL", NULL, 0});
    facts_view(facts, (struct fact){"a", "ours", "9", NULL, "MANUAL", "REFRESH MANUAL", NULL, 0});
    facts_paused(facts, "a.ours", "9", HOURLY);
    return facts;
}

/* --- pause ----------------------------------------------------------------------------------------- */

static void only_schedules_are_paused(void **state)
{
    (void)state;
    AUTO_JSON *facts = every_kind("3.3.3");
    struct plan *plan = gentle(views_plan_pause, facts, NULL);
    const struct strv *left = &plan->left;

    assert_steps(plan, SCHEDULES, "pause a.deferred, pause a.hourly");
    assert_true(has_line(left, "a.down: inactive before: " REASON_USER));
    assert_true(has_line(left, "a.hidden: not pausable: text in its comment or query"));
    assert_true(has_line(left, "a.hostile: not pausable: its refresh clause is not understood"));
    assert_true(has_line(left, "a.late: REFRESH DEFERRED ASYNC: not pausable: would run at once"));
    assert_true(has_line(left, "a.load: REFRESH ASYNC: not pausable: would run at once"));
    assert_true(has_line(left, "a.manual: REFRESH MANUAL: nothing to pause"));
    assert_true(has_line(left, "a.ours: paused already, by run 00008-x"));
    assert_int_equal(left->n, 7);
    assert_int_equal(plan_tier(plan), TIER_REVERSIBLE);
    /* One final proof for each view, changed or left. */
    assert_int_equal(plan->n_final, 9);
    assert_true(has_final(plan, "view_with(a, deferred, 1, REFRESH DEFERRED MANUAL)"));
    assert_true(has_final(plan, "view_with(a, hourly, 5, REFRESH MANUAL)"));
    assert_true(has_final(plan, "view_left(a, down, 2, inactive)"));
    assert_true(has_final(plan, "view_left(a, load, 7, active)"));
    plan_free(plan);
}

static void what_a_pause_is(void **state)
{
    (void)state;
    AUTO_JSON *facts = every_kind("4.1.0");
    struct plan *plan = gentle(views_plan_pause, facts, NULL);
    const struct step *step = step_of(plan, "pause a.deferred");
    AUTO_STR words = {0};

    assert_string_equal(step->action.sql, "ALTER MATERIALIZED VIEW `a`.`deferred` REFRESH MANUAL");
    assert_string_equal(step->action.where, "leader");
    assert_string_equal(step->undo.sql, "ALTER MATERIALIZED VIEW `a`.`deferred` " DEFERRED);
    probe_words(&step->target, &words);
    probe_words(&step->proof, &words);
    probe_words(&step->undo_proof, &words);
    assert_string_equal(words.s, "view_with(a, deferred, 1, " DEFERRED ")"
                                 "view_with(a, deferred, 1, REFRESH DEFERRED MANUAL)"
                                 "view_with(a, deferred, 1, " DEFERRED ")");
    assert_string_equal(json_str(step->before, "op"), "pause");
    assert_string_equal(json_str(step->before, "key"), "a.deferred");
    assert_string_equal(json_str(step->before, "id"), "1");
    assert_string_equal(json_str(step->before, "clause"), DEFERRED);
    assert_int_equal(step->group, 1);
    plan_free(plan);
}

static void what_cannot_be_paused_is_refused_by_name(void **state)
{
    (void)state;
    AUTO_JSON *facts = every_kind("3.3.3");
    struct view_choice choice = {0};

    refused(views_plan_pause, facts, "a.load", ERR_FAILED, "a.load: REFRESH ASYNC: not pausable");
    refused(views_plan_pause, facts, "a.late", ERR_FAILED, "would run at once on the way back");
    refused(views_plan_pause, facts, "a.hostile", ERR_FAILED, "not understood");
    refused(views_plan_pause, facts, "a.hidden", ERR_FAILED, "not pausable");
    refused(views_plan_pause, facts, "a.none", ERR_USAGE, "there is no asynchronous view a.none");
    /* Nothing to do is no error. */
    strv_add(&choice.names, "a.manual");
    strv_add(&choice.names, "a.hourly");
    struct plan *plan = gentle(views_plan_pause, facts, &choice);
    assert_steps(plan, SCHEDULES, "pause a.hourly");
    assert_int_equal(plan->left.n, 1);
    plan_free(plan);
    strv_done(&choice.names);
}

static void patterns_choose(void **state)
{
    (void)state;
    AUTO_JSON *facts = every_kind("3.3.3");
    struct plan *plan = gentle(views_plan_pause, facts,
                               &(struct view_choice){.only = "^a\\.", .except = "hourly"});

    assert_steps(plan, SCHEDULES, "pause a.deferred");
    assert_true(has_line(&plan->left, "a.hourly: not chosen"));
    assert_true(has_final(plan, "view_left(a, hourly, 5, active)"));
    plan_free(plan);
}

static void releases(void **state)
{
    (void)state;
    static const char *const before[] = {"2.5.16", "3.0.8", "3.1.5", "3.2.0"};
    static const char *const from[] = {"2.5.17", "3.0.9", "3.1.6", "3.2.1", "3.3.0", "3.4.8", "4.1.0"};

    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        AUTO_JSON *facts = every_kind(before[i]);
        AUTO_FREE char *says = str_format("not on %s: a changed refresh clause does not always take "
                                          "effect", before[i]);
        refused(views_plan_pause, facts, NULL, ERR_FAILED, says);
        refused(views_plan_resume, facts, NULL, ERR_FAILED, says);
    }
    for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
        AUTO_JSON *facts = every_kind(from[i]);
        struct plan *plan = gentle(views_plan_pause, facts, NULL);
        assert_int_equal(plan_steps(plan), 2);
        plan_free(plan);
    }
    AUTO_JSON *unknown = every_kind("nonsense");
    refused(views_plan_pause, unknown, NULL, ERR_FAILED, "it is not known here");
}

/* --- resume ---------------------------------------------------------------------------------------- */

static json_t *paused_views(const char *release)
{
    json_t *facts = facts_new(release);

    facts_view(facts, (struct fact){"a", "again", "1", NULL, NULL, "REFRESH MANUAL", NULL, 0});
    facts_view(facts, (struct fact){"a", "back", "2", NULL, NULL, HOURLY, NULL, 0});
    facts_view(facts, (struct fact){"a", "changed", "3", NULL, NULL, DEFERRED, NULL, 0});
    facts_view(facts, (struct fact){"a", "deferred", "4", NULL, NULL, "REFRESH DEFERRED MANUAL", NULL,
                                    0});
    facts_view(facts, (struct fact){"a", "hourly", "5", NULL, NULL, "REFRESH MANUAL", NULL, 0});
    facts_view(facts, (struct fact){"a", "users", "6", NULL, NULL, "REFRESH MANUAL", NULL, 0});
    facts_paused(facts, "a.again", "77", HOURLY);
    facts_paused(facts, "a.back", "2", HOURLY);
    facts_paused(facts, "a.changed", "3", HOURLY);
    facts_paused(facts, "a.deferred", "4", DEFERRED);
    facts_paused(facts, "a.gone", "7", HOURLY);
    facts_paused(facts, "a.hourly", "5", HOURLY);
    return facts;
}

static void only_what_belay_paused_comes_back(void **state)
{
    (void)state;
    AUTO_JSON *facts = paused_views("3.3.3");
    struct plan *plan = gentle(views_plan_resume, facts, NULL);

    /* a.back has its clause already: its step will find so, and the ledger forgets it. */
    assert_steps(plan, SCHEDULES, "resume a.back, resume a.deferred, resume a.hourly");
    assert_true(has_line(&plan->left, "a.again: the view that belay paused is gone; this is another "
                                      "one (id 1)"));
    assert_true(has_line(&plan->left, "a.changed: changed by somebody since belay paused it: "
                                      DEFERRED ", was " HOURLY));
    assert_true(has_line(&plan->left, "a.gone: paused by run 00008-x, and gone since"));
    assert_int_equal(plan->left.n, 3);
    assert_int_equal(plan_tier(plan), TIER_REVERSIBLE);
    assert_true(has_final(plan, "view_with(a, deferred, 4, " DEFERRED ")"));
    assert_true(has_final(plan, "refresh_quiet({newest refresh}, mv-4, " DEFERRED ", told, a.deferred)"));
    assert_true(has_final(plan, "view_left(a, users, 6, active)"));
    plan_free(plan);
    refused(views_plan_resume, facts, "a.users", ERR_DRIFT, "a.users was not paused by belay");
    refused(views_plan_resume, facts, "a.again", ERR_DRIFT, "a.again was not paused by belay");
    refused(views_plan_resume, facts, "a.changed", ERR_DRIFT, "changed by somebody");
}

static void a_renamed_view_gets_its_clause_too(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");

    facts_view(facts, (struct fact){"a", "new", "1", NULL, NULL, "REFRESH MANUAL", NULL, 0});
    facts_paused(facts, "a.old", "1", HOURLY);
    struct plan *plan = gentle(views_plan_resume, facts, NULL);
    assert_steps(plan, SCHEDULES, "resume a.new");
    assert_int_equal(plan->left.n, 0);
    plan_free(plan);
}

static void what_a_resume_is(void **state)
{
    (void)state;
    AUTO_JSON *facts = paused_views("4.1.0");
    struct plan *plan = gentle(views_plan_resume, facts, NULL);
    const struct step *step = step_of(plan, "resume a.deferred");
    AUTO_STR words = {0};

    assert_string_equal(step->action.sql, "ALTER MATERIALIZED VIEW `a`.`deferred` " DEFERRED);
    assert_string_equal(step->undo.sql, "ALTER MATERIALIZED VIEW `a`.`deferred` REFRESH MANUAL");
    probe_words(&step->target, &words);
    probe_words(&step->proof, &words);
    assert_string_equal(words.s, "view_with(a, deferred, 4, REFRESH DEFERRED MANUAL)"
                                 "view_with(a, deferred, 4, " DEFERRED ")");
    assert_string_equal(json_str(step->before, "op"), "resume");
    assert_string_equal(json_str(step->before, "key"), "a.deferred");
    assert_int_equal(step->n_slots, 1); /* what refreshes there were before it was sent */
    plan_free(plan);
}

/* A journal is only read by whom it was written, and yet: what goes into a statement is looked at. */
static void a_clause_that_is_none_is_not_sent(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");

    facts_view(facts, (struct fact){"a", "x", "1", NULL, NULL, "REFRESH MANUAL", NULL, 0});
    facts_paused(facts, "a.x", "1", HOURLY "; DROP TABLE t");
    struct plan *plan = gentle(views_plan_resume, facts, NULL);
    assert_int_equal(plan_steps(plan), 0);
    assert_true(has_line(&plan->left, "a.x: what the ledger holds is no clause with a schedule"));
    plan_free(plan);
}

static void views_that_are_down_are_told(void **state)
{
    (void)state;
    AUTO_JSON *forces = facts_new("3.5.16");
    AUTO_JSON *cheap = facts_new("4.1.0");
    json_t *const facts[] = {forces, cheap};

    for (size_t i = 0; i < 2; i++) {
        facts_view(facts[i], (struct fact){"a", "x", "1", REASON_USER, NULL, "REFRESH MANUAL", NULL, 0});
        facts_view(facts[i], (struct fact){"a", "y", "2", NULL, NULL, "REFRESH MANUAL", NULL, 0});
        facts_paused(facts[i], "a.x", "1", HOURLY);
        facts_paused(facts[i], "a.y", "2", HOURLY);
        facts_ledger(facts[i], "a.x", "1");
        struct plan *plan = gentle(views_plan_resume, facts[i], NULL);
        assert_int_equal(plan_steps(plan), 2);
        assert_int_equal(has_line(&plan->head, "Note     inactive: 1 of these 2 views; bring them up "
                                               "first (\\mv activate-all)"), i == 0);
        const struct step *down = stage_find(plan->stages[0], "resume a.x");
        assert_int_equal(down->tier, i == 0 ? TIER_DISRUPTIVE : TIER_REVERSIBLE);
        if (i == 0)
            assert_string_equal(down->note, "its ACTIVE then is a full refresh");
        else
            assert_null(down->note);
        assert_int_equal(stage_find(plan->stages[0], "resume a.y")->tier, TIER_REVERSIBLE);
        plan_free(plan);
    }
}

/* On 2.5 task_runs does not tell who asked for a refresh. */
static void old_releases_do_not_tell(void **state)
{
    (void)state;
    AUTO_JSON *facts = paused_views("2.5.22");
    struct plan *plan = gentle(views_plan_resume, facts, NULL);

    assert_true(has_final(plan, "refresh_quiet({newest refresh}, mv-5, " HOURLY
                                ", not told, a.hourly)"));
    plan_free(plan);
}

static void nothing_paused(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    struct plan *plan = gentle(views_plan_resume, facts, NULL);

    assert_int_equal(plan_steps(plan), 0);
    assert_int_equal(plan->n_final, 0);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_schedules_are_paused),
        cmocka_unit_test(what_a_pause_is),
        cmocka_unit_test(what_cannot_be_paused_is_refused_by_name),
        cmocka_unit_test(patterns_choose),
        cmocka_unit_test(releases),
        cmocka_unit_test(only_what_belay_paused_comes_back),
        cmocka_unit_test(a_renamed_view_gets_its_clause_too),
        cmocka_unit_test(what_a_resume_is),
        cmocka_unit_test(a_clause_that_is_none_is_not_sent),
        cmocka_unit_test(views_that_are_down_are_told),
        cmocka_unit_test(old_releases_do_not_tell),
        cmocka_unit_test(nothing_paused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The plan down: order, tiers by release, what is left and why, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"

#define VIEWS "views, leaves first"
#define CHECKER "the FE's own activation"
#define WAIT "running refreshes"

static void leaves_go_first(void **state)
{
    (void)state;
    static const char *const releases[] = {"3.3.3-312ed45", "3.5.10", "3.5.16", "4.1.0", "nonsense"};

    for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
        AUTO_JSON *facts = facts_tree(releases[i], false);
        struct plan *plan = plan_of(false, facts, NULL);
        assert_string_equal(plan->stages[0]->name, CHECKER);
        assert_steps(plan, VIEWS, "inactivate a.top, inactivate a.mid, inactivate b.other, "
                                  "inactivate a.alone, inactivate a.base");
        assert_after(plan, "inactivate a.top", "");
        assert_after(plan, "inactivate a.mid", "inactivate a.top");
        assert_after(plan, "inactivate a.base", "inactivate a.mid, inactivate b.other");
        assert_int_equal(step_of(plan, "inactivate a.top")->group, 3);
        assert_int_equal(step_of(plan, "inactivate a.mid")->group, 2);
        assert_int_equal(step_of(plan, "inactivate b.other")->group, 2);
        assert_int_equal(step_of(plan, "inactivate a.base")->group, 1);
        plan_free(plan);
    }
}

static void what_a_step_is(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    struct plan *plan = plan_of(false, facts, NULL);
    const struct step *step = step_of(plan, "inactivate a.mid");
    AUTO_STR words = {0};

    assert_string_equal(step->action.sql, "ALTER MATERIALIZED VIEW `a`.`mid` INACTIVE");
    assert_string_equal(step->action.where, "leader");
    assert_string_equal(step->undo.sql, "ALTER MATERIALIZED VIEW `a`.`mid` ACTIVE");
    probe_words(&step->target, &words);
    probe_words(&step->proof, &words);
    probe_words(&step->undo_proof, &words);
    assert_string_equal(words.s, "view_is(a, mid, 2)view_down(a, mid, 2, user)"
                                 "view_active(a, mid, 2)");
    assert_before(step, "op", "view down");
    assert_before(step, "key", "a.mid");
    assert_before(step, "id", "2");
    AUTO_JSON *before = step_before(step);
    assert_int_equal(json_object_size(before), 3); /* the rest is in the facts, once */
    assert_string_equal(plan->cluster, "kube-starrocks");
    plan_free(plan);
}

static void tiers_follow_the_release(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        enum tier tier;
        const char *note;
        const char *cost;
    } cases[] = {
        {"3.3.3", TIER_DISRUPTIVE, "full refresh",
         "Cost     on 3.3.3 the way back (ACTIVE) refreshes 4 of these 5 views in full; \\mv pause-all "
         "would not"},
        {"3.4.8", TIER_REVERSIBLE, NULL, "Cost     on 3.4.8 the way back (ACTIVE) forces no refresh"},
        {"3.5.10", TIER_DISRUPTIVE, "full refresh, empty meanwhile",
         "Cost     on 3.5.10 the way back (ACTIVE) refreshes 4 of these 5 views in full; they read "
         "empty meanwhile; \\mv pause-all would not"},
        {"3.5.16", TIER_DISRUPTIVE, "full refresh",
         "Cost     on 3.5.16 the way back (ACTIVE) refreshes 4 of these 5 views in full; \\mv pause-all "
         "would not"},
        {"4.1.0", TIER_REVERSIBLE, NULL, "Cost     on 4.1.0 the way back (ACTIVE) forces no refresh"},
        {"nonsense", TIER_DISRUPTIVE, "full refresh",
         "Cost     what ACTIVE does on unknown release is not known here: taken as a full refresh of "
         "4 of these 5 views"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_JSON *facts = facts_tree(cases[i].release, false);
        struct plan *plan = plan_of(false, facts, NULL);
        const struct step *step = step_of(plan, "inactivate a.base");
        assert_int_equal(step->tier, cases[i].tier);
        if (cases[i].note != NULL)
            assert_string_equal(step->undo_note, cases[i].note);
        else
            assert_null(step->undo_note);
        /* A MANUAL view is refreshed by no ACTIVE. */
        assert_int_equal(step_of(plan, "inactivate a.alone")->tier, TIER_REVERSIBLE);
        assert_null(step_of(plan, "inactivate a.alone")->undo_note);
        assert_int_equal(step_of(plan, "checker off")->tier, TIER_REVERSIBLE);
        assert_string_equal(plan->head.v[0], cases[i].cost);
        plan_free(plan);
    }
}

static void the_gentler_way_is_offered(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    AUTO_JSON *old = facts_tree("3.2.0", false);
    struct view_choice choice = {0};

    /* a.top is refreshed on load: it cannot be paused so. */
    json_t *top = json_array_get(json_object_get(json_object_get(facts, "views"), "views"), 3);
    json_put_str(top, "clause", "REFRESH ASYNC");
    struct plan *plan = plan_of(false, facts, NULL);
    assert_string_equal(plan->head.v[0], "Cost     on 3.3.3 the way back (ACTIVE) refreshes 4 of these "
                                         "5 views in full; \\mv pause-all would not, for 3 of them");
    plan_free(plan);
    strv_add(&choice.names, "b.other");
    plan = plan_of(false, facts, &choice);
    assert_string_equal(plan->head.v[0], "Cost     on 3.3.3 the way back (ACTIVE) refreshes this view "
                                         "in full; \\mv pause would not");
    plan_free(plan);
    strv_done(&choice.names);
    strv_add(&choice.names, "a.top");
    plan = plan_of(false, facts, &choice);
    assert_string_equal(plan->head.v[0], "Cost     on 3.3.3 the way back (ACTIVE) refreshes this view "
                                         "in full");
    plan_free(plan);
    strv_done(&choice.names);
    /* Where it does not always take effect, it is not offered. */
    plan = plan_of(false, old, NULL);
    assert_string_equal(plan->head.v[0], "Cost     on 3.2.0 the way back (ACTIVE) refreshes 4 of these "
                                         "5 views in full");
    plan_free(plan);
}

static void refreshes_that_run_are_cancelled_when_asked(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    AUTO_JSON *kills = facts_tree("3.4.8", false);
    struct view_choice choice = {.cancel = true};
    struct plan *plan = plan_of(false, facts, &choice);
    const struct step *step = step_of(plan, "cancel a.mid");

    assert_steps(plan, "refreshes that run, cancelled", "cancel a.alone, cancel a.base, cancel a.mid, "
                                                        "cancel a.top, cancel b.other");
    assert_after(plan, "cancel a.mid", "inactivate a.mid"); /* no other can begin by then */
    assert_string_equal(step->action.sql, "CANCEL REFRESH MATERIALIZED VIEW `a`.`mid`");
    assert_int_equal(step->undo.kind, ACTION_NONE);
    assert_string_equal(plan->stages[2]->name, "refreshes that run, cancelled");
    assert_true(plan->stages[2]->follows);
    assert_steps(plan, WAIT, "refreshes end"); /* what does not end when told is waited for */
    plan_free(plan);
    plan = plan_of(false, kills, &choice);
    assert_steps(plan, "refreshes that run, cancelled", "-");
    assert_true(has_line(&plan->head, "Note     --cancel adds nothing: on 3.4.8 INACTIVE ends"));
    plan_free(plan);
}

static void what_else_follows_the_release(void **state)
{
    (void)state;
    AUTO_JSON *old = facts_tree("3.3.3", false);
    AUTO_JSON *new = facts_tree("4.1.0", false);
    AUTO_JSON *oldest = facts_tree("3.0.9", false);
    struct plan *plan = plan_of(false, old, NULL);

    assert_steps(plan, WAIT, "refreshes end"); /* a refresh goes on over INACTIVE */
    AUTO_STR words = {0};
    probe_words(&step_of(plan, "refreshes end")->proof, &words);
    assert_string_equal(words.s, "refresh_idle(mv-5, mv-1, mv-2, mv-3, mv-4)");
    assert_true(plan->stages[2]->follows);
    assert_true(has_final(plan, "view_down(a, base, 1, user)"));
    /* An FE that restarts meanwhile forgets its setting. */
    assert_true(has_final(plan, "setting(enable_mv_automatic_active_check, false, "
                                "kube-starrocks-fe-0.kube-starrocks-fe-search.sr.svc, "
                                "kube-starrocks-fe-1.kube-starrocks-fe-search.sr.svc, "
                                "kube-starrocks-fe-2.kube-starrocks-fe-search.sr.svc)"));
    assert_int_equal(plan->n_final, 6);
    plan_free(plan);

    plan = plan_of(false, new, NULL);
    assert_steps(plan, WAIT, "-"); /* INACTIVE ends it */
    assert_true(has_final(plan, "view_down(a, base, 1, cascade)"));
    assert_true(has_final(plan, "view_lasting(a, base, 1)"));
    assert_int_equal(plan->n_final, 11);
    assert_true(has_line(&plan->head, "Note     on 4.1.0 INACTIVE of a base takes its dependants"));
    plan_free(plan);

    plan = plan_of(false, oldest, NULL);
    assert_steps(plan, CHECKER, "-"); /* that FE does not activate by itself */
    plan_free(plan);
}

static void the_checker_goes_off_first(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    const char *host = "kube-starrocks-fe-2.kube-starrocks-fe-search.sr.svc";

    json_object_del(json_object_get(facts, "checker"), host);
    json_put_str(json_object_get(facts, "checker_unread"), host, "not alive");
    struct plan *plan = plan_of(false, facts, NULL);
    const struct step *step = step_of(plan, "checker off");
    AUTO_STR words = {0};
    assert_string_equal(step->action.sql,
                        "ADMIN SET FRONTEND CONFIG (\"enable_mv_automatic_active_check\"=\"false\")");
    assert_string_equal(step->undo.sql,
                        "ADMIN SET FRONTEND CONFIG (\"enable_mv_automatic_active_check\"=\"true\")");
    probe_words(&step->proof, &words);
    assert_string_equal(words.s, "setting(enable_mv_automatic_active_check, false, "
                                 "kube-starrocks-fe-0.kube-starrocks-fe-search.sr.svc, "
                                 "kube-starrocks-fe-1.kube-starrocks-fe-search.sr.svc)");
    assert_true(has_line(&plan->left, "FE kube-starrocks-fe-2: its setting cannot be read back: "
                                      "not alive"));
    assert_before(step, "op", "setting away");
    plan_free(plan);

    /* Off already by an earlier run: what it was before is what the ledger says. */
    facts_checker_away(facts, "true");
    json_put_str(json_object_get(facts, "checker"),
                 "kube-starrocks-fe-1.kube-starrocks-fe-search.sr.svc", "false");
    plan = plan_of(false, facts, NULL);
    assert_non_null(strstr(step_of(plan, "checker off")->undo.sql, "\"true\""));
    plan_free(plan);
}

/* --- what is left ------------------------------------------------------------------------------ */

static void what_is_down_already_is_left(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");

    facts_view(facts, (struct fact){"a", "broken", "1", "base-table dropped: x", NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "ours", "2", REASON_USER, NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "up", "3", NULL, NULL, NULL, NULL, 0});
    facts_ledger(facts, "a.ours", "2");
    json_put_int(json_object_get(facts, "views"), "synchronous", 2);
    struct plan *plan = plan_of(false, facts, NULL);
    assert_steps(plan, VIEWS, "inactivate a.up");
    assert_int_equal(plan->left.n, 3);
    assert_string_equal(plan->left.v[0], "a.broken: inactive before: base-table dropped: x");
    assert_string_equal(plan->left.v[1], "a.ours: down already, since run 00007-x");
    assert_true(has_line(&plan->left, "2 synchronous views"));
    assert_true(has_final(plan, "view_left(a, broken, 1, inactive)"));
    assert_true(has_final(plan, "view_left(a, ours, 2, inactive)"));
    plan_free(plan);
}

/* An FE that restarts reads its configuration anew: the step must come again, without any view. */
static void what_a_restarted_fe_forgot_is_set_again(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.5.16", true);

    json_put_str(json_object_get(facts, "checker"),
                 "kube-starrocks-fe-2.kube-starrocks-fe-search.sr.svc", "true");
    struct plan *plan = plan_of(false, facts, NULL);
    assert_steps(plan, CHECKER, "checker off");
    assert_int_equal(plan_steps(plan), 1);
    assert_true(has_line(&plan->head, "Note     an FE restarted and activates by itself again"));
    plan_free(plan);
    /* Not belay's to turn off when belay has it back. */
    json_object_clear(json_object_get(json_object_get(facts, "ledger"), "settings"));
    plan = plan_of(false, facts, NULL);
    assert_int_equal(plan_steps(plan), 0);
    plan_free(plan);
}

static void nothing_to_take_down(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);

    struct plan *plan = plan_of(false, facts, NULL);
    assert_int_equal(plan_steps(plan), 0);
    assert_int_equal(plan->n_final, 0);
    plan_free(plan);
}

/* b.over is active over an inactive base that is left: INACTIVE would have no way back. */
static json_t *over_a_left_base(const char *release)
{
    json_t *facts = facts_new(release);

    facts_view(facts, (struct fact){"a", "broken", "1", "base-table dropped: x", NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "ground", "2", NULL, NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "whole", "3", NULL, NULL, NULL, "a.ground", 1});
    facts_view(facts, (struct fact){"b", "over", "4", NULL, NULL, NULL, "a.broken,a.whole", 2});
    facts_view(facts, (struct fact){"c", "free", "5", NULL, NULL, NULL, NULL, 0});
    return facts;
}

static void a_view_that_could_not_come_back_stays(void **state)
{
    (void)state;
    AUTO_JSON *facts = over_a_left_base("3.3.3");
    struct plan *plan = plan_of(false, facts, NULL);
    struct view_choice named = {0};

    assert_steps(plan, VIEWS, "inactivate a.whole, inactivate a.ground, inactivate c.free");
    assert_true(has_line(&plan->left, "b.over: active over a.broken, which is inactive: INACTIVE would "
                                      "have no way back, so it stays up until an FE starts; \\mv pause "
                                      "b.over stops its schedule"));
    assert_true(has_final(plan, "view_left(b, over, 4, active)"));
    plan_free(plan);
    strv_add(&named.names, "b.over");
    assert_no_plan(false, facts, &named, ERR_DRIFT, "b.over is not taken down: its base a.broken");
    strv_done(&named.names);

    /* Where belay took the base down, activate-all brings both up again. */
    facts_ledger(facts, "a.broken", "1");
    plan = plan_of(false, facts, NULL);
    assert_steps(plan, VIEWS, "inactivate b.over, inactivate a.whole, inactivate a.ground, "
                              "inactivate c.free");
    plan_free(plan);
}

/* What stands on such a view is no better off: the next start of an FE takes that one down. */
static void what_an_fe_start_would_strand_stays(void **state)
{
    (void)state;
    AUTO_JSON *facts = over_a_left_base("3.3.5");
    struct view_choice named = {0};

    facts_view(facts, (struct fact){"d", "higher", "6", NULL, NULL, NULL, "b.over", 3});
    facts_view(facts, (struct fact){"d", "highest", "7", NULL, NULL, "REFRESH ASYNC", "d.higher", 4});
    struct plan *plan = plan_of(false, facts, NULL);
    assert_steps(plan, VIEWS, "inactivate a.whole, inactivate a.ground, inactivate c.free");
    assert_true(has_line(&plan->left, "d.higher: active over b.over, which the next start of an FE takes "
                                      "down: INACTIVE would have no way back then, so it stays up till then; "
                                      "\\mv pause d.higher stops its schedule"));
    assert_true(has_line(&plan->left, "d.highest: active over d.higher, which the next start"));
    assert_true(has_final(plan, "view_left(d, highest, 7, active)"));
    plan_free(plan);

    strv_add(&named.names, "d.higher"); /* as long as no FE starts there is a way back */
    plan = plan_of(false, facts, &named);
    assert_steps(plan, VIEWS, "inactivate d.higher");
    assert_true(has_line(&plan->head, "Note     the next start of an FE takes b.over down, which stands "
                                      "on an inactive view: from then on ACTIVE of d.higher is refused"));
    plan_free(plan);
    strv_done(&named.names);
}

/* On releases with the cascade, INACTIVE of its other bases would take it down for good. */
static void the_cascade_must_not_reach_it(void **state)
{
    (void)state;
    AUTO_JSON *facts = over_a_left_base("4.1.0");
    AUTO_JSON *unknown = over_a_left_base("nonsense");
    struct plan *plan = plan_of(false, facts, NULL);

    assert_steps(plan, VIEWS, "inactivate c.free");
    assert_true(has_line(&plan->left, "a.whole: stays up: on this release INACTIVE would take b.over "
                                      "down with it; \\mv pause a.whole stops its schedule"));
    assert_true(has_line(&plan->left, "a.ground: stays up: on this release INACTIVE would take "
                                      "a.whole down with it"));
    assert_true(has_final(plan, "view_left(a, ground, 2, active)"));
    assert_true(has_final(plan, "view_left(b, over, 4, active)"));
    plan_free(plan);
    plan = plan_of(false, unknown, NULL); /* the careful side */
    assert_steps(plan, VIEWS, "inactivate c.free");
    plan_free(plan);
}

/* --- choice ----------------------------------------------------------------------------------- */

static void patterns_choose(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    AUTO_JSON *cascade = facts_tree("4.1.0", false);
    struct plan *plan = plan_of(false, facts, &(struct view_choice){.only = "^a\\.", .except = "base"});

    assert_steps(plan, VIEWS, "inactivate a.top, inactivate a.mid, inactivate a.alone");
    assert_true(has_line(&plan->left, "a.base: not chosen"));
    assert_true(has_line(&plan->left, "b.other: not chosen"));
    assert_string_equal(plan->head.v[0], /* of those chosen */
                        "Cost     on 3.3.3 the way back (ACTIVE) refreshes 2 of these 3 views in full; "
                        "\\mv pause-all would not");
    plan_free(plan);
    plan = plan_of(false, facts, &(struct view_choice){.except = "top"});
    assert_steps(plan, VIEWS, "inactivate b.other, inactivate a.alone");
    assert_true(has_line(&plan->left, "a.mid: stays up: the next start of an FE would take a.top down "
                                      "with it; \\mv pause a.mid stops its schedule"));
    plan_free(plan);
    plan = plan_of(false, cascade, &(struct view_choice){.except = "top"});
    /* nothing goes down that the ledger does not know */
    assert_steps(plan, VIEWS, "inactivate b.other, inactivate a.alone");
    assert_true(has_final(plan, "view_left(a, top, 3, active)"));
    plan_free(plan);
    assert_no_plan(false, facts, &(struct view_choice){.only = "A\\.", .except = "z"}, ERR_USAGE,
                   "--only A\\. --except z chooses none of 5 views");
    assert_no_plan(false, facts, &(struct view_choice){.only = "("}, ERR_USAGE, "");
    assert_no_plan(false, facts, &(struct view_choice){.except = "["}, ERR_USAGE, "");
}

static void names_choose(void **state)
{
    (void)state;
    AUTO_JSON *old = facts_tree("3.3.3", false);
    AUTO_JSON *new = facts_tree("4.1.0", false);
    struct view_choice choice = {0};

    strv_add(&choice.names, "a.base");
    struct plan *plan = plan_of(false, old, &choice);
    assert_steps(plan, VIEWS, "inactivate a.base");
    assert_true(has_line(&plan->head, "Note     these stay active over a base that goes down: their "
                                      "refreshes will fail, and the next start of an FE takes them "
                                      "down: a.mid, b.other, a.top"));
    assert_int_equal(plan->left.n, 0);
    plan_free(plan);
    assert_no_plan(false, new, &choice, ERR_USAGE,
                   "takes these down with their base: a.mid, b.other, a.top"); /* all at once */
    strv_add(&choice.names, "a.mid");
    strv_add(&choice.names, "b.other");
    strv_add(&choice.names, "a.top");
    plan = plan_of(false, new, &choice);
    assert_steps(plan, VIEWS, "inactivate a.top, inactivate a.mid, inactivate b.other, "
                              "inactivate a.base");
    plan_free(plan);
    strv_done(&choice.names);
    strv_add(&choice.names, "a.Base"); /* case matters */
    assert_no_plan(false, new, &choice, ERR_USAGE, "there is no asynchronous view a.Base");
    strv_done(&choice.names);
}

/* --- hostile names and damaged facts ------------------------------------------------------------ */

static void hostile_names(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");

    facts_view(facts, (struct fact){"a", "it's; DROP TABLE x --", "1", NULL, NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "new\nline \"quoted\"", "2", NULL, NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "top-\xe5\xba\x93", "3", NULL, NULL, NULL, NULL, 0});
    struct plan *plan = plan_of(false, facts, NULL);
    assert_string_equal(step_of(plan, "inactivate a.it's; DROP TABLE x --")->action.sql,
                        "ALTER MATERIALIZED VIEW `a`.`it's; DROP TABLE x --` INACTIVE");
    assert_string_equal(step_of(plan, "inactivate a.new\nline \"quoted\"")->action.sql,
                        "ALTER MATERIALIZED VIEW `a`.`new\nline \"quoted\"` INACTIVE");
    assert_string_equal(step_of(plan, "inactivate a.top-\xe5\xba\x93")->action.sql,
                        "ALTER MATERIALIZED VIEW `a`.`top-\xe5\xba\x93` INACTIVE");
    plan_free(plan);
    facts_view(facts, (struct fact){"b", "x` ACTIVE; DROP TABLE y; --", "4", NULL, NULL, NULL, NULL,
                                    0});
    assert_no_plan(false, facts, NULL, ERR_FAILED, "backtick");
}

static void damaged_facts(void **state)
{
    (void)state;
    AUTO_JSON *none = json_object();
    AUTO_JSON *no_views = facts_new("3.3.3");
    AUTO_JSON *unsorted = facts_new("3.3.3");
    AUTO_JSON *no_base = facts_new("3.3.3");
    AUTO_JSON *circle = facts_new("3.3.3");
    AUTO_JSON *high = facts_new("3.3.3");
    AUTO_JSON *odd = facts_new("3.3.3");

    assert_no_plan(false, none, NULL, ERR_VERDICT, "no frontends");
    json_object_del(no_views, "views");
    assert_no_plan(false, no_views, NULL, ERR_VERDICT, "no views");
    facts_view(unsorted, (struct fact){"b", "b", "1", NULL, NULL, NULL, NULL, 0});
    facts_view(unsorted, (struct fact){"a", "a", "2", NULL, NULL, NULL, NULL, 0});
    assert_no_plan(false, unsorted, NULL, ERR_VERDICT, "damaged");
    facts_view(no_base, (struct fact){"a", "a", "1", NULL, NULL, NULL, "a.gone", 1});
    facts_view(no_base, (struct fact){"b", "b", "2", NULL, NULL, NULL, NULL, 0});
    assert_no_plan(false, no_base, NULL, ERR_VERDICT, "damaged");
    assert_no_plan(true, no_base, NULL, ERR_VERDICT, "damaged");
    facts_view(circle, (struct fact){"a", "a", "1", NULL, NULL, NULL, "b.b", 1});
    facts_view(circle, (struct fact){"b", "b", "2", NULL, NULL, NULL, "a.a", 1});
    assert_no_plan(false, circle, NULL, ERR_VERDICT, "damaged");
    facts_view(high, (struct fact){"a", "a", "1", NULL, NULL, NULL, NULL, 2000000000});
    assert_no_plan(false, high, NULL, ERR_VERDICT, "damaged");
    json_array_append_new(json_object_get(facts_view(odd, (struct fact){"a", "a", "1", NULL, NULL,
                                                                        NULL, NULL, 0}), "bases"),
                          json_integer(7));
    assert_no_plan(false, odd, NULL, ERR_VERDICT, "damaged");
}

/* --- digests ---------------------------------------------------------------------------------- */

static void digests(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    AUTO_JSON *later = facts_tree("3.3.3", false);
    struct plan *one = plan_of(false, facts, NULL);
    json_t *frontends = json_object_get(json_object_get(later, "cluster"), "frontends");

    /* Another leader, later: the same plan. */
    json_put_int(json_object_get(later, "cluster"), "leader", 2);
    json_put_str(json_array_get(frontends, 1), "role", "FOLLOWER");
    json_put_str(json_array_get(frontends, 2), "role", "LEADER");
    json_put_int(json_array_get(frontends, 2), "journal_id", 999999);
    json_put_str(json_array_get(json_object_get(json_object_get(later, "views"), "views"), 0),
                 "last_finished", "2026-11-24 06:00:00");
    struct plan *other = plan_of(false, later, NULL);
    assert_string_equal(one->digest, other->digest);
    plan_free(other);

    /* A view made again: another. */
    json_put_str(json_array_get(json_object_get(json_object_get(later, "views"), "views"), 0), "id",
                 "99");
    other = plan_of(false, later, NULL);
    assert_string_not_equal(one->digest, other->digest);
    plan_free(other);

    /* Another release, another name of the cluster: another. */
    AUTO_JSON *new = facts_tree("3.3.4", false);
    other = plan_of(false, new, NULL);
    assert_string_not_equal(one->digest, other->digest);
    plan_free(other);
    plan_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_go_first),
        cmocka_unit_test(what_a_step_is),
        cmocka_unit_test(tiers_follow_the_release),
        cmocka_unit_test(what_else_follows_the_release),
        cmocka_unit_test(the_gentler_way_is_offered),
        cmocka_unit_test(refreshes_that_run_are_cancelled_when_asked),
        cmocka_unit_test(the_checker_goes_off_first),
        cmocka_unit_test(what_is_down_already_is_left),
        cmocka_unit_test(nothing_to_take_down),
        cmocka_unit_test(what_a_restarted_fe_forgot_is_set_again),
        cmocka_unit_test(a_view_that_could_not_come_back_stays),
        cmocka_unit_test(what_an_fe_start_would_strand_stays),
        cmocka_unit_test(the_cascade_must_not_reach_it),
        cmocka_unit_test(patterns_choose),
        cmocka_unit_test(names_choose),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(damaged_facts),
        cmocka_unit_test(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

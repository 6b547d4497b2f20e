/* The plan up: only what the ledger took down, bases first, the FE's own activation last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"
#include "kinds.h"

#define LEFT "left as found"
#define HELD "pauses of users, held"
#define PAUSES "pauses of users, put back"
#define CHECKER "the FE's own activation"

static json_t *view_of(json_t *facts, const char *name)
{
    json_t *view;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(facts, "views"), "views"), i, view)
    {
        if (str_equal(json_str(view, "name"), name))
            return view;
    }
    fail_msg("no view %s", name);
    return NULL;
}

/* What comes up, in its order, whatever the waves. */
static void assert_activates(const struct plan *plan, const char *expected)
{
    AUTO_STR text = {0};

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const char *id = plan->stages[i]->steps[k]->id;
            if (str_starts(id, "activate "))
                str_addf(&text, "%s%s", text.len > 0 ? ", " : "", id);
        }
    }
    assert_string_equal(str_text(&text), expected);
}

static void bases_go_first(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct plan *plan = plan_of(true, facts, NULL);
    AUTO_STR words = {0};

    assert_activates(plan, "activate a.alone, activate a.base, activate a.mid, activate b.other, "
                              "activate a.top");
    assert_after(plan, "activate a.base", "");
    assert_after(plan, "activate a.mid", "activate a.base");
    assert_after(plan, "activate a.top", "activate a.mid");
    assert_int_equal(step_of(plan, "activate a.base")->group, 1);
    assert_int_equal(step_of(plan, "activate a.top")->group, 3);
    const struct step *step = step_of(plan, "activate a.mid");
    assert_string_equal(step->action.sql, "ALTER MATERIALIZED VIEW `a`.`mid` ACTIVE");
    assert_string_equal(step->undo.sql, "ALTER MATERIALIZED VIEW `a`.`mid` INACTIVE");
    assert_before(step, "op", "view up");
    assert_before(step, "key", "a.mid");
    probe_words(&step->proof, &words);
    assert_string_equal(words.s, "view_active(a, mid, 2)");
    assert_int_equal(plan->n_final, 5);
    assert_steps(plan, LEFT, "-");
    plan_free(plan);
}

/* --- waves -------------------------------------------------------------------------------------- */

static void assert_wait(const struct plan *plan, const char *id, const char *expected)
{
    const struct step *step = step_of(plan, id);
    AUTO_STR words = {0};

    assert_int_equal(step->action.kind, ACTION_NONE);
    assert_int_equal(step->tier, TIER_ADDS);
    assert_true(step->proof_ms >= 3600 * 1000);
    probe_words(&step->proof, &words);
    assert_string_equal(words.s, expected);
}

static void a_wave_holds_views_of_one_level(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct plan *plan = plan_of(true, facts, NULL);

    assert_steps(plan, "wave 1 of 3, level 0", "room for wave 1, activate a.alone, activate a.base");
    assert_steps(plan, "wave 2 of 3, level 1", "room for wave 2, activate a.mid, activate b.other");
    assert_steps(plan, "wave 3 of 3, level 2", "room for wave 3, activate a.top");
    assert_wait(plan, "room for wave 1",
                "refresh_room(room for wave 1, 4, 0, {open before wave 1}, {newest run}, )");
    /* What the wave before began must not fail. */
    assert_wait(plan, "room for wave 3",
                "refresh_room(room for wave 3, 4, 0, {open before wave 3}, {newest run}, room for wave 2, mv-2, a.mid, "
                "mv-4, b.other)");
    assert_int_equal(plan->stages[1]->on_failure, FAIL_SKIPS_DEPENDENTS);
    assert_true(plan->stages[1]->follows);
    plan_free(plan);
}

static void waves_are_as_large_as_one_says(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("4.1.0");
    struct view_choice choice = {.wave = 3, .max_running = 7, .max_failed = 2};
    size_t waits = 0;

    for (int i = 100; i < 170; i++) {
        AUTO_FREE char *name = str_format("v%d", i);
        AUTO_FREE char *full = str_format("a.v%d", i);
        AUTO_FREE char *id = str_format("%d", i);
        facts_view(facts, (struct fact){"a", name, id, REASON_USER, NULL, NULL, NULL, 0});
        facts_ledger(facts, full, id);
    }
    struct plan *plan = plan_of(true, facts, NULL);
    assert_int_equal(plan->stages[0]->n, 65);
    assert_string_equal(plan->stages[1]->name, "wave 2 of 2, level 0");
    assert_int_equal(plan->stages[1]->n, 7);
    struct plan *other = plan_of(true, facts, &choice);
    assert_string_equal(other->stages[23]->name, "wave 24 of 24, level 0");
    assert_int_equal(other->stages[23]->n, 2);
    assert_string_not_equal(plan->digest, other->digest);
    for (size_t i = 0; i < other->n; i++) {
        for (size_t k = 0; k < other->stages[i]->n; k++)
            waits += other->stages[i]->steps[k]->proof.kind == &probe_refresh_room;
    }
    assert_int_equal(waits, 24);
    assert_string_equal(other->stages[1]->steps[0]->proof.args.v[1], "7");
    assert_string_equal(other->stages[1]->steps[0]->proof.args.v[2], "2");
    plan_free(other);
    plan_free(plan);
}

static void the_checker_waits_for_the_last_view(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct view_choice choice = {.except = "top"};
    struct plan *plan = plan_of(true, facts, &choice);

    assert_activates(plan, "activate a.alone, activate a.base, activate a.mid, activate b.other");
    assert_steps(plan, CHECKER, "-");
    assert_true(has_line(&plan->left, "enable_mv_automatic_active_check: stays false until the last"));
    plan_free(plan);
}

static void tiers_follow_the_release(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        enum tier tier;
        const char *note;
        const char *proof;
    } cases[] = {{"3.3.3", TIER_DISRUPTIVE, "full refresh", "view_down(a, base, 1, user)"},
                 {"3.5.10", TIER_NO_RETURN, "full refresh, empty meanwhile",
                  "view_down(a, base, 1, user)"},
                 {"3.5.16", TIER_DISRUPTIVE, "full refresh", "view_down(a, base, 1, user)"},
                 {"4.1.0", TIER_REVERSIBLE, NULL, "view_down(a, base, 1, cascade)"},
                 {"nonsense", TIER_DISRUPTIVE, "full refresh", "view_down(a, base, 1, cascade)"}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_JSON *facts = facts_tree(cases[i].release, true);
        AUTO_STR words = {0};
        struct plan *plan = plan_of(true, facts, NULL);
        const struct step *step = step_of(plan, "activate a.base");
        assert_int_equal(step->tier, cases[i].tier);
        if (cases[i].note != NULL)
            assert_string_equal(step->note, cases[i].note);
        else
            assert_null(step->note);
        probe_words(&step->undo_proof, &words);
        assert_string_equal(words.s, cases[i].proof);
        assert_int_equal(step_of(plan, "activate a.alone")->tier, TIER_REVERSIBLE); /* MANUAL */
        plan_free(plan);
    }
}

/* --- only what belay took down ------------------------------------------------------------------ */

static void what_others_took_down_is_left(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct view_choice named = {0};

    facts_unledger(facts, "5");
    facts_ledger(facts, "z.gone", "77");
    struct plan *plan = plan_of(true, facts, NULL);
    assert_activates(plan, "activate a.base, activate a.mid, activate b.other, activate a.top");
    assert_steps(plan, LEFT, "still inactive a.alone");
    assert_string_equal(plan->stages[3]->name, LEFT);
    assert_true(plan->stages[3]->follows);
    assert_true(has_line(&plan->left, "a.alone: inactive, not by belay: " REASON_USER));
    assert_true(has_line(&plan->left, "z.gone: taken down by run 00007-x, and gone since"));
    assert_true(has_final(plan, "view_left(a, alone, 5, inactive)"));
    /* The FE must not activate by itself again before that is proved. */
    assert_true(strv_has(&step_of(plan, "checker back")->after, "still inactive a.alone"));
    plan_free(plan);
    strv_add(&named.names, "a.alone");
    assert_no_plan(true, facts, &named, ERR_DRIFT, "a.alone was not taken down by belay");
    strv_done(&named.names);
}

/* What belay took down and is not chosen now is not said to be somebody else's. */
static void what_is_not_chosen_is_told_apart(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct view_choice choice = {.except = "alone"};

    facts_unledger(facts, "4");
    struct plan *plan = plan_of(true, facts, &choice);
    assert_true(has_line(&plan->left, "a.alone: not chosen; down since run 00007-x"));
    assert_true(has_line(&plan->left, "b.other: inactive, not by belay: " REASON_USER));
    plan_free(plan);
}

/* Nothing comes up: no run is made only to prove that nothing changed. */
static void nothing_up_is_no_plan(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct view_choice choice = {.except = "."};
    struct plan *plan = plan_of(true, facts, &choice);

    assert_int_equal(plan_steps(plan), 0);
    assert_int_equal(plan->n_final, 0);
    assert_true(has_line(&plan->left, "a.alone: not chosen; down since run 00007-x"));
    assert_true(has_line(&plan->head, "Note     5 views that belay took down stay down after this"));
    plan_free(plan);
}

static void a_view_made_again_is_another(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct view_choice named = {0};

    json_put_str(view_of(facts, "top"), "id", "99");
    struct plan *plan = plan_of(true, facts, NULL);
    assert_activates(plan, "activate a.alone, activate a.base, activate a.mid, activate b.other");
    assert_true(has_line(&plan->left, "a.top: the view that belay took down is gone; this is another "
                                      "one (id 99)"));
    assert_string_equal(plan->stages[plan->n - 1]->name, CHECKER); /* nothing of belay's is down */
    plan_free(plan);
    strv_add(&named.names, "a.top");
    assert_no_plan(true, facts, &named, ERR_DRIFT, "not taken down by belay");
    strv_done(&named.names);
}

static void nothing_to_bring_up(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", false);
    struct plan *plan = plan_of(true, facts, NULL);

    assert_int_equal(plan_steps(plan), 0);
    plan_free(plan);
}

/* --- bases in the way --------------------------------------------------------------------------- */

static void a_base_that_stays_down_is_in_the_way(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct view_choice named = {0};

    strv_add(&named.names, "a.mid");
    assert_no_plan(true, facts, &named, ERR_DRIFT, "a.mid cannot come up: its base a.base is inactive");
    strv_add(&named.names, "a.base");
    struct plan *plan = plan_of(true, facts, &named);
    assert_activates(plan, "activate a.base, activate a.mid");
    plan_free(plan);
    strv_done(&named.names);

    /* Up already: then it must be up still. */
    json_put_bool(view_of(facts, "base"), "active", true);
    facts_unledger(facts, "1");
    plan = plan_of(true, facts, NULL);
    const struct step *step = step_of(plan, "activate a.mid");
    AUTO_STR words = {0};
    assert_int_equal(step->n_needs, 1);
    probe_words(&step->needs[0], &words);
    assert_string_equal(words.s, "view_active(a, base, 1)");
    assert_int_equal(step->after.n, 0);
    plan_free(plan);
}

/* Facts name the view of an entry only where it is not called so any more (views_gather). */
static void an_entry_need_not_say_the_name(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    struct plan *plan = plan_of(true, facts, NULL);
    json_t *entries = json_object_get(json_object_get(facts, "ledger"), "views");
    AUTO_FREE char *digest = mem_text(plan->digest);
    const char *id;
    json_t *entry;

    json_object_foreach(entries, id, entry)
        json_object_del(entry, "key");
    plan_free(plan);
    plan = plan_of(true, facts, NULL);
    assert_string_equal(plan->digest, digest);
    assert_int_equal(plan->left.n, 0);
    plan_free(plan);
    facts_ledger(facts, "a.gone", "77");
    plan = plan_of(true, facts, NULL);
    assert_true(has_line(&plan->left, "a.gone: taken down by run 00007-x, and gone since"));
    assert_int_equal(plan->left.n, 1);
    plan_free(plan);
}

/* Told by its id: an entry follows its view to a new name, and is not applied to a new view. */
static void renamed_and_made_again(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");
    struct view_choice named = {0};

    facts_view(facts, (struct fact){"a", "again", "12", REASON_USER, NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "new", "2", REASON_USER, NULL, NULL, NULL, 0});
    facts_view(facts, (struct fact){"a", "old", "13", NULL, NULL, NULL, NULL, 0});
    facts_ledger(facts, "a.again", "1");
    facts_ledger(facts, "a.old", "2"); /* renamed; another one took its name */
    struct plan *plan = plan_of(true, facts, NULL);
    assert_activates(plan, "activate a.new");
    assert_string_equal(step_of(plan, "activate a.new")->action.sql,
                        "ALTER MATERIALIZED VIEW `a`.`new` ACTIVE");
    assert_before(step_of(plan, "activate a.new"), "id", "2");
    assert_true(has_line(&plan->head, "Note     a.new was a.old when belay took it down (id 2)"));
    assert_true(has_line(&plan->left, "a.again: the view that belay took down is gone; this is "
                                      "another one (id 12)"));
    assert_true(has_final(plan, "view_left(a, again, 12, inactive)"));
    plan_free(plan);
    strv_add(&named.names, "a.again");
    assert_no_plan(true, facts, &named, ERR_DRIFT, "a.again was not taken down by belay");
    strv_done(&named.names);
}

/* A long list of them does not push the plan off the screen. */
static void many_renamed(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");

    for (int i = 100; i < 120; i++) {
        AUTO_FREE char *name = str_format("n%d", i);
        AUTO_FREE char *old = str_format("a.o%d", i);
        AUTO_FREE char *id = str_format("%d", i);
        facts_view(facts, (struct fact){"a", name, id, REASON_USER, NULL, NULL, NULL, 0});
        facts_ledger(facts, old, id);
    }
    struct plan *plan = plan_of(true, facts, NULL);
    assert_int_equal(plan->stages[0]->n, 21); /* a wait before them */
    assert_true(plan->head.n < 10);
    assert_true(has_line(&plan->head, "Note     15 more were renamed since"));
    plan_free(plan);
}

/* --- pauses of users that the leader lost ------------------------------------------------------------- */

static json_t *with_a_pause(const char *release, const char *clause)
{
    json_t *facts = facts_tree(release, true);
    json_t *view = view_of(facts, "other");

    /* Its user took it down; the cascade overwrote the reason in the leader's memory. */
    facts_unledger(facts, "4");
    json_put_str(view, "reason", REASON_BASE_VIEW " base");
    json_put_str(view, "clause", clause);
    json_put_str(json_object_get(facts, "lasting"), "b.other", REASON_USER);
    return facts;
}

static void a_users_pause_is_put_back(void **state)
{
    (void)state;
    AUTO_JSON *facts = with_a_pause("4.1.0", "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");
    AUTO_JSON *manual = with_a_pause("4.1.0", "REFRESH MANUAL");
    AUTO_JSON *old = with_a_pause("3.5.16", "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");
    struct plan *plan = plan_of(true, facts, NULL);

    /* Its clause goes before its base is up: a refresh that begins would wake it. */
    assert_string_equal(plan->stages[0]->name, HELD);
    assert_steps(plan, HELD, "pause b.other");
    assert_after(plan, "pause b.other", "");
    assert_steps(plan, PAUSES, "pause up b.other, pause down b.other, resume b.other");
    assert_after(plan, "pause up b.other", "pause b.other, activate a.base");
    assert_after(plan, "pause down b.other", "pause up b.other");
    assert_after(plan, "resume b.other", "pause down b.other");
    assert_string_equal(step_of(plan, "resume b.other")->action.sql,
                        "ALTER MATERIALIZED VIEW `b`.`other` REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");
    assert_true(strv_has(&step_of(plan, "checker back")->after, "resume b.other"));
    assert_false(has_line(&plan->head, "Note     1 view that its user took down"));
    for (size_t i = 1; i < plan->n; i++)
        assert_true(plan->stages[i]->follows); /* the first stage changed what a gate would see */
    plan_free(plan);
    plan = plan_of(true, manual, NULL);
    assert_steps(plan, HELD, "-");
    assert_steps(plan, PAUSES, "pause up b.other, pause down b.other");
    plan_free(plan);
    plan = plan_of(true, old, NULL); /* that FE wakes nothing its user took down */
    assert_steps(plan, PAUSES, "-");
    plan_free(plan);
}

static void pauses_are_put_back_statement_by_statement(void **state)
{
    (void)state;
    AUTO_JSON *facts = with_a_pause("4.1.0", "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");
    json_t *mid = view_of(facts, "mid");

    facts_unledger(facts, "2");
    json_put_str(mid, "reason", REASON_BASE_VIEW " base");
    json_put_str(mid, "clause", "REFRESH MANUAL");
    json_put_str(json_object_get(facts, "lasting"), "a.mid", REASON_USER);
    struct plan *plan = plan_of(true, facts, NULL);
    assert_steps(plan, HELD, "pause b.other");
    assert_steps(plan, PAUSES, "pause up a.mid, pause up b.other, pause down a.mid, pause down b.other, "
                               "resume b.other");
    assert_int_equal(step_of(plan, "pause up a.mid")->group, step_of(plan, "pause up b.other")->group);
    assert_int_not_equal(step_of(plan, "pause up a.mid")->group,
                         step_of(plan, "pause down a.mid")->group);
    assert_after(plan, "pause up a.mid", "activate a.base");
    assert_after(plan, "pause down a.mid", "pause up a.mid");
    plan_free(plan);
}

/* Its ACTIVE would be refused, and nothing can wake it before that base is up. */
static void a_pause_over_a_base_that_stays_down_is_left(void **state)
{
    (void)state;
    AUTO_JSON *facts = with_a_pause("4.1.0", "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");

    facts_unledger(facts, "1");
    struct plan *plan = plan_of(true, facts, NULL);
    assert_steps(plan, PAUSES, "-");
    assert_true(has_line(&plan->left, "b.other: its user took it down, and the leader forgot it; as "
                                      "long as its base a.base is down"));
    plan_free(plan);
}

/* Up to 3.3 a refused ACTIVE overwrites it, and no FE shows the journaled one: what a run saw counts. */
static void a_pause_that_a_refused_active_spoiled(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        bool seen;
        const char *steps;
    } cases[] = {
        {"3.3.3", true, "pause up b.other, pause down b.other, resume b.other"},
        {"3.3.3", false, "-"}, /* what a follower says there is what the leader says */
        {"3.4.8", true, "-"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_JSON *facts = with_a_pause(cases[i].release, "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");
        json_put(facts, "paused_before", json_object());
        if (cases[i].seen)
            json_put_str(json_object_get(facts, "paused_before"), "4", "00003-x");
        struct plan *plan = plan_of(true, facts, NULL);
        assert_steps(plan, PAUSES, cases[i].steps);
        plan_free(plan);
    }
    AUTO_JSON *hostile = with_a_pause("4.1.0", "REFRESH ASYNC EVERY(INTERVAL 1 HOUR); DROP TABLE t");
    struct plan *plan = plan_of(true, hostile, NULL);
    assert_steps(plan, PAUSES, "-"); /* what goes into a statement is a clause and nothing more */
    plan_free(plan);
}

/* The run that begins when its clause comes back cannot wake it: it is said that it fails. */
static void a_pause_of_a_view_that_is_refreshed_on_load(void **state)
{
    (void)state;
    AUTO_JSON *facts = with_a_pause("4.1.0", "REFRESH ASYNC");
    struct plan *plan = plan_of(true, facts, NULL);

    assert_steps(plan, HELD, "pause b.other");
    assert_steps(plan, PAUSES, "pause up b.other, pause down b.other, resume b.other");
    assert_true(has_line(&plan->head, "Note     1 view that its user took down: when the clause comes "
                                      "back a run begins and fails"));
    plan_free(plan);
}

static void a_pause_that_cannot_be_put_back_keeps_the_checker_off(void **state)
{
    (void)state;
    AUTO_JSON *facts = with_a_pause("4.1.0", "REFRESH SOMEHOW");
    struct plan *plan = plan_of(true, facts, NULL);

    assert_steps(plan, HELD, "-");
    assert_steps(plan, PAUSES, "-");
    assert_steps(plan, CHECKER, "-");
    assert_true(has_line(&plan->left, "b.other: its user took it down, and the leader forgot it; a "
                         "refresh wakes it, and its clause is not understood"));
    assert_true(has_line(&plan->left, "enable_mv_automatic_active_check: stays false because of"));
    plan_free(plan);
}

/* --- the rest ----------------------------------------------------------------------------------- */

static void hostile_names(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");

    facts_view(facts, (struct fact){"a", "x` y", "1", REASON_USER, NULL, NULL, NULL, 0});
    facts_ledger(facts, "a.x` y", "1");
    assert_no_plan(true, facts, NULL, ERR_FAILED, "backtick");
}

static void digests(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_tree("3.3.3", true);
    AUTO_JSON *again = facts_tree("3.3.3", true);
    struct plan *one = plan_of(true, facts, NULL);
    struct plan *other = plan_of(true, again, NULL);

    assert_string_equal(one->digest, other->digest);
    plan_free(other);
    facts_unledger(again, "5");
    other = plan_of(true, again, NULL);
    assert_string_not_equal(one->digest, other->digest);
    plan_free(other);
    plan_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bases_go_first),
        cmocka_unit_test(a_wave_holds_views_of_one_level),
        cmocka_unit_test(waves_are_as_large_as_one_says),
        cmocka_unit_test(an_entry_need_not_say_the_name),
        cmocka_unit_test(renamed_and_made_again),
        cmocka_unit_test(many_renamed),
        cmocka_unit_test(the_checker_waits_for_the_last_view),
        cmocka_unit_test(tiers_follow_the_release),
        cmocka_unit_test(what_others_took_down_is_left),
        cmocka_unit_test(what_is_not_chosen_is_told_apart),
        cmocka_unit_test(nothing_up_is_no_plan),
        cmocka_unit_test(a_view_made_again_is_another),
        cmocka_unit_test(nothing_to_bring_up),
        cmocka_unit_test(a_base_that_stays_down_is_in_the_way),
        cmocka_unit_test(a_users_pause_is_put_back),
        cmocka_unit_test(pauses_are_put_back_statement_by_statement),
        cmocka_unit_test(a_pause_over_a_base_that_stays_down_is_left),
        cmocka_unit_test(a_pause_that_a_refused_active_spoiled),
        cmocka_unit_test(a_pause_of_a_view_that_is_refreshed_on_load),
        cmocka_unit_test(a_pause_that_cannot_be_put_back_keeps_the_checker_off),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

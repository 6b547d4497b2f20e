/* Consent: what counts as a yes for each tier, and what approves beforehand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>

#include <cmocka.h>

#include "guard.h"
#include "mem.h"

#define DIGEST "abc123def4567890abc123def4567890abc123def4567890abc123def4567890"

static struct plan *plan_of(enum tier tier)
{
    struct plan *plan = plan_new("test");

    plan->identity = json_object();
    plan->cluster = mem_text("kube-starrocks");
    stage_step(plan_stage(plan, "one", FAIL_STOPS), tier, "a", "a");
    memcpy(plan->digest, DIGEST, sizeof(plan->digest));
    return plan;
}

static void judge_all(enum tier tier, const char *const *yes)
{
    static const char *const lines[] = {
        "", " ", "y", "Y", "yes", "YES", "Yes", " yes", "yes ", "yes\r", "y\t", "ja", "n", "no", "N", "No",
        "kube-starrocks", "Kube-starrocks", " kube-starrocks", "kube-starrocks ", "kube-starrock",
        "kube-starrocks-2", "kube-starrocks abc123", "kube-starrocks  abc123",
        "kube-starrocks abc12", "kube-starrocks abc123d", "kube-starrocks ABC123",
        "kube-starrocks abc123 ", "abc123", " abc123", "sha256:" DIGEST, DIGEST, "approve",
        "reversible"};
    struct plan *plan = plan_of(tier);

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        bool expected = false;
        for (size_t k = 0; yes[k] != NULL; k++)
            expected = expected || strcmp(yes[k], lines[i]) == 0;
        bool no = *lines[i] == '\0' || strcasecmp(lines[i], "n") == 0 || strcasecmp(lines[i], "no") == 0;
        enum consent consent = guard_judge(plan, tier, lines[i]);
        if (consent != (expected ? CONSENT_YES : no ? CONSENT_NO : CONSENT_UNCLEAR))
            fail_msg("tier %d: \"%s\" gave %d", tier, lines[i], consent);
    }
    plan_free(plan);
}

static void lines_by_tier(void **state)
{
    (void)state;
    judge_all(TIER_REVERSIBLE, (const char *const[]){"y", "yes", NULL});
    judge_all(TIER_DISRUPTIVE, (const char *const[]){"kube-starrocks", NULL});
    judge_all(TIER_NO_RETURN, (const char *const[]){"kube-starrocks abc123", NULL});
}

static void other_answers(void **state)
{
    (void)state;
    struct plan *plan = plan_of(TIER_REVERSIBLE);

    assert_int_equal(guard_judge(plan, TIER_REVERSIBLE, "e"), CONSENT_EACH);
    assert_int_equal(guard_judge(plan, TIER_DISRUPTIVE, "e"), CONSENT_EACH);
    assert_int_equal(guard_judge(plan, TIER_NO_RETURN, "e"), CONSENT_UNCLEAR);
    assert_int_equal(guard_judge(plan, TIER_NO_RETURN, "l"), CONSENT_LIST);
    assert_int_equal(guard_judge(plan, TIER_REVERSIBLE, "E"), CONSENT_UNCLEAR);
    plan_free(plan);
}

static void a_cluster_without_a_name_makes_no_yes(void **state)
{
    (void)state;
    struct plan *plan = plan_of(TIER_DISRUPTIVE);

    plan->cluster[0] = '\0';
    assert_int_equal(guard_judge(plan, TIER_DISRUPTIVE, ""), CONSENT_NO);
    assert_int_equal(guard_judge(plan, TIER_NO_RETURN, " abc123"), CONSENT_UNCLEAR);
    free(plan->cluster);
    plan->cluster = NULL;
    assert_int_equal(guard_judge(plan, TIER_DISRUPTIVE, ""), CONSENT_NO);
    assert_int_equal(guard_judge(plan, TIER_NO_RETURN, "(null) abc123"), CONSENT_UNCLEAR);
    plan->cluster = mem_text("kube");
    plan->digest[0] = '\0'; /* not sealed */
    assert_int_equal(guard_judge(plan, TIER_NO_RETURN, "kube "), CONSENT_UNCLEAR);
    plan_free(plan);
}

static void questions(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    struct plan *plan = plan_of(TIER_REVERSIBLE);

    guard_question(plan, 12, 12, TIER_REVERSIBLE, &text);
    assert_string_equal(text.s, "Reversible. Run these 12 steps? [y]es [e]ach [l]ist all, Enter: "
                                "no: ");
    str_clear(&text);
    guard_question(plan, 1, 1, TIER_DISRUPTIVE, &text);
    assert_string_equal(text.s, "Disruptive. Type the cluster's name to run this 1 step ([e]ach, "
                                "[l]ist all, Enter: no): ");
    str_clear(&text);
    guard_question(plan, 2, 2, TIER_NO_RETURN, &text);
    assert_non_null(strstr(text.s, "a space and abc123 to run these 2 steps"));
    assert_non_null(strstr(text.s, "No way back from here. "));
    str_clear(&text);
    stage_step(plan_stage(plan, "two", FAIL_STOPS), TIER_NO_RETURN, "b", "b");
    guard_question(plan, 2, 2, TIER_NO_RETURN, &text);
    assert_non_null(strstr(text.s, "No way back from step 2 on. Type"));
    str_clear(&text);
    guard_question(plan, 2, 2, TIER_ADDS, &text);
    assert_string_equal(text.s, "Go on with these 2 steps? [y]es [e]ach [l]ist all, Enter: no: ");
    str_clear(&text);
    guard_question(plan, 2, 12, TIER_REVERSIBLE, &text); /* of a run that goes on */
    assert_non_null(strstr(text.s, "Run the 2 open steps?"));
    str_clear(&text);
    guard_question(plan, 1, 12, TIER_DISRUPTIVE, &text);
    assert_non_null(strstr(text.s, "to run the 1 open step ("));
    plan_free(plan);
}

/* --- approved beforehand ---------------------------------------------------------------------- */

static void assert_approved(enum tier tier, const char *approve, bool expected)
{
    struct guard guard = {.approve = approve};
    struct plan *plan = plan_of(tier);
    struct permit permit;
    AUTO_ERROR err = {0};

    bool ok = guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, &err);
    if (ok != expected)
        fail_msg("tier %d, --approve %s gave %d", tier, approve != NULL ? approve : "none", ok);
    if (!ok) {
        assert_int_equal(err.code, ERR_DECLINED);
        assert_non_null(strstr(err.hint, "sha256:" DIGEST));
    } else {
        assert_string_equal(permit.digest, DIGEST);
        assert_string_equal(permit.stage, "one");
        assert_false(permit.asked);
    }
    plan_free(plan);
}

static void approved_scopes(void **state)
{
    (void)state;
    assert_approved(TIER_ADDS, NULL, true);
    assert_approved(TIER_REVERSIBLE, NULL, false);
    assert_approved(TIER_REVERSIBLE, "reversible", true);
    assert_approved(TIER_DISRUPTIVE, "reversible", false);
    assert_approved(TIER_NO_RETURN, "reversible", false);
    const enum tier tiers[] = {TIER_REVERSIBLE, TIER_DISRUPTIVE, TIER_NO_RETURN};
    for (size_t i = 0; i < 3; i++) {
        assert_approved(tiers[i], "sha256:" DIGEST, true);
        assert_approved(tiers[i], "sha256:abc123", false); /* a prefix is not the plan */
        assert_approved(tiers[i], "sha256:", false);
        assert_approved(tiers[i], "sha256:" DIGEST "0", false);
        assert_approved(tiers[i], "SHA256:" DIGEST, false);
        assert_approved(tiers[i], " sha256:" DIGEST, false);
        assert_approved(tiers[i], DIGEST, false);
        assert_approved(tiers[i], "", false);
        assert_approved(tiers[i], "yes", false);
        assert_approved(tiers[i], "all", false);
        assert_approved(tiers[i], "disruptive", false);
        assert_approved(tiers[i], "Reversible", false);
        assert_approved(tiers[i], "reversible ", false);
    }
}

static void a_plan_without_a_digest_is_approved_by_nothing(void **state)
{
    (void)state;
    struct guard guard = {.approve = "sha256:"};
    struct plan *plan = plan_of(TIER_DISRUPTIVE);
    struct permit permit;

    plan->digest[0] = '\0';
    assert_false(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    plan_free(plan);
}

static bool undo_of(void *ctx, const struct plan *plan, const char *digest)
{
    (void)plan;
    return strcmp(digest, ctx) == 0;
}

static void a_recorded_undo_is_approved_with_its_plan(void **state)
{
    (void)state;
    static const char other[] = "1111111111111111111111111111111111111111111111111111111111111111";
    struct guard guard = {.approve = "sha256:1111111111111111111111111111111111111111111111111111"
                                     "111111111111",
                          .ctx = (void *)(uintptr_t)other,
                          .is_undo = undo_of};
    struct plan *plan = plan_of(TIER_REVERSIBLE);
    struct permit permit;

    assert_true(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    guard.approve = "sha256:2";
    assert_false(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    plan_free(plan);
}

static void the_highest_tier_of_the_gate_counts(void **state)
{
    (void)state;
    struct guard guard = {.approve = "reversible"};
    struct plan *plan = plan_of(TIER_REVERSIBLE);
    struct permit permit;

    stage_step(plan_stage(plan, "two", FAIL_STOPS), TIER_DISRUPTIVE, "b", "b");
    assert_true(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    assert_false(guard_permit(&guard, plan, 0, 1, NULL, NULL, &permit, NULL));
    plan_free(plan);
}

/* --- asked ------------------------------------------------------------------------------------ */

struct person {
    const char *lines[32];
    size_t n;
    size_t listed;
    bool away;
    char last[512]; /* question */
};

static bool person_answers(void *ctx, const char *question, struct str *ret_line,
                           bool *ret_no_terminal)
{
    struct person *person = ctx;
    const char *line = person->lines[person->n];

    snprintf(person->last, sizeof(person->last), "%s", question);
    *ret_no_terminal = person->away;
    if (line == NULL || person->away)
        return false;
    person->n++;
    str_add(ret_line, line);
    return true;
}

static void list_all(void *ctx, const struct plan *plan)
{
    struct person *person = ctx;

    (void)plan;
    person->listed++;
}

static bool ask(struct person *person, enum tier tier, struct permit *ret, struct error *err)
{
    struct guard guard = {.ask = person_answers, .ctx = person};
    struct plan *plan = plan_of(tier);

    bool ok = guard_permit(&guard, plan, 0, 0, list_all, person, ret, err);
    plan_free(plan);
    return ok;
}

static void a_person_is_asked(void **state)
{
    (void)state;
    struct permit permit;
    AUTO_ERROR err = {0};

    assert_true(ask(&(struct person){.lines = {"yes"}}, TIER_REVERSIBLE, &permit, &err));
    assert_true(permit.asked);
    assert_false(permit.each);
    assert_true(ask(&(struct person){.lines = {"e"}}, TIER_DISRUPTIVE, &permit, &err));
    assert_true(permit.each);
    struct person lists = {.lines = {"l", "l", "y"}};
    assert_true(ask(&lists, TIER_REVERSIBLE, &permit, &err));
    assert_int_equal(lists.listed, 2);
    assert_false(ask(&(struct person){.lines = {"no", "y"}}, TIER_REVERSIBLE, &permit, &err));
    assert_int_equal(err.code, ERR_DECLINED); /* no is no */
    assert_false(ask(&(struct person){.lines = {NULL}}, TIER_REVERSIBLE, &permit, &err)); /* ^C */
    assert_string_equal(err.message, "declined: nothing was sent");
    assert_null(err.hint);
    /* A name that is not the cluster's is told from a no. */
    assert_false(ask(&(struct person){.lines = {""}}, TIER_DISRUPTIVE, &permit, &err));
    assert_null(err.hint);
    assert_false(ask(&(struct person){.away = true}, TIER_REVERSIBLE, &permit, &err));
    assert_non_null(strstr(err.message, "no terminal"));
}

/* What is neither yes nor no is told what would be one, and asked for again: three answers in all. */
static void an_unclear_answer_is_asked_again(void **state)
{
    (void)state;
    struct permit permit;
    AUTO_ERROR err = {0};
    struct person person = {.lines = {"kube-starrocks", "y"}};

    assert_true(ask(&person, TIER_REVERSIBLE, &permit, &err));
    assert_non_null(strstr(person.last, "That is neither yes nor no: y or yes runs it, Enter alone is no.\n"
                                        "Reversible. Run"));
    person = (struct person){.lines = {"y", "l", "kube-starrocks"}};
    assert_true(ask(&person, TIER_DISRUPTIVE, &permit, &err));
    assert_null(strstr(person.last, "neither")); /* the list came between */
    person = (struct person){.lines = {"y", ""}};
    assert_false(ask(&person, TIER_DISRUPTIVE, &permit, &err));
    assert_non_null(strstr(person.last, "a yes is kube-starrocks, Enter alone is no"));
    assert_null(err.hint);
    person = (struct person){.lines = {"y", "yes", "practice", "kube-starrocks"}};
    assert_false(ask(&person, TIER_DISRUPTIVE, &permit, &err));
    assert_int_equal(person.n, 3);
    assert_string_equal(err.message, "declined: nothing was sent");
    assert_string_equal(err.hint, "a yes is the cluster's name: kube-starrocks");
    person = (struct person){.lines = {"kube-starrocks", "kube-starrocks abc123"}};
    assert_true(ask(&person, TIER_NO_RETURN, &permit, &err));
    assert_non_null(strstr(person.last, "a yes is kube-starrocks abc123, Enter"));
    person = (struct person){.lines = {"yes", "yes", "yes"}};
    assert_false(ask(&person, TIER_NO_RETURN, &permit, &err));
    assert_non_null(strstr(err.hint, "and the start of the digest: kube-starrocks abc123"));
}

/* What only adds is asked for where the author of the plan wants a look, and there is somebody. */
static void a_stage_that_asks(void **state)
{
    (void)state;
    struct person person = {.lines = {"maybe", "y"}};
    struct guard guard = {.ask = person_answers, .ctx = &person};
    struct guard batch = {0};
    struct plan *plan = plan_of(TIER_ADDS);
    struct permit permit;

    assert_true(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    assert_int_equal(person.n, 0);
    plan->stages[0]->asks = true;
    assert_true(guard_permit(&batch, plan, 0, 0, NULL, NULL, &permit, NULL));
    assert_true(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    assert_true(permit.asked && person.n == 2);
    person = (struct person){.lines = {"n"}};
    assert_false(guard_permit(&guard, plan, 0, 0, NULL, NULL, &permit, NULL));
    plan_free(plan);
}

static void a_list_without_end_ends(void **state)
{
    (void)state;
    struct person person = {.n = 0};
    struct permit permit;

    for (size_t i = 0; i < 31; i++)
        person.lines[i] = "l";
    assert_false(ask(&person, TIER_REVERSIBLE, &permit, NULL));
}

static void one_step_at_a_time(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int reversible;
        int disruptive;
    } cases[] = {{"y", 1, -1},  {"yes", 1, -1},           {"n", 0, 0},  {"no", 0, 0},
                 {"", -1, -1},  {"kube-starrocks", -1, 1}, {"e", -1, -1}, {"l", -1, -1},
                 {"Y", -1, -1}, {" n", -1, -1}};
    struct plan *plan = plan_of(TIER_REVERSIBLE);
    struct step *step = plan->stages[0]->steps[0];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct person person = {.lines = {cases[i].line, cases[i].line, cases[i].line}};
        struct guard guard = {.ask = person_answers, .ctx = &person};
        step->tier = TIER_REVERSIBLE;
        assert_int_equal(guard_each(&guard, plan, step, "does it"), cases[i].reversible);
        step->tier = TIER_DISRUPTIVE;
        person.n = 0;
        assert_int_equal(guard_each(&guard, plan, step, "does it"), cases[i].disruptive);
    }
    struct person again = {.lines = {"yes", "kube-starrocks"}};
    struct guard guard = {.ask = person_answers, .ctx = &again};
    assert_int_equal(guard_each(&guard, plan, step, "does it"), 1);
    assert_non_null(strstr(again.last, "That is none of these: kube-starrocks runs it, n skips it, Enter"));
    struct guard batch = {0};
    assert_int_equal(guard_each(&batch, plan, step, "does it"), -1);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_by_tier),
        cmocka_unit_test(other_answers),
        cmocka_unit_test(a_cluster_without_a_name_makes_no_yes),
        cmocka_unit_test(questions),
        cmocka_unit_test(approved_scopes),
        cmocka_unit_test(a_plan_without_a_digest_is_approved_by_nothing),
        cmocka_unit_test(a_recorded_undo_is_approved_with_its_plan),
        cmocka_unit_test(the_highest_tier_of_the_gate_counts),
        cmocka_unit_test(a_person_is_asked),
        cmocka_unit_test(an_unclear_answer_is_asked_again),
        cmocka_unit_test(a_stage_that_asks),
        cmocka_unit_test(a_list_without_end_ends),
        cmocka_unit_test(one_step_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

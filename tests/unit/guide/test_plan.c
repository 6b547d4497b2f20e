/* Plans: what is in the digest and what is not; slots in texts; actions in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/plan.h>
#include <belay/str.h>

#include "digest.h"
#include "mem.h"

static void ask_nothing(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    (void)world;
    (void)probes;
    (void)n;
    (void)ret;
}

static bool bind_nothing(struct world *world, const struct strv *args, struct str *ret,
                         struct error *err)
{
    (void)world;
    (void)args;
    str_add(ret, "x");
    return err == NULL || true;
}

static const struct probe_kind probe_a = {"probe_a", ask_nothing, NULL};
static const struct probe_kind probe_b = {"probe_b", ask_nothing, NULL};
static const struct slot_kind slot_a = {"slot_a", bind_nothing};
static const struct slot_kind slot_b = {"slot_b", bind_nothing};
static const struct act_kind act_a = {"act_a", ACTION_LOCAL, NULL, NULL};
static const struct act_kind act_b = {"act_b", ACTION_TRANSFER, NULL, NULL};

static struct plan *make(const char *identity)
{
    struct plan *plan = plan_new("do it");
    struct stage *stage = plan_stage(plan, "one", FAIL_STOPS);

    plan->identity = json_parse(identity, strlen(identity), 4096, NULL);
    plan->cluster = mem_text("kube");
    strv_add(&plan->args, "--only=x");
    struct step *a = stage_step(stage, TIER_REVERSIBLE, "a", "title a");
    action_sql(&a->action, "leader", "ALTER a");
    action_sql(&a->undo, "leader", "ALTER a BACK");
    probe_set(step_need(a), &probe_a, "need", NULL);
    probe_set(&a->proof, &probe_a, "proof", NULL);
    probe_set(&a->undo_proof, &probe_a, "undone", NULL);
    a->proof_ms = 1000;
    a->group = 1;
    step_slot(a, "pod", "pod of the leader", &slot_a, "arg", NULL);
    struct step *b = stage_step(stage, TIER_ADDS, "b", "title b");
    action_kubectl(&b->action, "input", "apply", "-f", "-", NULL);
    strv_add(&b->after, "a");
    struct step *c = stage_step(plan_stage(plan, "two", FAIL_STOPS), TIER_ADDS, "c", "title c");
    action_act(&c->action, &act_a, "from", "to", NULL);
    probe_set(plan_final(plan), &probe_a, "final", NULL);
    return plan;
}

#define STEP(plan, i) ((plan)->stages[0]->steps[i])
#define IDENTITY "{\"id\":\"1\",\"version\":\"3.3.3\"}"

static const char *digest_of(struct plan *plan, char ret[65])
{
    plan_seal(plan);
    memcpy(ret, plan->digest, 65);
    plan_free(plan);
    return ret;
}

static void the_same_facts_give_the_same_digest(void **state)
{
    (void)state;
    char one[65];
    char other[65];

    digest_of(make(IDENTITY), one);
    assert_int_equal(strlen(one), 64);
    assert_string_equal(one, digest_of(make(IDENTITY), other));
    /* whatever the order of the keys in a file */
    assert_string_equal(one, digest_of(make("{ \"version\":\"3.3.3\", \"id\":\"1\" }"), other));
}

/* Written by hand, and yet the form in which every JSON value has one text. */
static void the_canonical_form_is_canonical(void **state)
{
    (void)state;
    struct plan *plan = make(IDENTITY);
    AUTO_STR text = {0};
    char hex[65];

    plan->stages[1]->steps[0]->tier = TIER_NO_RETURN;
    STEP(plan, 1)->action.input = "\"\\\b\f\n\r\t\x01\x1f\x7f/\xff\xc3\xa4\xe5\xba\x93";
    plan_canonical(plan, &text);
    AUTO_JSON *json = json_parse(text.s, text.len, text.len, NULL);
    assert_non_null(json);
    AUTO_FREE char *again = json_canonical(json);
    assert_string_equal(again, text.s);
    sha256_hex(text.s, text.len, hex);
    assert_string_equal(digest_of(plan, (char[65]){0}), hex);
}

static void what_is_not_in_the_digest(void **state)
{
    (void)state;
    char one[65];
    char other[65];
    struct plan *plan = make(IDENTITY);

    plan->through = mem_text("leader kube-starrocks-fe-1 at 10.0.0.1:9030");
    strv_add(&plan->head, "Cost     much");
    free(plan->cluster);
    plan->cluster = mem_text("as a person types it");
    plan->stages[0]->steps[0]->before = json_pack("{s:i}", "journal_id", 128004);
    plan->stages[0]->steps[0]->note = "full refresh";
    assert_string_equal(digest_of(make(IDENTITY), one), digest_of(plan, other));
}

typedef void change(struct plan *plan);

static void text(char **field, const char *value)
{
    free(*field);
    *field = mem_text(value);
}

static void c_command(struct plan *p) { text(&p->command, "do that"); }
static void c_args(struct plan *p) { text(&p->args.v[0], "--only=y"); }
static void c_identity(struct plan *p) { json_put_str(p->identity, "version", "3.3.4"); }
static void c_sql(struct plan *p) { STEP(p, 0)->action.sql = "ALTER A"; }
static void c_node(struct plan *p) { STEP(p, 0)->action.where = "fe-0"; }
static void c_kubectl(struct plan *p) { text(&STEP(p, 1)->action.args.v[0], "delete"); }
static void c_input(struct plan *p) { STEP(p, 1)->action.input = "other"; }
static void c_act(struct plan *p) { p->stages[1]->steps[0]->action.act = &act_b; }
static void c_act_arg(struct plan *p) { text(&p->stages[1]->steps[0]->action.args.v[1], "up"); }
static void c_undo(struct plan *p) { STEP(p, 0)->undo.sql = "ALTER a AWAY"; }
static void c_no_undo(struct plan *p) { action_done(&STEP(p, 0)->undo); }
static void c_undo_proof(struct plan *p) { STEP(p, 0)->undo_proof.kind = &probe_b; }
static void c_proof(struct plan *p) { STEP(p, 0)->proof.kind = &probe_b; }
static void c_proof_arg(struct plan *p) { STEP(p, 0)->proof.args.v[0] = "proven"; }
static void c_no_proof(struct plan *p) { probe_done(&STEP(p, 0)->proof); }
static void c_limit(struct plan *p) { STEP(p, 0)->proof_ms = 2000; }
static void c_need(struct plan *p) { STEP(p, 0)->needs[0].args.v[0] = "wish"; }
static void c_needs(struct plan *p) { probe_set(step_need(STEP(p, 0)), &probe_a, "more", NULL); }
static void c_tier(struct plan *p) { STEP(p, 0)->tier = TIER_DISRUPTIVE; }
static void c_group(struct plan *p) { STEP(p, 0)->group = 2; }
static void c_after(struct plan *p) { strv_done(&STEP(p, 1)->after); }
static void c_slot(struct plan *p) { text(&STEP(p, 0)->slots[0].allowed, "any pod"); }
static void c_slot_name(struct plan *p) { text(&STEP(p, 0)->slots[0].name, "host"); }
static void c_slot_kind(struct plan *p) { STEP(p, 0)->slots[0].kind = &slot_b; }
static void c_slot_arg(struct plan *p) { text(&STEP(p, 0)->slots[0].args.v[0], "other"); }
static void c_stage(struct plan *p) { text(&p->stages[0]->name, "eins"); }
static void c_failure(struct plan *p) { p->stages[0]->on_failure = FAIL_SKIPS_DEPENDENTS; }
static void c_gate(struct plan *p) { p->stages[1]->own_gate = true; }
static void c_final(struct plan *p) { p->final[0].args.v[0] = "end"; }
static void c_bytes(struct plan *p) { text(&STEP(p, 1)->action.args.v[2], "\xff"); }
static void c_bytes2(struct plan *p) { text(&STEP(p, 1)->action.args.v[2], "\xfe"); }
static void c_bytes3(struct plan *p) { STEP(p, 0)->proof.args.v[0] = "\xff"; }
static void c_bytes4(struct plan *p) { text(&p->args.v[0], "\xff"); }
static void c_bytes5(struct plan *p) { text(&p->args.v[0], "\xfe"); }

static void c_order(struct plan *p)
{
    struct step *a = STEP(p, 0);

    STEP(p, 0) = STEP(p, 1);
    STEP(p, 1) = a;
}

static void c_stages(struct plan *p)
{
    struct stage *a = p->stages[0];

    p->stages[0] = p->stages[1];
    p->stages[1] = a;
}

static void c_moved(struct plan *p)
{
    p->stages[1]->steps = mem_grow(p->stages[1]->steps, &p->stages[1]->cap, 2,
                                   sizeof(*p->stages[1]->steps));
    p->stages[1]->steps[p->stages[1]->n++] = STEP(p, 1);
    p->stages[0]->n--;
}

static void every_part_is_in_the_digest(void **state)
{
    (void)state;
    static change *const changes[] = {
        c_command, c_args,      c_identity, c_sql,       c_node,     c_kubectl,    c_input,
        c_act,     c_act_arg,   c_undo,     c_no_undo,   c_undo_proof, c_proof,    c_proof_arg,
        c_no_proof, c_limit,    c_need,     c_needs,     c_tier,     c_group,      c_after,
        c_slot,    c_slot_name, c_slot_kind, c_slot_arg, c_stage,    c_failure,    c_gate,
        c_final,   c_bytes,     c_bytes2,   c_bytes3,    c_bytes4,   c_bytes5,     c_order,
        c_stages,  c_moved};
    enum { N = sizeof(changes) / sizeof(changes[0]) };
    static char seen[N + 1][65];

    digest_of(make(IDENTITY), seen[N]);
    for (size_t i = 0; i < N; i++) {
        struct plan *plan = make(IDENTITY);
        changes[i](plan);
        digest_of(plan, seen[i]);
    }
    for (size_t i = 0; i <= N; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(seen[i], seen[k]) == 0)
                fail_msg("changes %zu and %zu give one digest", i, k);
        }
    }
}

/* --- slots ------------------------------------------------------------------------------------ */

static void assert_filled(const char *text_in, const char *bindings, const char *expected)
{
    AUTO_JSON *json = bindings != NULL ? json_parse(bindings, strlen(bindings), 4096, NULL) : NULL;
    AUTO_STR got = {0};

    slot_fill(text_in, json, &got);
    assert_string_equal(str_text(&got), expected);
}

static void slots_are_filled(void **state)
{
    (void)state;
    const char *b = "{\"pod\":\"fe-1\",\"n\":7,\"again\":\"{pod}\",\"\":\"nothing\",\"a b\":\"c\"}";

    assert_filled("", b, "");
    assert_filled("plain", b, "plain");
    assert_filled("{pod}", b, "fe-1");
    assert_filled("x{pod}y{pod}z", b, "xfe-1yfe-1z");
    assert_filled("{pod", b, "{pod");
    assert_filled("pod}", b, "pod}");
    assert_filled("{unknown}", b, "{unknown}");
    assert_filled("{{pod}}", b, "{fe-1}");
    assert_filled("{x{pod}", b, "{xfe-1");
    assert_filled("{again}", b, "{pod}"); /* a value is never read as a text with slots */
    assert_filled("{n}", b, "{n}");       /* not a text: nothing belay bound */
    assert_filled("{}", b, "nothing");
    assert_filled("{a b}", b, "c");
    assert_filled("{POD}", b, "{POD}");
    assert_filled("{pod}", NULL, "{pod}");
    assert_filled("\xe5\xba\x93{pod}\xff", b, "\xe5\xba\x93" "fe-1\xff");
}

static void slots_are_shown_as_their_sets(void **state)
{
    (void)state;
    AUTO_STR got = {0};
    struct plan *plan = make(IDENTITY);

    step_show_slots(STEP(plan, 0), "copy {pod} to {other}", &got);
    assert_string_equal(got.s, "copy {pod of the leader} to {other}");
    plan_free(plan);
}

/* --- small ones ------------------------------------------------------------------------------- */

static void counts_and_tiers(void **state)
{
    (void)state;
    struct plan *plan = make(IDENTITY);
    struct plan *empty = plan_new("empty");

    assert_int_equal(plan_steps(plan), 3);
    assert_int_equal(plan_tier(plan), TIER_REVERSIBLE);
    assert_int_equal(plan_steps(empty), 0);
    assert_int_equal(plan_tier(empty), TIER_ADDS);
    assert_ptr_equal(stage_find(plan->stages[0], "b"), STEP(plan, 1));
    assert_null(stage_find(plan->stages[0], "c"));
    plan_free(plan);
    plan_free(empty);
    plan_free(NULL);
}

static void actions_in_words(void **state)
{
    (void)state;
    AUTO_STR got = {0};
    struct plan *plan = make(IDENTITY);
    struct action none = {0};

    action_words(&STEP(plan, 0)->action, &got);
    assert_string_equal(got.s, "ALTER a");
    str_clear(&got);
    action_words(&STEP(plan, 1)->action, &got);
    assert_string_equal(got.s, "kubectl apply -f -");
    str_clear(&got);
    action_words(&none, &got);
    assert_string_equal(str_text(&got), "");
    assert_true(json_is_null(action_json(&none)));
    plan_free(plan);
}

static void nothing_runs_without_a_permit(void **state)
{
    (void)state;
    struct plan *plan = make(IDENTITY);
    bool unknown = true;
    json_t *data = NULL;

    for (size_t i = 0; i < 3; i++) {
        AUTO_ERROR err = {0};
        struct step *step = i < 2 ? STEP(plan, i) : plan->stages[1]->steps[0];
        assert_false(action_run(NULL, NULL, &step->action, NULL, &unknown, &data, &err));
        assert_int_equal(err.code, ERR_DECLINED);
        assert_false(unknown);
    }
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_facts_give_the_same_digest),
        cmocka_unit_test(the_canonical_form_is_canonical),
        cmocka_unit_test(what_is_not_in_the_digest),
        cmocka_unit_test(every_part_is_in_the_digest),
        cmocka_unit_test(slots_are_filled),
        cmocka_unit_test(slots_are_shown_as_their_sets),
        cmocka_unit_test(counts_and_tiers),
        cmocka_unit_test(actions_in_words),
        cmocka_unit_test(nothing_runs_without_a_permit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

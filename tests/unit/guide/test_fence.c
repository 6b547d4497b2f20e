/* The fence: what is renewed when, and that nothing goes on once another holds the Lease. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "fence.h"
#include "lease.h"
#include "world.h"

#define LONG_AGO "2020-01-01T00:00:00.000000Z"
#define FAR_AHEAD "2099-01-01T00:00:00.000000Z"

/* The API server: one Lease or none, and what its calls are to come to. */
static struct {
    bool there;
    char holder[64], uid[16], run[64], nonce[16];
    const char *renewed;
    int64_t transitions;
    bool mute, forbidden, refuses; /* no answer; not allowed; the next renewal is refused */
    unsigned creates, reads, renews, takes, releases;
} server;

static void told(struct lease *ret)
{
    lease_done(ret);
    *ret = (struct lease){.uid = mem_text(server.uid), .version = mem_text("1"),
                          .holder = mem_text(server.holder), .acquired = mem_text(LONG_AGO),
                          .renewed = mem_text(server.renewed), .run = mem_text(server.run),
                          .nonce = mem_text(server.nonce), .seconds = LEASE_SECONDS,
                          .transitions = server.transitions};
}

static void hold_by(const char *holder, const char *run, const char *nonce, const char *renewed)
{
    server.there = true;
    server.renewed = renewed;
    snprintf(server.uid, sizeof(server.uid), "u%u", server.creates);
    snprintf(server.holder, sizeof(server.holder), "%s", holder);
    snprintf(server.run, sizeof(server.run), "%s", run);
    snprintf(server.nonce, sizeof(server.nonce), "%s", nonce);
}

static bool same(const struct lease *lease)
{
    return server.there && str_equal(lease->uid, server.uid) && str_equal(lease->holder, server.holder) &&
           lease->transitions == server.transitions;
}

static enum lease_end mute(struct error *err)
{
    error_set(err, ERR_KUBE, "no route to the API server");
    return LEASE_FAILED;
}

/* They take the place of lease.c (linked with --wrap). */
bool __wrap_lease_read(const struct lease_place *place, struct lease *ret, bool *ret_there, struct error *err);
enum lease_end __wrap_lease_create(const struct lease_place *place, const struct lease_claim *claim,
                                   struct lease *ret, struct error *err);
enum lease_end __wrap_lease_renew(const struct lease_place *place, struct lease *held, struct error *err);
enum lease_end __wrap_lease_take_over(const struct lease_place *place, const struct lease_claim *claim,
                                      struct lease *shown, struct error *err);
enum lease_end __wrap_lease_release(const struct lease_place *place, const struct lease *held,
                                    struct error *err);
void __wrap_lease_ask_clock(struct lease_place *place);

bool __wrap_lease_read(const struct lease_place *place, struct lease *ret, bool *ret_there, struct error *err)
{
    (void)place;
    server.reads++;
    if (server.mute)
        return mute(err) == LEASE_HELD;
    *ret_there = server.there;
    if (server.there)
        told(ret);
    return true;
}

enum lease_end __wrap_lease_create(const struct lease_place *place, const struct lease_claim *claim,
                                   struct lease *ret, struct error *err)
{
    (void)place;
    server.creates++;
    if (server.mute)
        return mute(err);
    if (server.forbidden) {
        error_set(err, ERR_KUBE, "leases is forbidden: User viewer cannot create");
        return LEASE_FORBIDDEN;
    }
    if (server.there)
        return LEASE_OTHER;
    hold_by(claim->holder, claim->run, claim->nonce, FAR_AHEAD);
    told(ret);
    return LEASE_HELD;
}

enum lease_end __wrap_lease_renew(const struct lease_place *place, struct lease *held, struct error *err)
{
    (void)place;
    server.renews++;
    if (server.mute)
        return mute(err);
    return same(held) && !server.refuses ? LEASE_HELD : LEASE_OTHER;
}

enum lease_end __wrap_lease_take_over(const struct lease_place *place, const struct lease_claim *claim,
                                      struct lease *shown, struct error *err)
{
    (void)place;
    (void)err;
    server.takes++;
    if (!same(shown))
        return LEASE_OTHER;
    hold_by(claim->holder, claim->run, claim->nonce, FAR_AHEAD);
    server.transitions++;
    told(shown);
    return LEASE_HELD;
}

enum lease_end __wrap_lease_release(const struct lease_place *place, const struct lease *held,
                                    struct error *err)
{
    (void)place;
    server.releases++;
    if (server.mute)
        return mute(err);
    if (!same(held))
        return LEASE_OTHER;
    server.there = false;
    return LEASE_HELD;
}

void __wrap_lease_ask_clock(struct lease_place *place)
{
    place->clock_known = true;
    place->ahead_ms = 0;
}

/* --- a run and its fence ------------------------------------------------------------------------- */

struct run {
    struct fake *fake;
    struct journal *journal;
    struct lease_place place;
    struct fence_config config;
    struct fence *fence;
    const char *answer; /* of the person who is asked; NULL: there is none */
    unsigned asked;
    struct str said;
    struct plan *plan;
    struct stage *stage;
};

static void note(void *ctx, const char *text)
{
    str_addf(&((struct run *)ctx)->said, "%s\n", text);
}

static bool answer(void *ctx, const char *question, struct str *ret_line, bool *ret_no_terminal)
{
    struct run *run = ctx;

    assert_non_null(strstr(question, server.holder));
    *ret_no_terminal = false;
    run->asked++;
    str_add(ret_line, run->answer);
    return true;
}

static bool take(struct run *run, struct error *err)
{
    run->config.ask = run->answer != NULL ? answer : NULL;
    run->fence = fence_take(&run->config, run->journal, err);
    return run->fence != NULL;
}

static struct run *begin(void)
{
    struct run *run = mem_alloc(sizeof(*run));

    memset(&server, 0, sizeof(server));
    run->fake = fake_new();
    run->journal = journal_create(run->fake->dir, NULL);
    assert_non_null(run->journal);
    json_t *first = json_pack("{s:s,s:s}", "type", "run", "nonce", "n1");
    assert_true(journal_append(run->journal, first, NULL));
    run->place = (struct lease_place){.ns = mem_text("sr"), .name = mem_text("belay-kube")};
    run->config = (struct fence_config){.world = &run->fake->world, .place = &run->place,
                                        .dir = run->fake->dir, .nonce = "n1", .note = note, .ctx = run};
    run->plan = new_plan();
    run->stage = plan_stage(run->plan, "one", FAIL_STOPS);
    return run;
}

static struct run *begin_held(void)
{
    struct run *run = begin();
    AUTO_ERROR err = {0};

    if (!take(run, &err))
        fail_msg("%s", err.message);
    assert_int_equal(server.renews, 0);
    return run;
}

static void end(struct run *run)
{
    fence_end(run->fence, true, NULL);
    journal_close(run->journal);
    lease_place_done(&run->place);
    str_done(&run->said);
    plan_free(run->plan);
    fake_free(run->fake);
    free(run);
}

static struct step *kubectl_step(struct run *run)
{
    struct step *step = stage_step(run->stage, TIER_DISRUPTIVE, "k", "a patch");

    action_kubectl(&step->action, NULL, "patch", "cr", "x", NULL);
    return step;
}

static struct step *statement(struct run *run, enum tier tier)
{
    struct step *step = stage_step(run->stage, tier, "s", "a statement");

    action_sql(&step->action, "leader", "a=1");
    return step;
}

/* --- what is renewed when ---------------------------------------------------------------------------- */

static void directly_before_each_call_of_kubectl(void **state)
{
    (void)state;
    struct run *run = begin_held();
    struct step *act = set_step(run->stage, "a", "1");

    for (unsigned i = 1; i <= 3; i++) {
        assert_true(fence_before(run->fence, kubectl_step(run), NULL));
        assert_int_equal(server.renews, i);
    }
    assert_true(fence_before(run->fence, act, NULL)); /* what an act does is not known here */
    assert_int_equal(server.renews, 4);
    static const struct act_kind *const here[] = {&act_set, NULL};
    run->fake->world.here = here; /* a file of this machine */
    assert_true(fence_before(run->fence, act, NULL));
    assert_true(fence_before(run->fence, stage_step(run->stage, TIER_ADDS, "w", "a wait"), NULL));
    assert_int_equal(server.renews, 4);
    end(run);
}

/* An FE knows no Lease: what was renewed just now is not looked at again. */
static void statements_are_looked_after(void **state)
{
    (void)state;
    struct run *run = begin_held();

    assert_true(fence_before(run->fence, statement(run, TIER_REVERSIBLE), NULL));
    fence_idle(run->fence);
    assert_int_equal(server.renews, 0);
    clock_sleep(1100, -1);
    assert_true(fence_before(run->fence, statement(run, TIER_REVERSIBLE), NULL));
    assert_int_equal(server.renews, 0);
    assert_true(fence_before(run->fence, statement(run, TIER_DISRUPTIVE), NULL));
    assert_int_equal(server.renews, 1);
    end(run);
}

/* Without a fence nothing is held back. */
static void no_fence(void **state)
{
    (void)state;
    struct run *run = begin();

    assert_true(fence_before(NULL, kubectl_step(run), NULL));
    fence_idle(NULL);
    assert_true(fence_end(NULL, false, NULL));
    end(run);
}

/* --- it is another's ----------------------------------------------------------------------------------- */

static void assert_stops(struct run *run, const char *why)
{
    AUTO_ERROR err = {0};

    assert_false(fence_before(run->fence, kubectl_step(run), &err));
    if (err.code != ERR_LEASE || strstr(err.message, why) == NULL)
        fail_msg("%d: %s; wanted %s", err.code, err.message, why);
    assert_non_null(strstr(err.hint, "nothing was sent for this step"));
    /* From then on nothing at all, and nobody is asked any more. */
    unsigned calls = server.renews + server.reads;
    assert_false(fence_before(run->fence, statement(run, TIER_REVERSIBLE), NULL));
    assert_false(fence_before(run->fence, kubectl_step(run), NULL));
    fence_idle(run->fence);
    assert_int_equal(server.renews + server.reads, calls);
    fence_end(run->fence, false, NULL); /* it is not ours to give back */
    run->fence = NULL;
    assert_int_equal(server.releases, 0);
    end(run);
}

static void another_holder(void **state)
{
    (void)state;
    struct run *run = begin_held();

    snprintf(server.holder, sizeof(server.holder), "bert@elsewhere/00003");
    assert_stops(run, "bert@elsewhere/00003 holds this cluster now");
}

/* Taken over and given back under the same name: the count tells. */
static void other_transitions(void **state)
{
    (void)state;
    struct run *run = begin_held();

    server.transitions++;
    assert_stops(run, "holds this cluster now");
}

static void another_lease_of_the_name(void **state)
{
    (void)state;
    struct run *run = begin_held();

    snprintf(server.uid, sizeof(server.uid), "other");
    assert_stops(run, "holds this cluster now");
}

static void removed(void **state)
{
    (void)state;
    struct run *run = begin_held();

    server.there = false;
    assert_stops(run, "the Lease belay-kube of this run was removed");
}

/* --- it cannot be told ------------------------------------------------------------------------------------ */

static void an_api_that_does_not_answer(void **state)
{
    (void)state;
    struct run *run = begin_held();
    AUTO_ERROR err = {0};

    server.mute = true;
    assert_false(fence_before(run->fence, kubectl_step(run), &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "a patch: not sent, because it cannot be told who holds"));
    clock_sleep(1100, -1);
    /* By its time nobody can have taken it over. */
    assert_true(fence_before(run->fence, statement(run, TIER_DISRUPTIVE), NULL));
    server.mute = false;
    assert_true(fence_before(run->fence, kubectl_step(run), NULL)); /* it is ours still */
    server.refuses = true;
    error_done(&err);
    assert_false(fence_before(run->fence, kubectl_step(run), &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "although it is ours"));
    end(run);
}

/* --- having it --------------------------------------------------------------------------------------------- */

static const char *recorded(struct run *run, const char *member)
{
    static char text[128];
    AUTO_JSON *records = records_of(run->fake);
    json_t *record = record_of(records, "lease", NULL, 0);

    assert_non_null(record);
    snprintf(text, sizeof(text), "%s", json_str(record, member));
    return text;
}

static void made_and_given_back(void **state)
{
    (void)state;
    struct run *run = begin_held();

    assert_string_equal(recorded(run, "how"), "made");
    assert_string_equal(recorded(run, "uid"), server.uid);
    assert_non_null(strstr(server.holder, journal_run(run->journal)));
    assert_true(fence_end(run->fence, false, NULL));
    run->fence = NULL;
    assert_false(server.there);
    end(run);
}

static void kept_for_who_goes_on(void **state)
{
    (void)state;
    struct run *run = begin_held();

    assert_true(fence_end(run->fence, true, NULL));
    assert_true(server.there && server.releases == 0);
    assert_true(take(run, NULL)); /* the same run once more */
    assert_int_equal(server.renews, 1);
    assert_int_equal(server.takes, 0);
    end(run);
}

static void held_by_another(void **state)
{
    (void)state;
    struct run *run = begin();
    AUTO_ERROR err = {0};

    hold_by("bert@elsewhere/00003", "00003", "b0", FAR_AHEAD);
    run->answer = "bert@elsewhere/00003"; /* also to who would type it: his time is not out */
    assert_false(take(run, &err));
    assert_int_equal(err.code, ERR_LEASE);
    assert_non_null(strstr(err.message, "another operator holds this cluster: bert@elsewhere/00003"));
    assert_int_equal(run->asked + server.takes, 0);
    error_done(&err);
    assert_false(fence_look(&run->config, &err));
    assert_int_equal(err.code, ERR_LEASE);
    end(run);
}

static void taken_over_by_his_name(void **state)
{
    (void)state;
    static const char *const wrong[] = {NULL, "", "y", "bert", "Bert@elsewhere/00003", "bert@elsewhere/00003 "};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct run *run = begin();
        AUTO_ERROR err = {0};
        hold_by("bert@elsewhere/00003", "00003", "b0", LONG_AGO);
        run->answer = wrong[i];
        assert_true(fence_look(&run->config, NULL)); /* what can be asked for is no refusal */
        assert_false(take(run, &err));
        assert_int_equal(err.code, ERR_LEASE);
        assert_int_equal(server.takes, 0);
        end(run);
    }
    struct run *run = begin();
    hold_by("bert@elsewhere/00003", "00003", "b0", LONG_AGO);
    run->answer = "bert@elsewhere/00003";
    assert_true(take(run, NULL));
    assert_string_equal(recorded(run, "how"), "taken over");
    assert_string_equal(recorded(run, "from"), "bert@elsewhere/00003");
    assert_int_equal(server.transitions, 1);
    assert_non_null(strstr(run->said.s, "taken over from bert@elsewhere/00003"));
    assert_true(fence_before(run->fence, kubectl_step(run), NULL));
    end(run);
}

/* What a run of this state directory left, on which nobody works: its nonce stands in a journal here. */
static void left_by_a_run_of_this_machine(void **state)
{
    (void)state;
    struct run *run = begin();

    hold_by("anna@here/1", journal_run(run->journal), "n1", FAR_AHEAD);
    assert_true(take(run, NULL));
    assert_string_equal(recorded(run, "how"), "from a run of this machine");
    assert_int_equal(run->asked, 0);
    end(run);
}

static void forbidden_or_without_kubernetes(void **state)
{
    (void)state;
    struct run *run = begin();

    server.forbidden = true;
    assert_true(take(run, NULL));
    assert_string_equal(recorded(run, "how"), "none");
    assert_non_null(strstr(run->said.s, "only a second operator on this machine is kept out: Leases are forbidden"));
    assert_true(fence_before(run->fence, kubectl_step(run), NULL));
    assert_int_equal(server.renews, 0);
    end(run);
    run = begin();
    run->config.place = NULL;
    run->config.why_not = "there is no kubectl";
    assert_true(take(run, NULL));
    assert_string_equal(recorded(run, "why"), "there is no kubectl");
    end(run);
}

static void an_api_that_does_not_answer_at_first(void **state)
{
    (void)state;
    struct run *run = begin();
    AUTO_ERROR err = {0};

    server.mute = true;
    assert_false(take(run, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "so nothing was sent"));
    end(run);
}

/* --- for what ---------------------------------------------------------------------------------------------- */

static void which_plans_hold_it(void **state)
{
    (void)state;
    struct run *run = begin();
    static const struct act_kind *const here[] = {&act_set, NULL};

    assert_false(fence_wanted(&run->fake->world, run->plan));
    kubectl_step(run)->tier = TIER_ADDS;
    assert_false(fence_wanted(&run->fake->world, run->plan));
    set_step(run->stage, "a", "1");
    run->fake->world.here = here;
    assert_false(fence_wanted(&run->fake->world, run->plan));
    statement(run, TIER_REVERSIBLE);
    assert_true(fence_wanted(&run->fake->world, run->plan));
    end(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directly_before_each_call_of_kubectl),
        cmocka_unit_test(statements_are_looked_after),
        cmocka_unit_test(no_fence),
        cmocka_unit_test(another_holder),
        cmocka_unit_test(other_transitions),
        cmocka_unit_test(another_lease_of_the_name),
        cmocka_unit_test(removed),
        cmocka_unit_test(an_api_that_does_not_answer),
        cmocka_unit_test(made_and_given_back),
        cmocka_unit_test(kept_for_who_goes_on),
        cmocka_unit_test(held_by_another),
        cmocka_unit_test(taken_over_by_his_name),
        cmocka_unit_test(left_by_a_run_of_this_machine),
        cmocka_unit_test(forbidden_or_without_kubernetes),
        cmocka_unit_test(an_api_that_does_not_answer_at_first),
        cmocka_unit_test(which_plans_hold_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

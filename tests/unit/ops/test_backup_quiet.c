/* How quiet a backup was, and the settings that \backup --quiet changes: from facts alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/fe_settings.h>
#include <belay/in_force.h>
#include <belay/str.h>
#include <mem.h>

#include "backup/backup_quiet.h"

#define GRACE "lake_autovacuum_grace_period_minutes"
#define COMPACTION "lake_compaction_max_tasks"

static void make_cluster(struct cluster *ret)
{
    static const char *const hosts[] = {"fe-0", "fe-1"};

    *ret = (struct cluster){.id = mem_text("7"), .name = mem_text("c"), .leader = 1, .n_frontends = 2,
                            .version = mem_text("3.3.5-11e999a"), .run_mode = mem_text("shared_data")};
    ret->frontends = mem_array(2, sizeof(*ret->frontends));
    for (size_t i = 0; i < 2; i++)
        ret->frontends[i] = (struct frontend){
            .name = mem_text(hosts[i]), .host = mem_text(hosts[i]), .pod = mem_text(hosts[i]),
            .ns = mem_text(""), .role = mem_text(i == 1 ? "LEADER" : "FOLLOWER"), .alive = true,
            .version = mem_text("3.3.5-11e999a"), .started = mem_text(""), .heartbeat = mem_text(""),
            .problem = mem_text("")};
}

/* An observation; each setting on fe-0 and fe-1. */
static json_t *seen_of(const char *grace0, const char *grace1, const char *compaction)
{
    return json_pack("{s:{s:{s:s,s:s},s:{s:s,s:s},s:{s:s,s:s},s:{s:s,s:s}},s:{},s:{s:[],s:[],s:{s:i}}}",
                     "settings", GRACE, "fe-0", grace0, "fe-1", grace1, "catalog_trash_expire_second",
                     "fe-0", "700000", "fe-1", "700000", COMPACTION, "fe-0", compaction, "fe-1",
                     compaction, "enable_statistic_collect", "fe-0", "false", "fe-1", "false", "unread",
                     "writes", "writes", "unknown", "ended", "sales", 5);
}

static char *noise_of(const json_t *before, const json_t *after)
{
    struct cluster cluster;
    AUTO_STRV noise = {0};
    AUTO_STR text = {0};

    make_cluster(&cluster);
    quiet_noise(&cluster, before, after, &noise);
    cluster_done(&cluster);
    strv_join(&noise, "\n", &text);
    return mem_text(str_text(&text));
}

static void quiet_is_quiet(void **state)
{
    (void)state;
    AUTO_JSON *seen = seen_of("10080", "20000", "0");
    AUTO_FREE char *noise = noise_of(seen, seen);

    assert_string_equal(noise, "");
}

static void what_is_not_noted_is_not_quiet(void **state)
{
    (void)state;
    AUTO_JSON *seen = seen_of("10080", "10080", "0");
    AUTO_FREE char *first = noise_of(NULL, seen);
    AUTO_FREE char *last = noise_of(seen, NULL);

    assert_non_null(strstr(first, "nothing was noted before the image"));
    assert_non_null(strstr(last, "nothing was noted after the copy"));
}

static void settings_speak(void **state)
{
    (void)state;
    AUTO_JSON *good = seen_of("10080", "10080", "0");
    AUTO_JSON *one = seen_of("10080", "30", "0"); /* that FE was started again meanwhile */
    AUTO_JSON *all = seen_of("30", "30", "-1");
    AUTO_JSON *deaf = seen_of("10080", "10080", "0");
    AUTO_FREE char *noise_one = noise_of(good, one);
    AUTO_FREE char *noise_all = noise_of(all, good);

    assert_true(str_starts(noise_one, GRACE " is 30 on FE fe-1: vacuum removes"));
    assert_null(strchr(noise_one, '\n'));
    assert_true(str_starts(noise_all, GRACE " is 30: vacuum removes"));
    assert_non_null(strstr(noise_all, "\n" COMPACTION " is -1: "));
    json_put_str(json_object_get(deaf, "unread"), "fe-0", "not alive");
    AUTO_FREE char *noise_deaf = noise_of(deaf, deaf);
    assert_string_equal(noise_deaf, "FE fe-0: its settings cannot be read: not alive");
}

static void put_write(json_t *seen, const char *list, const char *kind)
{
    json_t *entry = json_object();

    json_put_str(entry, "kind", kind);
    json_put_str(entry, "why", "refused");
    json_put_int(entry, "n", 2);
    json_put(entry, "names", json_pack("[s]", "a.b"));
    json_array_append_new(json_object_get(json_object_get(seen, "writes"), list), entry);
}

static void work_speaks(void **state)
{
    (void)state;
    AUTO_JSON *before = seen_of("10080", "10080", "0");
    AUTO_JSON *after = seen_of("10080", "10080", "0");

    put_write(before, "writes", "pipes");
    put_write(after, "writes", "pipes");
    put_write(before, "writes", "INSERTs");
    put_write(after, "writes", "DELETEs");
    put_write(after, "unknown", "task runs");
    json_put_int(json_object_get(json_object_get(after, "writes"), "ended"), "sales", 8);
    AUTO_FREE char *noise = noise_of(before, after);
    assert_string_equal(noise, "all the while: pipes: 2 (a.b, …)\n"
                               "before the image: INSERTs: 2 (a.b, …)\n"
                               "after the copy: DELETEs: 2 (a.b, …)\n"
                               "after the copy: cannot tell task runs: refused\n"
                               "meanwhile: 3 transactions ended in sales");
}

/* "id: sql" of each step. */
static char *steps_of(json_t *take_seen, json_t *take_ledger, size_t *ret_final)
{
    AUTO_JSON *facts = json_object();
    struct plan *plan = plan_new("backup");
    struct cluster cluster;
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};

    make_cluster(&cluster);
    json_put(facts, "quiet", take_seen);
    json_put(facts, "ledger", json_pack("{s:o}", "settings", take_ledger));
    assert_true(quiet_add_away(plan, &cluster, facts, &err));
    assert_true(quiet_add_back(plan, &cluster, facts, &err));
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            const char *value = strrchr(step->action.sql, '=');
            const char *undo = strrchr(step->undo.sql, '=');
            str_addf(&text, "%s%s%s\n", step->id, value, undo);
            assert_true(step->fleeting && step->tier == TIER_REVERSIBLE);
            assert_int_equal(step->proof.args.n, 4); /* key, value, two FEs */
        }
    }
    *ret_final = plan->n_final;
    plan_free(plan);
    cluster_done(&cluster);
    return mem_text(str_text(&text));
}

static void away_and_back(void **state)
{
    (void)state;
    size_t final;
    AUTO_FREE char *steps = steps_of(seen_of("20000", "30", "-1"), json_object(), &final);

    /* The larger value that one FE has is kept; old is the leader's; only what stays is proved last. */
    assert_string_equal(steps, "quiet " GRACE "=\"20000\")=\"30\")\n"
                               "quiet " COMPACTION "=\"0\")=\"-1\")\n"
                               "back " COMPACTION "=\"-1\")=\"0\")\n");
    assert_int_equal(final, 2); /* and the trash, which is so already */
}

static void what_is_so_already(void **state)
{
    (void)state;
    size_t final;
    AUTO_FREE char *steps = steps_of(seen_of("10080", "20000", "0"), json_object(), &final);

    assert_string_equal(steps, ""); /* compaction was off before: it is not ours to turn on */
    assert_int_equal(final, 1);     /* the trash; of the grace the two FEs say different things */
}

static void what_an_earlier_run_left(void **state)
{
    (void)state;
    size_t final;
    json_t *ledger = json_pack("{s:{s:{s:s,s:s},s:s}}", COMPACTION, "values", "fe-0", "4", "fe-1", "4",
                               "run", "r1");
    AUTO_FREE char *steps = steps_of(seen_of("10080", "10080", "0"), ledger, &final);

    assert_string_equal(steps, "back " COMPACTION "=\"4\")=\"0\")\n");
}

static void in_force(void **state)
{
    (void)state;
    AUTO_JSON *ledger = json_pack("{s:{s:{s:s,s:s},s:{s:s}}}", "settings", GRACE, "value", "10080", "run",
                                  "r1", "enable_mv_automatic_active_check", "run", "r2");
    AUTO_STRV lines = {0};
    AUTO_STR text = {0};

    in_force_settings(ledger, NULL, &lines);
    in_force_settings(NULL, NULL, &lines);
    strv_join(&lines, "\n", &text);
    assert_string_equal(text.s, GRACE " was set to 10080 by run r1, and belay has not put it back yet: "
                                "\\settings back does\nenable_mv_automatic_active_check was set to "
                                "false by run r2, and belay has not put it back yet: \\settings back "
                                "does");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_is_quiet),     cmocka_unit_test(what_is_not_noted_is_not_quiet),
        cmocka_unit_test(settings_speak),     cmocka_unit_test(work_speaks),
        cmocka_unit_test(away_and_back),      cmocka_unit_test(what_is_so_already),
        cmocka_unit_test(what_an_earlier_run_left), cmocka_unit_test(in_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

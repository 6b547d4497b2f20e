/* What differs between two plans, and in what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/command.h>
#include <belay/json.h>
#include <belay/str.h>
#include <mem.h>

#include "plan_diff.h"

const struct command *const command_table[] = {NULL};

static bool keep(void *ctx, const void *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

/* One step a name, each with its statement. */
static struct plan *plan_of(const char *id, const char *const (*steps)[2])
{
    struct plan *plan = plan_new("try");
    struct stage *stage = plan_stage(plan, "all", FAIL_STOPS);

    plan->cluster = mem_text("c");
    plan->identity = json_object();
    json_put_str(plan->identity, "id", id);
    for (; (*steps)[0] != NULL; steps++)
        action_sql(&stage_step(stage, TIER_ADDS, (*steps)[0], (*steps)[0])->action, "leader",
                   (*steps)[1]);
    plan_seal(plan);
    return plan;
}

static char *differ(struct plan *saved, struct plan *now)
{
    struct str text = {0};
    struct sink *sink = sink_new(-1, "memory");

    sink_set_taker(sink, keep, &text);
    plan_diff_show(sink, saved, now);
    sink_flush(sink, NULL);
    sink_free(sink);
    plan_free(saved);
    plan_free(now);
    return str_take(&text);
}

static void what_was_and_what_is(void **state)
{
    (void)state;
    const char *const saved[][2] = {{"a", "SET x = 1"}, {"gone", "SET g"}, {"b", "SET b"}, {NULL}};
    const char *const now[][2] = {{"a", "SET x = 2"}, {"b", "SET b"}, {"new", "SET n"}, {NULL}};
    AUTO_FREE char *text = differ(plan_of("1", saved), plan_of("1", now));

    assert_non_null(strstr(text, "~ a\n    action    - "));
    assert_non_null(strstr(text, "SET x = 1\""));
    assert_non_null(strstr(text, "\n              + "));
    assert_non_null(strstr(text, "SET x = 2\""));
    assert_non_null(strstr(text, "\n- gone\n+ new\n"));
    assert_null(strstr(text, "SET b"));
    assert_null(strstr(text, "proof"));
}

static void long_values_are_shortened_around_the_difference(void **state)
{
    (void)state;
    AUTO_FREE char *one = str_format("%0500dONE%0500d", 0, 0);
    AUTO_FREE char *two = str_format("%0500dTWO%0500d", 0, 0);
    const char *const saved[][2] = {{"a", one}, {NULL}};
    const char *const now[][2] = {{"a", two}, {NULL}};
    AUTO_FREE char *text = differ(plan_of("1", saved), plan_of("1", now));

    assert_non_null(strstr(text, "- …000000000000000000000000000000ONE0"));
    assert_non_null(strstr(text, "+ …000000000000000000000000000000TWO0"));
    assert_true(strlen(text) < 300);
}

static void another_cluster(void **state)
{
    (void)state;
    const char *const steps[][2] = {{"a", "SET x"}, {NULL}};
    AUTO_FREE char *text = differ(plan_of("1", steps), plan_of("2", steps));

    assert_string_equal(text, "    cluster   - {\"id\":\"1\"}\n              + {\"id\":\"2\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_and_what_is),
        cmocka_unit_test(long_values_are_shortened_around_the_difference),
        cmocka_unit_test(another_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

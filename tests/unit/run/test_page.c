/* A long plan on the page: its head, its end, the headings between, and never one step hidden alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/command.h>
#include <belay/json.h>
#include <belay/str.h>
#include <mem.h>

#include "page.h"

const struct command *const command_table[] = {NULL};

static bool keep(void *ctx, const void *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

/* So many stages of so many steps each, numbered through; and lines that are left as found. */
static struct plan *long_plan(size_t stages, size_t steps, size_t left)
{
    struct plan *plan = plan_new("try");
    size_t number = 0;

    plan->cluster = mem_text("c");
    plan->identity = json_object();
    for (size_t i = 1; i <= stages; i++) {
        AUTO_FREE char *name = str_format("stage %zu.", i);
        struct stage *stage = plan_stage(plan, name, FAIL_STOPS);
        for (size_t k = 0; k < steps; k++) {
            AUTO_FREE char *title = str_format("step %zu.", ++number);
            stage_step(stage, TIER_ADDS, title, title);
        }
    }
    for (size_t i = 1; i <= left; i++)
        strv_addf(&plan->left, "left %zu.", i);
    plan_seal(plan);
    return plan;
}

static char *shown(struct plan *plan, bool whole)
{
    struct str text = {0};
    struct sink *sink = sink_new(-1, "memory");

    sink_set_taker(sink, keep, &text);
    page_show(sink, plan, NULL, whole);
    sink_free(sink);
    plan_free(plan);
    return str_take(&text);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

static void one_step_is_not_hidden_alone(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(1, 16, 13), false);

    assert_int_equal(count(page, "step "), 16);
    assert_int_equal(count(page, "  left "), 13);
    assert_null(strstr(page, "more"));
}

static void two_are(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(1, 17, 14), false);

    assert_int_equal(count(page, "step "), 15);
    assert_non_null(strstr(page, "step 12.\n  …  2 more: l lists all\n 15  step 15."));
    assert_int_equal(count(page, "  left "), 12);
    assert_non_null(strstr(page, "left 12.\n  … 2 more\n"));
}

static void headings_are_kept(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(4, 10, 0), false);

    assert_int_equal(count(page, " -- stage "), 4);
    assert_int_equal(count(page, "step "), 12);
    assert_non_null(strstr(page, "step 3.\n  …  7 more: l lists all\n -- stage 2.\n 11  step 11.\n"));
    assert_non_null(strstr(page, "step 33.\n  …  7 more\n"));
}

/* However many there are, of each stage it is seen what it begins with. */
static void of_each_stage_its_first_step(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(20, 3, 0), false);

    assert_int_equal(count(page, " -- stage "), 20);
    assert_int_equal(count(page, "step "), 20);
    assert_non_null(strstr(page, " -- stage 20.\n 58  step 58.\n  …  2 more\n"));
}

static void one_step_of_a_stage_is_not_hidden_alone(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(18, 1, 0), false);

    assert_int_equal(count(page, " -- stage "), 18);
    assert_int_equal(count(page, "step "), 18);
    assert_null(strstr(page, "more"));
}

static void many_stages_are_told_in_one_line(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(100, 5, 0), false);

    assert_int_equal(count(page, " -- stage "), 4);
    assert_non_null(strstr(page, " -- stage 3.\n 11  step 11.\n 12  step 12.\n  …  3 more: l lists all\n"
                                 "  …  480 more in 96 stages\n -- stage 100.\n  …  2 more\n"
                                 "498  step 498."));
}

static void the_whole_page_hides_nothing(void **state)
{
    (void)state;
    AUTO_FREE char *page = shown(long_plan(100, 5, 40), true);

    assert_int_equal(count(page, " -- stage "), 100);
    assert_int_equal(count(page, "step "), 500);
    assert_int_equal(count(page, "  left "), 40);
    assert_null(strstr(page, "more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_step_is_not_hidden_alone),
        cmocka_unit_test(two_are),
        cmocka_unit_test(headings_are_kept),
        cmocka_unit_test(of_each_stage_its_first_step),
        cmocka_unit_test(one_step_of_a_stage_is_not_hidden_alone),
        cmocka_unit_test(many_stages_are_told_in_one_line),
        cmocka_unit_test(the_whole_page_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which steps of a very long run a report lists one by one, and how its page treats hostile text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/journal.h>
#include <belay/str.h>

#include "report/report_inside.h"

#define MANY 3500 /* the report lists 3000 that went well */

static void record(struct report_told *told, const char *type, int i, const char *outcome,
                   const char *at)
{
    struct journal_file file = {0};
    AUTO_FREE char *id = str_format("step %d", i);
    AUTO_JSON *json = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", type, "stage", i < 10 ? "a" : "b",
                                "step", id, "title", id, "at", at);

    if (outcome != NULL)
        json_put_str(json, "outcome", outcome);
    report_take(told, &file, json);
}

static void test_a_long_run(void **state)
{
    (void)state;
    struct report_told told;
    struct report_source source = {.run = "r"};

    report_told_init(&told);
    for (int i = 0; i < MANY; i++) {
        record(&told, "intent", i, NULL, "2026-11-24T06:00:00Z");
        record(&told, "outcome", i, i == MANY - 1 ? "failed" : "done",
               i == 3 ? "2026-11-24T06:00:40Z" : "2026-11-24T06:00:30Z");
    }
    record(&told, "intent", MANY, NULL, "2026-11-24T06:01:00Z");
    AUTO_JSON *stages = report_stages(&source, &told);
    assert_int_equal(json_array_size(stages), 2);
    const json_t *a = json_array_get(stages, 0), *b = json_array_get(stages, 1);
    assert_int_equal(json_array_size(json_object_get(a, "steps")), 10);
    assert_string_equal(json_str(a, "began"), "2026-11-24T06:00:00Z");
    assert_string_equal(json_str(a, "ended"), "2026-11-24T06:00:40Z");
    /* 2990 that went well, the one that failed, and the one whose outcome nobody knows. */
    const json_t *steps = json_object_get(b, "steps");
    assert_int_equal(json_array_size(steps), 2992);
    assert_int_equal(json_int(b, "counted"), MANY - 1 - 3000);
    assert_string_equal(json_str(json_array_get(steps, 2990), "outcome"), "failed");
    assert_string_equal(json_str(json_array_get(steps, 2991), "outcome"), "not known");
    assert_string_equal(json_str(b, "ended"), "2026-11-24T06:01:00Z");
    report_told_done(&told);
}

static void test_every_text_is_a_text(void **state)
{
    (void)state;
    static const char hostile[] = "</style><img src=x onerror=\"1\">&amp;'\x1b[2J\n\xe2\x80\xae";
    AUTO_JSON *report = json_pack(
        "{s:{s:s,s:s,s:[s],s:s,s:s},s:[{s:s,s:[{s:s,s:s,s:s,s:s,s:s}]}],s:[{s:s}],s:{s:s},s:[s],s:s}",
        "run", "command", hostile, "state", hostile, "args", hostile, "cluster", hostile, "error",
        hostile, "stages", "name", hostile, "steps", "id", hostile, "title", hostile, "action", hostile,
        "undo", hostile, "says", hostile, "people", hostile, hostile, "settings", hostile, hostile,
        "head", hostile, "no_plan", hostile);
    AUTO_STR page = {0};

    assert_non_null(report);
    report_html(report, &page);
    assert_null(strstr(page.s, "<img"));
    assert_null(strchr(page.s, '\x1b'));
    assert_null(strstr(page.s, "\xe2\x80\xae"));
    assert_non_null(strstr(page.s, "&lt;img src=x onerror=&quot;1&quot;&gt;&amp;amp;&#39;\\e[2J\\n\\u{202E}"));
    /* The one of the style sheet itself. */
    const char *end = strstr(page.s, "</style>");
    assert_non_null(end);
    assert_null(strstr(end + 1, "</style>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_long_run),
        cmocka_unit_test(test_every_text_is_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

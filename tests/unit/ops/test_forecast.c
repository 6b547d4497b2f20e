/* What ACTIVE will refresh of a view: by release, by view, by its last refreshes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/str.h>

#include "views/forecast.h"

static struct release release_of(const char *text)
{
    struct release release = {0};

    release_parse(text, &release);
    return release;
}

/* {"views": {"1": [rows, whole, forced, plain, runs]}} */
static json_t *history_with(int rows, int whole, int forced, int plain, int runs)
{
    return json_pack("{s:{s:[i,i,i,i,i]}}", "views", "1", rows, whole, forced, plain, runs);
}

static struct view a_view(const char *refresh, const char *last_state)
{
    return (struct view){.id = (char *)"1", .database = (char *)"a", .name = (char *)"v",
                         .full = (char *)"a.v", .active = true, .reason = (char *)"",
                         .refresh = (char *)refresh, .last_state = (char *)last_state};
}

static void the_release_decides(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        enum forecast_kind kind;
        const char *why;
    } cases[] = {{"3.1.5", FORECAST_FULL, "in full"},
                 {"3.3.3-312ed45", FORECAST_FULL, "in full"},
                 {"3.4.1", FORECAST_FULL, "in full"},
                 {"3.4.2", FORECAST_INCREMENTAL, "only what changed"},
                 {"3.5.7", FORECAST_FULL, "in full"},
                 {"3.5.8", FORECAST_EMPTY, "reads empty"},
                 {"3.5.14", FORECAST_EMPTY, "reads empty"},
                 {"3.5.15", FORECAST_FULL, "in full"},
                 {"4.0.0", FORECAST_INCREMENTAL, "only what changed"},
                 {"4.1.0", FORECAST_INCREMENTAL, "only what changed"},
                 {"nonsense", FORECAST_UNKNOWN, "not known here"}};
    AUTO_JSON *history = history_with(1200, 0, 60, 6, 4);
    const struct view view = a_view("ASYNC", "SUCCESS");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct forecast forecast = forecast_of(history, release_of(cases[i].release), &view, false);
        assert_int_equal(forecast.kind, cases[i].kind);
        assert_non_null(strstr(forecast.why, cases[i].why));
        /* Each is timed by refreshes of its own kind. */
        assert_int_equal(forecast.seconds, cases[i].kind == FORECAST_INCREMENTAL ? 6 : 60);
        assert_int_equal(forecast.rows, 1200);
        assert_int_equal(forecast.runs, 4);
    }
}

static void the_view_decides(void **state)
{
    (void)state;
    AUTO_JSON *history = history_with(7, 1, -1, 6, 2);
    AUTO_JSON *never = history_with(-1, -1, -1, -1, 0);
    const struct view manual = a_view("MANUAL", "SUCCESS");
    const struct view async = a_view("ASYNC", "SUCCESS");
    const struct view new = a_view("ASYNC", "");
    const struct release old = release_of("3.3.5");
    const struct release recent = release_of("4.1.0");

    struct forecast forecast = forecast_of(history, old, &manual, false);
    assert_int_equal(forecast.kind, FORECAST_NONE);
    assert_int_equal(forecast.seconds, 0);
    assert_int_equal(forecast_of(history, old, &async, true).kind, FORECAST_NONE); /* left */
    forecast = forecast_of(history, recent, &async, false);
    assert_int_equal(forecast.kind, FORECAST_INCREMENTAL);
    assert_non_null(strstr(forecast.why, "no partitions"));
    /* Nothing of the other kind to go by: better than nothing. */
    assert_int_equal(forecast_of(history, old, &async, false).seconds, 6);
    forecast = forecast_of(never, recent, &new, false);
    assert_int_equal(forecast.kind, FORECAST_FULL);
    assert_non_null(strstr(forecast.why, "never refreshed"));
    assert_int_equal(forecast.seconds, -1);
    assert_int_equal(forecast_of(NULL, old, &async, false).seconds, -1);
}

static void assert_said(const struct forecast_sum *sum, const json_t *history, const char *expected)
{
    AUTO_STR text = {0};

    forecast_say(sum, history, &text);
    assert_string_equal(str_text(&text), expected);
}

static void the_sum(void **state)
{
    (void)state;
    struct forecast_sum sum = {0};
    AUTO_JSON *unread = json_pack("{s:s}", "unread", "no node");

    forecast_add(&sum, &(struct forecast){.kind = FORECAST_NONE, .rows = 9});
    assert_said(&sum, NULL, "1 none");
    forecast_add(&sum, &(struct forecast){.kind = FORECAST_FULL, .seconds = 40, .rows = 100});
    forecast_add(&sum, &(struct forecast){.kind = FORECAST_FULL, .seconds = 20, .rows = -1});
    assert_said(&sum, NULL, "2 full, 1 none; 1 min 0 s of refreshes as the last ones took, 100 rows");
    forecast_add(&sum, &(struct forecast){.kind = FORECAST_EMPTY, .seconds = -1, .rows = 1});
    assert_said(&sum, NULL, "1 full, empty meanwhile, 2 full, 1 none; 1 min 0 s of refreshes as the "
                            "last ones took, 101 rows; 1 without a run to go by");
    assert_said(&sum, unread, "1 full, empty meanwhile, 2 full, 1 none; how long is not known: no "
                              "node");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_release_decides),
        cmocka_unit_test(the_view_decides),
        cmocka_unit_test(the_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

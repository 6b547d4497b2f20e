/* Clocks, and time in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include <belay/str.h>

#include "clock.h"

static void utc_text(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    clock_utc(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    clock_utc(1795502165999, text);
    assert_string_equal(text, "2026-11-24T06:36:05Z");
    clock_utc(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    clock_stamp(1795502165000, text);
    assert_string_equal(text, "20261124T063605Z");
    assert_true(clock_is_stamp(text));
    for (const char *const *other = (const char *const[]){"", "20261124T063605", "20261124T063605Z ",
                                                          "20261124T06360aZ", "../../124T063605Z", NULL};
         *other != NULL; other++)
        assert_false(clock_is_stamp(*other));
}

static void utc_text_is_read_back(void **state)
{
    (void)state;
    int64_t s = 7;

    assert_true(clock_read_utc("2026-11-24T06:36:05Z", &s));
    assert_int_equal(s, 1795502165);
    assert_false(clock_read_utc("2026-11-24T06:36:05", &s));
    assert_false(clock_read_utc("2026-11-24T06:36:05Z2", &s));
    assert_false(clock_read_utc("", &s));
    assert_int_equal(s, 1795502165);
}

static void absurd_times_do_no_harm(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    clock_utc(INT64_MAX, text);
    assert_true(strlen(text) < CLOCK_TEXT);
    clock_utc(INT64_MIN, text);
    assert_true(strlen(text) < CLOCK_TEXT);
    clock_local_time(INT64_MIN, text);
    assert_true(strlen(text) < CLOCK_TEXT);
}

static void local_time_follows_tz(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    setenv("TZ", "AAA-3", 1);
    tzset();
    clock_local_time(1795502165000, text);
    assert_string_equal(text, "09:36:05");
    setenv("TZ", "UTC", 1);
    tzset();
}

static void assert_span(int64_t ms, const char *expected)
{
    AUTO_STR text = {0};
    clock_span(ms, &text);
    assert_string_equal(str_text(&text), expected);
}

static void spans(void **state)
{
    (void)state;
    assert_span(-5, "0.000 s");
    assert_span(12, "0.012 s");
    assert_span(999, "0.999 s");
    assert_span(1500, "1.5 s");
    assert_span(9999, "9.9 s");
    assert_span(41000, "41 s");
    assert_span(59999, "59 s");
    assert_span(200000, "3 min 20 s");
    assert_span(7500000, "2 h 5 min");
    assert_span(100 * 3600 * 1000, "4 d 4 h");
}

static void assert_age(int64_t ms, const char *expected)
{
    AUTO_STR text = {0};
    clock_age(ms, &text);
    assert_string_equal(str_text(&text), expected);
}

static void ages(void **state)
{
    (void)state;
    assert_age(-5, "less than 1 s");
    assert_age(694, "less than 1 s");
    assert_age(1500, "1 s");
    assert_age(9999, "9 s");
    assert_age(41000, "41 s");
    assert_age(100 * 3600 * 1000, "4 d 4 h");
}

static void sleeping_takes_its_time(void **state)
{
    (void)state;
    int64_t before = clock_ms();
    assert_false(clock_sleep(60, 0));
    assert_in_range(clock_ms() - before, 60, 2000);
    assert_false(clock_sleep(-1, 0));
}

static void sleeping_ends_when_woken(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_false(clock_sleep(20, ends[0]));
    assert_int_equal(write(ends[1], "x", 1), 1);
    int64_t before = clock_ms();
    assert_true(clock_sleep(10000, ends[0]));
    assert_true(clock_ms() - before < 5000);
    close(ends[0]);
    close(ends[1]);
    assert_false(clock_sleep(20, ends[0])); /* no longer a descriptor: the time is kept */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utc_text),
        cmocka_unit_test(utc_text_is_read_back),
        cmocka_unit_test(absurd_times_do_no_harm),
        cmocka_unit_test(local_time_follows_tz),
        cmocka_unit_test(spans),
        cmocka_unit_test(ages),
        cmocka_unit_test(sleeping_takes_its_time),
        cmocka_unit_test(sleeping_ends_when_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

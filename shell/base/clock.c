/* The clocks, and time in words. */
#include "clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

#include <belay/str.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_unix_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

/* Whole seconds, rounded down also before 1970. */
static time_t seconds(int64_t unix_ms)
{
    return (time_t)(unix_ms / 1000 - (unix_ms % 1000 < 0));
}

static struct tm utc_parts(int64_t unix_ms)
{
    time_t when = seconds(unix_ms);
    struct tm parts = {0};
    gmtime_r(&when, &parts);
    return parts;
}

void clock_utc(int64_t unix_ms, char ret[CLOCK_TEXT])
{
    struct tm parts = utc_parts(unix_ms);
    if (strftime(ret, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(ret, CLOCK_TEXT, "?");
}

void clock_stamp(int64_t unix_ms, char ret[CLOCK_TEXT])
{
    struct tm parts = utc_parts(unix_ms);
    if (strftime(ret, CLOCK_TEXT, "%Y%m%dT%H%M%SZ", &parts) == 0)
        snprintf(ret, CLOCK_TEXT, "?");
}

bool clock_is_stamp(const char *text)
{
    static const char form[] = "00000000T000000Z";

    for (size_t i = 0; i < sizeof form; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != form[i])
            return false;
    }
    return true;
}

void clock_local_time(int64_t unix_ms, char ret[CLOCK_TEXT])
{
    time_t when = seconds(unix_ms);
    struct tm parts;
    if (localtime_r(&when, &parts) == NULL || strftime(ret, CLOCK_TEXT, "%H:%M:%S", &parts) == 0)
        snprintf(ret, CLOCK_TEXT, "?");
}

bool clock_read_utc(const char *text, int64_t *ret_s)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

    if (end == NULL || *end != '\0')
        return false;
    *ret_s = (int64_t)timegm(&tm);
    return true;
}

bool clock_sleep(int64_t ms, int wake_fd)
{
    struct pollfd wake = {.fd = wake_fd > 0 ? wake_fd : -1, .events = POLLIN};
    int64_t end = clock_ms() + (ms > 0 ? ms : 0);
    for (;;) {
        int64_t left = end - clock_ms();
        if (left < 0)
            left = 0;
        int n = poll(&wake, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (n > 0 && (wake.revents & POLLNVAL) == 0)
            return true;
        if (n > 0)
            wake.fd = -1; /* closed by its owner: nothing can come from there */
        if (n < 0 && errno != EINTR)
            return false;
        if (clock_ms() >= end)
            return false;
    }
}

void clock_span(int64_t ms, struct str *ret)
{
    if (ms < 0)
        ms = 0;
    int64_t s = ms / 1000;
    int64_t min = s / 60;
    int64_t h = min / 60;
    if (ms < 1000)
        str_addf(ret, "0.%03d s", (int)ms);
    else if (s < 10)
        str_addf(ret, "%d.%d s", (int)s, (int)(ms % 1000 / 100));
    else if (s < 60)
        str_addf(ret, "%d s", (int)s);
    else if (h < 1)
        str_addf(ret, "%d min %d s", (int)min, (int)(s % 60));
    else if (h < 24)
        str_addf(ret, "%d h %d min", (int)h, (int)(min % 60));
    else
        str_addf(ret, "%lld d %d h", (long long)(h / 24), (int)(h % 24));
}

void clock_age(int64_t ms, struct str *ret)
{
    if (ms < 1000)
        str_add(ret, "less than 1 s");
    else if (ms < 10000)
        str_addf(ret, "%d s", (int)(ms / 1000));
    else
        clock_span(ms, ret);
}

/* Functions of the time: now, and parts of a date. The cluster's time zone is UTC. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "expr.h"

#define MICROS INT64_C(1000000)
#define DAY (86400 * MICROS)

static int64_t now_micros(const struct function_call *call)
{
    return world_now_ms(call->e->x->w) * 1000;
}

/* now(), now(n): n digits of the second's fraction */
static bool f_now(const struct function_call *call, struct value *ret)
{
    int64_t now = now_micros(call), unit = MICROS;
    int64_t digits = call->n == 0 ? 0 : decimal_int(&call->args[0].number);
    for (int64_t i = 0; i < digits && i < 6; i++)
        unit /= 10;
    *ret = value_time(TYPE_DATETIME, now - now % unit);
    return true;
}

static bool f_curdate(const struct function_call *call, struct value *ret)
{
    int64_t now = now_micros(call);
    *ret = value_time(TYPE_DATE, now - now % DAY);
    return true;
}

/* An argument as a time. */
static struct value time_at(const struct function_call *call, size_t i, enum type_id id)
{
    struct type type = {.id = id};
    return expr_cast(call->e, &call->args[i], &type);
}

static bool f_unix_timestamp(const struct function_call *call, struct value *ret)
{
    int64_t at = now_micros(call);
    if (call->n > 0) {
        struct value v = time_at(call, 0, TYPE_DATETIME);
        if (v.null)
            return true;
        at = v.micros;
    }
    *ret = value_whole(TYPE_BIGINT, at < 0 ? 0 : at / MICROS);
    return true;
}

static bool f_date(const struct function_call *call, struct value *ret)
{
    *ret = time_at(call, 0, TYPE_DATE);
    return true;
}

static struct tm split(int64_t micros)
{
    time_t seconds = (time_t)(micros / MICROS - (micros % MICROS < 0));
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    return tm;
}

static bool f_part(const struct function_call *call, struct value *ret)
{
    struct value v = time_at(call, 0, TYPE_DATETIME);
    const char *name = call->expr->name;
    if (v.null)
        return true;
    struct tm tm = split(v.micros);
    int part = str_equal(name, "year")     ? tm.tm_year + 1900
               : str_equal(name, "month")  ? tm.tm_mon + 1
               : str_equal(name, "hour")   ? tm.tm_hour
               : str_equal(name, "minute") ? tm.tm_min
               : str_equal(name, "second") ? tm.tm_sec
                                           : tm.tm_mday;
    *ret = value_whole(str_equal(name, "year") ? TYPE_SMALLINT : TYPE_TINYINT, part);
    return true;
}

/* date_trunc('month', time): units from year down to second. */
static bool f_date_trunc(const struct function_call *call, struct value *ret)
{
    const struct value *unit = &call->args[0];
    bool day = call->args[1].type.id == TYPE_DATE;
    struct value v = time_at(call, 1, day ? TYPE_DATE : TYPE_DATETIME);
    static const char *const units[] = {"year", "month", "day", "hour", "minute", "second"};
    size_t at = 0, n = sizeof units / sizeof units[0];
    while (at < n && (!type_is_text(&unit->type) || strcasecmp(units[at], unit->text) != 0))
        at++;
    if (at == n)
        return expr_decline(call->e);
    if (v.null)
        return true;
    struct tm tm = split(v.micros);
    if (at < 1)
        tm.tm_mon = 0;
    if (at < 2)
        tm.tm_mday = 1;
    if (at < 3)
        tm.tm_hour = 0;
    if (at < 4)
        tm.tm_min = 0;
    if (at < 5)
        tm.tm_sec = 0;
    *ret = value_time(v.type.id, (int64_t)timegm(&tm) * MICROS);
    return true;
}

const struct function functions_of_time[] = {
    {"now", 0, 1, true, false, TYPE_DATETIME, f_now},
    {"current_timestamp", 0, 1, true, false, TYPE_DATETIME, f_now},
    {"localtime", 0, 1, true, false, TYPE_DATETIME, f_now},
    {"localtimestamp", 0, 1, true, false, TYPE_DATETIME, f_now},
    {"utc_timestamp", 0, 1, true, false, TYPE_DATETIME, f_now},
    {"curdate", 0, 0, true, false, TYPE_DATE, f_curdate},
    {"current_date", 0, 0, true, false, TYPE_DATE, f_curdate},
    {"unix_timestamp", 0, 1, true, false, TYPE_BIGINT, f_unix_timestamp},
    {"date", 1, 1, true, false, TYPE_DATE, f_date},
    {"to_date", 1, 1, true, false, TYPE_DATE, f_date},
    {"year", 1, 1, true, false, TYPE_SMALLINT, f_part},
    {"month", 1, 1, true, false, TYPE_TINYINT, f_part},
    {"day", 1, 1, true, false, TYPE_TINYINT, f_part},
    {"dayofmonth", 1, 1, true, false, TYPE_TINYINT, f_part},
    {"hour", 1, 1, true, false, TYPE_TINYINT, f_part},
    {"minute", 1, 1, true, false, TYPE_TINYINT, f_part},
    {"second", 1, 1, true, false, TYPE_TINYINT, f_part},
    {"date_trunc", 2, 2, true, false, TYPE_DATETIME, f_date_trunc},
    {.name = NULL},
};

/* A time plus or minus an interval: a DATETIME, folded by the FE. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "expr.h"

#define MICROS INT64_C(1000000)

static const struct {
    const char *name;
    int seconds, months; /* one of them */
} UNITS[] = {
    {"SECOND", 1, 0},    {"MINUTE", 60, 0}, {"HOUR", 3600, 0},  {"DAY", 86400, 0},
    {"WEEK", 604800, 0}, {"MONTH", 0, 1},   {"QUARTER", 0, 3}, {"YEAR", 0, 12},
};

bool interval_unit(const struct token *t)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (token_is(t, UNITS[i].name))
            return true;
    }
    return false;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 1 && leap);
}

/* The same day of another month, or that month's last. */
static int64_t add_months(int64_t micros, int64_t months)
{
    int64_t rest = (micros % MICROS + MICROS) % MICROS;
    time_t seconds = (time_t)((micros - rest) / MICROS);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    int64_t all = tm.tm_year * INT64_C(12) + tm.tm_mon + months;
    tm.tm_mon = (int)((all % 12 + 12) % 12);
    tm.tm_year = (int)((all - tm.tm_mon) / 12);
    int last = days_of(tm.tm_year + 1900, tm.tm_mon);
    tm.tm_mday = tm.tm_mday > last ? last : tm.tm_mday;
    return (int64_t)timegm(&tm) * MICROS + rest;
}

static bool subtracts(const char *name)
{
    return str_equal(name, "-") || str_equal(name, "date_sub") || str_equal(name, "subdate");
}

bool expr_interval(struct evaluation *e, const struct expr *expr, const struct value *args,
                   struct value *ret)
{
    struct type time = {.id = TYPE_DATETIME}, whole = {.id = TYPE_INT};
    struct value at = expr_cast(e, &args[0], &time), n = expr_cast(e, &args[1], &whole);
    *ret = value_null(TYPE_DATETIME);
    ret->folded = at.folded && n.folded;
    if (at.null || n.null)
        return true;
    int64_t many = subtracts(expr->name) ? -decimal_int(&n.number) : decimal_int(&n.number);
    int64_t most = INT64_C(10000) * 366 * 86400;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (strcasecmp(UNITS[i].name, expr->unit) != 0)
            continue;
        if (many * UNITS[i].seconds > most || many * UNITS[i].seconds < -most ||
            many * UNITS[i].months > 120000 || many * UNITS[i].months < -120000)
            return true; /* beyond the years 0 to 9999 */
        bool folded = ret->folded;
        *ret = value_time(TYPE_DATETIME,
                          UNITS[i].seconds > 0 ? at.micros + many * UNITS[i].seconds * MICROS
                                               : add_months(at.micros, many * UNITS[i].months));
        ret->folded = folded;
    }
    return true;
}

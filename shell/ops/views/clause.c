/*
 * Refresh clauses as SHOW CREATE MATERIALIZED VIEW writes them (fe-core MaterializedView,
 * getMaterializedViewDdlStmt). The text comes from a server and goes back into a statement, so
 * anything that is not such a clause from its first to its last byte is not understood.
 */
#include "clause.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include <belay/str.h>
#include <mem.h>

/* The next word or sign of the text must be this one; *p moves behind it. */
static bool take(const char **p, const char *word)
{
    const char *at = *p + strspn(*p, " ");
    size_t len = strlen(word);
    bool is_word = isalpha((unsigned char)word[0]) != 0;

    if (strncmp(at, word, len) != 0 ||
        (is_word && (isalnum((unsigned char)at[len]) || at[len] == '_')))
        return false;
    *p = at + len;
    return true;
}

int64_t clause_time(const char *text)
{
    static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d"};

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct tm tm = {0};
        const char *end = strptime(text, forms[i], &tm);
        /* Some columns come with microseconds. */
        if (end != NULL && (*end == '\0' || (i == 0 && *end == '.')))
            return (int64_t)timegm(&tm);
    }
    return -1;
}

char *clause_time_text(int64_t seconds)
{
    char text[32];
    time_t at = (time_t)seconds;
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
    return mem_text(text);
}

/* START("2027-01-01 00:00:00") */
static bool take_start(const char **p, struct clause *ret)
{
    char time[32];
    size_t len;

    if (!take(p, "(") || !take(p, "\""))
        return false;
    len = strspn(*p, "0123456789-: ");
    if (len >= sizeof(time))
        return false;
    memcpy(time, *p, len);
    time[len] = '\0';
    *p += len;
    ret->start_s = clause_time(time);
    return ret->start_s >= 0 && **p == '"' && take(p, "\"") && take(p, ")");
}

/* EVERY(INTERVAL 2 HOUR) */
static bool take_every(const char **p, struct clause *ret)
{
    static const struct {
        const char *name;
        int64_t seconds; /* 0: no fixed length */
    } units[] = {{"SECOND", 1}, {"MINUTE", 60}, {"HOUR", 3600},  {"DAY", 86400},
                 {"WEEK", 604800}, {"MONTH", 0}, {"QUARTER", 0}, {"YEAR", 0}};
    int64_t n = 0;

    if (!take(p, "(") || !take(p, "INTERVAL"))
        return false;
    *p += strspn(*p, " ");
    for (; isdigit((unsigned char)**p) && n < 1000000000; (*p)++)
        n = n * 10 + (**p - '0');
    for (size_t i = 0; n > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (!take(p, units[i].name))
            continue;
        ret->period_s = n * units[i].seconds;
        return take(p, ")");
    }
    return false;
}

static enum clause_kind parse(const char *p, struct clause *ret)
{
    enum clause_kind kind = CLAUSE_ON_LOAD;

    if (!take(&p, "REFRESH"))
        return CLAUSE_UNKNOWN;
    ret->deferred = !take(&p, "IMMEDIATE") && take(&p, "DEFERRED");
    if (take(&p, "MANUAL"))
        return *p == '\0' ? CLAUSE_MANUAL : CLAUSE_UNKNOWN;
    if (!take(&p, "ASYNC"))
        return CLAUSE_UNKNOWN;
    if (take(&p, "START") && !take_start(&p, ret))
        return CLAUSE_UNKNOWN;
    if (take(&p, "EVERY")) {
        if (!take_every(&p, ret))
            return CLAUSE_UNKNOWN;
        kind = CLAUSE_EVERY;
    }
    return *p == '\0' ? kind : CLAUSE_UNKNOWN;
}

void clause_parse(const char *text, struct clause *ret)
{
    *ret = (struct clause){.start_s = -1};
    ret->kind = parse(text, ret);
}

/* What stands after REFRESH and the moment; NULL: it is no clause. */
static const char *after_moment(const char *text)
{
    if (!take(&text, "REFRESH"))
        return NULL;
    if (!take(&text, "IMMEDIATE"))
        take(&text, "DEFERRED");
    return text;
}

bool clause_same(const char *one, const char *other)
{
    const char *rest = after_moment(one);

    return rest == NULL ? str_equal(one, other) : str_equal(rest, after_moment(other));
}

const char *clause_when_manual(const struct clause *clause)
{
    return clause->deferred ? "REFRESH DEFERRED MANUAL" : "REFRESH MANUAL";
}

/* The names of scenarios. */
#include "scenario_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <belay/str.h>

#include "mem.h"
#include "world_release.h"

#define VIEWS_MAX 1000000

/* Release lines whose behaviour the practice cluster plays (world_release.c). */
static const char *const lines[] = {"2.5", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "4.0", "4.1"};

/* A part of a release: digits, of which there are one or two. */
static const char *after_number(const char *p)
{
    size_t n = strspn(p, "0123456789");
    return n == 1 || n == 2 ? p + n : NULL;
}

/* 3.5.10 and 4.1 (its .0) are releases; the line must be one of ours. */
static bool is_release(const char *text, bool *ret_short)
{
    const char *p = after_number(text);
    p = p != NULL && *p == '.' ? after_number(p + 1) : NULL;
    if (p == NULL)
        return false;
    AUTO_FREE char *line = mem_textn(text, (size_t)(p - text));
    *ret_short = *p == '\0';
    p = *p == '.' ? after_number(p + 1) : p;
    if (p == NULL || *p != '\0')
        return false;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (str_equal(lines[i], line))
            return true;
    }
    return false;
}

/* "3.3.9" with the commit of such a server; zeros: nobody looked at one. */
static void add_commit(const char *release, char ret[48])
{
    const char *commit = "0000000";
    for (const struct scenario_release *r = scenario_releases; r->release != NULL; r++) {
        if (str_equal(r->release, release))
            commit = r->commit;
    }
    snprintf(ret, 48, "%s-%s", release, commit);
}

bool scenario_version(const char *tag, char ret[48])
{
    int major = 0, minor = 0, patch = 0;
    int n = sscanf(tag, "%2d.%2d.%2d", &major, &minor, &patch);
    AUTO_FREE char *release = str_format("%d.%d.%d", major, minor, n < 3 ? 0 : patch);
    if (n < 2 || major < 0 || minor < 0 || patch < 0)
        return false;
    add_commit(release, ret);
    return true;
}

static bool take_release(const char *text, struct scenario_name *ret, struct error *err)
{
    bool is_short = false;
    if (!is_release(text, &is_short)) {
        error_set(err, ERR_USAGE, "the practice cluster plays no release '%s'", text);
        return error_hint(err, "of %s to %s, as in seed@3.5.10", lines[0],
                          lines[sizeof lines / sizeof lines[0] - 1]);
    }
    AUTO_FREE char *release = str_format("%s%s", text, is_short ? ".0" : "");
    add_commit(release, ret->version);
    return true;
}

static bool take_views(const struct scenario *s, const char *digits, struct scenario_name *ret,
                       struct error *err)
{
    char *end = NULL;
    ret->views = digits == NULL ? s->views : strtoll(digits, &end, 10);
    if (digits == NULL || (s->fill != NULL && *digits >= '1' && *digits <= '9' && *end == '\0' &&
                           ret->views <= VIEWS_MAX))
        return true;
    error_set(err, ERR_USAGE, "'%s' is no number of views for the practice scenario %s", digits,
              s->name);
    if (s->fill == NULL)
        return error_hint(err, "big takes one, as in big:2000");
    return error_hint(err, "1 to %d, as in %s:2000", VIEWS_MAX, s->name);
}

static const struct scenario *find_name(const char *name, struct error *err)
{
    AUTO_STR known = {0};
    for (const struct scenario *s = scenarios; s->name != NULL; s++) {
        if (str_equal(s->name, name))
            return s;
        str_addf(&known, "%s%s", known.len == 0 ? "" : ", ", s->name);
    }
    error_set(err, ERR_USAGE, "no practice scenario '%s'", name);
    error_hint(err, "there are: %s; a release, as in 3.5.10 or shared-nothing@4.0.3, plays its "
                    "behaviour", str_text(&known));
    return NULL;
}

/* 1.9.10: three numbers, from 1.7.0 on. */
static bool is_operator(const char *text)
{
    int major = 0, minor = 0, patch = 0, end = 0;
    return sscanf(text, "%1d.%2d.%2d%n", &major, &minor, &patch, &end) == 3 && text[end] == '\0' &&
           major == 1 && minor >= 7;
}

/* "operator=1.9.10" or "crd=1.9.4". */
static bool take_option(const struct scenario *s, const char *option, struct scenario_name *ret,
                        struct error *err)
{
    bool crd = str_starts(option, "crd=");
    if (crd || str_starts(option, "operator=")) {
        const char *value = strchr(option, '=') + 1;
        if (is_operator(value) && *ret->operator != '\0') {
            snprintf(ret->crd, sizeof ret->crd, "%s", value);
            if (!crd)
                snprintf(ret->operator, sizeof ret->operator, "%s", value);
            return true;
        }
    }
    error_set(err, ERR_USAGE, "the practice scenario %s does not take '%s'", s->name, option);
    return error_hint(err, "it takes the operator's release, and that of an older CRD after it, as in "
                           "seed,operator=1.11.5,crd=1.9.4; from 1.7.0 on");
}

/* The operator of the scenario, then what stands behind the commas. */
static bool take_options(const struct scenario *s, char *options, struct scenario_name *ret,
                         struct error *err)
{
    const char *operator = s->operator == NULL ? "1.11.5" : s->operator;
    snprintf(ret->operator, sizeof ret->operator, "%s", operator);
    snprintf(ret->crd, sizeof ret->crd, "%s", s->crd == NULL ? operator : s->crd);
    while (options != NULL) {
        char *next = strchr(options, ',');
        if (next != NULL)
            *next++ = '\0';
        if (!take_option(s, options, ret, err))
            return false;
        options = next;
    }
    return true;
}

const struct scenario *scenario_find(const char *text, struct scenario_name *ret,
                                     struct error *err)
{
    AUTO_FREE char *name = mem_text(text);
    char *options = strchr(name, ',');
    if (options != NULL)
        *options++ = '\0';
    char *views = strchr(name, ':');
    if (views != NULL)
        *views++ = '\0';
    char *release = strchr(name, '@');
    if (release != NULL)
        *release++ = '\0';
    bool alone = release == NULL && *name >= '0' && *name <= '9';
    const struct scenario *s = alone ? &scenarios[0] : find_name(name, err);
    if (s == NULL || !take_views(s, views, ret, err) ||
        !take_release(alone ? name : release != NULL ? release : s->release, ret, err) ||
        !take_options(s, options, ret, err))
        return NULL;
    return s;
}

/* What is refused before anything is sent: ways that StarRocks does not support, clusters that would not
 * survive it. */
#include <belay/preflight.h>

#include "upgrade_inside.h"

static bool is_exact(const char *text)
{
    size_t dots = 0;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '.' && p > text && p[-1] != '.' && p[1] != '\0')
            dots++;
        else if (*p < '0' || *p > '9')
            return false;
    }
    return dots == 2;
}

bool upgrade_wanted(const struct upgrade_choice *choice, struct release *ret, struct error *err)
{
    const char *to = choice->to;

    if (to != NULL && is_exact(to) && release_parse(to, ret))
        return true;
    error_set(err, ERR_USAGE, to == NULL ? "which release?" : "\"%s\" is no exact release",
              to != NULL ? to : "");
    return error_hint(err, "give it whole, as in --to 3.3.9: the proofs compare with it");
}

static bool read_release(struct upgrading *m, struct error *err)
{
    if (!upgrade_wanted(m->choice, &m->to, err))
        return false;
    if (release_parse(m->cluster.version, &m->from))
        return true;
    error_set(err, ERR_UNKNOWN, "the leader calls its release \"%s\", which is no number",
              m->cluster.version);
    return error_hint(err, "a build of one's own has no place in the rules for the way from release to "
                           "release");
}

/* A node that is of another release already tells which way an upgrade goes that was begun. */
static struct release begun_from(const struct upgrading *m)
{
    struct release found = m->from;

    for (size_t i = 0; i < m->cluster.n_frontends + m->cluster.n_nodes; i++) {
        const char *version = i < m->cluster.n_frontends
                                  ? m->cluster.frontends[i].version
                                  : m->cluster.nodes[i - m->cluster.n_frontends].version;
        struct release one;
        if (release_compare(found, m->to) == 0 && release_parse(version, &one))
            found = one;
    }
    return found;
}

/* "one minor release at a time" (StarRocks docs, upgrade.md). */
static bool one_line(const struct upgrading *m, struct error *err)
{
    struct release high = m->down ? m->from : m->to, low = m->down ? m->to : m->from;
    AUTO_STR between = {0};
    AUTO_STR from = {0};

    if (!way_back_is_long(high, low))
        return true;
    way_between(m->from, m->to, &between);
    release_text(m->from, &from);
    error_set(err, ERR_VERDICT, "from %s to %s is more than one minor release, and StarRocks supports one "
              "at a time", from.s, m->choice->to);
    return error_hint(err, "first to the newest of %s (upgrade.md, downgrade.md), with an image and a "
                      "backup between", str_text(&between));
}

static bool way_is_free(const struct upgrading *m, struct error *err)
{
    const struct way_back_row *row = m->down ? way_back_barred(m->from, m->to) : NULL;
    AUTO_STR least = {0};
    AUTO_STR from = {0};

    if (row == NULL)
        return true;
    release_text(row->least, &least);
    release_text(m->from, &from);
    error_set(err, ERR_VERDICT, "from %s there is no way back to %s by its image: the oldest that can read "
              "its metadata is %s", from.s, m->choice->to, least.s);
    return error_hint(err, "%s; \\restore puts the metadata of a backup back", row->source);
}

/* With one frontend away and another one restarted there is no majority of three. */
static bool all_alive(const struct upgrading *m, struct error *err)
{
    for (size_t i = 0; i < m->cluster.n_frontends; i++) {
        const struct frontend *f = &m->cluster.frontends[i];
        if (f->alive)
            continue;
        error_set(err, ERR_VERDICT, "FE %s is not alive: the restart of another one could end the majority",
                  *f->pod != '\0' ? f->pod : f->host);
        return error_hint(err, "bring it up, or drop it, first; \\nodes shows what it says");
    }
    return true;
}

static bool operator_acts(const struct upgrading *m, struct error *err)
{
    if (str_equal(json_str_at(m->fe, "object", "kind", NULL), "statefulsets.apps") ||
        !json_flag(m->operator, "stopped"))
        return true;
    error_set(err, ERR_VERDICT, "the operator (Deployment %s in %s) has no pod that is ready: it would act "
              "on nothing", json_str(m->operator, "name"), json_str(m->operator, "namespace"));
    return error_hint(err, "a run that was stopped may have left it so: \\journal list");
}

static bool one_set_of_frontends(struct upgrading *m, struct error *err)
{
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(m->facts, "sets"), i, set)
    {
        if (!str_equal(json_str(set, "kind"), "FE"))
            continue;
        if (m->fe != NULL)
            return error_set(err, ERR_UNKNOWN, "the frontends are in more than one StatefulSet: %s and %s",
                             json_str(m->fe, "name"), json_str(set, "name"));
        m->fe = set;
    }
    return m->fe != NULL || error_set(err, ERR_UNKNOWN, "no StatefulSet of frontends is known");
}

/* The rulebook, as long as its facts were read: from the first node of the new release on it would judge
 * what this plan does. */
static bool rules_hold(struct upgrading *m, struct error *err)
{
    const json_t *facts = json_object_get(m->facts, "preflight");
    AUTO_JSON *verdict = facts != NULL ? preflight_judge(facts, m->choice->to, err) : NULL;
    AUTO_STR said = {0};

    if (facts == NULL)
        return true;
    if (verdict == NULL)
        return false;
    preflight_say(verdict, &said);
    m->rules = str_take(&said);
    if (preflight_passed(verdict, err))
        return true;
    return error_hint(err, "\\preflight --to %s shows them with what to do; --exclude ID=REASON lets one not "
                      "count, with the reason on record", m->choice->to);
}

bool upgrade_may(struct upgrading *m, struct error *err)
{
    if (!read_release(m, err) || !one_set_of_frontends(m, err))
        return false;
    m->from = begun_from(m);
    m->down = release_compare(m->to, m->from) < 0;
    m->barred = m->down ? NULL : way_back_barred(m->to, m->from);
    return one_line(m, err) && way_is_free(m, err) && all_alive(m, err) && operator_acts(m, err) &&
           rules_hold(m, err);
}

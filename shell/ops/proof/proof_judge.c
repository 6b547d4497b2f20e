/* What a difference means: rules for each kind of thing, and the few that need more than a rule. */
#include <release.h>
#include <starrocks.h>
#include <clock.h>

#include "proof_inside.h"
#include "views/clause.h"

#define SLOWER_TIMES 3
#define SLOWER_MS 1000

enum how {
    HOW_NONE,
    HOW_SAME,    /* another value is a loss */
    HOW_MOVES,   /* another value is to be expected */
    HOW_MORE,    /* a number: less is a loss, more grew */
    HOW_STAYS,   /* a flag: no longer is a loss, now is to be expected */
    HOW_RELEASE, /* a version: higher is to be expected */
};

struct rule {
    const char *key;
    enum how how;
    const char *says; /* of the loss; of what moves */
};

#define MAX_RULES 4

static const struct {
    enum proof_class gone;
    const char *gone_says;
    enum proof_class new;
    const char *new_says;
    struct rule rules[MAX_RULES];
} kinds[PROOF_KINDS] = {
    [PROOF_CLUSTER] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"id", HOW_SAME, "this is another cluster, or one whose metadata was lost"},
         {"run_mode", HOW_SAME, "another run mode"},
         {"leader", HOW_MOVES, "the leader moved"}}},
    [PROOF_FRONTEND] = {PROOF_LOST, "it is not in the list any more", PROOF_GREW, "it was added",
        {{"alive", HOW_STAYS, "it is down"}, {"version", HOW_RELEASE, NULL},
         {"votes", HOW_SAME, "another role"}}},
    [PROOF_NODE] = {PROOF_LOST, "it is not in the list any more", PROOF_GREW, "it was added",
        {{"alive", HOW_STAYS, "it is down"}, {"version", HOW_RELEASE, NULL}}},
    [PROOF_DATABASE] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"id", HOW_SAME, "another one of the same name"}}},
    [PROOF_TABLE] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"id", HOW_SAME, "another one of the same name"}, {"type", HOW_SAME, "another type"},
         {"path", HOW_SAME, "another place in the storage"}}},
    [PROOF_SYSTEM_TABLE] = {PROOF_EXPECTED, "this release does not have it",
        PROOF_EXPECTED, "new in this release", {{0}}},
    [PROOF_VIEW] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"id", HOW_SAME, "another one of the same name"},
         {"path", HOW_SAME, "another place in the storage"}}},
    [PROOF_PLAIN_VIEW] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new", {{0}}},
    [PROOF_PARTITION] = {PROOF_LOST, "it is gone", PROOF_GREW, "new partitions", {{0}}},
    [PROOF_ROWS] = {PROOF_LOST, "its rows cannot be counted: it is gone", PROOF_GREW, "it is new",
        {{"rows", HOW_MORE, "fewer rows"}}},
    [PROOF_VOLUME] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"location", HOW_SAME, "another place"}, {"type", HOW_SAME, "another type"},
         {"default", HOW_SAME, "another default volume"}, {"enabled", HOW_SAME, "enabled or not"}}},
    [PROOF_USER] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"grants", HOW_MORE, "fewer grants"}}},
    [PROOF_ROLE] = {PROOF_LOST, "it has no grant any more", PROOF_GREW, "it is new",
        {{"grants", HOW_MORE, "fewer grants"}}},
    [PROOF_SETTING] = {PROOF_EXPECTED, "this release does not have it, or its frontend is gone",
        PROOF_EXPECTED, "new in this release, or of a frontend that is new",
        {{"value", HOW_SAME, "another value: a frontend that restarts is back at its fe.conf"}}},
    [PROOF_LOAD] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new", {{"runs", HOW_STAYS, NULL}}},
    [PROOF_TASK] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new",
        {{"state", HOW_SAME, "another schedule"}, {"definition", HOW_SAME, "another definition"}}},
    [PROOF_PIPE] = {PROOF_LOST, "it is gone", PROOF_GREW, "it is new", {{"runs", HOW_STAYS, NULL}}},
    [PROOF_QUERY] = {PROOF_CANNOT_TELL, "it was not run again", PROOF_GREW, "it is new", {{0}}},
};

/* A value for a person; appends. */
static void say(const json_t *item, const char *key, struct str *ret)
{
    const json_t *value = json_object_get(item, key);

    if (json_is_string(value))
        str_add(ret, json_string_value(value));
    else if (json_is_integer(value))
        str_add_int(ret, json_integer_value(value));
    else if (json_is_boolean(value))
        str_add(ret, json_is_true(value) ? "yes" : "no");
}

static void judge_release(struct proof_judging *judging, enum proof_kind kind, const json_t *after,
                          const char *was, const char *now)
{
    struct release old = {0}, new = {0};

    if (!release_parse(was, &old) || !release_parse(now, &new)) {
        proof_find(judging->found, PROOF_CANNOT_TELL, kind, after, was, now, "another version");
        return;
    }
    int order = release_compare(new, old);
    bool wanted = order == 0 || (order < 0) == judging->down;
    proof_find(judging->found, wanted ? PROOF_EXPECTED : PROOF_LOST, kind, after, was, now,
               "%s", order == 0 ? "another build" : order > 0 ? "version went up" : "version went back");
}

/* "it is down", or of a load the state it is in now. */
static void judge_flag(struct proof_judging *judging, enum proof_kind kind, const struct rule *rule,
                       const json_t *before, const json_t *after)
{
    bool now = json_flag(after, rule->key);
    bool by_state = rule->says == NULL;
    const char *verdict = now ? "it is up now" : rule->says;

    if (by_state)
        verdict = now ? "it runs now" : "it does not run";
    proof_find(judging->found, now ? PROOF_EXPECTED : PROOF_LOST, kind, after,
               by_state ? json_str(before, "state") : now ? "no" : "yes",
               by_state ? json_str(after, "state") : now ? "yes" : "no", "%s", verdict);
}

static void judge_by_rule(struct proof_judging *judging, enum proof_kind kind, const struct rule *rule,
                          const json_t *before, const json_t *after)
{
    const json_t *was = json_object_get(before, rule->key);
    const json_t *now = json_object_get(after, rule->key);
    AUTO_STR was_text = {0};
    AUTO_STR now_text = {0};

    if (rule->how == HOW_NONE || was == now || json_equal(was, now))
        return;
    say(before, rule->key, &was_text);
    say(after, rule->key, &now_text);
    switch (rule->how) {
    case HOW_NONE:
        break;
    case HOW_SAME:
    case HOW_MOVES:
        proof_find(judging->found, rule->how == HOW_SAME ? PROOF_LOST : PROOF_EXPECTED, kind, after,
                   str_text(&was_text), str_text(&now_text), "%s", rule->says);
        break;
    case HOW_MORE: {
        bool more = json_integer_value(now) > json_integer_value(was);
        proof_find(judging->found, more ? PROOF_GREW : PROOF_LOST, kind, after, str_text(&was_text),
                   str_text(&now_text), "%s", more ? "more" : rule->says);
        break;
    }
    case HOW_STAYS:
        judge_flag(judging, kind, rule, before, after);
        break;
    case HOW_RELEASE:
        judge_release(judging, kind, after, str_text(&was_text), str_text(&now_text));
        break;
    }
}

/* --- definitions ----------------------------------------------------------------------------------- */

/* Do both releases print the query of a view in the same way? */
static bool query_compares(const struct proof_judging *judging)
{
    struct release old = {0}, new = {0};

    if (str_equal(judging->release_before, judging->release_after))
        return true;
    release_parse(judging->release_before, &old);
    release_parse(judging->release_after, &new);
    int was = starrocks_value(SR_VIEW_QUERY, old, VIEW_QUERY_EITHER);
    int now = starrocks_value(SR_VIEW_QUERY, new, VIEW_QUERY_EITHER);
    return was == now && was != VIEW_QUERY_EITHER;
}

static void judge_properties(struct proof_judging *judging, const json_t *item, const json_t *before,
                             const json_t *after)
{
    bool same_release = str_equal(judging->release_before, judging->release_after);
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)before, key, value)
    {
        const json_t *now = json_object_get(after, key);
        if (!json_equal(value, now))
            proof_find(judging->found, PROOF_LOST, PROOF_VIEW, item, key, now != NULL ? key : "",
                       "definition changed: property %s %s", key,
                       now != NULL ? "has another value" : "is gone");
    }
    json_object_foreach((json_t *)after, key, value)
    {
        if (json_object_get(before, key) != NULL)
            continue;
        if (same_release)
            proof_find(judging->found, PROOF_LOST, PROOF_VIEW, item, "", key,
                       "definition changed: property %s is new", key);
        else
            proof_find_many(judging->found, PROOF_EXPECTED, PROOF_VIEW, item,
                            "this release shows a property that the one before did not show");
    }
}

static void judge_query_text(struct proof_judging *judging, enum proof_kind kind, const json_t *item)
{
    if (query_compares(judging))
        proof_find(judging->found, PROOF_LOST, kind, item, "", "", "definition changed: the query");
    else
        proof_find_many(judging->found, PROOF_EXPECTED, kind, item,
                        "the two releases do not print queries alike: only the rest of the definition "
                        "was compared");
}

static void judge_definition(struct proof_judging *judging, const json_t *before, const json_t *after)
{
    const json_t *was = json_object_get(before, "definition");
    const json_t *now = json_object_get(after, "definition");

    if (json_equal(was, now))
        return;
    if (json_object_get(was, "whole") != NULL || json_object_get(now, "whole") != NULL) {
        if (query_compares(judging))
            proof_find(judging->found, PROOF_LOST, PROOF_VIEW, after, "", "", "definition changed");
        else
            proof_find(judging->found, PROOF_CANNOT_TELL, PROOF_VIEW, after, "", "",
                       "its definition cannot be taken apart: a comment or a literal looks like a "
                       "clause");
        return;
    }
    if (!str_equal(json_str(was, "head"), json_str(now, "head")))
        proof_find(judging->found, PROOF_LOST, PROOF_VIEW, after, "", "",
                   "definition changed: columns, comment, partition or distribution");
    if (!clause_same(json_str(was, "refresh"), json_str(now, "refresh")))
        proof_find(judging->found, PROOF_LOST, PROOF_VIEW, after, json_str(was, "refresh"),
                   json_str(now, "refresh"), "definition changed: the refresh clause");
    else if (!str_equal(json_str(was, "refresh"), json_str(now, "refresh")))
        proof_find(judging->found, PROOF_EXPECTED, PROOF_VIEW, after, json_str(was, "refresh"),
                   json_str(now, "refresh"),
                   "DEFERRED only counts at the creation, and a frontend may forget it at its start");
    judge_properties(judging, after, json_object_get(was, "properties"),
                     json_object_get(now, "properties"));
    if (!str_equal(json_str(was, "query"), json_str(now, "query")))
        judge_query_text(judging, PROOF_VIEW, after);
}

static void judge_view(struct proof_judging *judging, const json_t *before, const json_t *after)
{
    const json_t *was = json_object_get(before, "active");
    const json_t *now = json_object_get(after, "active");

    if (json_is_true(was) && json_is_false(now))
        proof_find(judging->found, PROOF_LOST, PROOF_VIEW, after, "active", "inactive", "it is down: %s",
                   json_str(after, "reason"));
    else if (json_is_false(was) && json_is_true(now))
        proof_find(judging->found, PROOF_EXPECTED, PROOF_VIEW, after, "inactive", "active",
                   "it is up now");
    judge_definition(judging, before, after);
}

/* --- partitions ------------------------------------------------------------------------------------ */

/* The version of this physical partition; -1: there is none. */
static int64_t version_of(const json_t *versions, json_int_t id)
{
    json_t *pair;
    size_t i;

    json_array_foreach((json_t *)versions, i, pair)
    {
        if (json_integer_value(json_array_get(pair, 0)) == id)
            return json_integer_value(json_array_get(pair, 1));
    }
    return -1;
}

static void judge_partition(struct proof_judging *judging, const json_t *before, const json_t *after)
{
    const json_t *was = json_object_get(before, "versions");
    const json_t *now = json_object_get(after, "versions");
    bool newer = false, replaced = false;
    json_t *pair;
    size_t i;

    if (json_equal(was, now))
        return;
    json_array_foreach((json_t *)was, i, pair)
    {
        int64_t old = json_integer_value(json_array_get(pair, 1));
        int64_t new = version_of(now, json_integer_value(json_array_get(pair, 0)));
        if (new >= 0 && new < old) {
            AUTO_FREE char *old_text = str_format("%lld", (long long)old);
            AUTO_FREE char *new_text = str_format("%lld", (long long)new);
            proof_find(judging->found, PROOF_LOST, PROOF_PARTITION, after, old_text, new_text,
                       "version went back: writes are lost");
            return;
        }
        newer = newer || new > old;
        replaced = replaced || new < 0;
    }
    judging->wrote = true;
    if (replaced)
        proof_find_many(judging->found, PROOF_GREW, PROOF_PARTITION, after, "overwritten since");
    else if (newer)
        proof_find_many(judging->found, PROOF_GREW, PROOF_PARTITION, after,
                        "newer versions: writes went on");
    else
        proof_find_many(judging->found, PROOF_GREW, PROOF_PARTITION, after, "more physical partitions");
}

/* --- queries --------------------------------------------------------------------------------------- */

static char *result_words(const json_t *item)
{
    AUTO_STR span = {0};

    if (*json_str(item, "error") != '\0')
        return str_format("%s", json_str(item, "error"));
    clock_span(json_int(item, "ms"), &span);
    return str_format("%lld row%s, %s", (long long)json_int(item, "rows"),
                      json_int(item, "rows") == 1 ? "" : "s", span.s);
}

/* true: one of the two readings has no answer, and that is told. */
static bool judge_errors(struct proof_judging *judging, enum proof_kind kind, const json_t *before,
                         const json_t *after, const char *was, const char *now)
{
    bool failed_before = *json_str(before, "error") != '\0';
    bool failed_after = *json_str(after, "error") != '\0';

    if (failed_before && failed_after)
        proof_find(judging->found, PROOF_CANNOT_TELL, kind, after, was, now, "it failed both times");
    else if (failed_after)
        proof_find(judging->found, PROOF_LOST, kind, after, was, now, "it fails now");
    else if (failed_before)
        proof_find(judging->found, PROOF_EXPECTED, kind, after, was, now, "it failed before");
    return failed_before || failed_after;
}

static void judge_query(struct proof_judging *judging, const json_t *before, const json_t *after)
{
    AUTO_FREE char *was = result_words(before);
    AUTO_FREE char *now = result_words(after);
    int64_t fewer = json_int(before, "rows") - json_int(after, "rows");
    int64_t took = json_int(after, "ms");

    if (judge_errors(judging, PROOF_QUERY, before, after, was, now))
        return;
    if (fewer > 0)
        proof_find(judging->found, PROOF_LOST, PROOF_QUERY, after, was, now, "fewer rows");
    else if (!str_equal(json_str(before, "sum"), json_str(after, "sum")) && !judging->wrote)
        proof_find(judging->found, PROOF_LOST, PROOF_QUERY, after, was, now,
                   "another result, although no partition has a newer version");
    else if (!str_equal(json_str(before, "sum"), json_str(after, "sum")))
        proof_find(judging->found, fewer < 0 ? PROOF_GREW : PROOF_CANNOT_TELL, PROOF_QUERY, after, was,
                   now, fewer < 0 ? "more rows"
                                  : "another result: writes went on, so that it cannot be told why");
    if (took > SLOWER_TIMES * json_int(before, "ms") && took > json_int(before, "ms") + SLOWER_MS)
        proof_find(judging->found, PROOF_EXPECTED, PROOF_QUERY, after, was, now,
                   "slower: caches are empty after a restart");
}

/* --- what the FE keeps for itself ------------------------------------------------------------------ */

/* Statistics are collected all the time, into tables that the FE makes, changes and drops as its release
 * wants (fe-core StatisticsMetaManager): what becomes of them is nobody's loss, and no write of a user. */
static bool is_of_fe(const json_t *item)
{
    return str_equal(json_str(item, "db"), "_statistics_");
}

/* --- all of them ------------------------------------------------------------------------------------ */

static void judge_alone(struct proof_judging *judging, enum proof_kind kind, const json_t *item, bool gone)
{
    enum proof_class class = gone ? kinds[kind].gone : kinds[kind].new;
    const char *says = gone ? kinds[kind].gone_says : kinds[kind].new_says;

    if (kind == PROOF_PARTITION)
        judging->wrote = true;
    if (class == PROOF_LOST || kind == PROOF_FRONTEND || kind == PROOF_NODE)
        proof_find(judging->found, class, kind, item, gone ? "there" : "", gone ? "" : "there", "%s", says);
    else
        proof_find_many(judging->found, class, kind, item, says);
}

void proof_judge(struct proof_judging *judging, enum proof_kind kind, const json_t *before,
                 const json_t *after)
{
    if (is_of_fe(before != NULL ? before : after))
        return;
    if (before == NULL || after == NULL) {
        judge_alone(judging, kind, before != NULL ? before : after, after == NULL);
        return;
    }
    if (kind == PROOF_ROWS && judge_errors(judging, kind, before, after, json_str(before, "error"),
                                           json_str(after, "error")))
        return;
    for (size_t i = 0; i < MAX_RULES; i++)
        judge_by_rule(judging, kind, &kinds[kind].rules[i], before, after);
    if (kind == PROOF_VIEW)
        judge_view(judging, before, after);
    else if (kind == PROOF_PLAIN_VIEW &&
             !str_equal(json_str(before, "query"), json_str(after, "query")))
        judge_query_text(judging, kind, after);
    else if (kind == PROOF_PARTITION)
        judge_partition(judging, before, after);
    else if (kind == PROOF_QUERY)
        judge_query(judging, before, after);
}

/* Rules about materialized views: what a release does to them when it starts, or when they come up. */
#include <string.h>
#include <strings.h>

#include <starrocks.h>

#include "fe_settings.h"
#include "rules.h"

#define SETTING_LOAD_LATER "enable_mv_post_image_reload_cache"

#define ANY {{0}, {0}}
#define FROM(a, b, c) {{a, b, c}, {0}}
#define BETWEEN(a, b, c, d, e, f) {{a, b, c}, {d, e, f}}

/* What runs when the views come up again: the target where there is one. */
static struct release then_runs(const struct rule_facts *facts)
{
    return release_known(facts->to) ? facts->to : facts->from;
}

static int64_t active_views(const struct rule_facts *facts)
{
    const json_t *views = rule_read(facts, "views");

    return json_int(views, "n") - json_int(views, "n_inactive");
}

/* The views that a reading names, and how many there are more. */
static void name_views(const struct rule_facts *facts, const char *list, const char *count,
                       const char *else_says, struct finding *ret)
{
    const json_t *views = rule_read(facts, "views");
    const json_t *names = json_object_get(views, list);
    int64_t n = json_int(views, count);
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)names, i, name)
        found(ret, ANSWER_NO, "%s", json_string_value(name));
    if (n > (int64_t)i)
        found(ret, ANSWER_NO, "%lld more", (long long)(n - (int64_t)i));
    if (n == 0)
        found(ret, ANSWER_YES, "%s", else_says);
}

static void ask_inactive(const struct rule_facts *facts, struct finding *ret)
{
    name_views(facts, "inactive", "n_inactive", "all are active", ret);
}

static void ask_stuck(const struct rule_facts *facts, struct finding *ret)
{
    name_views(facts, "stuck", "n_stuck", "none stands on an inactive view", ret);
}

static void ask_expression(const struct rule_facts *facts, struct finding *ret)
{
    name_views(facts, "expression", "n_expression", "there is none", ret);
}

static void ask_lz4(const struct rule_facts *facts, struct finding *ret)
{
    static const struct release_range reads = BETWEEN(3, 1, 14, 3, 2, 0);

    if (release_in(reads, facts->to))
        found(ret, ANSWER_YES, "%s reads it", facts->to_text);
    else
        name_views(facts, "lz4", "n_lz4", "no view has it", ret);
}

/* A row of the release table that costs something while there are active views. */
static void ask_row(const struct rule_facts *facts, enum behaviour what, struct finding *ret)
{
    struct release release = then_runs(facts);
    const struct behaviour_row *row = starrocks_row(what, release);
    int64_t n = active_views(facts);
    AUTO_STR text = {0};

    if (release_known(release))
        release_text(release, &text);
    if (row == NULL)
        found(ret, ANSWER_CANNOT_TELL, "what %s does there is not known",
              text.len > 0 ? text.s : "this release");
    else if (row->value != 0 && n > 0)
        found(ret, ANSWER_NO, "%lld active view%s; on %s %s", (long long)n, n == 1 ? "" : "s", text.s,
              row->says);
    else
        found(ret, ANSWER_YES, n == 0 ? "there is no active view" : "on %s it is so", text.s);
}

static void ask_way_back(const struct rule_facts *facts, struct finding *ret)
{
    ask_row(facts, SR_ACTIVE_REFRESH, ret);
}

static void ask_force(const struct rule_facts *facts, struct finding *ret)
{
    ask_row(facts, SR_FORCE_EMPTIES, ret);
}

static void ask_reload(const struct rule_facts *facts, struct finding *ret)
{
    ask_row(facts, SR_RELOAD_SECONDS, ret);
}

/* Does fe.conf, which a restarted FE reads, switch the FE's own activation off? */
static bool checker_stays_off(const struct rule_facts *facts)
{
    return strcasecmp(json_str_at(rule_read(facts, "settings"), "conf", SETTING_CHECKER, NULL),
                      "false") == 0;
}

/* … or the loading of views behind its start, in which it takes those over views for inactive? The
 * release of now need not know the key. */
static bool loads_at_once(const struct rule_facts *facts)
{
    return strcasecmp(json_str_at(facts->json, "read", "conf", "values", SETTING_LOAD_LATER, NULL),
                      "false") == 0;
}

static void ask_restart(const struct rule_facts *facts, struct finding *ret)
{
    int64_t n = json_int(rule_read(facts, "views"), "n");

    if (n == 0)
        found(ret, ANSWER_YES, "there is no view");
    else if (checker_stays_off(facts))
        found(ret, ANSWER_YES, "fe.conf switches %s off", SETTING_CHECKER);
    else if (loads_at_once(facts))
        found(ret, ANSWER_YES, "fe.conf switches %s off", SETTING_LOAD_LATER);
    else
        found(ret, ANSWER_NO, "%lld view%s, and fe.conf does not switch %s off", (long long)n,
              n == 1 ? "" : "s", SETTING_CHECKER);
}

/* Views are down by belay, and an FE that restarts would bring them up. */
static void ask_checker(const struct rule_facts *facts, struct finding *ret)
{
    int64_t down = json_int(rule_read(facts, "own"), "views");

    if (down == 0)
        found(ret, ANSWER_YES, "belay has none down");
    else if (checker_stays_off(facts))
        found(ret, ANSWER_YES, "fe.conf switches %s off", SETTING_CHECKER);
    else
        found(ret, ANSWER_NO, "%lld are down, and fe.conf does not switch %s off", (long long)down,
              SETTING_CHECKER);
}

const struct rule rules_views[] = {
    {"mv-inactive", RULE_NOTE, "All views are active", 0, FROM(3, 0, 0), ANY, "views", ask_inactive,
     "they are left as found; \\mv show tells the way to repair one", "StarRocks docs, ALTER_MATERIALIZED_VIEW.md"},
    {"mv-stuck", RULE_WARNING, "No active view stands on an inactive one", 0, FROM(3, 0, 0), ANY, "views",
     ask_stuck,
     "taken down it could not come up again: \\mv inactivate-all pauses or leaves it; repair its base first",
     "fe-core AlterMVJobExecutor: ACTIVE analyzes the definition again"},
    {"mv-expression", RULE_WARNING, "No view over a view is partitioned by an expression", 0, FROM(4, 0, 0), ANY,
     "views", ask_expression,
     "once its base was taken down and up again it may not come up any more: \\mv pause-all instead of "
     "\\mv inactivate-all",
     "issue #68479 (seen on 4.0.2), PR #68798"},
    {"mv-lz4", RULE_BLOCKER, "No view is compressed by lz4", RULE_DOWN, FROM(3, 3, 0), {{0}, {3, 2, 8}}, "views",
     ask_lz4, "drop them, and create them again afterwards without that property",
     "StarRocks docs, release_notes/release-3.3.md, Downgrade notes of 3.3.0"},
    {"mv-way-back", RULE_WARNING, "Views that come up again refresh only what changed", 0, ANY, ANY,
     "views", ask_way_back,
     "\\mv pause-all instead of \\mv inactivate-all; \\mv forecast tells how long the way back takes",
     "PRs #57371, #63844, #69488; recorded on 3.3.5, 3.4.8, 3.5.16, 4.1.0"},
    {"mv-force-empties", RULE_WARNING, "A forced refresh keeps the rows of a view until it ends", 0, ANY,
     ANY, "views", ask_force, "send no REFRESH … FORCE, or take 3.5.15, 4.0.7 or later",
     "PRs #63844, #69488; StarRocks docs, release-3.5.md, release-4.0.md"},
    {"mv-restart-refresh", RULE_WARNING, "The start of an FE refreshes no view", RULE_TO, ANY,
     BETWEEN(3, 5, 0, 4, 0, 0), "views settings", ask_restart,
     "\\upgrade --write-fe-conf, or put enable_mv_post_image_reload_cache = false into fe.conf before the roll: on 3.5 each start of a leader can "
     "take views for inactive, and its own activation then refreshes them in full",
     "PR #76576 (its text: seen on 3.5.18)"},
    {"mv-checker", RULE_WARNING, "An FE that restarts leaves views down that belay took down", 0,
     FROM(3, 1, 0), ANY, "own settings", ask_checker,
     "\\settings apply after each restart switches it off again; or put it into fe.conf, false, for the night",
     "fe-core MVActiveChecker, Config enable_mv_automatic_active_check"},
    {"mv-reload", RULE_NOTE, "An FE that starts shows its views as they are at once", 0, ANY, ANY, "views",
     ask_reload, "wait up to three minutes before you believe a list of views; belay does",
     "fe-core MaterializedView.onReload, Config mv_async_reload_wait_timeout_second"},
    {.id = NULL},
};

/* Rules about settings of the FEs, and about what belay itself left behind. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <dropped.h>
#include <quiet.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define FROM(a, b, c) {{a, b, c}, {0}}
#define DOCS "StarRocks docs, administration/management/FE_configuration.md"
#define RECOVERY "StarRocks docs, administration/Meta_recovery.md"

/* --- what a backup needs ------------------------------------------------------------------------ */

/* By the table of \backup --quiet: the settings that must stay as long as a restore may be needed. */
static void ask_quiet(const struct rule_facts *facts, const char *begin, struct finding *ret)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);
    bool shared_data = str_equal(facts->cluster.run_mode, "shared_data");
    const char *host;
    json_t *value;

    for (unsigned i = 0; i < n; i++) {
        json_t *hosts = (json_t *)json_at(rule_read(facts, "settings"), "now", rows[i].key, NULL);
        if (!rows[i].stays || !str_starts(rows[i].key, begin) ||
            !quiet_applies(&rows[i], facts->from, shared_data))
            continue;
        json_object_foreach(hosts, host, value)
        {
            if (quiet_good(&rows[i], json_string_value(value)))
                continue;
            found(ret, ANSWER_NO, "%s is %s", rows[i].key, json_string_value(value));
            break;
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "it is so");
}

static void ask_vacuum(const struct rule_facts *facts, struct finding *ret)
{
    ask_quiet(facts, "lake_autovacuum", ret);
}

static void ask_trash(const struct rule_facts *facts, struct finding *ret)
{
    ask_quiet(facts, "catalog_trash", ret);
}

static void ask_balance(const struct rule_facts *facts, struct finding *ret)
{
    rule_ask_setting(facts, "tablet_sched_disable_balance", "true", ret);
    rule_ask_setting(facts, "tablet_sched_disable_colocate_balance", "true", ret);
    rule_ask_setting(facts, "tablet_sched_max_scheduling_tablets", "0", ret);
    rule_ask_setting(facts, "tablet_sched_max_balancing_tablets", "0", ret);
}

static void ask_loads(const struct rule_facts *facts, struct finding *ret)
{
    rule_ask_setting(facts, "disable_load_job", "false", ret);
}

/* --- memory and fe.conf ------------------------------------------------------------------------- */

static void ask_agree(const struct rule_facts *facts, struct finding *ret)
{
    const char *key, *host;
    json_t *hosts, *value;

    json_object_foreach((json_t *)json_at(rule_read(facts, "settings"), "now", NULL), key, hosts)
    {
        const char *first = NULL, *first_host = NULL;
        json_object_foreach(hosts, host, value)
        {
            if (first != NULL && !str_equal(first, json_string_value(value))) {
                found(ret, ANSWER_NO, "%s is %s on %.*s, %s on %.*s", key, first,
                      RULE_SHORT(first_host), json_string_value(value), RULE_SHORT(host));
                break;
            }
            first = json_string_value(value);
            first_host = host;
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "they do");
}

/* A list is shown in brackets, and blanks count for nothing: "[slow_query, query]". */
static void plainly(const char *text, struct str *ret)
{
    for (; *text != '\0'; text++) {
        if (strchr("[] \t\"", *text) == NULL)
            str_addc(ret, (char)tolower((unsigned char)*text));
    }
}

/* The same value, written otherwise? "TRUE", "0900", a path by a variable. */
static bool same_value(const char *conf, const char *now)
{
    AUTO_STR x = {0};
    AUTO_STR y = {0};
    char *end_a, *end_b;
    double a = strtod(conf, &end_a);
    double b = strtod(now, &end_b);
    bool numbers = end_a != conf && end_b != now && *end_a == '\0' && *end_b == '\0';

    plainly(conf, &x);
    plainly(now, &y);
    return strchr(conf, '$') != NULL || str_equal(str_text(&x), str_text(&y)) ||
           (numbers && a <= b && a >= b);
}

static void ask_conf(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *settings = rule_read(facts, "settings");
    const char *key, *host;
    json_t *text, *value;

    json_object_foreach(json_object_get(settings, "conf"), key, text)
    {
        json_object_foreach((json_t *)json_at(settings, "now", key, NULL), host, value)
        {
            if (same_value(json_string_value(text), json_string_value(value)))
                continue;
            found(ret, ANSWER_NO, "%s is %s on %.*s, %s in fe.conf", key, json_string_value(value),
                  RULE_SHORT(host), json_string_value(text));
            break;
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "%zu settings of fe.conf are in force",
              json_object_size(json_object_get(settings, "conf")));
}

static void ask_dropped(const struct rule_facts *facts, struct finding *ret)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)json_at(rule_read(facts, "conf"), "values", NULL), key, value)
    {
        if (dropped_find(key, facts->to) != NULL && dropped_find(key, facts->from) == NULL)
            found(ret, ANSWER_NO, "%s = %s", key, json_string_value(value));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "it does");
}

static void ask_reset(const struct rule_facts *facts, struct finding *ret)
{
    static const char *const keys[] = {"bdbje_reset_election_group", "metadata_failure_recovery"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *conf = json_str_at(rule_read(facts, "conf"), "values", keys[i], NULL);
        if (strcasecmp(conf, "true") == 0)
            found(ret, ANSWER_NO, "%s = true in fe.conf", keys[i]);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "fe.conf has neither switch");
}

static void ask_incomplete(const struct rule_facts *facts, struct finding *ret)
{
    const char *conf =
        json_str_at(rule_read(facts, "conf"), "values", "start_with_incomplete_meta", NULL);
    bool on = strcasecmp(conf, "true") == 0;

    found(ret, on ? ANSWER_NO : ANSWER_YES, "start_with_incomplete_meta %s in fe.conf",
          on ? "= true" : "is not on");
}

/* What Config.java gives these settings, in every release from 2.5 to 4.1 that has them. */
static const struct {
    const char *key, *preset, *other; /* other: of some releases; or NULL */
} presets[] = {
    {"disable_load_job", "false", NULL},
    {"tablet_sched_disable_balance", "false", NULL},
    {"tablet_sched_disable_colocate_balance", "false", NULL},
    {"tablet_sched_max_scheduling_tablets", "10000", NULL},
    {"tablet_sched_max_balancing_tablets", "500", NULL},
    {"lake_compaction_max_tasks", "-1", NULL},
    {"lake_autovacuum_grace_period_minutes", "30", "5"},
    {"enable_statistic_collect", "true", NULL},
    {"catalog_trash_expire_second", "86400", NULL},
    {"history_job_keep_max_second", "604800", NULL},
};

static bool in_list(const json_t *list, const char *text)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)list, i, one)
    {
        if (str_equal(json_string_value(one), text))
            return true;
    }
    return false;
}

/* Set in memory, by somebody else than belay, and not by fe.conf. */
static void ask_forgotten(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *settings = rule_read(facts, "settings");
    const json_t *own = json_object_get(rule_read(facts, "own"), "settings");
    const char *host;
    json_t *value;

    for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
        if (json_at(settings, "conf", presets[i].key, NULL) != NULL || in_list(own, presets[i].key))
            continue;
        json_object_foreach((json_t *)json_at(settings, "now", presets[i].key, NULL), host, value)
        {
            const char *text = json_string_value(value);
            if (same_value(presets[i].preset, text) ||
                (presets[i].other != NULL && same_value(presets[i].other, text)))
                continue;
            found(ret, ANSWER_NO, "%s is %s on %.*s", presets[i].key, text, RULE_SHORT(host));
            break;
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "none of those that are watched");
}

/* --- belay's own -------------------------------------------------------------------------------- */

static void names_of(const json_t *list, struct str *ret)
{
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)list, i, name)
        str_addf(ret, "%s%s", i > 0 ? ", " : "", json_string_value(name));
}

static void ask_own_settings(const struct rule_facts *facts, struct finding *ret)
{
    AUTO_STR names = {0};

    names_of(json_object_get(rule_read(facts, "own"), "settings"), &names);
    found(ret, names.len > 0 ? ANSWER_NO : ANSWER_YES, "%s", names.len > 0 ? names.s : "none");
}

static void ask_own_views(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *own = rule_read(facts, "own");
    int64_t down = json_int(own, "views");
    int64_t paused = json_int(own, "paused");

    found(ret, down + paused > 0 ? ANSWER_NO : ANSWER_YES, "%lld down, %lld paused", (long long)down,
          (long long)paused);
}

static void ask_open_runs(const struct rule_facts *facts, struct finding *ret)
{
    AUTO_STR names = {0};

    names_of(json_object_get(rule_read(facts, "own"), "open_runs"), &names);
    found(ret, names.len > 0 ? ANSWER_NO : ANSWER_YES, "%s", names.len > 0 ? names.s : "none is open");
}

const struct rule rules_settings[] = {
    {"vacuum-grace", RULE_WARNING, "Files that a backup names are kept for 7 days", RULE_SHARED_DATA,
     FROM(3, 1, 0), ANY, "settings", ask_vacuum,
     "\\backup --quiet sets it before the copy; after so many minutes a restored backup may find holes",
     DOCS ", lake_autovacuum_grace_period_minutes; issues #51706, #65012"},
    {"trash-kept", RULE_NOTE, "What is dropped is kept for 7 days", 0, ANY, ANY, "settings", ask_trash,
     "\\backup --quiet sets it: a restore brings back tables whose data must still be there",
     DOCS ", catalog_trash_expire_second"},
    {"balance-off", RULE_WARNING, "Clone and balance are off", RULE_SHARED_NOTHING | RULE_MINOR, ANY, ANY,
     "settings", ask_balance,
     "set them as the docs say, and back when all BEs run the target: a BE that restarts is no reason to move tablets",
     "StarRocks docs, deployment/upgrade.md, Perform compatibility configuration"},
    {"loads-allowed", RULE_WARNING, "Loads are allowed", 0, ANY, ANY, "settings", ask_loads,
     "somebody stopped all loads: find out who and why, and set disable_load_job back afterwards",
     "fe-core DatabaseTransactionMgr, Config disable_load_job"},
    {"fe-settings-agree", RULE_WARNING, "The FEs agree on their settings", 0, ANY, ANY, "settings",
     ask_agree, "an FE that restarted has forgotten what was set: \\settings apply, or set it again",
     DOCS ": ADMIN SET FRONTEND CONFIG changes the memory of the FEs"},
    {"settings-forgotten", RULE_WARNING, "No setting is changed in memory only", RULE_KUBE, ANY, ANY,
     "settings own conf", ask_forgotten,
     "each FE forgets it when it restarts: put it into fe.conf, or set it again after each of them",
     DOCS ": ADMIN SET FRONTEND CONFIG is lost at a restart; fe-core Config.java"},
    {"fe-conf-in-force", RULE_WARNING, "What fe.conf says is in force", RULE_KUBE, ANY, ANY,
     "settings conf", ask_conf,
     "the restart brings the value of fe.conf: put there what is to stay, or expect the change",
     DOCS ": ADMIN SET FRONTEND CONFIG is lost at a restart"},
    {"fe-conf-keys", RULE_WARNING, "The target knows what fe.conf sets", RULE_KUBE | RULE_UP, ANY, ANY, "conf",
     ask_dropped, "the new FE passes over it without a word: find what took its place, and take it out",
     "fe-core Config.java, ConfigBase.setFields"},
    {"reset-switch", RULE_BLOCKER, "No start of an FE drops the other FEs", RULE_KUBE, ANY, ANY, "conf",
     ask_reset, "take the switch out of fe.conf: it is for one start after a restore", RECOVERY},
    {"incomplete-meta", RULE_WARNING, "No FE starts on metadata without a journal", RULE_KUBE, ANY, ANY,
     "conf", ask_incomplete, "take the switch out of fe.conf: it is for one start after a restore", RECOVERY},
    {"own-settings", RULE_WARNING, "belay left no setting changed", 0, ANY, ANY, "own", ask_own_settings,
     "each FE forgets it when it restarts: \\settings apply after each, \\settings back at the end",
     DOCS ": ADMIN SET FRONTEND CONFIG is lost at a restart"},
    {"own-views", RULE_NOTE, "belay has no view down or paused", 0, ANY, ANY, "own", ask_own_views,
     "as planned, or left from before? \\mv ledger; \\mv activate-all and \\mv resume-all bring them back",
     "the journals of belay"},
    {"open-runs", RULE_WARNING, "No run of belay is open", 0, ANY, ANY, "own", ask_open_runs,
     "\\resume goes on with it, \\journal close ends it", "the journals of belay"},
    {.id = NULL},
};

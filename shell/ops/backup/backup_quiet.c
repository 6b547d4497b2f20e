/*
 * How quiet a cluster is around a backup. Metadata names files by version: what compaction, refreshes
 * and DROP replace is removed from the store a while later, and then a restore finds a hole. Which
 * settings decide about that stands in know/quiet.c.
 */
#include "backup_quiet.h"

#include <belay/str.h>
#include <belay/writes.h>
#include <clock.h>
#include <quiet.h>

#include "backup_inside.h"
#include "fe_settings.h"
#include "kinds.h"
#include "quiet_steps.h"
#include "session_inside.h"

/* --- as it is now ------------------------------------------------------------------------------ */

json_t *quiet_observe(struct session *session, const struct cluster *cluster, struct error *err)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);
    json_t *writes = writes_read(session, cluster, err);
    AUTO_STRV keys = {0};
    char now[CLOCK_TEXT];
    json_t *values;
    json_t *unread;

    if (writes == NULL)
        return NULL;
    for (unsigned i = 0; i < n; i++) {
        if (quiet_counts(&rows[i], cluster))
            strv_add(&keys, rows[i].key);
    }
    settings_read(session, cluster, &keys, &values, &unread);
    json_t *seen = json_object();
    clock_utc(clock_unix_ms(), now);
    json_put_str(seen, "at", now);
    json_put(seen, "writes", writes);
    json_put(seen, "settings", values);
    json_put(seen, "unread", unread);
    return seen;
}

/* --- judged ------------------------------------------------------------------------------------ */

static void add_once(struct strv *list, const char *text)
{
    if (!strv_has(list, text))
        strv_add(list, text);
}

/* "KEY is 30: vacuum removes …"; where the FEs differ, each one that is not as it should be is named. */
static void judge_setting(const struct quiet_setting *row, const json_t *seen, struct strv *ret)
{
    const json_t *values = json_at(seen, "settings", row->key, NULL);
    const char *first = NULL;
    bool same = true;
    const char *host;
    json_t *value;

    json_object_foreach((json_t *)values, host, value)
    {
        const char *text = json_string_value(value);
        same = same && (first == NULL || str_equal(first, text));
        first = first == NULL ? text : first;
    }
    json_object_foreach((json_t *)values, host, value)
    {
        const char *text = json_string_value(value);
        if (quiet_good(row, text))
            continue;
        AUTO_FREE char *line =
            same ? str_format("%s is %s: %s", row->key, text, row->unless)
                 : str_format("%s is %s on FE %.*s: %s", row->key, text, (int)strcspn(host, "."), host,
                              row->unless);
        add_once(ret, line);
    }
}

static void judge_settings(const struct cluster *cluster, const json_t *seen, struct strv *ret)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);
    const char *host;
    json_t *why;

    for (unsigned i = 0; i < n; i++) {
        if (quiet_counts(&rows[i], cluster))
            judge_setting(&rows[i], seen, ret);
    }
    json_object_foreach(json_object_get(seen, "unread"), host, why)
    {
        AUTO_FREE char *line = str_format("FE %.*s: its settings cannot be read: %s",
                                          (int)strcspn(host, "."), host, json_string_value(why));
        add_once(ret, line);
    }
}

static void judge_writes(const json_t *before, const json_t *after, struct strv *ret)
{
    AUTO_STRV first = {0};
    AUTO_STRV last = {0};
    AUTO_STRV between = {0};

    writes_say(before, &first);
    writes_say(after, &last);
    writes_between(before, after, &between);
    for (size_t i = 0; i < first.n; i++)
        strv_addf(ret, "%s: %s", strv_has(&last, first.v[i]) ? "all the while" : "before the image",
                  first.v[i]);
    for (size_t i = 0; i < last.n; i++) {
        if (!strv_has(&first, last.v[i]))
            strv_addf(ret, "after the copy: %s", last.v[i]);
    }
    for (size_t i = 0; i < between.n; i++)
        strv_addf(ret, "meanwhile: %s", between.v[i]);
}

void quiet_noise(const struct cluster *cluster, const json_t *before, const json_t *after,
                 struct strv *ret)
{
    if (before == NULL || after == NULL) {
        strv_addf(ret, "nothing was noted %s", before == NULL ? "before the image" : "after the copy");
        return;
    }
    judge_settings(cluster, before, ret);
    judge_settings(cluster, after, ret);
    judge_writes(json_object_get(before, "writes"), json_object_get(after, "writes"), ret);
}

json_t *quiet_manifest(const json_t *record, const json_t *cluster)
{
    struct cluster facts = {.leader = -1};
    static const char *const parts[] = {QUIET_BEFORE, QUIET_AFTER};
    json_t *quiet = json_object();
    json_t *list = json_array();
    AUTO_STRV noise = {0};
    AUTO_ERROR err = {0};

    for (size_t i = 0; i < 2; i++) {
        json_t *seen = json_object_get(record, parts[i]);
        if (seen != NULL)
            json_put(quiet, parts[i], json_incref(seen));
    }
    if (cluster_from_json(cluster, &facts, &err))
        quiet_noise(&facts, json_object_get(record, QUIET_BEFORE),
                    json_object_get(record, QUIET_AFTER), &noise);
    else
        strv_addf(&noise, "which settings count cannot be told: %s", err.message);
    cluster_done(&facts);
    for (size_t i = 0; i < noise.n; i++)
        json_add_str(list, noise.v[i]);
    json_put(quiet, "noise", list);
    return quiet;
}

/* --- the act that notes it --------------------------------------------------------------------- */

static bool look(struct world *world, const struct permit *permit, const struct strv *args,
                 bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_FREE char *part = backup_part(args->v[0]);
    struct cluster cluster = {.leader = -1};
    json_t *seen = NULL;

    (void)permit;
    (void)ret_unknown;
    world_progress(world, 0, 0, "what still writes");
    if (cluster_read(session_of(world), true, &cluster, err))
        seen = quiet_observe(session_of(world), &cluster, err);
    cluster_done(&cluster);
    AUTO_JSON *record = seen != NULL ? backup_record_read(part, err) : NULL;
    if (record == NULL) {
        json_decref(seen);
        return false;
    }
    json_put(record, args->v[1], seen);
    *ret_data = json_deep_copy(seen);
    return backup_record_write(part, record, err);
}

static void say_look(const struct strv *args, struct str *ret)
{
    str_addf(ret, "note in %s what writes, and the settings that remove files", args->v[0]);
}

const struct act_kind act_backup_look = {"backup_look", ACTION_LOCAL, look, say_look};

/* --- steps ------------------------------------------------------------------------------------- */

static struct quiet_way way_of(const struct cluster *cluster, const json_t *facts)
{
    return (struct quiet_way){
        .cluster = cluster,
        .values = json_at(facts, "quiet", "settings", NULL),
        .unread = json_at(facts, "quiet", "unread", NULL),
        .ledger = json_at(facts, "ledger", "settings", NULL),
        .away = "quiet",
        .back = "back",
    };
}

bool quiet_add_away(struct plan *plan, const struct cluster *cluster, const json_t *facts,
                    struct error *err)
{
    struct quiet_way way = way_of(cluster, facts);

    return quiet_away(plan, plan_stage(plan, way.away, FAIL_STOPS), &way, err);
}

bool quiet_add_back(struct plan *plan, const struct cluster *cluster, const json_t *facts,
                    struct error *err)
{
    struct quiet_way way = way_of(cluster, facts);

    return quiet_back(plan, plan_stage(plan, way.back, FAIL_SKIPS_DEPENDENTS), &way, err);
}

/* --- the page ---------------------------------------------------------------------------------- */

void quiet_head_writes(struct plan *plan, const json_t *facts)
{
    AUTO_STRV writes = {0};
    AUTO_STR line = {0};

    writes_say(json_at(facts, "quiet", "writes", NULL), &writes);
    strv_join(&writes, "; ", &line);
    strv_addf(&plan->head, "Writes   %s", line.len > 0 ? line.s : "nothing that \\writes can list");
}

void quiet_head(struct plan *plan, const struct cluster *cluster, const json_t *facts, bool asked)
{
    const json_t *seen = json_object_get(facts, "quiet");
    bool shared_data = str_equal(cluster->run_mode, "shared_data");

    if (!asked) {
        AUTO_STRV noise = {0};
        quiet_noise(cluster, seen, seen, &noise);
        if (noise.n > 0)
            strv_add(&plan->head, "Quiet    no: nothing is set, and the backup will say so; --quiet "
                                  "sets what would make it worthless later");
        return;
    }
    strv_addf(&plan->head, "Quiet    %s",
              shared_data ? "until \\settings back, files that this backup names are kept for 7 days: "
                            "the store grows meanwhile"
                          : "until \\settings back, no replica is moved, and dropped tables are kept for "
                            "7 days");
    strv_add(&plan->head, "Note     a FE that restarts forgets these settings: \\settings shows which, "
                          "\\settings apply sets them again");
}

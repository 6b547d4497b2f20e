/*
 * FE settings that hold for the length of an upgrade. They live in the memory of each FE: one that restarts
 * has those of its fe.conf again, and what counts is the leader's. So they are set again after each frontend,
 * and with that before the leader goes.
 */
#include <starrocks.h>

#include "fe_settings.h"
#include "kinds.h"
#include "quiet_steps.h"
#include "upgrade_inside.h"

static const json_t *ledger(const struct upgrading *m)
{
    return json_at(m->facts, "ledger", "settings", NULL);
}

static struct step *change(struct upgrading *m, const struct setting_change *change, const char *id,
                           const char *title, struct error *err)
{
    return setting_step(m->plan, m->stage, &m->cluster, change, id, title, err);
}

/* Of a key that this plan alone turns, away or back. */
static bool turn(struct upgrading *m, const char *key, const char *quiet, const json_t *values, bool away,
                 struct error *err)
{
    const char *old = setting_before(&m->cluster, NULL, values);
    const struct setting_change one = {.key = key,
                                       .value = away ? quiet : old,
                                       .undo = away ? old : quiet,
                                       .op = away ? "setting away" : "setting back",
                                       .values = values,
                                       .unread = json_object_get(m->facts, "checker_unread")};
    AUTO_FREE char *id = str_format("%s %s", away ? "away" : "back", key);
    AUTO_FREE char *title = str_format("%s: %s%s on every FE", key, away ? "" : "back to ", one.value);
    struct step *step = change(m, &one, id, title, err);

    if (step == NULL)
        return false;
    if (!away) {
        AUTO_FREE char *before = str_format("away %s", key);
        strv_add(&step->after, before);
        setting_final(m->plan, step);
    }
    return true;
}

/* --- the FE's own activation of views ------------------------------------------------------------------ */

/* Off by somebody already, or by belay for views that are down: then it is not this plan's. */
static bool checker_is_ours(const struct upgrading *m)
{
    const json_t *values = json_object_get(m->facts, "checker");

    return !m->choice->leave_views && starrocks_value(SR_CHECKER, m->from, 1) == 1 &&
           json_object_get(ledger(m), SETTING_CHECKER) == NULL &&
           str_equal(setting_before(&m->cluster, NULL, values), "true");
}

bool upgrade_checker(struct upgrading *m, bool away, struct error *err)
{
    if (!checker_is_ours(m))
        return true;
    m->stage = plan_stage(m->plan, away ? "activation off" : "activation on", FAIL_STOPS);
    m->stage->follows = !away;
    return turn(m, SETTING_CHECKER, "false", json_object_get(m->facts, "checker"), away, err);
}

/* --- replicas, while backends are away one by one (StarRocks docs, upgrade.md) ---------------------------- */

bool upgrade_balance(struct upgrading *m, bool away, struct error *err)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);

    m->stage = NULL;
    if (m->choice->pause_writes) /* that holds the replicas too, and for longer */
        return true;
    for (unsigned i = 0; i < n; i++) {
        const json_t *values = json_at(m->facts, "quiet", "settings", rows[i].key, NULL);
        const char *now = setting_before(&m->cluster, NULL, values);
        if (rows[i].mode != QUIET_SHARED_NOTHING || *now == '\0' || quiet_good(&rows[i], now) ||
            json_object_get(ledger(m), rows[i].key) != NULL || (m->choice->quiet && rows[i].stays))
            continue;
        if (m->stage == NULL)
            m->stage = plan_stage(m->plan, away ? "replicas stay" : "replicas as before", FAIL_STOPS);
        m->stage->follows = !away;
        if (!turn(m, rows[i].key, rows[i].value, values, away, err))
            return false;
    }
    return true;
}

/* --- again ------------------------------------------------------------------------------------------------ */

static bool again(struct upgrading *m, const char *key, const char *value, const char *undo,
                  const char *after, struct error *err)
{
    const struct setting_change one = {.key = key, .value = value, .undo = undo,
                                       .unread = json_object_get(m->facts, "checker_unread")};
    AUTO_FREE char *id = str_format("%s after %s", key, after);
    AUTO_FREE char *title = str_format("%s: %s on every FE still", key, value);

    return *undo == '\0' || *value == '\0' || change(m, &one, id, title, err) != NULL;
}

/* Those that this plan sets for its backup and leaves so; while writes are paused, all that keep it quiet. */
static bool quiet_again(struct upgrading *m, const char *after, struct error *err)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);

    for (unsigned i = 0; i < n; i++) {
        const json_t *values = json_at(m->facts, "quiet", "settings", rows[i].key, NULL);
        const char *now = setting_before(&m->cluster, NULL, values);
        if ((!rows[i].stays && !m->choice->pause_writes) || *now == '\0' ||
            quiet_good(&rows[i], now) || json_object_get(ledger(m), rows[i].key) != NULL ||
            !quiet_counts(&rows[i], &m->cluster))
            continue;
        if (!again(m, rows[i].key, quiet_value(&rows[i], values), now, after, err))
            return false;
    }
    return true;
}

bool upgrade_settings_again(struct upgrading *m, const char *after, struct error *err)
{
    const json_t *values = json_object_get(m->facts, "checker");
    const char *key;
    json_t *entry;

    if (checker_is_ours(m) && !again(m, SETTING_CHECKER, "false", setting_before(&m->cluster, NULL, values),
                                     after, err))
        return false;
    bool quiet = m->choice->pause_writes || (m->choice->quiet && !m->choice->no_backup);
    if (quiet && !quiet_again(m, after, err))
        return false;
    json_object_foreach((json_t *)ledger(m), key, entry)
    {
        if (!again(m, key, json_str(entry, "value"), setting_before(&m->cluster, entry, NULL), after, err))
            return false;
    }
    return true;
}

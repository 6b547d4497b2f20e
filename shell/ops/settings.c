/* \settings: what belay changed on the FEs, whether it is still so, and the way back. */
#include <belay/fe_settings.h>

#include <string.h>

#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>
#include <quiet.h>
#include <release.h>

#include "fe_settings.h"
#include "cluster_plan.h"
#include "kinds.h"
#include "session_inside.h"

/* --- facts ------------------------------------------------------------------------------------- */

/* Those of the ledger, and those that decide what a backup is worth. */
static void keys_of(const struct cluster *cluster, const json_t *ledger, struct strv *ret)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);
    bool shared_data = str_equal(cluster->run_mode, "shared_data");
    struct release release = {0};
    const char *key;
    json_t *entry;

    release_parse(cluster->version, &release);
    strv_add(ret, SETTING_CHECKER);
    for (unsigned i = 0; i < n; i++) {
        if (quiet_applies(&rows[i], release, shared_data))
            strv_add(ret, rows[i].key);
    }
    json_object_foreach((json_t *)ledger, key, entry)
    {
        if (!strv_has(ret, key))
            strv_add(ret, key);
    }
}

bool settings_gather(struct session *session, json_t **ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool checked = false;
    json_t *ledger = NULL;

    if (cluster_read(session, true, &cluster, err) && cluster_leader(session, &cluster, &checked, err))
        ledger = ledger_read(session, cluster.id, err);
    if (ledger != NULL) {
        json_t *entries = json_object_get(ledger, "settings");
        AUTO_STRV keys = {0};
        json_t *values;
        json_t *unread;
        *ret = json_object();
        keys_of(&cluster, entries, &keys);
        settings_read(session, &cluster, &keys, &values, &unread);
        json_put(*ret, "cluster", cluster_json(&cluster));
        json_put(*ret, "settings", values);
        json_put(*ret, "unread", unread);
        json_put(*ret, "ledger", json_incref(entries));
    }
    json_decref(ledger);
    cluster_done(&cluster);
    return ledger != NULL;
}

/* What belay set it to. Entries of earlier releases of belay are of the one setting it changed then. */
const char *setting_wanted(const char *key, const json_t *entry)
{
    const char *value = json_str(entry, "value");

    return *value == '\0' && str_equal(key, SETTING_CHECKER) ? "false" : value;
}

/* --- list -------------------------------------------------------------------------------------- */

/* The first word of a host's name; of an address all of it. */
static size_t first_word(const char *host)
{
    return host[strspn(host, "0123456789.")] == '\0' ? strlen(host) : strcspn(host, ".");
}

/* Do the first words of these FEs' names (the pods') tell them apart? */
static bool told_by_first_word(const json_t *values)
{
    AUTO_JSON *seen = json_object();
    const char *host;
    json_t *value;

    json_object_foreach((json_t *)values, host, value)
        json_object_setn_new(seen, host, first_word(host), json_true());
    return json_object_size(seen) == json_object_size(values);
}

static void add_row(const char *host, bool brief, const char *key, const char *now,
                    const json_t *entry, struct result *ret)
{
    size_t row = result_row(ret);

    result_set_f(ret, row, "fe", "%.*s", (int)(brief ? first_word(host) : strlen(host)), host);
    result_set_text(ret, row, "key", key);
    result_set_text(ret, row, "observed",
                    entry != NULL ? json_str_at(entry, "values", host, NULL) : now);
    result_set_text(ret, row, "wanted", entry != NULL ? setting_wanted(key, entry) : "");
    result_set_text(ret, row, "now", now);
    result_set_text(ret, row, "set_by_run", json_str(entry, "run"));
    result_set_text(ret, row, "survives_restart", entry != NULL ? "false" : "");
}

void settings_result(const json_t *facts, struct result *ret)
{
    static const char *const columns[] = {"fe",  "key",        "observed",        "wanted",
                                          "now", "set_by_run", "survives_restart"};
    const char *key;
    json_t *values;

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], COLUMN_TEXT);
    json_object_foreach(json_object_get(facts, "settings"), key, values)
    {
        const json_t *entry = json_at(facts, "ledger", key, NULL);
        const char *host;
        json_t *value;
        bool brief = told_by_first_word(values);
        json_object_foreach(values, host, value)
            add_row(host, brief, key, json_string_value(value), entry, ret);
    }
}

/* --- plans ------------------------------------------------------------------------------------- */

struct turning {
    struct plan *plan;
    struct stage *stage;
    struct cluster cluster;
    const json_t *facts;
    bool back;
};

static bool add_step(struct turning *turning, const char *key, const json_t *entry, struct error *err)
{
    const json_t *values = json_at(turning->facts, "settings", key, NULL);
    const char *old = setting_before(&turning->cluster, entry, NULL);
    const char *wanted = setting_wanted(key, entry);

    if (*old == '\0' || *wanted == '\0') {
        strv_addf(&turning->plan->left, "%s: run %s did not record %s", key, json_str(entry, "run"),
                  *old == '\0' ? "what it was before" : "what it was set to");
        return true;
    }
    struct setting_change change = {
        .key = key,
        .value = turning->back ? old : wanted,
        .undo = turning->back ? wanted : old,
        .op = turning->back ? "setting back" : NULL,
        .values = values,
        .unread = json_object_get(turning->facts, "unread"),
    };
    AUTO_FREE char *id = str_format("%s %s", turning->back ? "back" : "apply", key);
    AUTO_FREE char *title = str_format("%s: %s on every FE", key, change.value);
    struct step *step = setting_step(turning->plan, turning->stage, &turning->cluster, &change, id,
                                     title, err);
    if (step == NULL)
        return false;
    if (turning->back && str_equal(key, SETTING_CHECKER)) { /* not while views are down by belay */
        probe_set(&step->target, &probe_ledger_up, turning->cluster.id, NULL);
        step->put_off = true;
    }
    return true;
}

static void note_backup(struct turning *turning, const char *run)
{
    AUTO_FREE char *note = str_format("Note     from then on, files that the backup of run %s names are "
                                      "removed again: a restore from it may find holes", run);

    if (!strv_has(&turning->plan->head, note))
        strv_add(&turning->plan->head, note);
}

static struct plan *turn(const char *command, const json_t *facts, bool back, struct error *err)
{
    struct turning turning = {.facts = facts, .back = back, .cluster = {.leader = -1}};
    const char *key;
    json_t *entry;

    turning.plan = cluster_plan(command, facts, err);
    bool ok = turning.plan != NULL &&
              cluster_from_json(json_object_get(facts, "cluster"), &turning.cluster, err);
    if (ok)
        turning.stage = plan_stage(turning.plan, back ? "back" : "apply", FAIL_SKIPS_DEPENDENTS);
    json_object_foreach(json_object_get(facts, "ledger"), key, entry)
    {
        ok = ok && add_step(&turning, key, entry, err);
        if (ok && back && json_flag(entry, "stays"))
            note_backup(&turning, json_str(entry, "run"));
    }
    cluster_done(&turning.cluster);
    if (ok || turning.plan == NULL)
        return turning.plan;
    plan_free(turning.plan);
    return NULL;
}

struct plan *settings_back_plan(const char *command, const json_t *facts, struct error *err)
{
    return turn(command, facts, true, err);
}

struct plan *settings_apply_plan(const char *command, const json_t *facts, struct error *err)
{
    return turn(command, facts, false, err);
}

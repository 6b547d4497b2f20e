/* Storage volumes, users, the settings that belay watches, and work that goes on by itself. */
#include <stdlib.h>

#include <belay/fe_settings.h>
#include <mem.h>
#include <quote.h>
#include <release.h>
#include <starrocks.h>
#include <writes.h>

#include "session_inside.h"
#include "proof_inside.h"

/* --- storage volumes ----------------------------------------------------------------------------- */

/* Where they point; Params is left out: it may hold what nobody else should read. */
static json_t *volume_item(const char *name, const struct result *rows)
{
    static const char *const columns[][2] = {
        {"Type", "type"}, {"Location", "location"}, {"IsDefault", "default"}, {"Enabled", "enabled"}};
    json_t *item = proof_item("", name, "");

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        json_put_str(item, columns[i][1], result_text(rows, 0, columns[i][0]));
    return item;
}

bool proof_read_volumes(struct proof_reading *reading, struct error *err)
{
    AUTO_JSON *items = json_array();
    AUTO_RESULT names = {0};
    AUTO_ERROR why = {0};

    if (!str_equal(reading->cluster->run_mode, "shared_data") || !proof_has_time(reading, PROOF_VOLUME))
        return true;
    if (!session_read(reading->session, NODE_LEADER, "SHOW STORAGE VOLUMES", &names, &why))
        return proof_lack(reading, PROOF_VOLUME, &why, err);
    for (size_t i = 0; i < names.n_rows; i++) {
        const char *volume = result_text(&names, i, "Storage Volume");
        AUTO_RESULT rows = {0};
        AUTO_STR name = {0};
        if (!quote_name(volume, &name, &why) ||
            !session_readf(reading->session, NODE_LEADER, &rows, &why, "DESC STORAGE VOLUME %s", name.s))
            return proof_lack(reading, PROOF_VOLUME, &why, err);
        json_array_append_new(items, volume_item(volume, &rows));
    }
    return proof_add_sorted(reading, PROOF_VOLUME, items, err);
}

/* --- users ----------------------------------------------------------------------------------------- */

static json_t *name_index(const json_t *items)
{
    json_t *index = json_object();
    json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
        json_put(index, json_str(item, "name"), json_incref(item));
    return index;
}

/* How many grants each has; one that is not in the list yet is added. */
static bool add_grants(struct proof_reading *reading, const char *table, json_t *items,
                       struct error *err)
{
    AUTO_JSON *index = name_index(items);
    AUTO_RESULT rows = {0};

    if (!session_readf(reading->session, NODE_LEADER, &rows, err,
                       "SELECT GRANTEE, COUNT(*) AS n FROM %s GROUP BY GRANTEE", table))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *name = result_text(&rows, i, "GRANTEE");
        AUTO_JSON *safe = json_text(name);
        json_t *item = json_object_get(index, json_string_value(safe));
        if (item == NULL) {
            item = proof_item("", name, "");
            json_array_append_new(items, item);
        }
        json_put_int(item, "grants", strtoll(result_text(&rows, i, "n"), NULL, 10));
    }
    return true;
}

static bool read_grantees(struct proof_reading *reading, enum proof_kind kind, bool with_grants,
                          struct error *err)
{
    AUTO_JSON *items = json_array();
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};
    bool ok = true;

    if (!proof_has_time(reading, kind))
        return true;
    if (kind == PROOF_USER)
        ok = session_read(reading->session, NODE_LEADER, "SHOW USERS", &rows, &why);
    for (size_t i = 0; ok && i < rows.n_rows; i++)
        json_array_append_new(items, proof_item("", result_text(&rows, i, "User"), ""));
    if (ok && with_grants)
        ok = add_grants(reading, kind == PROOF_USER ? "sys.grants_to_users" : "sys.grants_to_roles", items,
                        &why);
    return ok ? proof_add_sorted(reading, kind, items, err) : proof_lack(reading, kind, &why, err);
}

bool proof_read_users(struct proof_reading *reading, struct error *err)
{
    struct release release = {0};

    release_parse(reading->cluster->version, &release);
    bool grants = starrocks_value(SR_GRANTS_TABLES, release, 1) != 0;
    if (starrocks_value(SR_SHOW_USERS, release, 1) != 0 &&
        !read_grantees(reading, PROOF_USER, grants, err))
        return false;
    return !grants || read_grantees(reading, PROOF_ROLE, grants, err);
}

/* --- settings -------------------------------------------------------------------------------------- */

/* The value on one FE; of what belay has set for a while and will put back, the one of before. Borrowed. */
static json_t *lasting_value(const json_t *ledger, const char *key, const char *host, json_t *value)
{
    const json_t *entry = json_object_get(ledger, key);
    json_t *before = json_object_get(json_object_get(entry, "values"), host);
    const char *set = json_str(entry, "value");
    bool ours = *set != '\0' && str_equal(json_string_value(value), set);

    return ours && json_is_string(before) ? before : value;
}

bool proof_read_settings(struct proof_reading *reading, struct error *err)
{
    AUTO_JSON *items = json_array();
    AUTO_JSON *facts = NULL;
    AUTO_ERROR why = {0};
    const char *key, *host;
    json_t *values, *value;

    if (!proof_has_time(reading, PROOF_SETTING))
        return true;
    if (!settings_gather(reading->session, &facts, &why))
        return proof_lack(reading, PROOF_SETTING, &why, err);
    json_object_foreach(json_object_get(facts, "settings"), key, values)
    {
        json_object_foreach(values, host, value)
        {
            json_t *item = proof_item("", key, host);
            const json_t *ledger = json_object_get(facts, "ledger");
            json_put(item, "value", json_incref(lasting_value(ledger, key, host, value)));
            json_array_append_new(items, item);
        }
    }
    if (!proof_add_sorted(reading, PROOF_SETTING, items, err))
        return false;
    json_object_foreach(json_object_get(facts, "unread"), host, value)
    {
        error_set(&why, ERR_UNKNOWN, "%s: %s", host, json_string_value(value));
        return proof_lack(reading, PROOF_SETTING, &why, err);
    }
    return true;
}

/* --- work ------------------------------------------------------------------------------------------ */

/* Has this release pipes? By the table of lists of work. */
static bool has_pipes(const struct cluster *cluster)
{
    bool shared_data = str_equal(cluster->run_mode, "shared_data");
    struct release release = {0};
    unsigned n;
    const struct writes_list *lists = writes_lists(&n);

    release_parse(cluster->version, &release);
    for (unsigned i = 0; i < n; i++) {
        if (str_equal(lists[i].kind, "pipes"))
            return writes_applies(&lists[i], release, shared_data);
    }
    return false;
}

struct work {
    enum proof_kind kind;
    const char *sql;
    const char *db, *name, *state; /* columns */
    const char *definition;        /* column, or NULL */
    const char *stands;            /* values of state, by comma, in which nothing is done; NULL: any */
};

static bool read_work(struct proof_reading *reading, const struct work *work, struct error *err)
{
    AUTO_JSON *items = json_array();
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};

    if (!proof_has_time(reading, work->kind))
        return true;
    if (!session_read(reading->session, NODE_LEADER, work->sql, &rows, &why))
        return proof_lack(reading, work->kind, &why, err);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *state = result_text(&rows, i, work->state);
        json_t *item = proof_item(result_text(&rows, i, work->db), result_text(&rows, i, work->name), "");
        AUTO_STR word = {0};
        str_addn(&word, state, strcspn(state, " ("));
        json_put_str(item, "state", str_text(&word));
        if (work->stands != NULL)
            json_put_bool(item, "runs", !writes_in(work->stands, state));
        if (work->definition != NULL)
            json_put(item, "definition", proof_query_sum(result_text(&rows, i, work->definition)));
        json_array_append_new(items, item);
    }
    return proof_add_sorted(reading, work->kind, items, err);
}

bool proof_read_work(struct proof_reading *reading, struct error *err)
{
    static const struct work loads = {
        PROOF_LOAD, "SHOW ROUTINE LOAD", "DbName", "Name", "State", NULL, "PAUSED,STOPPED,CANCELLED"};
    static const struct work tasks = {
        PROOF_TASK,
        "SELECT `DATABASE`, TASK_NAME, SCHEDULE, DEFINITION FROM information_schema.tasks"
        " WHERE TASK_NAME NOT LIKE 'mv-%'",
        "DATABASE", "TASK_NAME", "SCHEDULE", "DEFINITION", NULL};
    static const struct work pipes = {
        PROOF_PIPE, "SELECT DATABASE_NAME, PIPE_NAME, STATE FROM information_schema.pipes",
        "DATABASE_NAME", "PIPE_NAME", "STATE", NULL, "SUSPEND,FINISHED,ERROR"};

    return read_work(reading, &loads, err) && read_work(reading, &tasks, err) &&
           (!has_pipes(reading->cluster) || read_work(reading, &pipes, err));
}

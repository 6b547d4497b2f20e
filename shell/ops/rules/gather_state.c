/* The FE's settings against fe.conf and each other, the views, what belay itself left behind. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <belay/journal.h>
#include <belay/list.h>
#include <belay/str.h>
#include <belay/views.h>

#include "fe_settings.h"
#include "session_inside.h"
#include "gather.h"
#include "pick.h"

#define MAX_NAMES 10

/* --- settings ----------------------------------------------------------------------------------- */

/* Settings that a rule looks at, also where all FEs agree. */
static const char *const watched[] = {
    SETTING_CHECKER, "lake_autovacuum_grace_period_minutes", "catalog_trash_expire_second",
    "disable_load_job", "ignore_unknown_log_id", "meta_dir", "run_mode", "edit_log_roll_num",
    "bdbje_reset_election_group", "metadata_failure_recovery", "start_with_incomplete_meta",
    "tablet_sched_disable_balance", "tablet_sched_disable_colocate_balance",
    "tablet_sched_max_scheduling_tablets", "tablet_sched_max_balancing_tablets",
    "history_job_keep_max_second", "lake_compaction_max_tasks", "enable_statistic_collect"};

static bool is_watched(const char *key)
{
    for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++) {
        if (str_equal(key, watched[i]))
            return true;
    }
    return false;
}

/* "[disable_balance, x]" holds the name? */
static bool is_alias(const char *aliases, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strstr(aliases, name); at != NULL; at = strstr(at + 1, name)) {
        bool begins = at == aliases || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (begins && !(isalnum((unsigned char)at[len]) || at[len] == '_'))
            return true;
    }
    return false;
}

/* The value that fe.conf gives this setting, by its name or an alias; NULL: none. Borrowed. */
static const char *in_conf(json_t *conf, const char *key, const char *aliases)
{
    const char *name;
    json_t *value;

    json_object_foreach(conf, name, value)
    {
        if (str_equal(name, key) || is_alias(aliases, name))
            return json_string_value(value);
    }
    return NULL;
}

static void take_settings(const struct result *rows, const char *host, json_t *values, json_t *conf,
                          json_t *of_conf)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        const char *key = result_text(rows, i, "Key");
        const char *text = in_conf(conf, key, result_text(rows, i, "AliasNames"));
        json_t *hosts = json_object_get(values, key);
        bool mutable = strcasecmp(result_text(rows, i, "IsMutable"), "true") == 0;
        if (!is_watched(key) && (pick_is_secret(key) || (text == NULL && !mutable)))
            continue; /* a fixed one may differ by the cores of the node */
        if (hosts == NULL) {
            hosts = json_object();
            json_put(values, key, hosts);
        }
        json_put_str(hosts, host, result_text(rows, i, "Value"));
        if (text != NULL)
            json_put_str(of_conf, key, text);
    }
}

/* Everywhere the same, not in fe.conf, and no rule asks: no fact. */
static bool says_nothing(const char *key, json_t *hosts, const json_t *of_conf)
{
    const char *first = NULL;
    const char *host;
    json_t *value;

    if (is_watched(key) || json_object_get(of_conf, key) != NULL)
        return false;
    json_object_foreach(hosts, host, value)
    {
        if (first != NULL && !str_equal(first, json_string_value(value)))
            return false;
        first = json_string_value(value);
    }
    return true;
}

/* {"now": {key: {host: value}}, "conf": {key: what fe.conf says}, "missing": {host: why}} of every FE that
 * lives. One that does not answer hides what it has, and not what the others have. */
static bool read_settings(struct gathering *gathering, struct error *err)
{
    json_t *conf = (json_t *)json_at(gathering->json, "read", "conf", "values", NULL);
    AUTO_JSON *values = json_object();
    AUTO_JSON *of_conf = json_object();
    AUTO_JSON *missing = json_object();
    AUTO_STRV silent = {0};
    size_t answered = 0;
    const char *key;
    json_t *hosts;

    for (size_t i = 0; i < gathering->cluster.n_frontends; i++) {
        const struct frontend *frontend = &gathering->cluster.frontends[i];
        AUTO_ERROR why = {0};
        AUTO_RESULT rows = {0};
        if (!frontend->alive)
            continue;
        if (session_read(gathering->session, frontend->host, "ADMIN SHOW FRONTEND CONFIG", &rows, &why)) {
            take_settings(&rows, frontend->host, values, conf, of_conf);
            answered++;
            continue;
        }
        json_put_str(missing, frontend->host, why.message != NULL ? why.message : "");
        if (!gather_failed(gathering, "settings", &why, err)) /* a person wants out */
            return false;
    }
    if (answered == 0 && json_object_size(missing) > 0)
        return true; /* unread, as was just noted */
    json_object_del(json_object_get(gathering->json, "unread"), "settings");
    json_object_foreach(values, key, hosts)
    {
        if (says_nothing(key, hosts, of_conf))
            strv_add(&silent, key);
    }
    for (size_t i = 0; i < silent.n; i++)
        json_object_del(values, silent.v[i]);
    json_t *settings = json_object();
    json_object_set(settings, "now", values);
    json_object_set(settings, "conf", of_conf);
    json_object_set(settings, "missing", missing);
    gather_put(gathering, "settings", settings);
    return true;
}

/* --- views -------------------------------------------------------------------------------------- */

static void name_view(json_t *list, const char *text)
{
    if (json_array_size(list) < MAX_NAMES)
        json_add_str(list, text);
}

/* Active, and below it one that is not: taken down, it could not come up again. */
static const char *inactive_base(const struct views *views, const struct view *view)
{
    for (size_t i = 0; i < view->bases.n; i++) {
        const struct view *base = views_find(views, view->bases.v[i]);
        if (base != NULL && !base->active && !base->flag_unknown)
            return base->full;
    }
    return NULL;
}

/* PARTITION BY (date_trunc('month', `dt`)): a function, not a column. SHOW CREATE has a line for it. */
static bool by_expression(const char *ddl)
{
    static const char *const functions[] = {"date_trunc", "time_slice", "str2date"};
    const char *at = strstr(ddl, "\nPARTITION BY");
    size_t len = at != NULL ? strcspn(at + 1, "\n") + 1 : 0;

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        const char *found_at = at != NULL ? strcasestr(at, functions[i]) : NULL;
        if (found_at != NULL && found_at < at + len)
            return true;
    }
    return false;
}

/* What only definitions tell: views over views that are partitioned by an expression (issue #68479), and
 * those that older releases cannot read for their compression. */
static void by_definition(const struct views *views, json_t *json)
{
    json_t *expression = json_array();
    json_t *lz4 = json_array();
    int64_t n_expression = 0;
    int64_t n_lz4 = 0;

    for (size_t i = 0; i < views->n; i++) {
        const struct view *view = &views->v[i];
        if (view->bases.n > 0 && by_expression(view->ddl)) {
            name_view(expression, view->full);
            n_expression++;
        }
        if (strcasestr(view->ddl, "\"compression\" = \"lz4\"") != NULL) {
            name_view(lz4, view->full);
            n_lz4++;
        }
    }
    json_put(json, "expression", expression);
    json_put(json, "lz4", lz4);
    json_put_int(json, "n_expression", n_expression);
    json_put_int(json, "n_lz4", n_lz4);
}

static json_t *views_facts_of(const struct views *views)
{
    json_t *json = json_object();
    json_t *inactive = json_array();
    json_t *stuck = json_array();
    int64_t n_inactive = 0;
    int64_t n_stuck = 0;

    for (size_t i = 0; i < views->n; i++) {
        const struct view *view = &views->v[i];
        const char *base = inactive_base(views, view);
        AUTO_FREE char *text = NULL;
        if (!view->active && !view->flag_unknown) {
            text = str_format("%s (%s)", view->full, view->reason);
            name_view(inactive, text);
            n_inactive++;
        } else if (base != NULL) {
            text = str_format("%s over %s", view->full, base);
            name_view(stuck, text);
            n_stuck++;
        }
    }
    json_put_int(json, "n", (int64_t)views->n);
    json_put_int(json, "n_inactive", n_inactive);
    json_put_int(json, "n_stuck", n_stuck);
    json_put(json, "inactive", inactive);
    json_put(json, "stuck", stuck);
    return json;
}

static bool read_views(struct gathering *gathering, struct error *err)
{
    static const struct release_range expression = {{4, 0, 0}, {0}};
    static const struct release_range lz4 = {{0}, {3, 2, 8}};
    AUTO_ERROR why = {0};
    struct views views = {0};
    bool with_ddl = release_in(expression, gathering->from) || release_in(lz4, gathering->to);
    bool ok = views_read(gathering->session, with_ddl, &views, &why);

    if (ok) {
        json_t *facts = views_facts_of(&views);
        if (with_ddl)
            by_definition(&views, facts);
        gather_put(gathering, "views", facts);
    }
    views_done(&views);
    return ok || gather_failed(gathering, "views", &why, err);
}

/* --- belay's own -------------------------------------------------------------------------------- */

static json_t *open_runs(struct session *session, const char *cluster_id)
{
    AUTO_FREE char *dir = session_dir_to_read(session, cluster_id, NULL);
    json_t *list = json_array();
    AUTO_STRV runs = {0};

    if (dir == NULL)
        return list;
    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        if (journal_is_open(dir, runs.v[i]))
            json_add_str(list, runs.v[i]);
    }
    return list;
}

static bool read_own(struct gathering *gathering, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_JSON *ledger = ledger_read(gathering->session, gathering->cluster.id, &why);
    const char *key;
    json_t *entry;

    if (ledger == NULL)
        return gather_failed(gathering, "own", &why, err);
    json_t *own = json_object();
    json_t *settings = json_array();
    json_object_foreach(json_object_get(ledger, "settings"), key, entry)
        json_add_str(settings, key);
    json_put_int(own, "views", (int64_t)json_object_size(json_object_get(ledger, "views")));
    json_put_int(own, "paused", (int64_t)json_object_size(json_object_get(ledger, "paused")));
    json_put(own, "settings", settings);
    json_put(own, "open_runs", open_runs(gathering->session, gathering->cluster.id));
    gather_put(gathering, "own", own);
    return true;
}

bool gather_state(struct gathering *gathering, struct error *err)
{
    return read_settings(gathering, err) && read_views(gathering, err) && read_own(gathering, err);
}

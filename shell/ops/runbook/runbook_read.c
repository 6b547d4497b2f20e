/* Reads a runbook: YAML into facts, each mistake with its place. */
#include <belay/runbook.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <digest.h>
#include <file.h>

#include "runbook_check.h"
#include "runbook_inside.h"
#include "runbook_vars.h"
#include "session_inside.h"

#define FILE_MAX ((size_t)1 << 20)
#define MAX_STEPS 1000
#define DEFAULT_SECONDS 60

/* --- actions ------------------------------------------------------------------------------------ */

static bool read_sql_action(const struct reading *reading, const struct yaml_node *node,
                            const struct yaml_node *sql, bool has_undo, enum tier *ret_tier, json_t *ret)
{
    AUTO_STR text = {0};
    AUTO_STR why = {0};
    const char *where;

    if (!runbook_filled(reading, sql, "sql", true, &text) || !runbook_take_where(reading, node, &where))
        return false;
    if (!runbook_sql_ok(text.s, has_undo, ret_tier, &why))
        return runbook_wrong(reading, sql, why.s);
    size_t len = strlen(text.s);
    while (len > 0 && strchr(" \t\n;", text.s[len - 1]) != NULL)
        text.s[--len] = '\0';
    json_put_str(ret, "where", where);
    json_put_str(ret, "sql", text.s);
    return true;
}

static bool read_kubectl_action(const struct reading *reading, const struct yaml_node *node,
                                const struct yaml_node *kubectl, bool has_undo, enum tier *ret_tier,
                                json_t *ret)
{
    const struct yaml_node *input = yaml_tree_get(node, "input");
    AUTO_STRV words = {0};
    AUTO_STR why = {0};
    AUTO_STR text = {0};

    if (yaml_tree_get(node, "where") != NULL)
        return runbook_wrong(reading, yaml_tree_get(node, "where"), "where is for sql");
    if (!runbook_take_words(reading, kubectl, "kubectl", &words) ||
        (input != NULL && !runbook_filled(reading, input, "input", false, &text)))
        return false;
    if (!runbook_kubectl_ok(&words, has_undo, input != NULL ? str_text(&text) : NULL, ret_tier, &why))
        return runbook_wrong(reading, kubectl, why.s);
    json_put(ret, "kubectl", runbook_words(&words));
    return input == NULL || runbook_take_text(reading, node, "input", true, ret);
}

/* What a step does, or its undo does; nothing: a wait. */
static bool read_action(const struct reading *reading, const struct yaml_node *node, const char *what,
                        bool has_undo, enum tier *ret_tier, json_t *ret)
{
    const struct yaml_node *sql = yaml_tree_get(node, "sql");
    const struct yaml_node *kubectl = yaml_tree_get(node, "kubectl");

    *ret_tier = TIER_ADDS;
    if (sql != NULL && kubectl != NULL)
        return yaml_tree_error(reading->err, reading->path, node, "%s is sql or kubectl, not both", what);
    if (sql != NULL && yaml_tree_get(node, "input") != NULL)
        return runbook_wrong(reading, yaml_tree_get(node, "input"), "input is for kubectl");
    if (sql != NULL)
        return read_sql_action(reading, node, sql, has_undo, ret_tier, ret);
    return kubectl == NULL || read_kubectl_action(reading, node, kubectl, has_undo, ret_tier, ret);
}

static bool read_undo(const struct reading *reading, const struct yaml_node *node, bool is_wait,
                      enum tier *tier, json_t *ret)
{
    static const char *const keys[] = {"sql", "where", "kubectl", "input", NULL};
    const struct yaml_node *undo = yaml_tree_get(node, "undo");
    enum tier of_undo;

    if (undo == NULL)
        return true;
    json_t *action = json_object();
    json_put(ret, "undo", action);
    if (is_wait)
        return runbook_wrong(reading, undo, "a step that only waits has nothing to undo");
    if (!runbook_keys(reading, undo, "undo", keys) ||
        !read_action(reading, undo, "undo", true, &of_undo, action))
        return false;
    if (json_object_size(action) == 0)
        return runbook_wrong(reading, undo, "undo is sql or kubectl");
    /* A way back that destroys is no cheap one. */
    if (of_undo == TIER_NO_RETURN && *tier < TIER_DISRUPTIVE)
        *tier = TIER_DISRUPTIVE;
    return true;
}

/* "90", "90s", "5m", "2h" in seconds. */
static bool take_seconds(const struct reading *reading, const struct yaml_node *node, int64_t *ret)
{
    static const char units[] = "smh";
    static const int64_t seconds[] = {1, 60, 3600};
    char *end;

    if (!runbook_text(reading, node, "within"))
        return false;
    errno = 0;
    long long n = strtoll(node->text, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end) : units;
    bool ok = errno == 0 && end != node->text && unit != NULL && (*end == '\0' || end[1] == '\0') && n > 0 &&
              n <= RUNBOOK_MAX_SECONDS && n * seconds[unit - units] <= RUNBOOK_MAX_SECONDS;
    if (!ok)
        return runbook_wrong(reading, node, "within is a time from 1s to 24h, as in 90s, 5m, 2h");
    *ret = n * seconds[unit - units];
    return true;
}

/* --- steps -------------------------------------------------------------------------------------- */

/* The higher of the author's and what its action asks for. */
static bool take_tier(const struct reading *reading, const struct yaml_node *node, enum tier least,
                      json_t *ret)
{
    const struct yaml_node *value = yaml_tree_get(node, "tier");
    enum tier tier = least;

    if (value != NULL) {
        int found = -1;
        if (!runbook_text(reading, value, "tier"))
            return false;
        for (int i = TIER_ADDS; i <= TIER_NO_RETURN; i++)
            found = str_equal(tier_name((enum tier)i), value->text) ? i : found;
        if (found < 0)
            return runbook_wrong(reading, value, "tier is adds only, reversible, disruptive or no return");
        tier = (enum tier)found > least ? (enum tier)found : least;
    }
    json_put_int(ret, "tier", tier);
    return true;
}

static bool take_id(const struct reading *reading, const struct yaml_node *node, json_t *ret)
{
    if (!runbook_take_text(reading, node, "id", true, ret))
        return false;
    const char *id = json_str(ret, "id");
    const struct yaml_node *value = yaml_tree_get(node, "id");
    if (strlen(id) > 64 || id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] !=
                               '\0')
        return runbook_wrong(reading, value, "an id is at most 64 letters, digits, dots, dashes and underscores");
    if (json_object_get(reading->ids, id) != NULL)
        return yaml_tree_error(reading->err, reading->path, value, "the id %s was there before", id);
    json_put_bool(reading->ids, id, true);
    return true;
}

static bool take_after(const struct reading *reading, const struct yaml_node *node, json_t *ret)
{
    const struct yaml_node *after = yaml_tree_get(node, "after");
    AUTO_STRV ids = {0};

    if (after == NULL)
        return true;
    if (!runbook_take_words(reading, after, "after", &ids))
        return false;
    for (size_t i = 0; i < ids.n; i++) {
        if (json_object_get(reading->ids, ids.v[i]) == NULL || str_equal(ids.v[i], json_str(ret, "id")))
            return yaml_tree_error(reading->err, reading->path, after->items[i], "after names steps above "
                                   "this one, and %s is none", ids.v[i]);
    }
    json_put(ret, "after", runbook_words(&ids));
    return true;
}

static bool take_needs(const struct reading *reading, const struct yaml_node *node, bool is_wait,
                       json_t *ret)
{
    const struct yaml_node *needs = yaml_tree_get(node, "needs");
    json_t *list = json_array();

    json_put(ret, "needs", list);
    if (needs == NULL)
        return true;
    if (is_wait)
        return runbook_wrong(reading, needs, "a step that only waits has a proof, and no needs");
    if (needs->kind != YAML_LIST)
        return runbook_wrong(reading, needs, "needs is a list of probes");
    for (size_t i = 0; i < needs->n; i++) {
        json_t *probe = NULL;
        if (!runbook_read_probe(reading, needs->items[i], "a need", &probe))
            return false;
        json_array_append_new(list, probe);
    }
    return true;
}

static bool take_choice(const struct reading *reading, const struct yaml_node *node, const char *key,
                        const char *yes, const char *no, json_t *ret)
{
    const struct yaml_node *value = yaml_tree_get(node, key);

    if (value == NULL)
        return true;
    if (!runbook_text(reading, value, key))
        return false;
    if (!str_equal(value->text, yes) && !str_equal(value->text, no))
        return yaml_tree_error(reading->err, reading->path, value, "%s is %s or %s", key, yes, no);
    json_put_bool(ret, key, str_equal(value->text, yes));
    return true;
}

static bool take_proof(const struct reading *reading, const struct yaml_node *node, json_t *ret)
{
    const struct yaml_node *proof = yaml_tree_get(node, "proof");
    const struct yaml_node *within = yaml_tree_get(node, "within");
    int64_t seconds = DEFAULT_SECONDS;
    json_t *probe = NULL;

    if (proof == NULL)
        return yaml_tree_error(reading->err, reading->path, node, "step %s has no proof: what shows that it "
                               "is done?", json_str(ret, "id"));
    if (!runbook_read_probe(reading, proof, "a proof", &probe))
        return false;
    json_put(ret, "proof", probe);
    if (within != NULL && !take_seconds(reading, within, &seconds))
        return false;
    json_put_int(ret, "seconds", seconds);
    return true;
}

static bool read_step(const struct reading *reading, const struct yaml_node *node, json_t *ret)
{
    static const char *const keys[] = {"id",    "title",  "stage", "ask",  "sql",   "where",
                                       "kubectl", "input", "needs", "proof", "within", "undo",
                                       "tier",  "after",  "on_failure", NULL};
    json_t *action = json_object();
    enum tier tier;

    json_put(ret, "action", action);
    if (!runbook_keys(reading, node, "a step", keys) || !take_id(reading, node, ret) ||
        !runbook_take_text(reading, node, "title", true, ret) || !runbook_take_text(reading, node, "stage", false, ret) ||
        !take_choice(reading, node, "ask", "true", "false", ret) ||
        !take_choice(reading, node, "on_failure", "skip", "stop", ret) ||
        !read_action(reading, node, "a step", yaml_tree_get(node, "undo") != NULL, &tier, action))
        return false;
    bool is_wait = json_object_size(action) == 0;
    return take_needs(reading, node, is_wait, ret) && take_proof(reading, node, ret) &&
           read_undo(reading, node, is_wait, &tier, ret) && take_tier(reading, node, tier, ret) &&
           take_after(reading, node, ret);
}

static bool read_steps(const struct reading *reading, const struct yaml_node *root, json_t *ret)
{
    const struct yaml_node *steps = yaml_tree_get(root, "steps");
    json_t *list = json_array();

    json_put(ret, "steps", list);
    if (steps == NULL)
        return runbook_wrong(reading, root, "steps is missing");
    if (steps->kind != YAML_LIST || steps->n == 0)
        return runbook_wrong(reading, steps, "steps is a list with at least one step");
    if (steps->n > MAX_STEPS)
        return runbook_wrong(reading, steps->items[MAX_STEPS], "a runbook has at most 1000 steps");
    for (size_t i = 0; i < steps->n; i++) {
        json_t *step = json_object();
        json_array_append_new(list, step);
        if (!read_step(reading, steps->items[i], step))
            return false;
    }
    return true;
}

/* --- the file ----------------------------------------------------------------------------------- */

static bool read_root(struct reading *reading, const struct yaml_node *root, const struct strv *settings,
                      json_t *ret)
{
    static const char *const keys[] = {"name", "title", "vars", "steps", NULL};
    const struct yaml_node *vars = yaml_tree_get(root, "vars");

    if (!runbook_keys(reading, root, "a runbook", keys))
        return false;
    if (vars != NULL && vars->kind != YAML_MAPPING)
        return runbook_wrong(reading, vars, "vars is a mapping of names to texts");
    for (size_t i = 0; vars != NULL && i < vars->n; i++) {
        if (!runbook_var_ok(vars->keys[i]->text))
            return runbook_wrong(reading, vars->keys[i], "a variable's name has letters, digits and underscores");
        if (!runbook_text(reading, vars->items[i], vars->keys[i]->text))
            return false;
        json_put_str(reading->vars, vars->keys[i]->text, vars->items[i]->text);
    }
    return runbook_set_vars(reading->vars, settings, reading->err) &&
           runbook_take_text(reading, root, "name", true, ret) && runbook_take_text(reading, root, "title", false, ret) &&
           read_steps(reading, root, ret);
}

static json_t *read_file(const char *path, const struct cluster *cluster, const struct strv *settings,
                         struct error *err)
{
    AUTO_STR text = {0};
    AUTO_JSON *vars = json_object();
    AUTO_JSON *ids = json_object();
    struct reading reading = {.path = path, .cluster = cluster, .vars = vars, .ids = ids, .err = err};
    char hex[65];

    if (!file_read(path, FILE_MAX, &text, err))
        return NULL;
    struct yaml_node *root = yaml_tree_read(path, str_text(&text), text.len, err);
    if (root == NULL)
        return NULL;
    json_t *runbook = json_object();
    sha256_hex(str_text(&text), text.len, hex);
    json_put_str(runbook, "path", path);
    json_put_str(runbook, "sha256", hex);
    if (!read_root(&reading, root, settings, runbook)) {
        json_decref(runbook);
        runbook = NULL;
    }
    yaml_tree_free(root);
    return runbook;
}

bool runbook_gather(struct session *session, const char *path, const struct strv *settings, json_t **ret,
                    struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool checked = false;
    json_t *runbook = NULL;

    if (cluster_read(session, true, &cluster, err) && cluster_leader(session, &cluster, &checked, err))
        runbook = read_file(path, &cluster, settings, err);
    if (runbook != NULL) {
        *ret = json_object();
        json_put(*ret, "cluster", cluster_json(&cluster));
        json_put(*ret, "runbook", runbook);
    }
    cluster_done(&cluster);
    return runbook != NULL;
}

/* Reads what a runbook asks: by a query, by kubectl, by a probe of belay's own. */
#include "runbook_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <belay/pattern.h>

#include "kinds.h"
#include "runbook_check.h"

static const char *const tests[] = {"equals", "matches", "at_least", "rows"};

/* The one test of a probe, checked. ret_test and ret_value are left as they are where it is wrong. */
static bool take_test(const struct reading *reading, const struct yaml_node *node, bool sql,
                      const char **ret_test, struct str *ret_value)
{
    const struct yaml_node *found = NULL;
    size_t n = sql ? 4 : 3;

    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *value = yaml_tree_get(node, tests[i]);
        if (value == NULL)
            continue;
        if (found != NULL)
            return runbook_wrong(reading, value, "a probe has one test, and this is a second one");
        found = value;
        *ret_test = tests[i];
    }
    if (found == NULL)
        return yaml_tree_error(reading->err, reading->path, node, "the probe has no test: equals, matches, "
                               "at_least%s", sql ? " or rows" : "");
    if (!runbook_filled(reading, found, *ret_test, false, ret_value))
        return false;
    if (str_equal(*ret_test, "matches")) {
        AUTO_ERROR err = {0};
        struct pattern *pattern = pattern_new(str_text(ret_value), &err);
        pattern_free(pattern);
        return pattern != NULL || runbook_wrong(reading, found, err.message);
    }
    char *end;
    errno = 0;
    strtoll(str_text(ret_value), &end, 10);
    if (!str_equal(*ret_test, "equals") && (errno != 0 || *end != '\0' || ret_value->len == 0))
        return yaml_tree_error(reading->err, reading->path, found, "%s is a whole number", *ret_test);
    return true;
}

static json_t *probe_json(const char *kind, const struct strv *args)
{
    return json_pack("{s:s, s:o}", "kind", kind, "args", runbook_words(args));
}

static bool read_sql_probe(const struct reading *reading, const struct yaml_node *node,
                           const struct yaml_node *sql, json_t **ret)
{
    const struct yaml_node *column = yaml_tree_get(node, "column");
    const char *test = NULL;
    const char *where;
    AUTO_STR text = {0};
    AUTO_STR value = {0};
    AUTO_STR why = {0};
    AUTO_STRV args = {0};

    if (!runbook_filled(reading, sql, "sql", true, &text) || !runbook_take_where(reading, node, &where) ||
        (column != NULL && !runbook_text(reading, column, "column")) ||
        !take_test(reading, node, true, &test, &value))
        return false;
    if (!runbook_query_ok(text.s, &why))
        return runbook_wrong(reading, sql, why.s);
    strv_add(&args, where);
    strv_add(&args, text.s);
    strv_add(&args, column != NULL ? column->text : "");
    strv_add(&args, test);
    strv_add(&args, str_text(&value));
    *ret = probe_json(probe_runbook_sql.name, &args);
    return true;
}

static bool read_kubectl_probe(const struct reading *reading, const struct yaml_node *node,
                               const struct yaml_node *kubectl, json_t **ret)
{
    const struct yaml_node *path = yaml_tree_get(node, "jsonpath");
    const char *test = NULL;
    AUTO_STR value = {0};
    AUTO_STR why = {0};
    AUTO_STRV words = {0};
    AUTO_STRV args = {0};

    if (!runbook_take_words(reading, kubectl, "kubectl", &words))
        return false;
    if (!runbook_get_ok(&words, &why))
        return runbook_wrong(reading, kubectl, why.s);
    if (path == NULL)
        return runbook_wrong(reading, node, "jsonpath is missing");
    if (!runbook_text(reading, path, "jsonpath") || !take_test(reading, node, false, &test, &value))
        return false;
    if (path->text[0] != '{' || path->text[strlen(path->text) - 1] != '}')
        return runbook_wrong(reading, path, "jsonpath is one in braces, as in '{.status.readyReplicas}'");
    strv_add(&args, path->text);
    strv_add(&args, test);
    strv_add(&args, str_text(&value));
    strv_add_all(&args, &words);
    *ret = probe_json(probe_runbook_kubectl.name, &args);
    return true;
}

static bool read_named_probe(const struct reading *reading, const struct yaml_node *node, json_t **ret)
{
    AUTO_STRV words = {0};
    AUTO_STRV args = {0};
    AUTO_STR why = {0};

    if (!runbook_take_words(reading, node, "probe", &words))
        return false;
    if (runbook_probe(words.v[0], words.n - 1, &why) == NULL)
        return runbook_wrong(reading, node, why.s);
    for (size_t i = 1; i < words.n; i++)
        strv_add(&args, words.v[i]);
    *ret = probe_json(words.v[0], &args);
    return true;
}

/* New reference in ret. */
bool runbook_read_probe(const struct reading *reading, const struct yaml_node *node, const char *what,
                       json_t **ret)
{
    static const char *const keys[] = {"sql",    "where",   "column",   "kubectl", "jsonpath", "probe",
                                       "equals", "matches", "at_least", "rows",    NULL};
    static const char *const sql_keys[] = {"sql",     "where",    "column", "equals",
                                           "matches", "at_least", "rows",   NULL};
    static const char *const kubectl_keys[] = {"kubectl", "jsonpath", "equals", "matches", "at_least",
                                               NULL};
    static const char *const named_keys[] = {"probe", NULL};

    if (!runbook_keys(reading, node, what, keys))
        return false;
    const struct yaml_node *sql = yaml_tree_get(node, "sql");
    const struct yaml_node *kubectl = yaml_tree_get(node, "kubectl");
    const struct yaml_node *probe = yaml_tree_get(node, "probe");
    if ((sql != NULL) + (kubectl != NULL) + (probe != NULL) != 1)
        return yaml_tree_error(reading->err, reading->path, node, "%s asks by exactly one of sql, kubectl "
                               "and probe", what);
    if (sql != NULL)
        return runbook_keys(reading, node, "a probe by sql", sql_keys) &&
               read_sql_probe(reading, node, sql, ret);
    if (kubectl != NULL)
        return runbook_keys(reading, node, "a probe by kubectl", kubectl_keys) &&
               read_kubectl_probe(reading, node, kubectl, ret);
    return runbook_keys(reading, node, "a probe by name", named_keys) && read_named_probe(reading, probe, ret);
}

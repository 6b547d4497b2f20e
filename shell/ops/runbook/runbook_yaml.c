/* The pieces that a runbook is made of, read with their places. */
#include "runbook_inside.h"

#include <text.h>

#include "runbook_vars.h"
#include "session_inside.h"

bool runbook_wrong(const struct reading *reading, const struct yaml_node *node, const char *what)
{
    return yaml_tree_error(reading->err, reading->path, node, "%s", what);
}

/* Nothing but these keys, closed by NULL. */
bool runbook_keys(const struct reading *reading, const struct yaml_node *node, const char *what,
                    const char *const *keys)
{
    size_t n = 0;

    if (node->kind != YAML_MAPPING)
        return yaml_tree_error(reading->err, reading->path, node, "%s is a mapping", what);
    while (keys[n] != NULL)
        n++;
    for (size_t i = 0; i < node->n; i++) {
        const char *key = node->keys[i]->text;
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known = known || str_equal(keys[k], key);
        if (known)
            continue;
        const char *nearest = text_nearest(key, keys, n);
        return yaml_tree_error(reading->err, reading->path, node->keys[i], "%s has no \"%s\"%s%s%s", what,
                               key, nearest != NULL ? "; did you mean " : "",
                               nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
    }
    return true;
}

bool runbook_text(const struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (node->kind != YAML_TEXT)
        return yaml_tree_error(reading->err, reading->path, node, "%s is one text", what);
    if (node->text == NULL)
        return yaml_tree_error(reading->err, reading->path, node, "%s has no value", what);
    for (const char *p = node->text; *p != '\0'; p++) {
        if (((unsigned char)*p < ' ' && *p != '\n' && *p != '\t') || *p == 127)
            return yaml_tree_error(reading->err, reading->path, node, "%s has a control character", what);
    }
    return true;
}

/* The text with its variables filled in; appends. */
bool runbook_filled(const struct reading *reading, const struct yaml_node *node, const char *what, bool sql,
                   struct str *ret)
{
    AUTO_ERROR err = {0};

    if (!runbook_text(reading, node, what))
        return false;
    if (sql ? runbook_fill_sql(node->text, reading->vars, ret, &err)
            : runbook_fill(node->text, reading->vars, ret, &err))
        return true;
    return runbook_wrong(reading, node, err.message);
}

/* A member of ret from a key; required: it must be there. */
bool runbook_take_text(const struct reading *reading, const struct yaml_node *node, const char *key,
                      bool required, json_t *ret)
{
    const struct yaml_node *value = yaml_tree_get(node, key);
    AUTO_STR text = {0};

    if (value == NULL)
        return !required || yaml_tree_error(reading->err, reading->path, node, "%s is missing", key);
    if (!runbook_filled(reading, value, key, false, &text))
        return false;
    if (text.len == 0)
        return yaml_tree_error(reading->err, reading->path, value, "%s is empty", key);
    json_put_str(ret, key, text.s);
    return true;
}

bool runbook_take_words(const struct reading *reading, const struct yaml_node *node, const char *what,
                       struct strv *ret)
{
    if (node->kind != YAML_LIST)
        return yaml_tree_error(reading->err, reading->path, node, "%s is a list of words, never one line "
                               "for a shell", what);
    if (node->n == 0)
        return yaml_tree_error(reading->err, reading->path, node, "%s is empty", what);
    for (size_t i = 0; i < node->n; i++) {
        AUTO_STR text = {0};
        if (!runbook_filled(reading, node->items[i], what, false, &text))
            return false;
        strv_add(ret, str_text(&text));
    }
    return true;
}

json_t *runbook_words(const struct strv *words)
{
    json_t *list = json_array();

    for (size_t i = 0; i < words->n; i++)
        json_add_str(list, words->v[i]);
    return list;
}

/* leader, entry, or a frontend by its host. */
bool runbook_take_where(const struct reading *reading, const struct yaml_node *node, const char **ret)
{
    const struct yaml_node *value = yaml_tree_get(node, "where");

    *ret = NODE_LEADER;
    if (value == NULL)
        return true;
    if (!runbook_text(reading, value, "where"))
        return false;
    if (str_equal(value->text, "leader") || str_equal(value->text, "entry")) {
        *ret = str_equal(value->text, "entry") ? NODE_ENTRY : NODE_LEADER;
        return true;
    }
    for (size_t i = 0; i < reading->cluster->n_frontends; i++) {
        *ret = reading->cluster->frontends[i].host;
        if (cluster_same_host(*ret, value->text))
            return true;
    }
    return yaml_tree_error(reading->err, reading->path, value, "where is leader, entry or a frontend's "
                           "host, and no frontend is %s", value->text);
}

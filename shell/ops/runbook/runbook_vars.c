/* Fills in the variables of a runbook. */
#include "runbook_vars.h"

#include <string.h>

#include <braces.h>
#include <mem.h>

bool runbook_var_ok(const char *name)
{
    return braces_name_ok(name);
}

bool runbook_set_vars(json_t *vars, const struct strv *settings, struct error *err)
{
    for (size_t i = 0; i < settings->n; i++) {
        const char *equals = strchr(settings->v[i], '=');
        if (equals == NULL)
            return error_set(err, ERR_USAGE, "a variable is set by NAME=VALUE: %s", settings->v[i]);
        AUTO_FREE char *name = mem_textn(settings->v[i], (size_t)(equals - settings->v[i]));
        if (json_object_get(vars, name) == NULL)
            return error_set(err, ERR_USAGE, "the runbook has no variable %s", name);
        json_put_str(vars, name, equals + 1);
    }
    return true;
}

static char *value_of(void *ctx, const char *name, struct error *err)
{
    const json_t *value = json_object_get(ctx, name);

    if (value != NULL)
        return mem_text(json_string_value(value));
    error_set(err, ERR_USAGE, "there is no variable %s in vars", name);
    return NULL;
}

bool runbook_fill(const char *text, const json_t *vars, struct str *ret, struct error *err)
{
    for (const char *p = text; *p != '\0';) {
        const char *end = str_starts(p, ":{") ? strchr(p, '}') : NULL;
        AUTO_FREE char *name = end != NULL ? mem_textn(p + 2, (size_t)(end - p - 2)) : NULL;
        if (name == NULL || !braces_name_ok(name)) {
            str_addc(ret, *p++);
            continue;
        }
        AUTO_FREE char *value = value_of((void *)vars, name, err);
        if (value == NULL)
            return false;
        str_add(ret, value);
        p = end + 1;
    }
    return true;
}

/* ":{name}" without quotes in the braces, wherever it stands: bare it would be pasted, and in quotes it would
 * stay as it is. */
static bool has_bare(const char *sql)
{
    for (const char *p = strstr(sql, ":{"); p != NULL; p = strstr(p + 2, ":{")) {
        const char *end = strchr(p, '}');
        AUTO_FREE char *name = end != NULL ? mem_textn(p + 2, (size_t)(end - p - 2)) : NULL;
        if (name != NULL && braces_name_ok(name))
            return true;
    }
    return false;
}

bool runbook_fill_sql(const char *sql, const json_t *vars, struct str *ret, struct error *err)
{
    if (has_bare(sql))
        return error_set(err, ERR_USAGE, "a variable in SQL is :{'name'} for a text or :{`name`} for a "
                                         "name");
    return braces_replace(sql, strlen(sql), value_of, (void *)vars, ret, err);
}

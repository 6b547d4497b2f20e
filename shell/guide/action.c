/* Actions: build, print, fill slots, run. */
#include <belay/action.h>

#include <stdarg.h>

#include <arena.h>
#include <kubectl.h>
#include <mem.h>
#include <pool.h>

#include "world.h"

void action_done(struct action *action)
{
    if (action->arena == NULL) {
        free(action->where);
        free(action->sql);
        free(action->input);
    }
    strv_done(&action->args);
    *action = (struct action){0};
}

static char *own_text(struct action *action, const char *text)
{
    return action->arena != NULL ? arena_text(action->arena, text) : mem_text(text);
}

void action_sql(struct action *action, const char *where, const char *sql)
{
    action->kind = ACTION_SQL;
    action->where = own_text(action, where);
    action->sql = own_text(action, sql);
}

void action_sql_of(struct action *action, const char *where, const char *sql)
{
    action->kind = ACTION_SQL;
    action->where = (char *)where;
    action->sql = (char *)sql;
}

static void add_words(struct strv *list, va_list ap)
{
    for (const char *word = va_arg(ap, const char *); word != NULL; word = va_arg(ap, const char *))
        strv_add(list, word);
}

void action_kubectl(struct action *action, const char *input, ...)
{
    va_list ap;

    action->kind = ACTION_KUBECTL;
    action->input = own_text(action, input);
    va_start(ap, input);
    add_words(&action->args, ap);
    va_end(ap);
}

void action_act(struct action *action, const struct act_kind *act, ...)
{
    va_list ap;

    action->kind = act->kind;
    action->act = act;
    va_start(ap, act);
    add_words(&action->args, ap);
    va_end(ap);
}

void action_words(const struct action *action, struct str *ret)
{
    switch (action->kind) {
    case ACTION_NONE:
        return;
    case ACTION_SQL:
        str_add(ret, action->sql);
        return;
    case ACTION_KUBECTL:
        str_add(ret, "kubectl ");
        kube_words(&action->args, ret);
        return;
    case ACTION_TRANSFER:
    case ACTION_LOCAL:
        action->act->say(&action->args, ret);
        return;
    }
}

static void member(const char *name, const char *text, struct str *ret)
{
    str_add(ret, ",\"");
    str_add(ret, name);
    str_add(ret, "\":");
    json_add_text(text, ret);
}

void action_canonical(const struct action *action, struct str *ret)
{
    static const char *const kinds[] = {"none", "sql", "kubectl", "transfer", "local"};

    if (action->kind == ACTION_NONE) {
        str_add(ret, "null");
        return;
    }
    if (action->kind == ACTION_SQL) {
        str_add(ret, "{\"kind\":\"sql\"");
        member("node", action->where, ret);
        member("sql", action->sql, ret);
        str_addc(ret, '}');
        return;
    }
    str_addc(ret, '{');
    if (action->act != NULL) {
        str_add(ret, "\"act\":");
        json_add_text(action->act->name, ret);
        str_addc(ret, ',');
    }
    str_add(ret, "\"args\":");
    json_add_texts(&action->args, ret);
    if (action->input != NULL)
        member("input", action->input, ret);
    member("kind", kinds[action->kind], ret);
    str_addc(ret, '}');
}

json_t *action_json(const struct action *action)
{
    AUTO_STR text = {0};

    action_canonical(action, &text);
    json_t *object = json_parse(text.s, text.len, text.len, NULL);
    if (object == NULL)
        mem_fatal("an action has no JSON");
    return object;
}

void slot_fill(const char *text, const json_t *bindings, struct str *ret)
{
    const char *p = text;

    while (*p != '\0') {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end != NULL && bindings != NULL) {
            AUTO_FREE char *name = mem_textn(p + 1, (size_t)(end - p - 1));
            const json_t *value = json_object_get(bindings, name);
            if (json_is_string(value)) {
                str_add(ret, json_string_value(value));
                p = end + 1;
                continue;
            }
        }
        str_addc(ret, *p++);
    }
}

static void fill_args(const struct strv *args, const json_t *bindings, struct strv *ret)
{
    for (size_t i = 0; i < args->n; i++) {
        AUTO_STR text = {0};
        slot_fill(args->v[i], bindings, &text);
        strv_add(ret, str_text(&text));
    }
}

/* Exit status and output of kubectl are only a hint, but for what the API server plainly refused. */
static bool run_kubectl(struct world *world, const struct action *action, const struct strv *args,
                        const json_t *bindings, bool *ret_unknown, struct error *err)
{
    AUTO_STR input = {0};
    AUTO_ERROR why = {0};

    if (action->input != NULL)
        slot_fill(action->input, bindings, &input);
    bool ok = kube_run(world->kube, args, action->input != NULL ? str_text(&input) : NULL, 0, NULL,
                       NULL, &why);
    *ret_unknown = !kube_refused(&why);
    return ok || error_move(err, &why);
}

bool action_run(struct world *world, const struct permit *permit, const struct action *action,
                const json_t *bindings, bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_STRV args = {0};

    *ret_unknown = false;
    if (action->kind == ACTION_NONE)
        return true;
    if (permit == NULL)
        return error_set(err, ERR_DECLINED, "refused: no permit");
    fill_args(&action->args, bindings, &args);
    switch (action->kind) {
    case ACTION_NONE:
        return true;
    case ACTION_SQL:
        /* Statements hold names quoted for SQL, so slots are not filled into them. */
        return pool_change(world->pool, permit, action->where, action->sql, ret_unknown, err);
    case ACTION_KUBECTL:
        if (world->kube == NULL)
            return error_set(err, ERR_KUBE, "there is no kubectl to run this step with");
        return run_kubectl(world, action, &args, bindings, ret_unknown, err);
    case ACTION_TRANSFER:
    case ACTION_LOCAL:
        return action->act->run(world, permit, &args, ret_unknown, ret_data, err);
    }
    return true;
}

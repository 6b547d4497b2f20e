/*
 * A line in fe.conf, in the ConfigMap that holds it: the switch of a restore, or a setting for an upgrade.
 * The text of fe.conf has secrets: it goes from one kubectl to the next and is in no plan, no journal and
 * no argument vector.
 */
#include <belay/str.h>
#include <mem.h>

#include "conf_switch.h"
#include "kinds.h"
#include "restore/restore_acts.h"
#include "restore/restore_set.h"
#include "session_inside.h"

#define MAP 0
#define KEY 1
#define NAME 2
#define TO 3    /* "on" or "off" */
#define VALUE 4 /* what on means; none: the switch of a restore, true */

/* The text of fe.conf; NULL with the error. free() it. */
static char *read_conf(struct world *world, const char *map, const char *key, struct error *err)
{
    struct kube *kube = session_kube(session_of(world), err);
    AUTO_JSON *object = NULL;

    if (kube == NULL || !kube_get(kube, "configmaps", map, NULL, &object, err))
        return NULL;
    const json_t *text = json_object_get(json_object_get(object, "data"), key);
    if (json_is_string(text))
        return mem_text(json_string_value(text));
    error_set(err, ERR_DRIFT, "the ConfigMap %s has no key %s", map, key);
    return NULL;
}

static const char *value_of(const struct strv *args)
{
    return args->n > VALUE ? args->v[VALUE] : "true";
}

char *conf_switch_lines(const char *name, const char *value)
{
    return str_format("\n%s\n%s = %s\n", value != NULL ? CONF_MARK : RESTORE_MARK, name,
                      value != NULL ? value : "true");
}

/* --- conf_switch: ConfigMap, key, setting, "on" or "off", value ------------------------------------ */

static void ask_conf(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *text = read_conf(world, args->v[MAP], args->v[KEY], &err);

    if (text == NULL) {
        evidence_failed(ret, NULL, &err);
        return;
    }
    AUTO_FREE char *value = restore_conf_value(text, args->v[NAME]);
    bool on = str_equal(value, value_of(args));
    bool wanted = str_equal(args->v[TO], "on");
    evidence_set(ret, on == wanted ? ANSWER_YES : ANSWER_NO, "%s is %s in %s", args->v[NAME],
                 on ? value_of(args) : "not set", args->v[MAP]);
    ret->vain = on != wanted;
}

static void ask_confs(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_conf(world, &probes[i]->args, &ret[i]);
}

static void say_conf(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is %s in %s", probe->args.v[NAME],
             str_equal(probe->args.v[TO], "on") ? value_of(&probe->args) : "not set", probe->args.v[MAP]);
}

const struct probe_kind probe_conf_switch = {"conf_switch", ask_confs, say_conf};

/* The text that is to be there; NULL with the error. free() it. */
static char *changed(const char *text, const struct strv *args, struct error *err)
{
    AUTO_FREE char *more = conf_switch_lines(args->v[NAME], args->n > VALUE ? args->v[VALUE] : NULL);
    const char *at = strstr(text, more);

    if (str_equal(args->v[TO], "on"))
        return at != NULL ? mem_text(text) : str_format("%s%s", text, more);
    if (at != NULL)
        return str_format("%.*s%s", (int)(at - text), text, at + strlen(more));
    error_set(err, ERR_DRIFT, "%s = %s stands in the ConfigMap %s, but not as belay wrote it",
              args->v[NAME], value_of(args), args->v[MAP]);
    error_hint(err, "take the line out by hand (kubectl edit configmap %s), then \\resume",
               args->v[MAP]);
    return NULL;
}

static char *patch_of(const struct strv *args, const char *old, const char *new)
{
    AUTO_FREE char *path = str_format("/data/%s", args->v[KEY]);
    AUTO_JSON *patch = json_pack("[{s:s,s:s,s:s},{s:s,s:s,s:s}]", "op", "test", "path", path,
                                 "value", old, "op", "replace", "path", path, "value", new);

    return patch != NULL ? json_canonical(patch) : NULL;
}

/* The test in the patch is over the whole text: what somebody else changed is not written over. */
static bool run_conf(struct world *world, const struct permit *permit, const struct strv *args,
                     bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_FREE char *old = read_conf(world, args->v[MAP], args->v[KEY], err);
    AUTO_FREE char *new = old != NULL ? changed(old, args, err) : NULL;
    AUTO_FREE char *patch = new != NULL ? patch_of(args, old, new) : NULL;
    AUTO_STRV words = {0};

    (void)permit;
    (void)ret_data;
    if (new == NULL)
        return false;
    if (patch == NULL)
        return error_set(err, ERR_DRIFT, "the text of %s is no UTF-8", args->v[MAP]);
    strv_add(&words, "patch");
    strv_add(&words, "configmaps");
    strv_add(&words, args->v[MAP]);
    strv_add(&words, "--type=json");
    strv_add(&words, "--field-manager=belay");
    strv_add(&words, "--patch-file=/dev/stdin");
    *ret_unknown = true;
    bool ok = kube_run(session_kube(session_of(world), NULL), &words, patch, 0, NULL, NULL, err);
    *ret_unknown = !ok && !kube_refused(err);
    return ok;
}

static void say_act(const struct strv *args, struct str *ret)
{
    bool on = str_equal(args->v[TO], "on");

    str_addf(ret, "%s %s = %s %s ConfigMap %s, key %s", on ? "put" : "take", args->v[NAME], value_of(args),
             on ? "into" : "out of", args->v[MAP], args->v[KEY]);
}

const struct act_kind act_conf_switch = {"conf_switch", ACTION_LOCAL, run_conf, say_act};

/*
 * A setting in fe.conf for the length of a release line: where the start of a leader ends in full refreshes
 * (SR_START_REFRESHES), its views are to be loaded at once, while it starts. A value set by SQL is forgotten
 * by that same start. A changed ConfigMap restarts nothing: the operator looks at it when it writes the
 * StatefulSet, and at no text of it but ports (pkg/subcontrollers/fe/fe_controller.go); a pod that is made
 * anew reads it. So it is written before the first frontend is replaced.
 */
#include <starrocks.h>

#include "conf_switch.h"
#include "fe_settings.h"
#include "kinds.h"
#include "restore/restore_set.h"
#include "session_inside.h"
#include "upgrade_inside.h"

#define SETTING "enable_mv_post_image_reload_cache"
#define VALUE "false"
#define CHART "starrocksFESpec.config" /* in the values of the chart (helm-charts, values.yaml) */

/* --- facts ------------------------------------------------------------------------------------------------ */

/* What is known of fe.conf's text: none of it but two settings goes into the facts. */
static void put_text(json_t *conf, const char *text)
{
    AUTO_FREE char *value = restore_conf_value(text, SETTING);
    AUTO_FREE char *checker = restore_conf_value(text, SETTING_CHECKER);
    AUTO_FREE char *lines = conf_switch_lines(SETTING, VALUE);

    json_put_str(conf, "value", value);
    json_put_str(conf, "checker", checker);
    json_put_bool(conf, "ours", strstr(text, lines) != NULL);
}

static bool read_map(struct kube *kube, const char *map, const char *key, json_t *conf, struct error *err)
{
    AUTO_JSON *object = NULL;

    if (!kube_get(kube, "configmaps", map, NULL, &object, err))
        return false;
    const json_t *text = json_object_get(json_object_get(object, "data"), key);
    if (!json_is_string(text))
        return error_set(err, ERR_UNKNOWN, "the ConfigMap %s has no %s", map, key);
    json_put_str(conf, "map", map);
    json_put_str(conf, "key", key);
    json_put_str(conf, "helm", json_str_at(object, "metadata", "annotations",
                                           "meta.helm.sh/release-name", NULL));
    json_put_bool(conf, "immutable", json_flag(object, "immutable"));
    put_text(conf, json_string_value(text));
    return true;
}

static bool read_conf(struct kube *kube, const char *set, json_t *conf, struct error *err)
{
    AUTO_JSON *object = NULL;
    struct restore_set facts = {0};

    if (!kube_get(kube, "statefulsets.apps", set, NULL, &object, err) ||
        !restore_set_read(object, &facts, err))
        return false;
    bool ok = *facts.config_map != '\0'
                  ? read_map(kube, facts.config_map, facts.key, conf, err)
                  : error_set(err, ERR_UNKNOWN, "the frontends of %s read the fe.conf of their image", set);
    restore_set_done(&facts);
    return ok;
}

bool upgrade_gather_conf(struct session *session, json_t *facts, struct error *err)
{
    struct kube *kube = session_kube(session, err);
    json_t *conf = json_object();
    const char *name = "";
    AUTO_ERROR why = {0};
    size_t i;
    json_t *set;

    json_put(facts, "conf", conf);
    json_array_foreach(json_object_get(facts, "sets"), i, set)
        name = str_equal(json_str(set, "kind"), "FE") ? json_str(set, "name") : name;
    if (kube == NULL)
        return false;
    if (read_conf(kube, name, conf, &why))
        return true;
    if (why.code == ERR_STOPPED)
        return error_move(err, &why);
    json_put_str(conf, "why", why.message);
    return true;
}

/* --- is it needed, can it be done ---------------------------------------------------------------------------- */

static const json_t *conf_of(const json_t *facts)
{
    return json_object_get(facts, "conf");
}

/* By the target and by what fe.conf says. */
static bool is_needed(const json_t *facts, struct release to)
{
    return starrocks_value(SR_START_REFRESHES, to, 0) == 1 &&
           strcasecmp(json_str(conf_of(facts), "value"), VALUE) != 0 &&
           strcasecmp(json_str(conf_of(facts), "checker"), "false") != 0;
}

/* No view is known, or how many there are cannot be told: -1. */
static int64_t views(const json_t *facts)
{
    const json_t *read = json_at(facts, "preflight", "read", "views", NULL);

    return read != NULL ? json_int(read, "n") : -1;
}

/* Why belay does not write it: a sentence, appended, and what to do instead. false: it can. */
static bool barred(const json_t *facts, struct str *ret, struct str *ret_instead)
{
    const json_t *conf = conf_of(facts);
    const char *helm = json_str(conf, "helm"), *why = json_str(conf, "why");

    if (*why != '\0')
        str_add(ret, why);
    else if (*helm != '\0')
        str_addf(ret, "the Helm release %s writes the ConfigMap %s", helm, json_str(conf, "map"));
    else if (json_flag(conf, "immutable"))
        str_addf(ret, "the ConfigMap %s is immutable", json_str(conf, "map"));
    else
        return false;
    str_addf(ret_instead, *helm != '\0' ? "put " SETTING " = " VALUE " into " CHART " of its values (below "
                                          "starrocks. in the chart kube-starrocks) and helm upgrade before: "
                                          "that restarts the frontends once"
                                        : "put " SETTING " = " VALUE " into the fe.conf that they read");
    return true;
}

bool upgrade_offers_conf(const json_t *facts, const char *to, struct str *ret)
{
    struct release release = {0};
    AUTO_STR why = {0};
    AUTO_STR instead = {0};
    int64_t n = views(facts);

    if (!release_parse(to, &release) || n <= 0 || !is_needed(facts, release) ||
        barred(facts, &why, &instead))
        return false;
    str_addf(ret, "On %s %s: %" PRId64 " view%s.\nWith the views loaded while it starts, which takes longer, it "
             "does not. Write " SETTING " = " VALUE " into fe.conf (ConfigMap %s) before "
             "the frontends are replaced (--write-fe-conf)?", to,
             starrocks_row(SR_START_REFRESHES, release)->says, n, n == 1 ? "" : "s",
             json_str(conf_of(facts), "map"));
    return true;
}

/* --- the plan --------------------------------------------------------------------------------------------------- */

void upgrade_head_conf(struct upgrading *m)
{
    AUTO_STR why = {0};
    AUTO_STR instead = {0};

    if (m->choice->write_conf && starrocks_value(SR_START_REFRESHES, m->to, 0) == 1)
        strv_addf(&m->plan->head, "fe.conf  " SETTING " = " VALUE " stays in it as long as a frontend of this "
                  "line starts; \\upgrade to a release that does not need it takes it out");
    else if (is_needed(m->facts, m->to) && views(m->facts) != 0)
        strv_addf(&m->plan->head, "fe.conf  %s: %s", starrocks_row(SR_START_REFRESHES, m->to)->says,
                  barred(m->facts, &why, &instead) ? instead.s : "--write-fe-conf prevents it");
}

static void action(const struct upgrading *m, const char *to, struct action *action, struct probe *proof)
{
    const char *map = json_str(conf_of(m->facts), "map"), *key = json_str(conf_of(m->facts), "key");

    action_act(action, &act_conf_switch, map, key, SETTING, to, VALUE, NULL);
    probe_set(proof, &probe_conf_switch, map, key, SETTING, to, VALUE, NULL);
}

static void conf_step(struct upgrading *m, bool on)
{
    AUTO_FREE char *title = str_format(SETTING " = " VALUE " %s fe.conf", on ? "into" : "out of");

    m->stage = plan_stage(m->plan, on ? "fe.conf" : "fe.conf as before", FAIL_STOPS);
    m->stage->follows = !on;
    struct step *step = stage_step(m->stage, TIER_DISRUPTIVE, on ? "conf on" : "conf off", title);
    step->proof_ms = UPGRADE_API_MS;
    step->note = on ? "no pod restarts for it; a start takes longer then, since it loads the views first"
                    : "no pod restarts for it";
    action(m, on ? "on" : "off", &step->action, &step->proof);
    action(m, on ? "off" : "on", &step->undo, &step->undo_proof);
}

bool upgrade_conf_before(struct upgrading *m, struct error *err)
{
    AUTO_STR why = {0};
    AUTO_STR instead = {0};

    if (!m->choice->write_conf || !is_needed(m->facts, m->to) || !upgrade_differs(m, true))
        return true;
    if (barred(m->facts, &why, &instead)) {
        error_set(err, ERR_VERDICT, "--write-fe-conf: %s", why.s);
        return error_hint(err, "%s", instead.s);
    }
    conf_step(m, true);
    return true;
}

void upgrade_conf_after(struct upgrading *m)
{
    AUTO_STR why = {0};
    AUTO_STR instead = {0};

    if (!json_flag(conf_of(m->facts), "ours") || starrocks_value(SR_START_REFRESHES, m->to, 0) == 1 ||
        !upgrade_differs(m, true) || barred(m->facts, &why, &instead))
        return;
    conf_step(m, false);
}

/*
 * The steps of a restore: N frontends to 0, the metadata in through a helper pod, 0 to 1, the switch out,
 * a restart, 1 to N. The order, the vectors and the gates are those recorded with operator 1.11.5 and
 * kubectl 1.32.4.
 *
 * A patch tests the values that it replaces, not the generation: whoever goes on with a plan later
 * finds another generation, and the values are what matters. Each patch is a step of its own whose
 * proof is the object, and what follows from it is a wait: so a patch that got through before a crash
 * is seen at once and not sent again.
 */
#include "restore_steps.h"

#include <belay/cluster.h>

#include "kinds.h"
#include "restore_form.h"
#include "restore_image.h"
#include "restore_target.h"

char *restore_step_id(const char *what, int64_t ordinal)
{
    return str_format("%s %" PRId64, what, ordinal);
}

const struct step *restore_find(const struct plan *plan, const char *id)
{
    const struct step *step = NULL;

    for (size_t i = 0; i < plan->n && step == NULL; i++)
        step = stage_find(plan->stages[i], id);
    return step;
}

char *restoring_pod(const struct restoring *m, int64_t ordinal)
{
    return str_format("%s-%" PRId64, m->name, ordinal);
}

const json_t *restoring_helper_pod(const struct restoring *m, int64_t ordinal)
{
    return json_array_get(json_object_get(m->recipe, "helpers"), (size_t)ordinal);
}

const char *restoring_place(const struct restoring *m, int64_t ordinal)
{
    return json_string_value(json_array_get(json_object_get(m->recipe, "places"), (size_t)ordinal));
}

struct step *restoring_step(struct restoring *m, enum tier tier, const char *id, int64_t proof_ms,
                            const char *title)
{
    struct step *step = stage_step(m->stage, tier, id, title);

    step->proof_ms = proof_ms;
    probe_set(step_need(step), &probe_object_is, json_str(m->target, "kind"),
              json_str(m->target, "name"), "/metadata/uid", json_str(m->target, "uid"), NULL);
    return step;
}

struct step *restoring_wait(struct restoring *m, const char *id, int64_t proof_ms, const char *title)
{
    AUTO_FREE char *text = str_format("wait: %s", title);
    struct step *step = stage_step(m->stage, TIER_ADDS, id, text);

    step->proof_ms = proof_ms;
    return step;
}

/* --- patches of the CR, or of the StatefulSet ------------------------------------------------------ */

void restoring_patch(const struct restoring *m, struct action *action, struct str *patch)
{
    action_kubectl(action, NULL, "patch", json_str(m->target, "kind"), json_str(m->target, "name"),
                   "--type=json", "--field-manager=belay", "-p", patch_end(patch), "-o",
                   json_str(m->target, "shown"), NULL);
}

void restoring_patch_cr(const struct restoring *m, struct action *action, struct str *patch)
{
    action_kubectl(action, NULL, "patch", json_str(m->cr, "kind"), json_str(m->cr, "name"),
                   "--type=json", "--field-manager=belay", "-p", patch_end(patch), "-o",
                   RESTORE_CR_SHOWN, NULL);
}

void restoring_test_replicas(const struct restoring *m, int64_t replicas, struct str *patch)
{
    if (replicas >= 0)
        patch_add(patch, "test", json_str(m->target, "replicas"), "%" PRId64, replicas);
}

void restoring_target_is(const struct restoring *m, struct probe *probe, int64_t replicas,
                         const char *image)
{
    AUTO_FREE char *number = str_format("%" PRId64, replicas);
    const char *more = image != NULL ? json_str(m->target, "image") : NULL;

    probe_set(probe, &probe_object_is, json_str(m->target, "kind"), json_str(m->target, "name"),
              json_str(m->target, "replicas"), number, more, image, NULL);
}

char *restoring_image_slot(const json_t *node)
{
    return mem_text(str_equal(json_str(node, "spec"), "starRocksBeSpec") ? "be_image" : "cn_image");
}

void restoring_images_agree(const struct restoring *m, struct step *step)
{
    size_t i;
    json_t *node;

    json_array_foreach(json_object_get(m->recipe, "nodes"), i, node)
    {
        AUTO_FREE char *path = str_format("/spec/%s/image", json_str(node, "spec"));
        AUTO_FREE char *slot = restoring_image_slot(node);
        AUTO_FREE char *value = str_format("{%s}", slot);
        AUTO_FREE char *allowed = str_format("image of %s", json_str(node, "set"));
        step_slot(step, slot, allowed, &slot_set_image, json_str(node, "set"), NULL);
        probe_set(step_need(step), &probe_object_is, json_str(m->cr, "kind"),
                  json_str(m->cr, "name"), path, value, NULL);
    }
}

void restoring_test_images(const struct restoring *m, struct str *patch)
{
    size_t i;
    json_t *node;

    json_array_foreach(json_object_get(m->recipe, "nodes"), i, node)
    {
        AUTO_FREE char *path = str_format("/spec/%s/image", json_str(node, "spec"));
        AUTO_FREE char *slot = restoring_image_slot(node);
        patch_add(patch, "test", path, "\"{%s}\"", slot);
    }
}

/* --- stop ------------------------------------------------------------------------------------------- */

static void rights(const struct restoring *m, struct step *step)
{
    bool cr = json_flag(m->target, "operator");
    bool both = m->operator != NULL || m->hold != NULL;

    probe_set(step_need(step), &probe_kube_rights, "create", "pods", "exec", "get", "pods", "exec",
              "create", "pods", "portforward", "delete", "pods", "", "patch", "configmaps", "",
              "patch", cr ? "starrocksclusters.starrocks.com" : "statefulsets.apps", "",
              both ? "patch" : NULL, cr ? "statefulsets.apps" : "starrocksclusters.starrocks.com", "",
              NULL);
    if (m->hold == NULL)
        probe_set(step_need(step), &probe_kube_rights, "create", "pods", "", NULL);
}

void restoring_stop(struct restoring *m)
{
    int64_t now = json_int(m->target, "replicas_now");
    const char *image = json_str(m->recipe, "image");
    AUTO_STR patch = {0};
    AUTO_STR back = {0};
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);
    AUTO_FREE char *title = str_format("stop all frontends%s%s",
                                       str_equal(image, json_str(m->recipe, "image_now"))
                                           ? "" : ", and back to ",
                                       str_equal(image, json_str(m->recipe, "image_now"))
                                           ? "" : image);

    m->stage = plan_stage(m->plan, "stop", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "stop", API_MS, title);
    restoring_test_replicas(m, now, &patch);
    patch_add(&patch, now >= 0 ? "replace" : "add", json_str(m->target, "replicas"), "0");
    patch_add(&patch, "replace", json_str(m->target, "image"), "\"%s\"", image);
    restoring_patch(m, &step->action, &patch);
    restoring_target_is(m, &step->proof, 0, image);
    restoring_test_replicas(m, 0, &back);
    patch_add(&back, "replace", json_str(m->target, "replicas"), "%" PRId64, m->wanted);
    restoring_patch(m, &step->undo, &back);
    restoring_target_is(m, &step->undo_proof, m->wanted, NULL);
    step->note = "from here on the cluster answers nothing";
    rights(m, step);
    if (m->operator == NULL)
        restoring_images_agree(m, step);
    if (m->snapshot == NULL)
        probe_set(step_need(step), &probe_backup_is, json_str(m->backup, "path"),
                  json_str(m->backup, "size"), json_str(m->backup, "sha256"), NULL);

    step = restoring_wait(m, "stopped", json_int(m->set, "grace_s") * SECOND + 5 * MINUTE,
                          "every pod of the frontends is gone");
    probe_set(&step->proof, &probe_pods_gone, m->name, json_str(m->set, "selector"), wanted, NULL);
}

/* --- the switch in fe.conf ---------------------------------------------------------------------------- */

void restoring_conf_step(struct restoring *m, const char *id, const char *name, const char *to,
                         const char *title)
{
    const char *words[] = {json_str(m->set, "config_map"), json_str(m->set, "key"), name};
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, id, API_MS, title);
    bool on = str_equal(to, "on");

    action_act(&step->action, &act_conf_switch, words[0], words[1], words[2], to, NULL);
    probe_set(&step->proof, &probe_conf_switch, words[0], words[1], words[2], to, NULL);
    if (!on)
        return;
    action_act(&step->undo, &act_conf_switch, words[0], words[1], words[2], "off", NULL);
    probe_set(&step->undo_proof, &probe_conf_switch, words[0], words[1], words[2], "off", NULL);
}

bool restoring_image_only(const struct restoring *m)
{
    return str_equal(json_str(m->recipe, "part"), RESTORE_IMAGE);
}

const char *restoring_first_switch(const struct restoring *m)
{
    return json_str(m->recipe, restoring_image_only(m) ? "first_switch" : "switch");
}

static void finals(struct restoring *m)
{
    if (restoring_image_only(m))
        probe_set(plan_final(m->plan), &probe_conf_switch, json_str(m->set, "config_map"),
                  json_str(m->set, "key"), restoring_first_switch(m), "off", NULL);
    probe_set(plan_final(m->plan), &probe_conf_switch, json_str(m->set, "config_map"),
              json_str(m->set, "key"), json_str(m->recipe, "switch"), "off", NULL);
    for (int64_t i = 0; i < m->wanted && m->hold == NULL; i++)
        probe_set(plan_final(m->plan), &probe_pod_gone, restoring_place(m, i), NULL);
    if (m->hold != NULL)
        restoring_cr_free(m, plan_final(m->plan));
    if (m->hold != NULL)
        restoring_set_free(m, plan_final(m->plan));
    restoring_frontends_are(m, plan_final(m->plan), m->wanted);
    restoring_tables_are(m, plan_final(m->plan));
}

static bool identify(struct restoring *m, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    const json_t *json = json_object_get(m->recipe, "cluster");

    if (json == NULL) { /* for a page alone: it is not run */
        m->plan->identity = json_object();
        m->plan->cluster = mem_text("");
        return true;
    }
    bool ok = cluster_from_json(json, &cluster, err);
    if (ok) {
        m->plan->identity = cluster_identity(&cluster);
        m->plan->cluster = mem_text(cluster.name);
    }
    cluster_done(&cluster);
    return ok;
}

/* From the stop to the last frontend that joins. */
static void frontends(struct restoring *m)
{
    AUTO_FREE char *on = str_format("put %s into fe.conf", restoring_first_switch(m));

    restoring_stop(m);
    m->stage = plan_stage(m->plan, "switch on", FAIL_STOPS);
    restoring_conf_step(m, "switch on", restoring_first_switch(m), "on", on);
    if (m->hold != NULL)
        restoring_hold(m);
    restoring_archive(m);
    restoring_others(m);
    if (m->hold != NULL)
        restoring_hold_away(m);
    else
        restoring_helpers_away(m);
    restoring_start(m);
    if (restoring_image_only(m))
        restoring_regroup(m);
    restoring_restart(m);
    restoring_grow(m);
}

void restoring_by_helpers(struct restoring *m)
{
    frontends(m);
    restoring_nodes_back(m);
    finals(m);
}

void restoring_without_operator(struct restoring *m)
{
    restoring_operator_off(m);
    frontends(m);
    restoring_operator_back(m);
    restoring_nodes_back(m);
    finals(m);
}

/* Which step ends the way back to the metadata of before. */
static void say_return(struct plan *plan)
{
    size_t number = 0;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            number++;
            if (plan->stages[i]->steps[k]->tier != TIER_NO_RETURN)
                continue;
            strv_addf(&plan->head, "Return   to the metadata of before without loss until step %zu, "
                      "which starts a frontend (\\restore-plan, GIVING UP); what is written from then "
                      "on is in the restored metadata alone", number);
            return;
        }
    }
}

struct plan *restore_recipe_plan(const char *command, const json_t *recipe, struct error *err)
{
    struct restoring m = {.recipe = recipe, .set = json_object_get(recipe, "set"),
                       .target = json_object_get(recipe, "target"),
                       .backup = json_object_get(recipe, "backup"),
                       .cr = json_object_get(recipe, "cr"),
                       .hold = json_object_get(recipe, "hold"),
                       .operator = json_object_get(recipe, "operator"),
                       .snapshot = json_object_get(recipe, "snapshot"), .plan = plan_new(command),
                       .wanted = json_int(recipe, "wanted")};
    const struct restore_form *form = restore_form_of(recipe);
    size_t i;
    json_t *line;

    if (form == NULL) {
        plan_free(m.plan);
        error_set(err, ERR_UNKNOWN, "belay knows no steps of a restore by %s",
                  json_str(recipe, "form"));
        return NULL;
    }
    if (!identify(&m, err)) {
        plan_free(m.plan);
        return NULL;
    }
    json_array_foreach(json_object_get(recipe, "head"), i, line)
        strv_add(&m.plan->head, json_string_value(line));
    m.name = json_str(m.set, "name");
    m.cluster_id = json_str(m.backup, "cluster_id");
    m.first = restoring_pod(&m, 0);
    m.node = str_format("pod/%s:%" PRId64, m.first, json_int(recipe, "query_port"));
    form->plan(&m);
    say_return(m.plan);
    free(m.first);
    free(m.node);
    return m.plan;
}

/* Steps of a restore from no frontend to one, once more without the switch, to all, and the nodes. */
#include "kinds.h"
#include "restore_steps.h"

void restoring_frontends_are(const struct restoring *m, struct probe *probe, int64_t n)
{
    AUTO_FREE char *number = str_format("%" PRId64, n);

    probe_set(probe, &probe_frontends_are, m->node, m->cluster_id, number, m->first, NULL);
}

void restoring_tables_are(const struct restoring *m, struct probe *probe)
{
    probe_set(probe, &probe_tables_are, m->node, json_str(m->backup, "dir"),
              json_str(m->backup, "sha256"), NULL);
}

/* What the pod that starts next must find: its volume free, the switch, nothing else that starts. */
static void gates_of_start(const struct restoring *m, struct step *step)
{
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);

    probe_set(step_need(step), &probe_pods_gone, m->name, json_str(m->set, "selector"), wanted,
              NULL);
    for (int64_t i = 0; i < m->wanted && m->hold == NULL; i++)
        probe_set(step_need(step), &probe_pod_gone, restoring_place(m, i), NULL);
    if (m->hold != NULL)
        restoring_cr_free(m, step_need(step));
    if (m->hold != NULL)
        restoring_set_free(m, step_need(step));
    probe_set(step_need(step), &probe_conf_switch, json_str(m->set, "config_map"),
              json_str(m->set, "key"), restoring_first_switch(m), "on", NULL);
    if (m->operator == NULL)
        restoring_images_agree(m, step);
    else
        restoring_operator_is_off(m, step);
}

void restoring_start(struct restoring *m)
{
    const char *probe = json_str(m->target, "probe");
    AUTO_STR patch = {0};
    AUTO_FREE char *title = str_format("start %s alone", m->first);
    AUTO_FREE char *ready = str_format("%s is ready", m->first);

    m->stage = plan_stage(m->plan, "start", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_NO_RETURN, "start", API_MS, title);
    restoring_test_replicas(m, 0, &patch);
    if (m->operator == NULL)
        restoring_test_images(m, &patch);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "1");
    if (*probe != '\0')
        patch_add(&patch, json_int(m->target, "probe_was") >= 0 ? "replace" : "add", probe,
                  "%" PRId64, json_int(m->target, "probe_new"));
    restoring_patch(m, &step->action, &patch);
    restoring_target_is(m, &step->proof, 1, json_str(m->recipe, "image"));
    step->note = "one frontend; what is written from here on is in the restored metadata";
    gates_of_start(m, step);

    step = restoring_wait(m, "first ready", LARGE_MS, ready);
    probe_set(&step->proof, &probe_pod_ready, m->first, "", NULL);
    step = restoring_wait(m, "first leads", 10 * MINUTE,
                          restoring_image_only(m) ? "it leads, at the state of the image"
                                                  : "it leads, alone, the cluster of the backup");
    if (restoring_image_only(m))
        probe_set(&step->proof, &probe_leads, m->node, json_str(m->backup, "cluster_id"), m->first,
                  NULL);
    else
        restoring_frontends_are(m, &step->proof, 1);
    step = restoring_wait(m, "first proved", 10 * MINUTE, "databases, tables and views of the backup");
    restoring_tables_are(m, &step->proof);
}

/* The value of before, which the operator writes into the pods' template: that replaces the pod. */
static void probe_back(struct restoring *m)
{
    const char *probe = json_str(m->target, "probe");
    int64_t was = json_int(m->target, "probe_was");
    AUTO_FREE char *value = was >= 0 ? str_format("%" PRId64, was) : mem_text("");
    AUTO_FREE char *times = str_format("%" PRId64, json_int(m->target, "probe_times"));
    AUTO_FREE char *path = str_format("/spec/template/spec/containers/%" PRId64
                                      "/startupProbe/failureThreshold",
                                      json_int(m->set, "container"));
    AUTO_STR patch = {0};

    if (*probe == '\0')
        return;
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "probe back", API_MS,
                                       "the startup probe as before");
    patch_add(&patch, "test", probe, "%" PRId64, json_int(m->target, "probe_new"));
    if (was >= 0)
        patch_add(&patch, "replace", probe, "%" PRId64, was);
    else
        patch_remove(&patch, probe);
    restoring_patch(m, &step->action, &patch);
    probe_set(&step->proof, &probe_object_is, json_str(m->target, "kind"),
              json_str(m->target, "name"), probe, value, NULL);
    step = restoring_wait(m, "template back", 5 * MINUTE, "the StatefulSet has it too");
    probe_set(&step->proof, &probe_object_is, "statefulsets.apps", m->name, path, times, NULL);
}

static void first_uid(const struct restoring *m, struct step *step)
{
    step_slot(step, "first_uid", "uid of the pod that started with the switch", &slot_pod_uid,
              m->first, NULL);
}

void restoring_restart(struct restoring *m)
{
    AUTO_FREE char *off = str_format("take %s out of fe.conf", json_str(m->recipe, "switch"));
    AUTO_FREE char *title = str_format("restart %s without the switch", m->first);
    AUTO_FREE char *ready = str_format("%s, made anew, is ready", m->first);
    AUTO_FREE char *path = str_format("/api/v1/namespaces/%s/pods/%s",
                                      json_str(m->set, "namespace"), m->first);

    m->stage = plan_stage(m->plan, "switch off", FAIL_STOPS);
    restoring_conf_step(m, "switch off", json_str(m->recipe, "switch"), "off", off);
    first_uid(m, m->stage->steps[0]);
    probe_back(m);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "restart", API_MS, title);
    first_uid(m, step);
    step->note = "if it was not replaced by itself";
    /* By its uid: a call that is repeated after a lost answer deletes nothing else (recorded). */
    action_kubectl(&step->action,
                   "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":"
                   "{\"uid\":\"{first_uid}\"}}", "delete", "--raw", path, "-f", "-", NULL);
    probe_set(&step->proof, &probe_pod_replaced, m->first, "{first_uid}", NULL);
    step = restoring_wait(m, "first again", LARGE_MS, ready);
    first_uid(m, step);
    probe_set(&step->proof, &probe_pod_ready, m->first, "{first_uid}", NULL);
    step = restoring_wait(m, "leads again", 10 * MINUTE, "it leads again");
    restoring_frontends_are(m, &step->proof, 1);
}

/* --- 1 to N, and the nodes ------------------------------------------------------------------------------ */

void restoring_grow(struct restoring *m)
{
    AUTO_STR patch = {0};
    AUTO_FREE char *title = str_format("let the others join: 1 to %" PRId64, m->wanted);
    AUTO_FREE char *alive = str_format("all %" PRId64 " are alive, their journal caught up",
                                       m->wanted);

    if (m->wanted < 2)
        return;
    m->stage = plan_stage(m->plan, "join", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "grow", API_MS, title);
    step_slot(step, "kept_uid", "uid of the first pod", &slot_pod_uid, m->first, NULL);
    restoring_test_replicas(m, 1, &patch);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "%" PRId64, m->wanted);
    restoring_patch(m, &step->action, &patch);
    restoring_target_is(m, &step->proof, m->wanted, NULL);
    step->note = "the others join";
    if (m->operator != NULL)
        restoring_operator_is_off(m, step);
    if (m->snapshot == NULL)
        probe_set(step_need(step), &probe_conf_switch, json_str(m->set, "config_map"),
                  json_str(m->set, "key"), json_str(m->recipe, "switch"), "off", NULL);
    for (int64_t i = 1; i < m->wanted; i++) {
        AUTO_FREE char *pod = restoring_pod(m, i);
        AUTO_FREE char *id = restore_step_id("ready", i);
        AUTO_FREE char *says = str_format("%s is ready", pod);
        step = restoring_wait(m, id, LARGE_MS / 2, says);
        probe_set(&step->proof, &probe_pod_ready, pod, "", NULL);
    }
    step = restoring_wait(m, "all alive", 10 * MINUTE, alive);
    if (m->snapshot != NULL)
        step_slot(step, "new_id", "id of the cluster that was restored", &slot_cluster_id, m->node, NULL);
    restoring_frontends_are(m, &step->proof, m->wanted);
    probe_set(plan_final_of(m->plan, "grow"), &probe_object_is, "pods", m->first, "/metadata/uid",
              "{kept_uid}", NULL);
}

void restoring_nodes_back(struct restoring *m)
{
    size_t i;
    json_t *node;

    json_array_foreach(json_object_get(m->recipe, "nodes"), i, node)
    {
        const char *back = json_str(node, "back");
        AUTO_FREE char *path = str_format("/spec/%s/image", json_str(node, "spec"));
        AUTO_FREE char *id = str_format("image of %s", json_str(node, "set"));
        AUTO_FREE char *rolled = str_format("template of %s", json_str(node, "set"));
        AUTO_FREE char *title = str_format("%s back to %s", json_str(node, "set"), back);
        AUTO_FREE char *says = str_format("%s is told", json_str(node, "set"));
        AUTO_STR patch = {0};
        if (*back == '\0' || str_equal(back, json_str(node, "image")) ||
            str_equal(json_str(m->recipe, "image"), json_str(m->recipe, "image_now")))
            continue;
        if (!str_equal(m->stage->name, "nodes"))
            m->stage = plan_stage(m->plan, "nodes", FAIL_STOPS);
        struct step *step = restoring_step(m, TIER_DISRUPTIVE, id, API_MS, title);
        AUTO_FREE char *slot = restoring_image_slot(node);
        patch_add(&patch, "test", path, "\"{%s}\"", slot);
        patch_add(&patch, "replace", path, "\"%s\"", back);
        restoring_patch_cr(m, &step->action, &patch);
        probe_set(&step->proof, &probe_object_is, json_str(m->cr, "kind"),
                  json_str(m->cr, "name"), path, back, NULL);
        step = restoring_wait(m, rolled, 5 * MINUTE, says);
        probe_set(&step->proof, &probe_object_is, "statefulsets.apps", json_str(node, "set"),
                  "/spec/template/spec/containers/0/image", back, NULL);
    }
}

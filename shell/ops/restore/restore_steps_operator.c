/*
 * Steps of a restore that have to do with the operator's Deployment. At 0 it acts on nothing, whatever
 * its release, for every cluster that it cares for; when it is back it acts at once on what differs
 * from the resource (both recorded with operator 1.11.5). So the resource must say before what is.
 */
#include "kinds.h"
#include "operator_steps.h"
#include "restore_steps.h"

void restoring_operator_off(struct restoring *m)
{
    int64_t was = json_int(m->operator, "replicas");
    AUTO_FREE char *title = str_format("stop the operator (Deployment %s in %s)",
                                       json_str(m->operator, "name"),
                                       json_str(m->operator, "namespace"));

    m->stage = plan_stage(m->plan, "operator off", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "operator off", 2 * MINUTE, title);
    operator_patch(m->operator, json_str(m->set, "namespace"), &step->action, was > 0 ? was : -1, 0);
    operator_is(m->operator, &step->proof, 0);
    step->note = "it cares for no cluster until it is back";
    if (was == 0)
        return;
    operator_patch(m->operator, json_str(m->set, "namespace"), &step->undo, 0, was);
    operator_is(m->operator, &step->undo_proof, was);
}

void restoring_operator_is_off(const struct restoring *m, struct step *step)
{
    operator_is(m->operator, step_need(step), 0);
}

/* The resource says what the StatefulSet is, so that nothing differs. */
static void resource_agrees(const struct restoring *m, struct probe *probe)
{
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);

    probe_set(probe, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"),
              "/spec/starRocksFeSpec/replicas", wanted, "/spec/starRocksFeSpec/image",
              json_str(m->recipe, "image"), NULL);
}

static void pods_stay(const struct restoring *m, struct step *step)
{
    for (int64_t i = 0; i < m->wanted; i++) {
        AUTO_FREE char *pod = restoring_pod(m, i);
        AUTO_FREE char *slot = str_format("kept_uid_%" PRId64, i);
        AUTO_FREE char *value = str_format("{%s}", slot);
        AUTO_FREE char *allowed = str_format("uid of %s", pod);
        step_slot(step, slot, allowed, &slot_pod_uid, pod, NULL);
        probe_set(plan_final_of(m->plan, "operator back"), &probe_object_is, "pods", pod,
                  "/metadata/uid", value, NULL);
    }
}

void restoring_operator_back(struct restoring *m)
{
    int64_t was = json_int(m->operator, "replicas");
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);
    AUTO_FREE char *says = str_format("the resource says what is: %s frontends, %s", wanted,
                                      json_str(m->recipe, "image"));
    AUTO_STR patch = {0};

    m->stage = plan_stage(m->plan, "operator back", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "resource", API_MS, says);
    restoring_images_agree(m, step);
    restoring_test_images(m, &patch);
    patch_add(&patch, "add", "/spec/starRocksFeSpec/replicas", "%" PRId64, m->wanted);
    patch_add(&patch, "add", "/spec/starRocksFeSpec/image", "\"%s\"", json_str(m->recipe, "image"));
    restoring_patch_cr(m, &step->action, &patch);
    resource_agrees(m, &step->proof);
    step->note = "nothing acts on it yet";
    if (was == 0)
        return;
    step = restoring_step(m, TIER_DISRUPTIVE, "operator back", 5 * MINUTE,
                          "the operator back");
    step_slot(step, "set_revision", "revision of the StatefulSet", &slot_set_revision, m->name, NULL);
    pods_stay(m, step);
    resource_agrees(m, step_need(step));
    restoring_images_agree(m, step);
    /* Bound before it is back: it may have acted when it is seen to be ready. */
    step_slot(step, "set_revision", "revision of the StatefulSet", &slot_set_revision, m->name, NULL);
    operator_patch(m->operator, json_str(m->set, "namespace"), &step->action, 0, was);
    operator_is(m->operator, &step->proof, was);
    step = restoring_wait(m, "operator quiet", 5 * MINUTE, "it changes nothing for " OPERATOR_QUIET_S " s");
    step_slot(step, "set_revision", "revision of the StatefulSet", &slot_set_revision, m->name, NULL);
    step_slot(step, "operator_back_at", "UTC time", &slot_seconds, NULL);
    probe_set(&step->proof, &probe_set_still, m->name, "{set_revision}", wanted,
              "{operator_back_at}", OPERATOR_QUIET_S, NULL);
}

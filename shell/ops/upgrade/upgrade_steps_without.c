/*
 * Frontends under an operator that would roll them by itself: it is kept at 0 while belay works on the
 * StatefulSet. Back, it acts at once on what differs from the resource (recorded with 1.11.5), so the
 * resource says before what is.
 */
#include "kinds.h"
#include "operator_steps.h"
#include "upgrade_inside.h"

static void off(struct upgrading *m)
{
    int64_t was = json_int(m->operator, "replicas");
    const char *ns = json_str(m->fe, "namespace");
    AUTO_FREE char *title = str_format("stop the operator (Deployment %s in %s)",
                                       json_str(m->operator, "name"), json_str(m->operator, "namespace"));

    m->stage = plan_stage(m->plan, "operator off", FAIL_STOPS);
    m->stage->own_gate = true;
    struct step *step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "operator off", 2 * UPGRADE_MINUTE, title);
    operator_patch(m->operator, ns, &step->action, was, 0);
    operator_is(m->operator, &step->proof, 0);
    operator_patch(m->operator, ns, &step->undo, 0, was);
    operator_is(m->operator, &step->undo_proof, was);
    step->note = "it cares for no cluster until it is back";
}

/* Each frontend is to be the same one after the operator is back. */
static void pods_stay(const struct upgrading *m, struct step *step)
{
    size_t i;
    json_t *pod;

    json_array_foreach(json_object_get(m->fe, "pods"), i, pod)
    {
        const char *name = json_str(pod, "name");
        AUTO_FREE char *slot = str_format("kept_uid_%zu", i);
        AUTO_FREE char *value = str_format("{%s}", slot);
        AUTO_FREE char *allowed = str_format("uid of %s", name);
        step_slot(step, slot, allowed, &slot_pod_uid, name, NULL);
        probe_set(plan_final_of(m->plan, "operator back"), &probe_object_is, "pods", name,
                  "/metadata/uid", value, NULL);
    }
}

void upgrade_operator_back(struct upgrading *m, const char *image, int64_t was)
{
    const json_t *object = json_object_get(m->fe, "object");
    const char *path = json_str(object, "image_path"), *set = json_str(m->fe, "name");
    AUTO_FREE char *replicas = str_format("%" PRId64, json_int(m->fe, "replicas"));
    AUTO_FREE char *title = str_format("the resource says what is: %s", image);
    AUTO_STR patch = {0};

    m->stage = plan_stage(m->plan, "operator back", FAIL_STOPS);
    m->stage->follows = true;
    struct step *step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "resource", UPGRADE_API_MS, title);
    operator_is(m->operator, step_need(step), 0);
    patch_add(&patch, "test", path, "\"%s\"", json_str(object, "image"));
    patch_add(&patch, "replace", path, "\"%s\"", image);
    upgrade_patch(m->fe, &step->action, &patch);
    upgrade_object_is(m->fe, &step->proof, path, image);
    step->note = "nothing acts on it yet";

    step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "operator back", UPGRADE_ACTS_MS, "the operator back");
    step_slot(step, "set_revision", "revision of the StatefulSet", &slot_set_revision, set, NULL);
    pods_stay(m, step);
    upgrade_object_is(m->fe, step_need(step), path, image);
    operator_patch(m->operator, json_str(m->fe, "namespace"), &step->action, 0, was);
    operator_is(m->operator, &step->proof, was);
    step = upgrade_wait(m, "operator quiet", UPGRADE_ACTS_MS, "it changes nothing for " OPERATOR_QUIET_S
                                                              " s");
    step_slot(step, "set_revision", "revision of the StatefulSet", &slot_set_revision, set, NULL);
    step_slot(step, "operator_back_at", "UTC time", &slot_seconds, NULL);
    probe_set(&step->proof, &probe_set_still, set, "{set_revision}", replicas, "{operator_back_at}",
              OPERATOR_QUIET_S, NULL);
}

bool upgrade_without(struct upgrading *m, struct error *err)
{
    AUTO_FREE char *image = upgrade_image(m, m->fe, NULL);

    off(m);
    if (!upgrade_by_set(m, true, err))
        return false;
    upgrade_operator_back(m, image, json_int(m->operator, "replicas"));
    return true;
}

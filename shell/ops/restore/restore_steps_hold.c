/*
 * Steps of a restore in the frontends' own pods: an init container in the resource holds each back while
 * its volume is worked on. It does nothing by itself, however often a pod starts, and is out of the
 * resource and of the StatefulSet before the first frontend starts.
 *
 * It goes in while the frontends are at 0, and pods are only made once the StatefulSet has it: an older
 * CRD drops the field of a patch with a mere warning (recorded), and an older operator does not act on
 * it; then every frontend would start on its old metadata.
 */
#include "kinds.h"
#include "restore_acts.h"
#include "restore_steps.h"

#define CR_LIST "/spec/starRocksFeSpec/initContainers"
#define CR_NAME CR_LIST "/0/name"
#define SET_LIST "/spec/template/spec/initContainers"
#define SET_NAME SET_LIST "/0/name"
#define HELD "\"" RESTORE_CONTAINER "\""

static void cr_first(const struct restoring *m, struct probe *probe, const char *name)
{
    probe_set(probe, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"), CR_NAME,
              name, NULL);
}

static void set_first(const struct restoring *m, struct probe *probe, const char *name)
{
    probe_set(probe, &probe_object_is, "statefulsets.apps", m->name, SET_NAME, name, NULL);
}

void restoring_cr_free(const struct restoring *m, struct probe *probe)
{
    cr_first(m, probe, json_str(m->hold, "first"));
}

void restoring_set_free(const struct restoring *m, struct probe *probe)
{
    set_first(m, probe, json_str(m->hold, "set_first"));
}

/* Ours is the first of the list, or the list. */
static void take_out(const struct restoring *m, struct str *patch)
{
    patch_add(patch, "test", CR_NAME, HELD);
    patch_remove(patch, json_int(m->hold, "others") > 0 ? CR_LIST "/0" : CR_LIST);
}

static void put_in(struct restoring *m)
{
    AUTO_FREE char *container = json_canonical(json_object_get(m->hold, "container"));
    AUTO_STR patch = {0};
    AUTO_STR back = {0};

    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "hold", API_MS,
                                       "an init container that holds the frontends back");
    restoring_test_replicas(m, 0, &patch);
    patch_add(&patch, "add", json_int(m->hold, "others") > 0 ? CR_LIST "/0" : CR_LIST,
              json_int(m->hold, "others") > 0 ? "%s" : "[%s]", container);
    restoring_patch(m, &step->action, &patch);
    cr_first(m, &step->proof, RESTORE_CONTAINER);
    take_out(m, &back);
    restoring_patch(m, &step->undo, &back);
    restoring_cr_free(m, &step->undo_proof);
    step->note = "it waits, and does nothing else";
    step = restoring_wait(m, "template holds", 5 * MINUTE, "the StatefulSet has it too");
    set_first(m, &step->proof, RESTORE_CONTAINER);
}

static void start_held(struct restoring *m)
{
    AUTO_FREE char *title = str_format("make the %" PRId64 " pods, held back", m->wanted);
    AUTO_STR patch = {0};
    AUTO_STR back = {0};

    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "hold pods", API_MS, title);
    restoring_test_replicas(m, 0, &patch);
    patch_add(&patch, "test", CR_NAME, HELD);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "%" PRId64, m->wanted);
    restoring_patch(m, &step->action, &patch);
    restoring_target_is(m, &step->proof, m->wanted, NULL);
    set_first(m, step_need(step), RESTORE_CONTAINER);
    restoring_test_replicas(m, m->wanted, &back);
    patch_add(&back, "replace", json_str(m->target, "replicas"), "0");
    restoring_patch(m, &step->undo, &back);
    restoring_target_is(m, &step->undo_proof, 0, NULL);
    step->note = "no frontend starts in them";
}

void restoring_hold(struct restoring *m)
{
    m->stage = plan_stage(m->plan, "hold", FAIL_STOPS);
    put_in(m);
    start_held(m);
    for (int64_t i = 0; i < m->wanted; i++) {
        AUTO_FREE char *id = restore_step_id("held", i);
        AUTO_FREE char *says = str_format("%s is held back", restoring_place(m, i));
        struct step *step = restoring_wait(m, id, 10 * MINUTE, says);
        probe_set(&step->proof, &probe_pod_held, restoring_place(m, i), RESTORE_CONTAINER, NULL);
    }
}

void restoring_hold_away(struct restoring *m)
{
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);
    AUTO_STR patch = {0};
    AUTO_STR set_patch = {0};

    m->stage = plan_stage(m->plan, "hold away", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "hold away", API_MS,
                                       "all pods away, and the init container with them");
    restoring_test_replicas(m, m->wanted, &patch);
    take_out(m, &patch);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "0");
    restoring_patch(m, &step->action, &patch);
    probe_set(&step->proof, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"),
              json_str(m->target, "replicas"), "0", CR_NAME, json_str(m->hold, "first"), NULL);
    step = restoring_wait(m, "held gone", json_int(m->set, "grace_s") * SECOND + 5 * MINUTE,
                          "every pod is gone");
    probe_set(&step->proof, &probe_pods_gone, m->name, json_str(m->set, "selector"), wanted, NULL);
    /* By now the operator has written the StatefulSet: what is left in it, it leaves there. */
    step = restoring_step(m, TIER_DISRUPTIVE, "template free", API_MS,
                          "the StatefulSet without it too");
    restoring_cr_free(m, step_need(step));
    patch_add(&set_patch, "test", "/spec/replicas", "0");
    patch_add(&set_patch, "test", SET_NAME, HELD);
    patch_remove(&set_patch, SET_LIST "/0");
    action_kubectl(&step->action, NULL, "patch", "statefulsets.apps", m->name, "--type=json",
                   "--field-manager=belay", "-p", patch_end(&set_patch), "-o",
                   "jsonpath={.metadata.generation} {.spec.replicas}", NULL);
    restoring_set_free(m, &step->proof);
    step->note = "operators below 1.11.4 leave it there";
}

/* Steps of a restore with the volumes: helper pods, the archive in, the old metadata aside. */
#include <arena.h>

#include "kinds.h"
#include "restore_steps.h"

static void helper(struct restoring *m, int64_t ordinal)
{
    const json_t *pod = restoring_helper_pod(m, ordinal);
    const char *name = restoring_place(m, ordinal);
    const char *claim = json_str_at(
        json_array_get(json_at(pod, "spec", "volumes", NULL), 0), "persistentVolumeClaim",
        "claimName", NULL);
    AUTO_FREE char *body = json_dumps(pod, JSON_INDENT(2) | JSON_SORT_KEYS);
    AUTO_FREE char *id = restore_step_id("helper", ordinal);
    AUTO_FREE char *ready = restore_step_id("helper ready", ordinal);
    AUTO_FREE char *title = str_format("a helper pod on the volume of %s-%" PRId64, m->name,
                                       ordinal);
    AUTO_FREE char *wait = str_format("%s is ready", name);

    struct step *step = restoring_step(m, TIER_REVERSIBLE, id, API_MS, title);
    action_kubectl(&step->action, body, "create", "-f", "-", NULL);
    probe_set(&step->proof, &probe_object_is, "pods", name,
              "/spec/volumes/0/persistentVolumeClaim/claimName", claim,
              "/metadata/deletionTimestamp", "", NULL);
    action_kubectl(&step->undo, NULL, "delete", "pods", name, "--ignore-not-found", "--wait",
                   "--timeout=25s", NULL);
    probe_set(&step->undo_proof, &probe_pod_gone, name, NULL);
    step->note = arena_join(step->arena, name, " on claim ", claim, NULL);
    step = restoring_wait(m, ready, 5 * MINUTE, wait);
    probe_set(&step->proof, &probe_pod_ready, name, "", NULL);
}

void restoring_run_slot(struct step *step)
{
    step_slot(step, "restore_run", "UTC time of this run", &slot_restore_run, NULL);
}

void restoring_undo_script(struct step *step, const char *pod)
{
    action_act(&step->undo, &act_pod_script, pod, "undo", "{restore_run}", NULL);
}

static void meta_is(const struct restoring *m, struct probe *probe, const char *pod,
                    const char *where, const char *role)
{
    probe_set(probe, &probe_meta_is, pod, where, json_str(m->backup, "dir"),
              json_str(m->backup, "sha256"), role, "{restore_run}", json_str(m->recipe, "part"), NULL);
}

/* A step at the place: of a pod, the resource's uid is a need (restoring_step). */
static struct step *step_at(struct restoring *m, enum tier tier, const char *id, int64_t proof_ms,
                            const char *title)
{
    struct step *step = m->target != NULL ? restoring_step(m, tier, id, proof_ms, title)
                                          : stage_step(m->stage, tier, id, title);

    step->proof_ms = proof_ms;
    return step;
}

static void archive_at(struct restoring *m, const char *pod)
{
    const char *sha256 = json_str(m->backup, "sha256");
    const char *role = json_str(m->recipe, "role");

    struct step *step = step_at(m, TIER_REVERSIBLE, "receive", LARGE_MS,
                          m->target != NULL ? "the archive into the pod, checked there"
                                            : "the archive onto the host, checked there");
    action_act(&step->action, &act_send_archive, pod, json_str(m->backup, "path"),
               json_str(m->backup, "size"), sha256, NULL);
    probe_set(&step->proof, &probe_archive_in_pod, pod, json_str(m->backup, "size"), sha256, NULL);

    step = step_at(m, TIER_REVERSIBLE, "unpack", LARGE_MS, "unpacked beside the old metadata");
    restoring_run_slot(step);
    action_act(&step->action, &act_pod_script, pod, "unpack", sha256, json_str(m->backup, "image"),
               json_str(m->recipe, "part"), NULL);
    meta_is(m, &step->proof, pod, "new", "");
    if (*role != '\0') {
        step = step_at(m, TIER_REVERSIBLE, "role", API_MS, "image/ROLE gets this pod's name");
        restoring_run_slot(step);
        action_act(&step->action, &act_pod_script, pod, "role", role, NULL);
        meta_is(m, &step->proof, pod, "new", role);
    }
    step = step_at(m, TIER_DISRUPTIVE, "swap", LARGE_MS,
                          "old metadata aside, the backup's in its place");
    restoring_run_slot(step);
    action_act(&step->action, &act_pod_script, pod, "swap", "{restore_run}",
               json_str(m->recipe, "part"), NULL);
    meta_is(m, &step->proof, pod, "live", role);
    restoring_undo_script(step, pod);
}

static void volume_fits(struct restoring *m, const char *pod, const char *size)
{
    struct step *step = restoring_wait(m, "volume fits", LARGE_MS,
                                       "the volume has room and this cluster's metadata");

    probe_set(&step->proof, &probe_volume_fits, pod, size,
              json_str(m->backup, "cluster_id"), json_str(m->recipe, "born_as"), NULL);
}

void restoring_archive(struct restoring *m)
{
    m->stage = plan_stage(m->plan, "archive", FAIL_STOPS);
    if (m->hold == NULL)
        helper(m, 0);
    volume_fits(m, restoring_place(m, 0), json_str(m->backup, "size"));
    archive_at(m, restoring_place(m, 0));
}

void restoring_archive_at(struct restoring *m, const char *place)
{
    m->stage = plan_stage(m->plan, "archive", FAIL_STOPS);
    /* Where nothing ran, the step that stops it had no need to be asked. */
    volume_fits(m, place, json_str(m->backup, "size"));
    archive_at(m, place);
}

static void empty(struct restoring *m, int64_t ordinal)
{
    const char *pod = restoring_place(m, ordinal);
    AUTO_FREE char *id = restore_step_id("empty", ordinal);
    AUTO_FREE char *title = str_format("metadata of %s-%" PRId64 " aside", m->name, ordinal);

    struct step *step = restoring_step(m, TIER_DISRUPTIVE, id, API_MS, title);
    restoring_run_slot(step);
    action_act(&step->action, &act_pod_script, pod, "empty", "{restore_run}", NULL);
    probe_set(&step->proof, &probe_volume_empty, pod, "{restore_run}", NULL);
    restoring_undo_script(step, pod);
}

void restoring_others(struct restoring *m)
{
    if (m->wanted < 2)
        return;
    m->stage = plan_stage(m->plan, "others", FAIL_STOPS);
    for (int64_t i = 1; i < m->wanted; i++) {
        if (m->hold == NULL)
            helper(m, i);
        empty(m, i);
    }
}

void restoring_empty_all(struct restoring *m)
{
    m->stage = plan_stage(m->plan, "volumes", FAIL_STOPS);
    for (int64_t i = 0; i < m->wanted; i++) {
        helper(m, i);
        if (i == 0)
            volume_fits(m, restoring_place(m, 0), "0");
        empty(m, i);
    }
}

void restoring_helpers_away(struct restoring *m)
{
    m->stage = plan_stage(m->plan, "helpers away", FAIL_STOPS);
    for (int64_t i = 0; i < m->wanted; i++) {
        AUTO_FREE char *id = restore_step_id("helper away", i);
        AUTO_FREE char *title = str_format("%s away", restoring_place(m, i));
        struct step *step = restoring_step(m, TIER_REVERSIBLE, id, 5 * MINUTE, title);
        action_kubectl(&step->action, NULL, "delete", "pods", restoring_place(m, i),
                       "--ignore-not-found", "--wait", "--timeout=25s", NULL);
        probe_set(&step->proof, &probe_pod_gone, restoring_place(m, i), NULL);
    }
}

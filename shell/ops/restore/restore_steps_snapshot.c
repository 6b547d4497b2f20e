/*
 * The steps of a restore from a cluster snapshot: everything to 0, the metadata of every frontend aside,
 * disasterRecovery and the mount of cluster_snapshot.yaml into the resource, one frontend that fetches,
 * both out again, 1 to N. StarRocks docs, cluster_snapshot.md; starrocks-kubernetes-operator,
 * disaster_recovery_for_shared_data_cluster_howto.md and fe_disaster_recovery.go.
 *
 * The resource stays at 0 when disasterRecovery goes in: the operator makes the one frontend itself then,
 * and a CRD that drops the field (recorded) starts none, which would found an empty cluster.
 */
#include "kinds.h"
#include "restore_snapshot_conf.h"
#include "restore_steps.h"
#include "restore_target.h"

#define MAPS "/spec/starRocksFeSpec/configMaps"
#define RECOVERY "/spec/disasterRecovery"
#define GENERATION "/spec/disasterRecovery/generation"
#define STATUS "/status/disasterRecoveryStatus"

static int64_t maps_before(const struct restoring *m)
{
    return json_int(m->snapshot, "maps");
}

/* Where the mount is in the list, once it is there. */
static char *mount_at(const struct restoring *m, const char *more)
{
    return str_format(MAPS "/%" PRId64 "%s", maps_before(m), more);
}

static void conf_there(const struct restoring *m, struct step *step)
{
    probe_set(step_need(step), &probe_snapshot_conf, SNAPSHOT_MAP, json_str(m->snapshot, "path"),
              json_str(m->snapshot, "volume"), NULL);
}

static void generation(const struct restoring *m, struct step *step)
{
    step_slot(step, "generation", "the time, or above the last one", &slot_generation,
              json_str(m->cr, "name"), NULL);
}

static void new_id(const struct restoring *m, struct step *step)
{
    step_slot(step, "new_id", "id of the cluster that was restored", &slot_cluster_id, m->node, NULL);
}

static void contents(const struct restoring *m, struct probe *probe)
{
    probe_set(probe, &probe_contents_like, m->node, json_str(m->backup, "dir"),
              json_str(m->backup, "sha256"), NULL);
}

/* Neither is in the resource. */
static void cr_free(const struct restoring *m, struct probe *probe)
{
    AUTO_FREE char *name = mount_at(m, "/name");

    probe_set(probe, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"), RECOVERY, "",
              name, "", NULL);
}

static void take_out(const struct restoring *m, struct str *patch)
{
    AUTO_FREE char *name = mount_at(m, "/name");
    AUTO_FREE char *at = mount_at(m, "");

    patch_add(patch, "test", name, "\"" SNAPSHOT_MAP "\"");
    patch_remove(patch, maps_before(m) > 0 ? at : MAPS);
    patch_remove(patch, RECOVERY);
}

/* --- 0 to 1 ------------------------------------------------------------------------------------------- */

static void recover(struct restoring *m)
{
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);
    AUTO_FREE char *mount = json_canonical(json_object_get(m->snapshot, "mount"));
    AUTO_FREE char *name = mount_at(m, "/name");
    AUTO_FREE char *title = str_format("disasterRecovery on: %s fetches the snapshot", m->first);
    AUTO_STR patch = {0};
    AUTO_STR back = {0};

    struct step *step = restoring_step(m, TIER_NO_RETURN, "recover", API_MS, title);
    generation(m, step);
    restoring_test_replicas(m, 0, &patch);
    restoring_test_images(m, &patch);
    patch_add(&patch, "add", maps_before(m) > 0 ? MAPS "/-" : MAPS,
              maps_before(m) > 0 ? "%s" : "[%s]", mount);
    patch_add(&patch, "add", RECOVERY, "{\"enabled\":true,\"generation\":{generation}}");
    restoring_patch(m, &step->action, &patch);
    probe_set(&step->proof, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"),
              GENERATION, "{generation}", name, SNAPSHOT_MAP, NULL);
    take_out(m, &back);
    restoring_patch(m, &step->undo, &back);
    cr_free(m, &step->undo_proof);
    step->note = "the operator starts one frontend; the cluster gets a new id";
    conf_there(m, step);
    restoring_images_agree(m, step);
    probe_set(step_need(step), &probe_pods_gone, m->name, json_str(m->set, "selector"), wanted, NULL);
    for (int64_t i = 0; i < m->wanted; i++)
        probe_set(step_need(step), &probe_pod_gone, restoring_place(m, i), NULL);
}

/* When it is done the operator goes by the resource again, which says 0. */
static void keep_one(struct restoring *m)
{
    AUTO_STR patch = {0};
    AUTO_STR back = {0};

    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "keep one", API_MS,
                                       "one frontend in the resource too");
    generation(m, step);
    patch_add(&patch, "test", GENERATION, "{generation}");
    restoring_test_replicas(m, 0, &patch);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "1");
    restoring_patch(m, &step->action, &patch);
    restoring_target_is(m, &step->proof, 1, json_str(m->recipe, "image"));
    restoring_test_replicas(m, 1, &back);
    patch_add(&back, "replace", json_str(m->target, "replicas"), "0");
    restoring_patch(m, &step->undo, &back);
    restoring_target_is(m, &step->undo_proof, 0, NULL);
}

static void prove(struct restoring *m)
{
    AUTO_FREE char *ready = str_format("%s is ready", m->first);

    struct step *step = restoring_wait(m, "first ready", LARGE_MS, ready);
    probe_set(&step->proof, &probe_pod_ready, m->first, "", NULL);
    step = restoring_wait(m, "recovered", LARGE_MS, "the operator says that it is done");
    generation(m, step);
    probe_set(&step->proof, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"),
              STATUS "/phase", "done", STATUS "/observedGeneration", "{generation}", NULL);
    step = restoring_wait(m, "reborn", LARGE_MS, "it leads, alone, under a new id");
    probe_set(&step->proof, &probe_reborn, m->node, m->first, json_str(m->snapshot, "id_then"),
              json_str(m->snapshot, "id_now"), NULL);
    step = restoring_wait(m, "contents", 10 * MINUTE, "databases, tables, views and their paths");
    contents(m, &step->proof);
}

/* --- the resource as before --------------------------------------------------------------------------- */

static void resource_back(struct restoring *m)
{
    AUTO_STR patch = {0};

    m->stage = plan_stage(m->plan, "resource", FAIL_STOPS);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "resource", API_MS,
                                       "disasterRecovery and the mount out again");
    new_id(m, step);
    restoring_test_replicas(m, 1, &patch);
    take_out(m, &patch);
    restoring_patch(m, &step->action, &patch);
    cr_free(m, &step->proof);
    step->note = "the frontend starts once more";
    step = restoring_wait(m, "template back", LARGE_MS, "the StatefulSet without both, its pod made anew");
    probe_set(&step->proof, &probe_set_without, m->name, "RESTORE_CLUSTER_SNAPSHOT", SNAPSHOT_MAP, "1",
              NULL);
    step = restoring_wait(m, "leads again", 10 * MINUTE, "it leads again");
    new_id(m, step);
    restoring_frontends_are(m, &step->proof, 1);
    step = restoring_step(m, TIER_DISRUPTIVE, "keys away", API_MS,
                          "ConfigMap " SNAPSHOT_MAP " away, with the keys in it");
    action_kubectl(&step->action, NULL, "delete", "configmaps", SNAPSHOT_MAP, "--ignore-not-found",
                   NULL);
    probe_set(&step->proof, &probe_object_gone, "configmaps", SNAPSHOT_MAP, NULL);
}

static void finals(struct restoring *m)
{
    cr_free(m, plan_final(m->plan));
    probe_set(plan_final(m->plan), &probe_object_gone, "configmaps", SNAPSHOT_MAP, NULL);
    for (int64_t i = 0; i < m->wanted; i++)
        probe_set(plan_final(m->plan), &probe_pod_gone, restoring_place(m, i), NULL);
    restoring_frontends_are(m, plan_final(m->plan), m->wanted);
    contents(m, plan_final(m->plan));
}

void restoring_by_snapshot(struct restoring *m)
{
    m->cluster_id = "{new_id}";
    restoring_nodes_off(m);
    restoring_stop(m);
    conf_there(m, m->stage->steps[0]);
    restoring_empty_all(m);
    restoring_helpers_away(m);
    m->stage = plan_stage(m->plan, "recover", FAIL_STOPS);
    recover(m);
    keep_one(m);
    prove(m);
    restoring_nodes_emptied(m);
    resource_back(m);
    restoring_grow(m);
    restoring_nodes_back(m);
    restoring_nodes_on(m);
    finals(m);
}

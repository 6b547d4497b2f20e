/*
 * Compute nodes around a restore after which the cluster has another id: a process that got a heartbeat
 * of the old one refuses the new (be/src/agent/heartbeat_server.cpp, "Unmatched cluster id"), and StarRocks'
 * docs ask for an empty storage_root_path (cluster_snapshot.md, step 4). No table's data is in it.
 */
#include "kinds.h"
#include "restore_steps.h"

static const json_t *all(const struct restoring *m)
{
    return json_object_get(m->snapshot, "nodes");
}

static char *replicas_of(const json_t *node)
{
    return str_format("/spec/%s/replicas", json_str(node, "spec"));
}

static void is_at(const struct restoring *m, const json_t *node, int64_t n, struct probe *probe)
{
    AUTO_FREE char *path = replicas_of(node);
    AUTO_FREE char *value = str_format("%" PRId64, n);

    probe_set(probe, &probe_object_is, json_str(m->cr, "kind"), json_str(m->cr, "name"), path, value,
              NULL);
}

/* from < 0: whatever it is; a resource may leave the number out. */
static void patch_to(const struct restoring *m, const json_t *node, int64_t from, int64_t to,
                     struct action *action)
{
    AUTO_FREE char *path = replicas_of(node);
    AUTO_STR patch = {0};

    if (from >= 0)
        patch_add(&patch, "test", path, "%" PRId64, from);
    patch_add(&patch, "add", path, "%" PRId64, to);
    restoring_patch_cr(m, action, &patch);
}

void restoring_nodes_off(struct restoring *m)
{
    size_t i;
    json_t *node;

    json_array_foreach((json_t *)all(m), i, node)
    {
        int64_t was = json_int(node, "replicas");
        AUTO_FREE char *id = str_format("off %s", json_str(node, "set"));
        AUTO_FREE char *title = str_format("%s to 0", json_str(node, "set"));
        if (i == 0)
            m->stage = plan_stage(m->plan, "nodes off", FAIL_STOPS);
        struct step *step = restoring_step(m, TIER_DISRUPTIVE, id, API_MS, title);
        patch_to(m, node, json_flag(node, "stated") ? was : -1, 0, &step->action);
        is_at(m, node, 0, &step->proof);
        patch_to(m, node, 0, was, &step->undo);
        is_at(m, node, was, &step->undo_proof);
        step->note = "they end while a frontend is ready, or after the restore";
        probe_set(step_need(step), &probe_kube_rights, "delete", "persistentvolumeclaims", "", "delete",
                  "configmaps", "", "patch", "starrocksclusters.starrocks.com", "", NULL);
    }
}

void restoring_nodes_emptied(struct restoring *m)
{
    size_t i, k;
    json_t *node, *claim;

    json_array_foreach((json_t *)all(m), i, node)
    {
        const char *set = json_str(node, "set");
        AUTO_FREE char *id = str_format("gone %s", set);
        AUTO_FREE char *n = str_format("%" PRId64, json_int(node, "replicas"));
        AUTO_FREE char *says = str_format("every pod of %s is gone", set);
        if (i == 0)
            m->stage = plan_stage(m->plan, "nodes emptied", FAIL_STOPS);
        struct step *step = restoring_wait(m, id, 15 * MINUTE, says);
        probe_set(&step->proof, &probe_pods_gone, set, json_str(node, "selector"), n, NULL);
        json_array_foreach(json_object_get(node, "claims"), k, claim)
        {
            const char *name = json_string_value(claim);
            AUTO_FREE char *of = str_format("claim %s", name);
            AUTO_FREE char *title = str_format("delete claim %s", name);
            step = restoring_step(m, TIER_DISRUPTIVE, of, 2 * MINUTE, title);
            action_kubectl(&step->action, NULL, "delete", "persistentvolumeclaims", name,
                           "--ignore-not-found", "--wait", "--timeout=25s", NULL);
            probe_set(&step->proof, &probe_object_gone, "persistentvolumeclaims", name, NULL);
            step->note = "cache and old ids; made anew, empty";
            probe_set(step_need(step), &probe_pods_gone, set, json_str(node, "selector"), n, NULL);
        }
    }
}

void restoring_nodes_on(struct restoring *m)
{
    int64_t total = 0;
    size_t i;
    json_t *node;

    json_array_foreach((json_t *)all(m), i, node)
    {
        int64_t was = json_int(node, "replicas");
        AUTO_FREE char *id = str_format("on %s", json_str(node, "set"));
        AUTO_FREE char *title = str_format("%s back to %" PRId64, json_str(node, "set"),
                                           json_int(node, "replicas"));
        if (i == 0)
            m->stage = plan_stage(m->plan, "nodes on", FAIL_STOPS);
        total += json_int(node, "replicas");
        struct step *step = restoring_step(m, TIER_DISRUPTIVE, id, API_MS, title);
        patch_to(m, node, 0, was, &step->action);
        is_at(m, node, was, &step->proof);
    }
    if (total == 0)
        return;
    AUTO_FREE char *number = str_format("%" PRId64, total);
    AUTO_FREE char *says = str_format("%" PRId64 " of them are alive", total);
    struct step *step = restoring_wait(m, "nodes alive", 30 * MINUTE, says);
    probe_set(&step->proof, &probe_nodes_alive, m->node, number, NULL);
}

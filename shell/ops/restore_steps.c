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
#include "restore_recipe.h"

#include <inttypes.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <mem.h>

#include "kinds.h"
#include "restore_page.h"

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define API_MS (30 * SECOND)
#define LARGE_MS (60 * MINUTE) /* an FE may load a large image for as long, a pod read one */

struct making {
    const json_t *recipe, *set, *target, *backup;
    struct plan *plan;
    struct stage *stage;
    const char *name; /* of the StatefulSet */
    int64_t wanted;
    char *first; /* pod 0 */
    char *node;  /* SQL at pod 0 */
};

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

static char *pod_name(const struct making *m, int64_t ordinal)
{
    return str_format("%s-%" PRId64, m->name, ordinal);
}

static const json_t *helper_of(const struct making *m, int64_t ordinal)
{
    return json_array_get(json_object_get(m->recipe, "helpers"), (size_t)ordinal);
}

static const char *helper_name(const struct making *m, int64_t ordinal)
{
    return json_str_at(helper_of(m, ordinal), "metadata", "name", NULL);
}

/*
 * Whoever goes on with the plan may be somewhere else: another cluster can have the same names, and
 * while no FE answers, the uid of the object tells them apart.
 */
static struct step *add(struct making *m, enum tier tier, const char *id, int64_t proof_ms,
                        const char *title)
{
    struct step *step = stage_step(m->stage, tier, id, title);

    step->proof_ms = proof_ms;
    probe_set(step_need(step), &probe_object_is, json_str(m->target, "kind"),
              json_str(m->target, "name"), "/metadata/uid", json_str(m->target, "uid"), NULL);
    return step;
}

/* A step that only waits: its proof is filled by the caller. */
static struct step *wait_for(struct making *m, const char *id, int64_t proof_ms, const char *title)
{
    AUTO_FREE char *text = str_format("wait: %s", title);
    struct step *step = stage_step(m->stage, TIER_ADDS, id, text);

    step->proof_ms = proof_ms;
    return step;
}

/* --- patches of the CR, or of the StatefulSet ------------------------------------------------------ */

static void patch_action(const struct making *m, struct action *action, struct str *patch)
{
    action_kubectl(action, NULL, "patch", json_str(m->target, "kind"), json_str(m->target, "name"),
                   "--type=json", "--field-manager=belay", "-p", patch_end(patch), "-o",
                   json_str(m->target, "shown"), NULL);
}

static void test_replicas(const struct making *m, int64_t replicas, struct str *patch)
{
    if (replicas >= 0)
        patch_add(patch, "test", json_str(m->target, "replicas"), "%" PRId64, replicas);
}

/* The object has these replicas, and this image or (NULL) any. */
static void target_is(const struct making *m, struct probe *probe, int64_t replicas,
                      const char *image)
{
    AUTO_FREE char *number = str_format("%" PRId64, replicas);
    const char *more = image != NULL ? json_str(m->target, "image") : NULL;

    probe_set(probe, &probe_object_is, json_str(m->target, "kind"), json_str(m->target, "name"),
              json_str(m->target, "replicas"), number, more, image, NULL);
}

/* The slot of a node's image as its StatefulSet has it: "cn_image". free() it. */
static char *image_slot(const json_t *node)
{
    return mem_text(str_equal(json_str(node, "spec"), "starRocksBeSpec") ? "be_image" : "cn_image");
}

/*
 * BE and CN: a change of their image waits silently while no FE is ready, and goes out then. So the
 * resource must say what the StatefulSet says, and the patch that starts an FE tests it.
 */
static void images_must_agree(const struct making *m, struct step *step)
{
    size_t i;
    json_t *node;

    json_array_foreach(json_object_get(m->recipe, "nodes"), i, node)
    {
        AUTO_FREE char *path = str_format("/spec/%s/image", json_str(node, "spec"));
        AUTO_FREE char *slot = image_slot(node);
        AUTO_FREE char *value = str_format("{%s}", slot);
        AUTO_FREE char *allowed = str_format("image of %s", json_str(node, "set"));
        step_slot(step, slot, allowed, &slot_set_image, json_str(node, "set"), NULL);
        probe_set(step_need(step), &probe_object_is, json_str(m->target, "kind"),
                  json_str(m->target, "name"), path, value, NULL);
    }
}

static void test_images(const struct making *m, struct str *patch)
{
    size_t i;
    json_t *node;

    json_array_foreach(json_object_get(m->recipe, "nodes"), i, node)
    {
        AUTO_FREE char *path = str_format("/spec/%s/image", json_str(node, "spec"));
        AUTO_FREE char *slot = image_slot(node);
        patch_add(patch, "test", path, "\"{%s}\"", slot);
    }
}

/* --- stop ------------------------------------------------------------------------------------------- */

static void rights(const struct making *m, struct step *step)
{
    bool cr = json_flag(m->target, "operator");

    probe_set(step_need(step), &probe_kube_rights, "create", "pods", "exec", "get", "pods", "exec",
              "create", "pods", "portforward", "create", "pods", "", "delete", "pods", "", "patch", "configmaps", "", "patch",
              cr ? "starrocksclusters.starrocks.com" : "statefulsets.apps", "", NULL);
}

static void stop(struct making *m)
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
    struct step *step = add(m, TIER_DISRUPTIVE, "stop", API_MS, title);
    test_replicas(m, now, &patch);
    patch_add(&patch, now >= 0 ? "replace" : "add", json_str(m->target, "replicas"), "0");
    patch_add(&patch, "replace", json_str(m->target, "image"), "\"%s\"", image);
    patch_action(m, &step->action, &patch);
    target_is(m, &step->proof, 0, image);
    test_replicas(m, 0, &back);
    patch_add(&back, "replace", json_str(m->target, "replicas"), "%" PRId64, m->wanted);
    patch_action(m, &step->undo, &back);
    target_is(m, &step->undo_proof, m->wanted, NULL);
    step->note = mem_text("from here on the cluster answers nothing");
    rights(m, step);
    images_must_agree(m, step);
    probe_set(step_need(step), &probe_backup_is, json_str(m->backup, "path"),
              json_str(m->backup, "size"), json_str(m->backup, "sha256"), NULL);

    step = wait_for(m, "stopped", json_int(m->set, "grace_s") * SECOND + 5 * MINUTE,
                    "every pod of the frontends is gone");
    probe_set(&step->proof, &probe_pods_gone, m->name, json_str(m->set, "selector"), wanted, NULL);
}

/* --- the switch in fe.conf ---------------------------------------------------------------------------- */

static void conf_step(struct making *m, const char *id, const char *to, const char *title)
{
    const char *words[] = {json_str(m->set, "config_map"), json_str(m->set, "key"),
                           json_str(m->recipe, "switch")};
    struct step *step = add(m, TIER_DISRUPTIVE, id, API_MS, title);
    bool on = str_equal(to, "on");

    action_act(&step->action, &act_conf_switch, words[0], words[1], words[2], to, NULL);
    probe_set(&step->proof, &probe_conf_switch, words[0], words[1], words[2], to, NULL);
    if (!on)
        return;
    action_act(&step->undo, &act_conf_switch, words[0], words[1], words[2], "off", NULL);
    probe_set(&step->undo_proof, &probe_conf_switch, words[0], words[1], words[2], "off", NULL);
}

/* --- helper pods ---------------------------------------------------------------------------------------- */

static void helper(struct making *m, int64_t ordinal)
{
    const json_t *pod = helper_of(m, ordinal);
    const char *name = helper_name(m, ordinal);
    const char *claim = json_str_at(
        json_array_get(json_at(pod, "spec", "volumes", NULL), 0), "persistentVolumeClaim",
        "claimName", NULL);
    AUTO_FREE char *body = json_dumps(pod, JSON_INDENT(2) | JSON_SORT_KEYS);
    AUTO_FREE char *id = restore_step_id("helper", ordinal);
    AUTO_FREE char *ready = restore_step_id("helper ready", ordinal);
    AUTO_FREE char *title = str_format("a helper pod on the volume of %s-%" PRId64, m->name,
                                       ordinal);
    AUTO_FREE char *wait = str_format("%s is ready", name);

    struct step *step = add(m, TIER_REVERSIBLE, id, API_MS, title);
    action_kubectl(&step->action, body, "create", "-f", "-", NULL);
    probe_set(&step->proof, &probe_object_is, "pods", name,
              "/spec/volumes/0/persistentVolumeClaim/claimName", claim,
              "/metadata/deletionTimestamp", "", NULL);
    action_kubectl(&step->undo, NULL, "delete", "pods", name, "--ignore-not-found", "--wait",
                   "--timeout=25s", NULL);
    probe_set(&step->undo_proof, &probe_pod_gone, name, NULL);
    step->note = str_format("%s on claim %s", name, claim);
    step = wait_for(m, ready, 5 * MINUTE, wait);
    probe_set(&step->proof, &probe_pod_ready, name, "", NULL);
}

static void run_slot(struct step *step)
{
    step_slot(step, "restore_run", "UTC time of this run", &slot_restore_run, NULL);
}

static void undo_script(struct step *step, const char *pod)
{
    action_act(&step->undo, &act_pod_script, pod, "undo", "{restore_run}", NULL);
}

static void meta_is(const struct making *m, struct probe *probe, const char *where,
                    const char *role)
{
    probe_set(probe, &probe_meta_is, helper_name(m, 0), where, json_str(m->backup, "dir"),
              json_str(m->backup, "sha256"), role, "{restore_run}", NULL);
}

static void archive_in(struct making *m)
{
    const char *pod = helper_name(m, 0);
    const char *sha256 = json_str(m->backup, "sha256");
    const char *role = json_str(m->recipe, "role");

    m->stage = plan_stage(m->plan, "archive", FAIL_STOPS);
    helper(m, 0);
    struct step *step = wait_for(m, "volume fits", LARGE_MS,
                                 "the volume has room and this cluster's metadata");
    probe_set(&step->proof, &probe_volume_fits, pod, json_str(m->backup, "size"),
              json_str(m->backup, "cluster_id"), json_str(m->recipe, "born_as"), NULL);

    step = add(m, TIER_REVERSIBLE, "receive", LARGE_MS, "the archive into the pod, checked there");
    action_act(&step->action, &act_send_archive, pod, json_str(m->backup, "path"),
               json_str(m->backup, "size"), sha256, NULL);
    probe_set(&step->proof, &probe_archive_in_pod, pod, json_str(m->backup, "size"), sha256, NULL);

    step = add(m, TIER_REVERSIBLE, "unpack", LARGE_MS, "unpacked beside the old metadata");
    run_slot(step);
    action_act(&step->action, &act_pod_script, pod, "unpack", sha256, json_str(m->backup, "image"),
               NULL);
    meta_is(m, &step->proof, "new", "");
    if (*role != '\0') {
        step = add(m, TIER_REVERSIBLE, "role", API_MS, "image/ROLE gets this pod's name");
        run_slot(step);
        action_act(&step->action, &act_pod_script, pod, "role", role, NULL);
        meta_is(m, &step->proof, "new", role);
    }
    step = add(m, TIER_DISRUPTIVE, "swap", LARGE_MS, "old metadata aside, the backup's in its place");
    run_slot(step);
    action_act(&step->action, &act_pod_script, pod, "swap", "{restore_run}", NULL);
    meta_is(m, &step->proof, "live", role);
    undo_script(step, pod);
}

static void others_empty(struct making *m)
{
    if (m->wanted < 2)
        return;
    m->stage = plan_stage(m->plan, "others", FAIL_STOPS);
    for (int64_t i = 1; i < m->wanted; i++) {
        const char *pod = helper_name(m, i);
        AUTO_FREE char *id = restore_step_id("empty", i);
        AUTO_FREE char *title = str_format("metadata of %s-%" PRId64 " aside", m->name, i);
        helper(m, i);
        struct step *step = add(m, TIER_DISRUPTIVE, id, API_MS, title);
        run_slot(step);
        action_act(&step->action, &act_pod_script, pod, "empty", "{restore_run}", NULL);
        probe_set(&step->proof, &probe_volume_empty, pod, "{restore_run}", NULL);
        undo_script(step, pod);
    }
}

static void helpers_away(struct making *m)
{
    m->stage = plan_stage(m->plan, "helpers away", FAIL_STOPS);
    for (int64_t i = 0; i < m->wanted; i++) {
        AUTO_FREE char *id = restore_step_id("helper away", i);
        AUTO_FREE char *title = str_format("%s away", helper_name(m, i));
        struct step *step = add(m, TIER_REVERSIBLE, id, 5 * MINUTE, title);
        action_kubectl(&step->action, NULL, "delete", "pods", helper_name(m, i),
                       "--ignore-not-found", "--wait", "--timeout=25s", NULL);
        probe_set(&step->proof, &probe_pod_gone, helper_name(m, i), NULL);
    }
}

/* --- 0 to 1, and once more without the switch -------------------------------------------------------- */

static void frontends_are(const struct making *m, struct probe *probe, int64_t n)
{
    AUTO_FREE char *number = str_format("%" PRId64, n);

    probe_set(probe, &probe_frontends_are, m->node, json_str(m->backup, "cluster_id"), number,
              m->first, NULL);
}

static void tables_are(const struct making *m, struct probe *probe)
{
    probe_set(probe, &probe_tables_are, m->node, json_str(m->backup, "dir"),
              json_str(m->backup, "sha256"), NULL);
}

/* What the pod that starts next must find: its volume free, the switch, nothing else that starts. */
static void gates_of_start(const struct making *m, struct step *step)
{
    AUTO_FREE char *wanted = str_format("%" PRId64, m->wanted);

    probe_set(step_need(step), &probe_pods_gone, m->name, json_str(m->set, "selector"), wanted,
              NULL);
    for (int64_t i = 0; i < m->wanted; i++)
        probe_set(step_need(step), &probe_pod_gone, helper_name(m, i), NULL);
    probe_set(step_need(step), &probe_conf_switch, json_str(m->set, "config_map"),
              json_str(m->set, "key"), json_str(m->recipe, "switch"), "on", NULL);
    images_must_agree(m, step);
}

static void start(struct making *m)
{
    const char *probe = json_str(m->target, "probe");
    AUTO_STR patch = {0};
    AUTO_FREE char *title = str_format("start %s alone", m->first);
    AUTO_FREE char *ready = str_format("%s is ready", m->first);

    m->stage = plan_stage(m->plan, "start", FAIL_STOPS);
    struct step *step = add(m, TIER_NO_RETURN, "start", API_MS, title);
    test_replicas(m, 0, &patch);
    test_images(m, &patch);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "1");
    if (*probe != '\0')
        patch_add(&patch, json_int(m->target, "probe_was") >= 0 ? "replace" : "add", probe,
                  "%" PRId64, json_int(m->target, "probe_new"));
    patch_action(m, &step->action, &patch);
    target_is(m, &step->proof, 1, json_str(m->recipe, "image"));
    step->note = mem_text("one frontend; what is written from here on is in the restored metadata");
    gates_of_start(m, step);

    step = wait_for(m, "first ready", LARGE_MS, ready);
    probe_set(&step->proof, &probe_pod_ready, m->first, "", NULL);
    step = wait_for(m, "first leads", 10 * MINUTE, "it leads, alone, the cluster of the backup");
    frontends_are(m, &step->proof, 1);
    step = wait_for(m, "first proved", 10 * MINUTE, "databases, tables and views of the backup");
    tables_are(m, &step->proof);
}

/* The value of before, which the operator writes into the pods' template: that replaces the pod. */
static void probe_back(struct making *m)
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
    struct step *step = add(m, TIER_DISRUPTIVE, "probe back", API_MS, "the startup probe as before");
    patch_add(&patch, "test", probe, "%" PRId64, json_int(m->target, "probe_new"));
    if (was >= 0)
        patch_add(&patch, "replace", probe, "%" PRId64, was);
    else
        patch_remove(&patch, probe);
    patch_action(m, &step->action, &patch);
    probe_set(&step->proof, &probe_object_is, json_str(m->target, "kind"),
              json_str(m->target, "name"), probe, value, NULL);
    step = wait_for(m, "template back", 5 * MINUTE, "the StatefulSet has it too");
    probe_set(&step->proof, &probe_object_is, "statefulsets.apps", m->name, path, times, NULL);
}

static void first_uid(const struct making *m, struct step *step)
{
    step_slot(step, "first_uid", "uid of the pod that started with the switch", &slot_pod_uid,
              m->first, NULL);
}

static void restart(struct making *m)
{
    AUTO_FREE char *off = str_format("take %s out of fe.conf", json_str(m->recipe, "switch"));
    AUTO_FREE char *title = str_format("restart %s without the switch", m->first);
    AUTO_FREE char *ready = str_format("%s, made anew, is ready", m->first);
    AUTO_FREE char *path = str_format("/api/v1/namespaces/%s/pods/%s",
                                      json_str(m->set, "namespace"), m->first);

    m->stage = plan_stage(m->plan, "switch off", FAIL_STOPS);
    conf_step(m, "switch off", "off", off);
    first_uid(m, m->stage->steps[0]);
    probe_back(m);
    struct step *step = add(m, TIER_DISRUPTIVE, "restart", API_MS, title);
    first_uid(m, step);
    step->note = mem_text("if it was not replaced by itself");
    /* By its uid: a call that is repeated after a lost answer deletes nothing else (recorded). */
    action_kubectl(&step->action,
                   "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":"
                   "{\"uid\":\"{first_uid}\"}}", "delete", "--raw", path, "-f", "-", NULL);
    probe_set(&step->proof, &probe_pod_replaced, m->first, "{first_uid}", NULL);
    step = wait_for(m, "first again", LARGE_MS, ready);
    first_uid(m, step);
    probe_set(&step->proof, &probe_pod_ready, m->first, "{first_uid}", NULL);
    step = wait_for(m, "leads again", 10 * MINUTE, "it leads again");
    frontends_are(m, &step->proof, 1);
}

/* --- 1 to N, and the nodes ------------------------------------------------------------------------------ */

static void grow(struct making *m)
{
    AUTO_STR patch = {0};
    AUTO_FREE char *title = str_format("let the others join: 1 to %" PRId64, m->wanted);
    AUTO_FREE char *alive = str_format("all %" PRId64 " are alive, their journal caught up",
                                       m->wanted);

    if (m->wanted < 2)
        return;
    m->stage = plan_stage(m->plan, "join", FAIL_STOPS);
    struct step *step = add(m, TIER_DISRUPTIVE, "grow", API_MS, title);
    step_slot(step, "kept_uid", "uid of the first pod", &slot_pod_uid, m->first, NULL);
    test_replicas(m, 1, &patch);
    patch_add(&patch, "replace", json_str(m->target, "replicas"), "%" PRId64, m->wanted);
    patch_action(m, &step->action, &patch);
    target_is(m, &step->proof, m->wanted, NULL);
    step->note = mem_text("the others join");
    probe_set(step_need(step), &probe_conf_switch, json_str(m->set, "config_map"),
              json_str(m->set, "key"), json_str(m->recipe, "switch"), "off", NULL);
    for (int64_t i = 1; i < m->wanted; i++) {
        AUTO_FREE char *pod = pod_name(m, i);
        AUTO_FREE char *id = restore_step_id("ready", i);
        AUTO_FREE char *says = str_format("%s is ready", pod);
        step = wait_for(m, id, LARGE_MS / 2, says);
        probe_set(&step->proof, &probe_pod_ready, pod, "", NULL);
    }
    step = wait_for(m, "all alive", 10 * MINUTE, alive);
    frontends_are(m, &step->proof, m->wanted);
    probe_set(plan_final_of(m->plan, "grow"), &probe_object_is, "pods", m->first, "/metadata/uid",
              "{kept_uid}", NULL);
}

/* After the frontends, as for a downgrade: nodes that were upgraded since the backup. */
static void nodes_back(struct making *m)
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
        struct step *step = add(m, TIER_DISRUPTIVE, id, API_MS, title);
        AUTO_FREE char *slot = image_slot(node);
        patch_add(&patch, "test", path, "\"{%s}\"", slot);
        patch_add(&patch, "replace", path, "\"%s\"", back);
        patch_action(m, &step->action, &patch);
        probe_set(&step->proof, &probe_object_is, json_str(m->target, "kind"),
                  json_str(m->target, "name"), path, back, NULL);
        step = wait_for(m, rolled, 5 * MINUTE, says);
        probe_set(&step->proof, &probe_object_is, "statefulsets.apps", json_str(node, "set"),
                  "/spec/template/spec/containers/0/image", back, NULL);
    }
}

static void finals(struct making *m)
{
    probe_set(plan_final(m->plan), &probe_conf_switch, json_str(m->set, "config_map"),
              json_str(m->set, "key"), json_str(m->recipe, "switch"), "off", NULL);
    for (int64_t i = 0; i < m->wanted; i++)
        probe_set(plan_final(m->plan), &probe_pod_gone, helper_name(m, i), NULL);
    frontends_are(m, plan_final(m->plan), m->wanted);
    tables_are(m, plan_final(m->plan));
}

static bool identify(struct making *m, struct error *err)
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

struct plan *restore_recipe_plan(const char *command, const json_t *recipe, struct error *err)
{
    struct making m = {.recipe = recipe, .set = json_object_get(recipe, "set"),
                       .target = json_object_get(recipe, "target"),
                       .backup = json_object_get(recipe, "backup"), .plan = plan_new(command),
                       .wanted = json_int(recipe, "wanted")};
    AUTO_FREE char *on = str_format("put %s into fe.conf", json_str(recipe, "switch"));
    size_t i;
    json_t *line;

    if (!identify(&m, err)) {
        plan_free(m.plan);
        return NULL;
    }
    json_array_foreach(json_object_get(recipe, "head"), i, line)
        strv_add(&m.plan->head, json_string_value(line));
    m.name = json_str(m.set, "name");
    m.first = pod_name(&m, 0);
    m.node = str_format("pod/%s:%" PRId64, m.first, json_int(recipe, "query_port"));
    stop(&m);
    m.stage = plan_stage(m.plan, "switch on", FAIL_STOPS);
    conf_step(&m, "switch on", "on", on);
    archive_in(&m);
    others_empty(&m);
    helpers_away(&m);
    start(&m);
    restart(&m);
    grow(&m);
    nodes_back(&m);
    finals(&m);
    free(m.first);
    free(m.node);
    return m.plan;
}

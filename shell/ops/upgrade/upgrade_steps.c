/*
 * The steps that all components share: a patch that tests what it replaces and is read back, what a
 * controller makes of it, a pod that is new and serves.
 *
 * A patch tests the values that it replaces, not the generation. The generation grows with every change of a
 * spec, also with those that have nothing to do with an upgrade (an autoscaler's replicas, a step of this very
 * plan), so a test of it would refuse what is harmless, and whoever goes on with a plan later finds another one;
 * what it would find out is what the tests of the values and the uid among the needs find out. It counts
 * afterwards: the StatefulSet's controller has to have seen the generation with the image
 * (observedGeneration), and the revision that it made of it is noted. From then on each pod has to be of that
 * very revision, and before belay deletes one the StatefulSet has to name it still (updateRevision): another
 * revision means that somebody changed the template meanwhile, in whatever place.
 *
 * Each patch is a step of its own, and what follows from it a wait: after a crash the patch is found done and
 * not sent again.
 */
#include <arena.h>

#include "kinds.h"
#include "upgrade_inside.h"

#define POD_MS (10 * UPGRADE_MINUTE)
#define POD_STEP_MS (5 * UPGRADE_MINUTE) /* limits are told in steps of this */
#define POD_MOST_MS (120 * UPGRADE_MINUTE)

struct step *upgrade_step(struct upgrading *m, const json_t *set, enum tier tier, const char *id,
                          int64_t proof_ms, const char *title)
{
    const json_t *object = json_object_get(set, "object");
    struct step *step = stage_step(m->stage, tier, id, title);

    step->proof_ms = proof_ms;
    probe_set(step_need(step), &probe_object_is, json_str(object, "kind"), json_str(object, "name"),
              "/metadata/uid", json_str(object, "uid"), NULL);
    return step;
}

struct step *upgrade_wait(struct upgrading *m, const char *id, int64_t proof_ms, const char *title)
{
    AUTO_FREE char *text = str_format("wait: %s", title);
    struct step *step = stage_step(m->stage, TIER_ADDS, id, text);

    step->proof_ms = proof_ms;
    return step;
}

/* "/spec/containers/0/image" → "{.spec.containers[0].image}". */
static void add_jsonpath(const char *pointer, struct str *ret)
{
    str_add(ret, "{");
    for (const char *p = pointer; *p == '/';) {
        size_t len = strcspn(++p, "/");
        bool number = len > 0 && strspn(p, "0123456789") == len;
        str_addf(ret, number ? "[%.*s]" : ".%.*s", (int)len, p);
        p += len;
    }
    str_add(ret, "}");
}

static void patch(const char *kind, const char *name, const char *shown, struct action *action,
                  struct str *operations)
{
    AUTO_STR output = {0};

    str_add(&output, "jsonpath={.metadata.generation} ");
    add_jsonpath(shown, &output);
    action_kubectl(action, NULL, "patch", kind, name, "--type=json", "--field-manager=belay", "-p",
                   patch_end(operations), "-o", output.s, NULL);
}

void upgrade_patch(const json_t *set, struct action *action, struct str *operations)
{
    const json_t *object = json_object_get(set, "object");

    patch(json_str(object, "kind"), json_str(object, "name"), json_str(object, "image_path"), action,
          operations);
}

void upgrade_patch_set(const json_t *set, struct action *action, struct str *operations)
{
    patch("statefulsets.apps", json_str(set, "name"), "/spec/updateStrategy", action, operations);
}

void upgrade_object_is(const json_t *set, struct probe *probe, const char *path, const char *value)
{
    const json_t *object = json_object_get(set, "object");

    probe_set(probe, &probe_object_is, json_str(object, "kind"), json_str(object, "name"), path, value,
              NULL);
}

void upgrade_set_is(const json_t *set, struct probe *probe, const char *path, const char *value)
{
    probe_set(probe, &probe_object_is, "statefulsets.apps", json_str(set, "name"), path, value, NULL);
}

char *upgrade_template_path(const json_t *set)
{
    return str_format("/spec/template/spec/containers/%" PRId64 "/image", json_int(set, "index"));
}

bool upgrade_set_differs(const json_t *set, const char *image)
{
    bool differs = !str_equal(json_str_at(set, "object", "image", NULL), image) ||
                   !str_equal(json_str(set, "image"), image);
    size_t i;
    json_t *pod;

    json_array_foreach(json_object_get(set, "pods"), i, pod)
        differs = differs || !str_equal(json_str(pod, "image"), image);
    return differs;
}

bool upgrade_differs(const struct upgrading *m, bool frontends)
{
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(m->facts, "sets"), i, set)
    {
        AUTO_FREE char *image = NULL;
        if (str_equal(json_str(set, "kind"), "FE") != frontends)
            continue;
        image = upgrade_image(m, set, NULL);
        if (image == NULL || upgrade_set_differs(set, image))
            return true;
    }
    return false;
}

/* The longest of the last starts. */
static int64_t last_start_s(const json_t *set)
{
    int64_t longest = -1;
    size_t i;
    json_t *pod;

    json_array_foreach(json_object_get(set, "pods"), i, pod)
    {
        int64_t s = json_int(pod, "start_s");
        longest = s > longest ? s : longest;
    }
    return longest;
}

int64_t upgrade_limit(const json_t *set)
{
    int64_t ms = 5 * last_start_s(set) * UPGRADE_SECOND;

    ms = (ms + POD_STEP_MS - 1) / POD_STEP_MS * POD_STEP_MS;
    return ms < POD_MS ? POD_MS : ms > POD_MOST_MS ? POD_MOST_MS : ms;
}

struct step *upgrade_image_steps(struct upgrading *m, const json_t *set, const char *image,
                                 bool on_delete)
{
    const json_t *object = json_object_get(set, "object");
    const char *path = json_str(object, "image_path"), *name = json_str(set, "name");
    const char *was = json_str(object, "image"), *strategy = json_str(object, "strategy_path");
    AUTO_FREE char *id = str_format("image of %s", name);
    AUTO_FREE char *title = str_format("%s: %s", name, image);
    AUTO_STR there = {0};
    AUTO_STR back = {0};

    struct step *step = upgrade_step(m, set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);
    patch_add(&there, "test", path, "\"%s\"", was);
    if (on_delete)
        patch_add(&there, "test", strategy, "{\"type\":\"" ON_DELETE "\"}");
    patch_add(&there, "replace", path, "\"%s\"", image);
    upgrade_patch(set, &step->action, &there);
    upgrade_object_is(set, &step->proof, path, image);
    patch_add(&back, "test", path, "\"%s\"", image);
    patch_add(&back, "replace", path, "\"%s\"", was);
    upgrade_patch(set, &step->undo, &back);
    upgrade_object_is(set, &step->undo_proof, path, was);

    AUTO_FREE char *template = upgrade_template_path(set);
    AUTO_FREE char *told = str_format("template of %s", name);
    AUTO_FREE char *says = str_format("StatefulSet %s is told", name);
    struct step *wait = upgrade_wait(m, told, UPGRADE_ACTS_MS, says);
    probe_set(&wait->proof, &probe_set_told, name, template, image, NULL);
    return step;
}

/* The slot is the StatefulSet's: its number among all. */
const char *upgrade_revision(const struct upgrading *m, const json_t *set, struct step *step)
{
    const char *name = json_str(set, "name");
    size_t number = 0, i;
    json_t *one;

    json_array_foreach(json_object_get(m->facts, "sets"), i, one)
        number = str_equal(json_str(one, "name"), name) ? i : number;
    AUTO_FREE char *slot = str_format("revision_%zu", number);
    AUTO_FREE char *value = str_format("{%s}", slot);
    AUTO_FREE char *allowed = str_format("revision of %s", name);
    step_slot(step, slot, allowed, &slot_set_revision, name, NULL);
    return arena_text(step->arena, value);
}

void upgrade_pod_wait(struct upgrading *m, const json_t *set, const char *image, const char *pod,
                      const char *id, const char *title)
{
    struct step *step = upgrade_wait(m, id, upgrade_limit(set), title);
    int64_t start_s = last_start_s(set);

    probe_set(&step->proof, &probe_pod_serves, pod, json_str(set, "container"), image,
              json_str(set, "kind"), m->choice->to, m->through, upgrade_revision(m, set, step),
              upgrade_image_kept(m, set, step), m->image_form, NULL);
    if (start_s > 0) {
        AUTO_FREE char *note = str_format("the last starts took up to %" PRId64 " s", start_s);
        step->note = arena_text(step->arena, note);
    }
}

void upgrade_delete(const struct upgrading *m, const json_t *set, struct step *step, const char *pod,
                    const char *slot)
{
    AUTO_FREE char *name = str_format("%s_uid", slot);
    AUTO_FREE char *uid = str_format("{%s}", name);
    AUTO_FREE char *path = str_format("/api/v1/namespaces/%s/pods/%s", json_str(set, "namespace"), pod);
    AUTO_FREE char *options = str_format("{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\","
                                         "\"preconditions\":{\"uid\":\"%s\"}}", uid);

    upgrade_set_is(set, step_need(step), "/status/updateRevision", upgrade_revision(m, set, step));
    step_slot(step, name, "uid of that pod", &slot_pod_uid, pod, NULL);
    action_kubectl(&step->action, options, "delete", "--raw", path, "-f", "-", NULL);
    probe_set(&step->proof, &probe_pod_replaced, pod, uid, NULL);
}

void upgrade_rolled_wait(struct upgrading *m, const json_t *set, const char *image)
{
    const char *name = json_str(set, "name");
    AUTO_FREE char *replicas = str_format("%" PRId64, json_int(set, "replicas"));
    AUTO_FREE char *path = upgrade_template_path(set);
    AUTO_FREE char *id = str_format("rolled %s", name);
    AUTO_FREE char *title = str_format("%s is at rest, all %s pods of one revision", name, replicas);
    struct step *step = upgrade_wait(m, id, UPGRADE_ACTS_MS, title);

    probe_set(&step->proof, &probe_set_rolled, name, path, image, replicas, NULL);
}

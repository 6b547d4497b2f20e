/* \roll next, pause and back: plans for one StatefulSet that is between two images. */
#include <arena.h>

#include "cluster_address.h"
#include "cluster_plan.h"
#include "kinds.h"
#include "roll.h"

struct rolling {
    struct upgrading m;
    struct upgrade_choice choice;
    char *release; /* of the image that is to come, "" when its tag tells none. Owned */
    struct roll_pod *pods;
    size_t n;
};

static void rolling_done(struct rolling *r)
{
    cluster_done(&r->m.cluster);
    free(r->m.through);
    free(r->release);
    free(r->pods);
}

static bool begin(struct rolling *r, const char *command, const json_t *facts, struct error *err)
{
    *r = (struct rolling){.m = {.facts = facts, .choice = &r->choice, .cluster = {.leader = -1}}};
    if (!cluster_from_json(json_object_get(facts, "cluster"), &r->m.cluster, err))
        return false;
    r->m.through = upgrade_ways(&r->m.cluster);
    release_parse(json_str_at(facts, "operator", "version", NULL), &r->m.op);
    r->n = roll_pods(facts, &r->m.cluster, &r->pods);
    r->m.plan = cluster_plan(command, facts, err);
    return r->m.plan != NULL;
}

static struct plan *finish(struct rolling *r, bool ok)
{
    struct plan *plan = r->m.plan;

    rolling_done(r);
    if (ok || plan == NULL)
        return plan;
    plan_free(plan);
    return NULL;
}

/* The release that an image's tag names. */
static void expect(struct rolling *r, const char *image)
{
    const char *slash = strrchr(image, '/');
    const char *tag = strchr(slash != NULL ? slash : image, ':');
    struct release release;
    AUTO_STR text = {0};

    if (tag != NULL && release_parse(tag, &release) && release.patch > 0)
        release_text(release, &text);
    free(r->release);
    r->release = mem_text(str_text(&text));
    r->choice.to = r->release;
}

static bool on_delete(const json_t *set)
{
    return str_equal(json_str_at(set, "strategy", "type", NULL), ON_DELETE);
}

/* The pod goes, by its uid, and what comes in its place is proved. */
static void replace(struct rolling *r, const struct roll_pod *pod, const char *image, unsigned number)
{
    const char *name = json_str(pod->pod, "name");
    AUTO_FREE char *slot = str_format("pod_%u", number);
    AUTO_FREE char *id = str_format("replace %s", name);
    AUTO_FREE char *title = str_format("replace %s", name);
    AUTO_FREE char *says = str_format("%s is of %s, ready and alive", name, image);
    AUTO_FREE char *template = upgrade_template_path(pod->set);
    bool fe = str_equal(json_str(pod->set, "kind"), "FE");
    const struct frontend *f = roll_frontend(&r->m.cluster, pod->pod);
    bool leads = f != NULL && str_equal(f->role, "LEADER");

    struct step *step = upgrade_step(&r->m, pod->set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);
    upgrade_set_is(pod->set, step_need(step), template, image);
    /* One that does not run takes no majority with it. */
    if (fe && f != NULL && f->alive)
        probe_set(step_need(step), &probe_frontends_ready, name, leads ? "last" : "follower", "",
                  r->m.through, NULL);
    upgrade_delete(pod->set, step, name, slot);
    if (leads)
        step->note = "it leads: another one does then, some seconds later";
    upgrade_pod_wait(&r->m, pod->set, image, name, name, says);
}

/* One that is registered by its pod's address is lost with the pod (fe-core NodeMgr.checkCurrentNodeExist). */
static bool comes_back(const struct rolling *r, const struct roll_pod *pod, struct error *err)
{
    const struct frontend *f = roll_frontend(&r->m.cluster, pod->pod);

    if (f == NULL || !cluster_is_address(f->host) || json_flag(pod->pod, "host_network"))
        return true;
    error_set(err, ERR_VERDICT, "%s is registered by its address %s, and its next pod has another one: the "
              "group would not take it back", json_str(pod->pod, "name"), f->host);
    return error_hint(err, "\\preflight, rule fe-by-name, tells how it gets a name");
}

/* --- next ------------------------------------------------------------------------------------------------ */

struct plan *roll_next_plan(const char *command, const json_t *facts, struct error *err)
{
    struct rolling r;

    if (!begin(&r, command, facts, err))
        return finish(&r, false);
    const struct roll_pod *next = roll_next(r.pods, r.n);
    if (next == NULL) {
        strv_add(&r.m.plan->head, "Note     every pod is of the image of its StatefulSet");
        return finish(&r, true);
    }
    const char *name = json_str(next->set, "name"), *image = json_str(next->set, "image");
    if (!comes_back(&r, next, err))
        return finish(&r, false);
    if (!on_delete(next->set)) {
        error_set(err, ERR_VERDICT, "StatefulSet %s replaces its pods by itself", name);
        error_hint(err, "\\roll pause stops that; \\wait nodes waits until all are back");
        return finish(&r, false);
    }
    expect(&r, image);
    r.m.stage = plan_stage(r.m.plan, name, FAIL_STOPS);
    replace(&r, next, image, 1);
    return finish(&r, true);
}

/* --- pause ------------------------------------------------------------------------------------------------- */

static bool is_rolling(const struct rolling *r, const json_t *set)
{
    bool old = false;

    for (size_t i = 0; i < r->n; i++)
        old = old || (r->pods[i].set == set && roll_is_old(&r->pods[i]));
    return old && !on_delete(set);
}

static void pause(struct rolling *r, const json_t *set)
{
    const json_t *strategy = json_at(set, "object", "strategy", NULL);
    const char *path = json_str_at(set, "object", "strategy_path", NULL);
    AUTO_FREE char *before = strategy != NULL ? json_canonical(strategy) : mem_text("");
    AUTO_FREE char *type = str_format("%s/type", path);
    AUTO_FREE char *id = str_format("pause %s", json_str(set, "name"));
    AUTO_FREE char *told = str_format("told %s", json_str(set, "name"));
    AUTO_FREE char *title = str_format("%s: no pod is replaced by itself", json_str(set, "name"));
    AUTO_STR patch = {0};
    AUTO_STR back = {0};

    r->m.stage = plan_stage(r->m.plan, json_str(set, "name"), FAIL_STOPS);
    struct step *step = upgrade_step(&r->m, set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);
    if (*before != '\0')
        patch_add(&patch, "test", path, "%s", before);
    patch_add(&patch, "add", path, "{\"type\":\"" ON_DELETE "\"}");
    upgrade_patch(set, &step->action, &patch);
    upgrade_object_is(set, step_need(step), path, before);
    upgrade_object_is(set, &step->proof, type, ON_DELETE);
    patch_add(&back, "test", path, "{\"type\":\"" ON_DELETE "\"}");
    if (*before != '\0')
        patch_add(&back, "replace", path, "%s", before);
    else
        patch_remove(&back, path);
    upgrade_patch(set, &step->undo, &back);
    upgrade_object_is(set, &step->undo_proof, path, before);
    step = upgrade_wait(&r->m, told, UPGRADE_ACTS_MS, "the StatefulSet has it");
    upgrade_set_is(set, &step->proof, "/spec/updateStrategy/type", ON_DELETE);
}

struct plan *roll_pause_plan(const char *command, const json_t *facts, struct error *err)
{
    struct rolling r;
    size_t i;
    json_t *set;

    if (!begin(&r, command, facts, err))
        return finish(&r, false);
    json_array_foreach(json_object_get(facts, "sets"), i, set)
    {
        if (is_rolling(&r, set))
            pause(&r, set);
    }
    if (r.m.plan->n == 0)
        strv_add(&r.m.plan->head, "Note     no StatefulSet replaces pods by itself now");
    return finish(&r, true);
}

/* --- back --------------------------------------------------------------------------------------------------- */

/* What the pods have that were not replaced yet; NULL: all were, or they do not agree. Borrowed. */
static const char *old_image(const struct rolling *r, const json_t *set)
{
    const char *image = NULL;

    for (size_t i = 0; i < r->n; i++) {
        const char *one = json_str(r->pods[i].pod, "image");
        if (r->pods[i].set != set || !roll_is_old(&r->pods[i]))
            continue;
        if (image != NULL && !str_equal(image, one))
            return NULL;
        image = one;
    }
    return image;
}

/* One of a bad image is deleted where nobody replaces it, or nobody would (Kubernetes docs, "Forced rollback"). */
static bool must_be_deleted(const json_t *set)
{
    return on_delete(set) || !json_flag(set, "parallel");
}

static void back(struct rolling *r, const json_t *set, const char *image)
{
    const char *name = json_str(set, "name");
    unsigned number = 0;

    expect(r, image);
    r->m.stage = plan_stage(r->m.plan, name, FAIL_STOPS);
    upgrade_image_steps(&r->m, set, image, false);
    for (size_t i = 0; i < r->n; i++) {
        const struct roll_pod *pod = &r->pods[i];
        const char *of = json_str(pod->pod, "name");
        AUTO_FREE char *says = str_format("%s is of %s, ready and alive", of, image);
        if (pod->set != set || roll_is_old(pod))
            continue;
        if (must_be_deleted(set))
            replace(r, pod, image, ++number);
        else
            upgrade_pod_wait(&r->m, set, image, of, of, says);
    }
    upgrade_rolled_wait(&r->m, set, image);
}

/* As the run found it that set OnDelete; NULL: none did, or it found that. free with json_decref. */
static json_t *as_before(const struct rolling *r, const json_t *set)
{
    const json_t *before = json_at(r->m.facts, "before", json_str(set, "name"), NULL);
    const json_t *strategy = json_object_get(before, "set");
    json_t *copy;

    if (!on_delete(set) || before == NULL || str_equal(json_str(strategy, "type"), ON_DELETE))
        return NULL;
    copy = json_deep_copy(set);
    json_t *object = json_object_get(copy, "object");
    json_t *now = json_object_get(object, "strategy");
    json_put(object, "now", now != NULL ? json_incref(now) : json_null());
    json_object_del(object, "strategy");
    if (json_is_object(json_object_get(before, "object")))
        json_put(object, "strategy", json_deep_copy(json_object_get(before, "object")));
    json_put(copy, "strategy", json_deep_copy(strategy));
    return copy;
}

/* Puts the strategy back too, or says that it stays. */
static void strategy(struct rolling *r, const json_t *set)
{
    AUTO_JSON *before = as_before(r, set);

    if (before == NULL) {
        if (on_delete(set))
            strv_addf(&r->m.plan->left, "updateStrategy OnDelete of %s, as it was found", json_str(set, "name"));
        return;
    }
    r->m.fe = before;
    upgrade_strategy_back(&r->m);
    r->m.fe = NULL;
}

struct plan *roll_back_plan(const char *command, const json_t *facts, struct error *err)
{
    struct rolling r;
    size_t i;
    json_t *set;

    if (!begin(&r, command, facts, err))
        return finish(&r, false);
    json_array_foreach(json_object_get(facts, "sets"), i, set)
    {
        const char *image = old_image(&r, set);
        if (image == NULL)
            continue;
        back(&r, set, image);
        strategy(&r, set);
    }
    if (r.m.plan->n == 0)
        strv_add(&r.m.plan->head, "Note     no StatefulSet is between two images; \\upgrade --to RELEASE leads "
                                  "back from one that is through");
    return finish(&r, true);
}

/* \roll next and pause: plans for a StatefulSet that is between two images, and what they share with back. */
#include <arena.h>

#include "cluster_address.h"
#include "cluster_plan.h"
#include "kinds.h"
#include "roll.h"

void rolling_done(struct rolling *r)
{
    cluster_done(&r->m.cluster);
    free(r->m.through);
    free(r->release);
    free(r->pods);
}

bool rolling_begin(struct rolling *r, struct plan *plan, const json_t *facts, struct error *err)
{
    *r = (struct rolling){.m = {.facts = facts, .choice = &r->choice, .cluster = {.leader = -1}}};
    if (!cluster_from_json(json_object_get(facts, "cluster"), &r->m.cluster, err))
        return false;
    r->m.through = upgrade_ways(&r->m.cluster);
    release_parse(json_str_at(facts, "operator", "version", NULL), &r->m.op);
    r->n = roll_pods(facts, &r->m.cluster, &r->pods);
    r->m.plan = plan;
    return true;
}

static bool begin(struct rolling *r, const char *command, const json_t *facts, struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);

    if (plan != NULL && rolling_begin(r, plan, facts, err))
        return true;
    plan_free(plan);
    return false;
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
void rolling_expect(struct rolling *r, const char *image)
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

bool roll_on_delete(const json_t *set)
{
    return str_equal(json_str_at(set, "strategy", "type", NULL), ON_DELETE);
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

/* The pod goes, by its uid, and what comes in its place is proved. */
bool rolling_replace(struct rolling *r, const struct roll_pod *pod, const char *image, unsigned number,
                     struct error *err)
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

    if (!comes_back(r, pod, err))
        return false;
    struct step *step = upgrade_step(&r->m, pod->set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);
    upgrade_set_is(pod->set, step_need(step), template, image);
    /* One that does not run takes no majority with it. */
    if (fe && f != NULL && f->alive)
        probe_set(step_need(step), &probe_frontends_ready, name, leads ? "last" : "follower", "",
                  r->m.through, NULL);
    upgrade_delete(&r->m, pod->set, step, name, slot);
    if (leads)
        step->note = "it leads: another one does then, some seconds later";
    upgrade_pod_wait(&r->m, pod->set, image, name, name, says);
    return !fe || upgrade_settings_again(&r->m, name, err);
}

/* --- next ------------------------------------------------------------------------------------------------ */

static void by_itself(const struct roll_pod *next, struct error *err)
{
    const char *name = json_str(next->set, "name");

    if (upgrade_holds(json_object_get(next->set, "strategy"))) {
        error_set(err, ERR_VERDICT, "StatefulSet %s has a partition: %s stays as it is", name,
                  json_str(next->pod, "name"));
        error_hint(err, "\\resume of the run that set it goes on with the others; \\roll back leads back");
        return;
    }
    error_set(err, ERR_VERDICT, "StatefulSet %s replaces its pods by itself", name);
    error_hint(err, "\\roll pause stops that; \\wait nodes waits until all are back");
}

struct plan *roll_next_plan(const char *command, const json_t *facts, struct error *err)
{
    struct rolling r;

    if (!begin(&r, command, facts, err))
        return NULL;
    const struct roll_pod *next = roll_next(r.pods, r.n);
    if (next == NULL) {
        strv_add(&r.m.plan->head, "Note     every pod is of the image of its StatefulSet");
        return finish(&r, true);
    }
    const char *name = json_str(next->set, "name"), *image = json_str(next->set, "image");
    if (!roll_on_delete(next->set)) {
        by_itself(next, err);
        return finish(&r, false);
    }
    rolling_expect(&r, image);
    r.m.stage = plan_stage(r.m.plan, name, FAIL_STOPS);
    return finish(&r, rolling_replace(&r, next, image, 1, err));
}

/* --- pause ------------------------------------------------------------------------------------------------- */

static bool is_rolling(const struct rolling *r, const json_t *set)
{
    bool old = false;

    for (size_t i = 0; i < r->n; i++)
        old = old || (r->pods[i].set == set && roll_is_old(&r->pods[i]));
    return old && !roll_on_delete(set);
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
        return NULL;
    json_array_foreach(json_object_get(facts, "sets"), i, set)
    {
        if (is_rolling(&r, set))
            pause(&r, set);
    }
    if (r.m.plan->n == 0)
        strv_add(&r.m.plan->head, "Note     no StatefulSet replaces pods by itself now");
    return finish(&r, true);
}

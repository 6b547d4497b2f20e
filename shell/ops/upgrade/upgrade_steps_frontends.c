/*
 * Frontends one by one: the followers, asked before each who leads, and the leader last, since whichever
 * frontend leads then must be of the new release. OnDelete lets belay choose; deletes name the uid, so
 * that one which is repeated after a lost answer deletes nothing else (both recorded with operator 1.11.5).
 */
#include <operator.h>

#include "kinds.h"
#include "upgrade_inside.h"

static const char only_delete[] = "{\"type\":\"" ON_DELETE "\"}";

/* "": it has none. free() it. */
static char *strategy_before(const struct upgrading *m)
{
    const json_t *strategy = json_at(m->fe, "object", "strategy", NULL);

    return strategy != NULL ? json_canonical(strategy) : mem_text("");
}

bool upgrade_holds(const json_t *strategy)
{
    return str_equal(json_str(strategy, "type"), ON_DELETE) ||
           json_int(json_at(strategy, "rollingUpdate", NULL), "partition") > 0;
}

static bool is_on_delete(const json_t *strategy)
{
    return str_equal(json_str(strategy, "type"), ON_DELETE);
}

static bool is_on_delete_already(const struct upgrading *m)
{
    return is_on_delete(json_at(m->fe, "object", "strategy", NULL));
}

/* --- the strategy ----------------------------------------------------------------------------------- */

/* There and back; `back` undoes `there`. */
static void strategy_patch(const struct upgrading *m, bool back, struct action *action)
{
    const json_t *object = json_object_get(m->fe, "object");
    const char *path = json_str(object, "strategy_path");
    AUTO_FREE char *before = strategy_before(m);
    AUTO_FREE char *now = json_is_object(json_object_get(object, "now"))
                              ? json_canonical(json_object_get(object, "now")) : NULL;
    AUTO_STR patch = {0};

    if (back)
        patch_add(&patch, "test", path, "%s", now != NULL ? now : only_delete);
    else
        patch_add(&patch, "test", json_str(object, "image_path"), "\"%s\"", json_str(object, "image"));
    if (!back && *before != '\0')
        patch_add(&patch, "test", path, "%s", before);
    if (back && *before == '\0')
        patch_remove(&patch, path);
    else
        patch_add(&patch, "add", path, "%s", back ? before : only_delete);
    upgrade_patch(m->fe, action, &patch);
}

static void strategy_on(struct upgrading *m)
{
    const char *path = json_str_at(m->fe, "object", "strategy_path", NULL);
    AUTO_FREE char *before = strategy_before(m);
    AUTO_FREE char *type = str_format("%s/type", path);

    struct step *step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "strategy", UPGRADE_API_MS,
                                     "updateStrategy OnDelete: no frontend restarts by itself");
    upgrade_object_is(m->fe, step_need(step), path, before);
    strategy_patch(m, false, &step->action);
    upgrade_object_is(m->fe, &step->proof, type, ON_DELETE);
    strategy_patch(m, true, &step->undo);
    upgrade_object_is(m->fe, &step->undo_proof, path, before);
    step->note = "the operator calls the cluster failed meanwhile";
    if (str_equal(json_str_at(m->fe, "object", "kind", NULL), "statefulsets.apps"))
        step->note = NULL;
}

static void strategy_in_set(struct upgrading *m)
{
    struct step *step = upgrade_wait(m, "strategy in set", UPGRADE_ACTS_MS,
                                     "the StatefulSet has it");

    upgrade_set_is(m->fe, &step->proof, "/spec/updateStrategy/type", ON_DELETE);
}

static void strategy_back(struct upgrading *m)
{
    const char *path = json_str_at(m->fe, "object", "strategy_path", NULL);
    AUTO_FREE char *before = strategy_before(m);

    if (is_on_delete_already(m)) {
        strv_addf(&m->plan->left, "updateStrategy OnDelete of %s, as it was found", json_str(m->fe, "name"));
        return;
    }
    struct step *step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "strategy back", UPGRADE_API_MS,
                                     "updateStrategy as it was");
    strategy_patch(m, true, &step->action);
    upgrade_object_is(m->fe, &step->proof, path, before);
    upgrade_object_is(m->fe, plan_final(m->plan), path, before);
}

/* --- one frontend ---------------------------------------------------------------------------------- */

/* "fe_1" or "fe_last": which, and which pod of that name. */
static void slots(const struct upgrading *m, struct step *step, const char *slot, const char *image,
                  const char *allowed)
{
    step_slot(step, slot, allowed, &slot_old_frontend, json_str(m->fe, "selector"),
              json_str(m->fe, "container"), image, m->through, NULL);
}

/* who: "follower 1 of 2", "the leader, last". */
static void replace(struct upgrading *m, const char *image, const char *slot, bool last, const char *who)
{
    const char *allowed = last ? "the frontend that is left, the leader"
                               : "a follower that is not of the new image";
    AUTO_FREE char *pod = str_format("{%s}", slot);
    AUTO_FREE char *id = str_format("replace %s", slot);
    AUTO_FREE char *serves = str_format("serves %s", slot);
    AUTO_FREE char *title = str_format("replace %s", who);
    AUTO_FREE char *says = str_format("%s is of %s, ready, alive, its journal caught up",
                                      last ? "the last one" : who, m->choice->to);
    AUTO_FREE char *template = upgrade_template_path(m->fe);
    enum tier tier = last && m->barred != NULL ? TIER_NO_RETURN : TIER_DISRUPTIVE;

    struct step *step = upgrade_step(m, m->fe, tier, id, UPGRADE_API_MS, title);
    slots(m, step, slot, image, allowed);
    upgrade_set_is(m->fe, step_need(step), "/spec/updateStrategy/type", ON_DELETE);
    upgrade_set_is(m->fe, step_need(step), template, image);
    probe_set(step_need(step), &probe_frontends_ready, pod, last ? "last" : "follower",
              last ? m->choice->to : "", m->through, NULL);
    upgrade_delete(m, m->fe, step, pod, slot);
    if (last)
        step->note = m->cluster.n_frontends > 1 ? "another one leads then, some seconds later"
                                                : "nothing is answered until it is back";
    if (last && m->cluster.n_frontends > 1) {
        AUTO_FREE char *led = str_format("a frontend of %s leads", m->choice->to);
        struct step *wait = upgrade_wait(m, "new leader", 10 * UPGRADE_MINUTE, led);
        probe_set(&wait->proof, &probe_led_by, m->choice->to, m->through, NULL);
    }
    upgrade_pod_wait(m, m->fe, image, pod, serves, says);
    slots(m, m->stage->steps[m->stage->n - 1], slot, image, allowed);
}

static size_t pods_to_replace(const struct upgrading *m, const char *image)
{
    size_t n = 0, i;
    json_t *pod;

    json_array_foreach(json_object_get(m->fe, "pods"), i, pod)
        n += !str_equal(json_str(pod, "image"), image);
    return n;
}

/* One frontend of the new release is there, to be looked at before another one goes (StarRocks docs,
 * upgrade.md, "Availability test"). Where the leader is the next, its gate comes anyway. */
static void after_the_first(struct upgrading *m)
{
    m->stage = plan_stage(m->plan, "other followers", FAIL_STOPS);
    m->stage->own_gate = true;
    m->stage->follows = true;
}

static bool followers_then_leader(struct upgrading *m, const char *image, struct error *err)
{
    size_t n = pods_to_replace(m, image);

    for (size_t i = 1; i < n; i++) {
        AUTO_FREE char *slot = str_format("fe_%zu", i);
        AUTO_FREE char *who = str_format("follower %zu of %zu", i, n - 1);
        replace(m, image, slot, false, who);
        if (!upgrade_settings_again(m, slot, err))
            return false;
        if (i == 1 && n > 2)
            after_the_first(m);
    }
    m->stage = plan_stage(m->plan, "leader", FAIL_STOPS);
    m->stage->own_gate = true;
    m->stage->follows = true;
    if (n == 0)
        return true;
    replace(m, image, "fe_last", true, "the leader, last");
    return upgrade_settings_again(m, "fe_last", err);
}

/* --- the forms --------------------------------------------------------------------------------------- */

static void begin(struct upgrading *m)
{
    m->stage = plan_stage(m->plan, "frontends", FAIL_STOPS);
    m->stage->own_gate = true;
}

/* The image only once the StatefulSet is known to replace nothing by itself. */
static bool image_then_pods(struct upgrading *m, const char *image, struct error *err)
{
    if (!str_equal(json_str_at(m->fe, "object", "image", NULL), image) ||
        !str_equal(json_str(m->fe, "image"), image)) {
        struct step *step = upgrade_image_steps(m, m->fe, image, true);
        upgrade_set_is(m->fe, step_need(step), "/spec/updateStrategy/type", ON_DELETE);
    }
    if (!followers_then_leader(m, image, err))
        return false;
    m->stage = plan_stage(m->plan, "strategy back", FAIL_STOPS);
    m->stage->follows = true;
    strategy_back(m);
    return true;
}

/* As the recorded order is: strategy, read back in the StatefulSet, image, pods, strategy back. */
static bool by_object(struct upgrading *m, struct error *err)
{
    AUTO_FREE char *image = upgrade_image(m, m->fe, NULL);

    if (!is_on_delete_already(m))
        strategy_on(m);
    strategy_in_set(m);
    if (!image_then_pods(m, image, err))
        return false;
    upgrade_rolled_wait(m, m->fe, image);
    return true;
}

bool upgrade_by_resource(struct upgrading *m, struct error *err)
{
    begin(m);
    return by_object(m, err);
}

json_t *upgrade_plain_set(const json_t *set)
{
    AUTO_FREE char *template = upgrade_template_path(set);
    json_t *plain = json_deep_copy(set);

    json_put(plain, "object", json_pack("{s:s,s:O,s:O,s:s,s:s,s:O,s:O}", "kind", "statefulsets.apps", "name",
                                        json_object_get(set, "name"), "uid", json_object_get(set, "uid"),
                                        "image_path", template, "strategy_path", "/spec/updateStrategy",
                                        "image", json_object_get(set, "image"), "strategy",
                                        json_object_get(set, "strategy")));
    return plain;
}

bool upgrade_by_set(struct upgrading *m, bool follows, struct error *err)
{
    const json_t *resource = m->fe;
    AUTO_JSON *set = upgrade_plain_set(m->fe);

    m->fe = set;
    begin(m);
    m->stage->own_gate = !follows;
    m->stage->follows = follows;
    bool ok = by_object(m, err);
    m->fe = resource;
    return ok;
}

/* What the StatefulSet has by now, where that is known; NULL. free() it. */
static char *now_in_set(const struct upgrading *m)
{
    const json_t *now = json_at(m->fe, "object", "now_in_set", NULL);

    return json_is_object(now) ? json_canonical(now) : NULL;
}

/* What the StatefulSet itself is given, before the operator writes the same (recorded on 1.9.10, 1.11.3). */
static void set_patch(const struct upgrading *m, bool back, struct action *action)
{
    AUTO_FREE char *before = json_canonical(json_object_get(m->fe, "strategy"));
    AUTO_FREE char *set_now = now_in_set(m);
    AUTO_STR patch = {0};

    if (back && set_now != NULL)
        patch_add(&patch, "test", "/spec/updateStrategy", "%s", set_now);
    else
        patch_add(&patch, "test", "/spec/updateStrategy/type", "\"%s\"",
                  back ? ON_DELETE : json_str_at(m->fe, "strategy", "type", NULL));
    patch_add(&patch, "replace", "/spec/updateStrategy", "%s", back ? before : only_delete);
    upgrade_patch_set(m->fe, action, &patch);
}

static void set_on(struct upgrading *m)
{
    struct step *step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "strategy of set", UPGRADE_API_MS,
                                     "OnDelete into the StatefulSet, by hand");

    set_patch(m, false, &step->action);
    upgrade_set_is(m->fe, &step->proof, "/spec/updateStrategy/type", ON_DELETE);
    set_patch(m, true, &step->undo);
    upgrade_set_is(m->fe, &step->undo_proof, "/spec/updateStrategy/type",
                   json_str_at(m->fe, "strategy", "type", NULL));
    step->note = "this operator cannot do it itself";
}

/* An operator that does not see the strategy alone leaves the StatefulSet as it is (recorded on 1.9.10). */
static void set_back(struct upgrading *m, bool operator_does)
{
    AUTO_FREE char *before = json_canonical(json_object_get(m->fe, "strategy"));
    AUTO_FREE char *now = now_in_set(m);
    const char *path = now != NULL ? "/spec/updateStrategy" : "/spec/updateStrategy/type";
    const char *value = now != NULL ? before : json_str_at(m->fe, "strategy", "type", NULL);

    if (operator_does && operator_value(OP_HASHES_STRATEGY, m->op, 0) == 1) {
        struct step *wait = upgrade_wait(m, "strategy out of set", UPGRADE_ACTS_MS,
                                         "the StatefulSet rolls by itself again");
        upgrade_set_is(m->fe, &wait->proof, path, value);
        return;
    }
    struct step *step = upgrade_step(m, m->fe, TIER_DISRUPTIVE, "strategy of set back", UPGRADE_API_MS,
                                     "the strategy as it was into the StatefulSet, by hand");
    set_patch(m, true, &step->action);
    upgrade_set_is(m->fe, &step->proof, path, value);
    if (operator_does)
        step->note = "this operator does not see that the strategy alone was changed";
}

void upgrade_strategy_back(struct upgrading *m)
{
    bool by_object = upgrade_holds(json_at(m->fe, "object", "now", NULL));

    m->stage = plan_stage(m->plan, "strategy back", FAIL_STOPS);
    if (by_object)
        strategy_back(m);
    if (!str_equal(json_str_at(m->fe, "object", "kind", NULL), "statefulsets.apps"))
        set_back(m, by_object);
}

bool upgrade_set_first(struct upgrading *m, struct error *err)
{
    AUTO_FREE char *image = upgrade_image(m, m->fe, NULL);
    bool found_so = is_on_delete_already(m);

    begin(m);
    if (!str_equal(json_str_at(m->fe, "strategy", "type", NULL), ON_DELETE))
        set_on(m);
    if (!found_so)
        strategy_on(m);
    strategy_in_set(m);
    if (!image_then_pods(m, image, err))
        return false;
    if (!found_so)
        set_back(m, true);
    upgrade_rolled_wait(m, m->fe, image);
    return true;
}

bool upgrade_plainly(struct upgrading *m, struct error *err)
{
    AUTO_FREE char *image = upgrade_image(m, m->fe, NULL);
    const struct frontend *leader = &m->cluster.frontends[m->cluster.leader];

    begin(m);
    if (m->cluster.n_frontends > 1)
        strv_addf(&m->plan->head, "Note     %s: no stop after its first pod: this form leaves the order to the "
                  "StatefulSet", json_str(m->fe, "name"));
    struct step *step = upgrade_image_steps(m, m->fe, image, false);
    step->tier = m->barred != NULL ? TIER_NO_RETURN : TIER_DISRUPTIVE;
    step->note = "the frontends restart one after the other, the leader last";
    probe_set(step_need(step), &probe_leader_is, leader->host, NULL);
    probe_set(step_need(step), &probe_frontends_ready, "", "follower", "", m->through, NULL);
    for (int64_t i = json_int(m->fe, "replicas") - 1; i >= 0; i--) {
        AUTO_FREE char *pod = str_format("%s-%" PRId64, json_str(m->fe, "name"), i);
        AUTO_FREE char *title = str_format("%s is of %s, ready, alive, its journal caught up", pod,
                                           m->choice->to);
        upgrade_pod_wait(m, m->fe, image, pod, pod, title);
    }
    upgrade_rolled_wait(m, m->fe, image);
    return upgrade_settings_again(m, "all", err);
}

bool upgrade_frontends(struct upgrading *m, struct error *err)
{
    AUTO_FREE char *image = upgrade_image(m, m->fe, err);

    if (image == NULL)
        return false;
    if (!upgrade_set_differs(m->fe, image))
        return true;
    if (!upgrade_form_choose(m, err))
        return false;
    return m->form->add(m, err);
}

/*
 * \roll back, and what \undo takes back of an upgrade: images, pods, strategies, the operator, by what the
 * cluster is now and what it was before the upgrade. Frontends may go back as long as the older release can
 * read what the one that leads has written.
 */
#include <belay/open_runs.h>

#include "cluster_plan.h"
#include "kinds.h"
#include "roll.h"

/* --- of before ------------------------------------------------------------------------------------------ */

json_t *roll_before(const char *run, const json_t *facts, const char *backup)
{
    json_t *before = json_object();
    json_t *sets = json_object();
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(facts, "sets"), i, set)
    {
        const json_t *strategy = json_at(set, "object", "strategy", NULL);
        json_t *one = json_object();
        json_put(one, "object", strategy != NULL ? json_deep_copy(strategy) : json_null());
        json_put(one, "set", json_deep_copy(json_object_get(set, "strategy")));
        json_put_str(one, "image", json_str_at(set, "object", "image", NULL));
        json_put(sets, json_str(set, "name"), one);
    }
    json_put_str(before, "run", run);
    json_put_str(before, "version", json_str_at(facts, "cluster", "version", NULL));
    json_put_str(before, "backup", backup);
    json_put_int(before, "operator", json_int(json_object_get(facts, "operator"), "replicas"));
    json_put(before, "sets", sets);
    return before;
}

static const json_t *before_of(const struct rolling *r, const json_t *set)
{
    return json_at(r->m.facts, "before", "sets", json_str(set, "name"), NULL);
}

/* As the run found it that set OnDelete or a partition; NULL: none did, or it found that. free with
 * json_decref. */
static json_t *as_before(const struct rolling *r, const json_t *set)
{
    const json_t *before = before_of(r, set);
    const json_t *strategy = json_object_get(before, "set");
    json_t *copy;

    if (!upgrade_holds(json_object_get(set, "strategy")) || before == NULL ||
        json_equal(json_object_get(set, "strategy"), strategy))
        return NULL;
    copy = json_deep_copy(set);
    json_t *object = json_object_get(copy, "object");
    json_t *now = json_object_get(object, "strategy");
    json_put(object, "now", now != NULL ? json_incref(now) : json_null());
    json_put(object, "now_in_set", json_deep_copy(json_object_get(set, "strategy")));
    json_object_del(object, "strategy");
    const json_t *there = str_equal(json_str(object, "kind"), "statefulsets.apps")
                              ? strategy : json_object_get(before, "object");
    if (json_is_object(there))
        json_put(object, "strategy", json_deep_copy(there));
    json_put(copy, "strategy", json_deep_copy(strategy));
    return copy;
}

/* --- may it be ------------------------------------------------------------------------------------------- */

/* The release that the frontends have again then. */
static bool release_then(struct rolling *r, const json_t *set, const char *image, struct release *ret)
{
    const json_t *before = before_of(r, set);

    if (str_equal(json_str(before, "image"), image) &&
        release_parse(json_str_at(r->m.facts, "before", "version", NULL), ret))
        return true;
    rolling_expect(r, image);
    return release_parse(r->release, ret);
}

static bool no_way(const struct rolling *r, struct error *err)
{
    const json_t *before = json_object_get(r->m.facts, "before");
    const char *backup = json_str(before, "backup"), *run = json_str(before, "run");
    AUTO_STR hint = {0};

    if (*backup != '\0')
        str_addf(&hint, "\\restore '%s' leads back", backup);
    else
        str_add(&hint, "\\restore BACKUP leads back, from a backup of before (\\backup list DIR)");
    if (*run != '\0')
        str_addf(&hint, "; \\resume %s goes on", run);
    return error_hint(err, "%s", hint.s);
}

/* The leader's journal is what all of them read. */
static bool can_read(struct rolling *r, const json_t *set, const char *image, struct error *err)
{
    const struct frontend *leader = &r->m.cluster.frontends[r->m.cluster.leader];
    struct release now, then;
    AUTO_STR text = {0};

    if (!str_equal(json_str(set, "kind"), "FE") || !release_parse(leader->version, &now) ||
        !release_then(r, set, image, &then) || release_compare(then, now) >= 0)
        return true;
    const struct way_back_row *row = way_back_barred(now, then);
    if (row == NULL)
        return true;
    release_text(then, &text);
    str_add(&text, " cannot read what a frontend of ");
    release_text(now, &text);
    error_set(err, ERR_VERDICT, "%s writes, and one leads (%s): the images alone lead back no more", text.s,
              row->source);
    return no_way(r, err);
}

/* --- pods -------------------------------------------------------------------------------------------------- */

/* One of a bad image is deleted where nobody replaces it, or nobody would (Kubernetes docs, "Forced rollback"). */
static bool must_be_deleted(const struct roll_pod *pod)
{
    return roll_on_delete(pod->set) || (!json_flag(pod->set, "parallel") && !json_flag(pod->pod, "ready"));
}

/* Those that nobody else replaces go first: a StatefulSet waits for one that is not ready. */
static bool pods_back(struct rolling *r, const json_t *set, const char *image, struct error *err)
{
    unsigned number = r->n_replaced;
    bool ok = true;

    for (size_t i = 0; ok && i < r->n; i++) {
        const struct roll_pod *pod = &r->pods[i];
        if (pod->set == set && !str_equal(json_str(pod->pod, "image"), image) && must_be_deleted(pod))
            ok = rolling_replace(r, pod, image, ++number, err);
    }
    r->n_replaced = number;
    for (size_t i = 0; ok && i < r->n; i++) {
        const struct roll_pod *pod = &r->pods[i];
        const char *of = json_str(pod->pod, "name");
        AUTO_FREE char *says = str_format("%s is of %s, ready and alive", of, image);
        if (pod->set == set && !str_equal(json_str(pod->pod, "image"), image) && !must_be_deleted(pod))
            upgrade_pod_wait(&r->m, set, image, of, of, says);
    }
    return ok;
}

/* --- the operator ------------------------------------------------------------------------------------------ */

/* Is it at 0, as the upgrade has set it? */
static bool operator_is_off(const struct rolling *r, const json_t *set)
{
    return json_int(json_object_get(r->m.facts, "before"), "operator") > 0 &&
           json_int(json_object_get(r->m.facts, "operator"), "found") == 1 &&
           json_int(json_object_get(r->m.facts, "operator"), "replicas") == 0 &&
           str_equal(json_str(set, "kind"), "FE") &&
           !str_equal(json_str_at(set, "object", "kind", NULL), "statefulsets.apps");
}

/* --- a StatefulSet ------------------------------------------------------------------------------------------- */

/* Puts the strategy back too. false: it is as it was found. */
static bool strategy(struct rolling *r, const json_t *set)
{
    AUTO_JSON *before = as_before(r, set);

    if (before == NULL)
        return false;
    r->m.fe = before;
    upgrade_strategy_back(&r->m);
    r->m.fe = NULL;
    return true;
}

/* Image, pods (where there is something to be put back), strategy, operator. set is of the facts: its pods
 * are found by it. */
static bool set_back(struct rolling *r, const json_t *set, const char *image, bool differs, struct error *err)
{
    bool off = operator_is_off(r, set);
    AUTO_JSON *plain = off ? upgrade_plain_set(set) : json_incref((json_t *)set);

    if (differs) {
        rolling_expect(r, image);
        r->m.stage = plan_stage(r->m.plan, json_str(set, "name"), FAIL_STOPS);
        upgrade_image_steps(&r->m, plain, image, false);
        if (!pods_back(r, set, image, err))
            return false;
        upgrade_rolled_wait(&r->m, set, image);
    }
    if (!strategy(r, plain) && differs && roll_on_delete(set))
        strv_addf(&r->m.plan->left, "updateStrategy OnDelete of %s, as it was found", json_str(set, "name"));
    if (off) {
        r->m.fe = set;
        r->m.operator = json_object_get(r->m.facts, "operator");
        upgrade_operator_back(&r->m, image, json_int(json_object_get(r->m.facts, "before"), "operator"));
        r->m.fe = NULL;
    }
    return true;
}

/* --- \roll back ------------------------------------------------------------------------------------------------ */

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

/* The upgrade that it leads back from would go on with pods that are gone. */
static void give_up(struct rolling *r)
{
    const char *run = json_str_at(r->m.facts, "before", "run", NULL);
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(r->m.facts, "sets"), i, set)
    {
        const char *image = old_image(r, set);
        if (*run == '\0' || image == NULL || !str_equal(json_str(before_of(r, set), "image"), image))
            continue;
        run_close_add(r->m.plan, r->m.cluster.id, run, "rolled back by \\roll back");
        return;
    }
}

static bool all_back(struct rolling *r, struct error *err)
{
    size_t i;
    json_t *set;
    bool ok = true;

    json_array_foreach(json_object_get(r->m.facts, "sets"), i, set)
    {
        const char *image = old_image(r, set);
        ok = ok && (image == NULL || can_read(r, set, image, err));
    }
    json_array_foreach(json_object_get(r->m.facts, "sets"), i, set)
    {
        const char *image = old_image(r, set);
        ok = ok && (image == NULL || set_back(r, set, image, true, err));
    }
    if (ok)
        give_up(r);
    return ok;
}

struct plan *roll_back_plan(const char *command, const json_t *facts, struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);
    struct rolling r;

    if (plan == NULL || !rolling_begin(&r, plan, facts, err)) {
        plan_free(plan);
        return NULL;
    }
    bool ok = all_back(&r, err);
    rolling_done(&r);
    if (!ok) {
        plan_free(plan);
        return NULL;
    }
    if (plan->n == 0)
        strv_add(&plan->head, "Note     no StatefulSet is between two images; \\upgrade --to RELEASE leads back "
                              "from one that is through");
    return plan;
}

/* --- \undo ------------------------------------------------------------------------------------------------------- */

bool upgrade_back_takes(const struct step *step)
{
    return step->action.kind == ACTION_KUBECTL;
}

bool upgrade_back_gather(struct session *session, const json_t *facts, json_t *run, struct error *err)
{
    AUTO_JSON *now = NULL;

    if (!roll_gather(session, &now, err))
        return false;
    json_put(now, "before", roll_before(json_str(run, "run"), facts,
                                        json_str(json_object_get(run, "bindings"), "dir")));
    json_put(run, "back", json_incref(now));
    return true;
}

/* Is it, or one of its pods, of another image than before the run? */
static bool differs(const struct rolling *r, const json_t *set)
{
    const char *image = json_str(before_of(r, set), "image");

    return *image != '\0' && upgrade_set_differs(set, image);
}

static bool is_through(const struct rolling *r, const json_t *set)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->pods[i].set == set &&
            str_equal(json_str(r->pods[i].pod, "image"), json_str(before_of(r, set), "image")))
            return false;
    }
    return true;
}

/* What else has been written there since is another's, and stays. */
static bool is_as_made(const json_t *run, const json_t *set, const char *image, struct error *err)
{
    const char *now = json_str_at(set, "object", "image", NULL);
    AUTO_FREE char *step = str_format("image of %s", json_str(set, "name"));

    if (str_equal(now, image) || str_equal(json_str_at(run, "now", step, "answer", NULL), "yes"))
        return true;
    error_set(err, ERR_VERDICT, "%s has the image %s now, which this run did not write", json_str(set, "name"),
              now);
    return error_hint(err, "\\roll shows every pod; \\upgrade --to RELEASE leads to any release from here");
}

/* A run that is over has become what the cluster is: the way down is a plan with its own checks and backup. */
static bool is_over(const struct rolling *r, const json_t *run, const json_t *set, struct error *err)
{
    struct release then;
    AUTO_STR to = {0};

    if (json_flag(run, "open") || !str_equal(json_str(set, "kind"), "FE") || !is_through(r, set) ||
        !release_parse(json_str_at(r->m.facts, "before", "version", NULL), &then))
        return false;
    release_text(then, &to);
    error_set(err, ERR_VERDICT, "every frontend was replaced, and the run is over");
    error_hint(err, "\\upgrade --to %s makes the plan of the way to the release of before", to.s);
    return true;
}

static bool may(struct rolling *r, const json_t *run, struct error *err)
{
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(r->m.facts, "sets"), i, set)
    {
        const char *image = json_str(before_of(r, set), "image");
        if (differs(r, set) && (!is_as_made(run, set, image, err) || !can_read(r, set, image, err) ||
                                is_over(r, run, set, err)))
            return false;
    }
    return true;
}

static void say_order(struct rolling *r, bool nodes_first)
{
    if (r->m.plan->n > 0)
        strv_addf(&r->m.plan->head, "Back     %s; one by one, and a leader last",
                  nodes_first ? "the nodes, then the frontends" : "the frontends, then the nodes");
}

static bool kind_back(struct rolling *r, bool frontends, struct error *err)
{
    size_t i;
    json_t *set;
    bool ok = true;

    json_array_foreach(json_object_get(r->m.facts, "sets"), i, set)
    {
        if (str_equal(json_str(set, "kind"), "FE") != frontends)
            continue;
        if (ok && before_of(r, set) != NULL)
            ok = set_back(r, set, json_str(before_of(r, set), "image"), differs(r, set), err);
    }
    return ok;
}

bool upgrade_back_add(struct plan *plan, const json_t *facts, const json_t *run, struct error *err)
{
    struct release from = {0}, then = {0};
    struct rolling r;

    (void)facts;
    if (!rolling_begin(&r, plan, json_object_get(run, "back"), err))
        return false;
    release_parse(r.m.cluster.version, &from);
    release_parse(json_str_at(r.m.facts, "before", "version", NULL), &then);
    /* To an older release the frontends go first (StarRocks docs, downgrade.md). */
    bool nodes_first = release_compare(then, from) > 0;
    bool ok = may(&r, run, err) && kind_back(&r, !nodes_first, err) && kind_back(&r, nodes_first, err);
    say_order(&r, nodes_first);
    /* What each does changes what a fresh look would find. */
    for (size_t i = 0; i < plan->n; i++)
        plan->stages[i]->follows = true;
    rolling_done(&r);
    return ok;
}

/*
 * BE, CN and the CN of each warehouse: one StatefulSet after the other, one pod after the other. Of each kind
 * one node goes first and is looked at, by its pod, by SQL and by a query that it runs, before it is asked
 * whether the others are to follow (StarRocks docs, upgrade.md, "Availability test").
 *
 * Where a StatefulSet replaces its pods by itself a partition holds the others back: pods below it stay of the
 * old revision, even when they are deleted (Kubernetes docs, StatefulSets). Where it does not (OnDelete), belay
 * deletes them.
 */
#include <arena.h>
#include <operator.h>

#include "kinds.h"
#include "upgrade_inside.h"

enum way {
    BY_ITSELF,    /* nothing can hold it back */
    BY_PARTITION,
    BY_DELETE
};

struct rolling {
    struct upgrading *m;
    const json_t *set;
    const char *name, *image;
    size_t number; /* of the set, for slots */
    int64_t last;  /* the highest ordinal */
    enum way way;
    bool first;    /* of its kind: one node is looked at before the others */
};

static char *pod_name(const struct rolling *r, int64_t ordinal)
{
    return str_format("%s-%" PRId64, r->name, ordinal);
}

/* --- one pod ------------------------------------------------------------------------------------------ */

static bool is_new_already(const struct rolling *r, const char *name)
{
    size_t i;
    json_t *pod;

    json_array_foreach(json_object_get(r->set, "pods"), i, pod)
    {
        if (str_equal(json_str(pod, "name"), name))
            return str_equal(json_str(pod, "image"), r->image);
    }
    return true; /* it is to come */
}

static void replace(const struct rolling *r, const char *pod, int64_t ordinal)
{
    AUTO_FREE char *slot = str_format("node_%zu_%" PRId64, r->number, ordinal);
    AUTO_FREE char *id = str_format("replace %s", pod);
    AUTO_FREE char *title = str_format("replace %s", pod);
    AUTO_FREE char *template = upgrade_template_path(r->set);
    struct step *step = upgrade_step(r->m, r->set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);

    upgrade_set_is(r->set, step_need(step), "/spec/updateStrategy/type", ON_DELETE);
    upgrade_set_is(r->set, step_need(step), template, r->image);
    upgrade_delete(r->m, r->set, step, pod, slot);
}

/* Is replaced, by whomever, and serves. */
static void one_pod(const struct rolling *r, int64_t ordinal)
{
    AUTO_FREE char *pod = pod_name(r, ordinal);
    AUTO_FREE char *title = str_format("%s is of %s, ready and alive", pod, r->m->choice->to);

    if (r->way == BY_DELETE && !is_new_already(r, pod))
        replace(r, pod, ordinal);
    upgrade_pod_wait(r->m, r->set, r->image, pod, pod, title);
}

/* "Alive" does not say that statements run (recorded on 3.5.16 and 4.1.0). */
static void query(const struct rolling *r)
{
    AUTO_FREE char *pod = pod_name(r, r->last);
    AUTO_FREE char *id = str_format("query %s", pod);
    AUTO_FREE char *title = str_format("a query runs on %s", pod);
    struct step *step = upgrade_wait(r->m, id, UPGRADE_ACTS_MS, title);

    probe_set(&step->proof, &probe_query_runs, pod, json_str(r->set, "kind"), r->m->through, NULL);
}

/* --- the partition ------------------------------------------------------------------------------------- */

static const json_t *strategy_of(const struct rolling *r)
{
    return json_at(r->set, "object", "strategy", NULL);
}

/* What is there, with another partition. free() it. */
static char *with_partition(const struct rolling *r, int64_t partition)
{
    const json_t *there = strategy_of(r);
    AUTO_JSON *strategy = json_is_object(there) ? json_deep_copy(there) : json_object();
    json_t *rolling = json_object_get(strategy, "rollingUpdate");

    json_put_str(strategy, "type", "RollingUpdate");
    rolling = json_is_object(rolling) ? json_incref(rolling) : json_object();
    json_put_int(rolling, "partition", partition);
    json_put(strategy, "rollingUpdate", rolling);
    return json_canonical(strategy);
}

/* As it was found; "": nothing. free() it. */
static char *found(const struct rolling *r)
{
    return strategy_of(r) != NULL ? json_canonical(strategy_of(r)) : mem_text("");
}

/* With which no pod is held back. Where that names no partition an operator's JSON merge patch would leave the
 * one of before in the StatefulSet (up to 1.11.3), so it does. free() it. */
static char *opened(const struct rolling *r)
{
    const json_t *partition = json_at(strategy_of(r), "rollingUpdate", "partition", NULL);

    return strategy_of(r) == NULL || (json_is_integer(partition) && json_integer_value(partition) == 0)
               ? found(r)
               : with_partition(r, 0);
}

static void strategy_patch(const struct rolling *r, struct action *action, const char *from, const char *to)
{
    const char *path = json_str_at(r->set, "object", "strategy_path", NULL);
    AUTO_STR patch = {0};

    if (*from != '\0')
        patch_add(&patch, "test", path, "%s", from);
    else /* there is no test for what is not there: that it is the same object at least */
        patch_add(&patch, "test", "/metadata/uid", "\"%s\"", json_str_at(r->set, "object", "uid", NULL));
    if (*to != '\0')
        patch_add(&patch, "add", path, "%s", to);
    else
        patch_remove(&patch, path);
    upgrade_patch(r->set, action, &patch);
}

/* The strategy in the object, from one to the other, read back. */
static struct step *strategy_step(const struct rolling *r, const char *id, const char *title, const char *from,
                                  const char *to)
{
    const char *path = json_str_at(r->set, "object", "strategy_path", NULL);
    struct step *step = upgrade_step(r->m, r->set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);

    upgrade_object_is(r->set, step_need(step), path, from);
    strategy_patch(r, &step->action, from, to);
    upgrade_object_is(r->set, &step->proof, path, to);
    strategy_patch(r, &step->undo, to, from);
    upgrade_object_is(r->set, &step->undo_proof, path, from);
    return step;
}

static bool is_plain(const struct rolling *r)
{
    return str_equal(json_str_at(r->set, "object", "kind", NULL), "statefulsets.apps");
}

/* An operator of no known release is taken for one that must be helped: that works on both. */
static bool operator_sees(const struct rolling *r)
{
    return operator_value(OP_HASHES_STRATEGY, r->m->op, 0) == 1;
}

static void partition_in_set(const struct rolling *r, int64_t partition)
{
    AUTO_FREE char *id = str_format("partition %" PRId64 " of %s", partition, r->name);
    AUTO_FREE char *value = str_format("%" PRId64, partition);
    AUTO_FREE char *title = str_format("StatefulSet %s has the partition", r->name);
    struct step *step = upgrade_wait(r->m, id, UPGRADE_ACTS_MS, title);

    upgrade_set_is(r->set, &step->proof, "/spec/updateStrategy/rollingUpdate/partition", value);
}

static void hold(const struct rolling *r)
{
    AUTO_FREE char *from = found(r);
    AUTO_FREE char *to = with_partition(r, r->last);
    AUTO_FREE char *pod = pod_name(r, r->last);
    AUTO_FREE char *id = str_format("hold %s", r->name);
    AUTO_FREE char *title = str_format("only %s is replaced yet (partition %" PRId64 ")", pod, r->last);

    strategy_step(r, id, title, from, to);
    if (!is_plain(r) && operator_sees(r))
        partition_in_set(r, r->last);
}

/* By hand, for an operator that writes the strategy only together with something else. */
static void open_set(const struct rolling *r)
{
    static const char path[] = "/spec/updateStrategy/rollingUpdate/partition";
    AUTO_FREE char *id = str_format("open set %s", r->name);
    AUTO_FREE char *title = str_format("StatefulSet %s holds no pod back, by hand", r->name);
    AUTO_STR patch = {0};
    AUTO_STR back = {0};
    struct step *step = upgrade_step(r->m, r->set, TIER_DISRUPTIVE, id, UPGRADE_API_MS, title);

    patch_add(&patch, "test", path, "%" PRId64, r->last);
    patch_add(&patch, "replace", path, "0");
    upgrade_patch_set(r->set, &step->action, &patch);
    upgrade_set_is(r->set, &step->proof, path, "0");
    patch_add(&back, "test", path, "0");
    patch_add(&back, "replace", path, "%" PRId64, r->last);
    upgrade_patch_set(r->set, &step->undo, &back);
    AUTO_FREE char *last = str_format("%" PRId64, r->last);
    upgrade_set_is(r->set, &step->undo_proof, path, last);
    step->note = "this operator does not see that the strategy alone was changed";
}

static struct step *open_up(const struct rolling *r)
{
    AUTO_FREE char *from = with_partition(r, r->last);
    AUTO_FREE char *to = opened(r);
    AUTO_FREE char *id = str_format("open %s", r->name);
    AUTO_FREE char *title = str_format("the other pods of %s too", r->name);
    struct step *step = strategy_step(r, id, title, from, to);

    if (is_plain(r))
        return step;
    if (operator_sees(r))
        partition_in_set(r, 0);
    else
        open_set(r);
    return step;
}

/* At the end as it was found, where it could not be so before. */
static void as_found(const struct rolling *r)
{
    const char *path = json_str_at(r->set, "object", "strategy_path", NULL);
    AUTO_FREE char *from = opened(r);
    AUTO_FREE char *to = found(r);
    AUTO_FREE char *id = str_format("strategy of %s", r->name);
    AUTO_FREE char *title = str_format("updateStrategy of %s as it was", r->name);

    if (!str_equal(from, to))
        strategy_step(r, id, title, from, to);
    upgrade_object_is(r->set, plan_final(r->m->plan), path, to);
}

/* --- one StatefulSet ---------------------------------------------------------------------------------- */

static void image(const struct rolling *r)
{
    AUTO_FREE char *partition = str_format("%s/rollingUpdate/partition",
                                           json_str_at(r->set, "object", "strategy_path", NULL));
    AUTO_FREE char *last = str_format("%" PRId64, r->last);
    struct step *step;

    if (r->way == BY_PARTITION)
        hold(r);
    step = upgrade_image_steps(r->m, r->set, r->image, false);
    if (r->way == BY_DELETE) {
        upgrade_set_is(r->set, step_need(step), "/spec/updateStrategy/type", ON_DELETE);
        step->note = "no pod restarts by itself";
        strv_addf(&r->m->plan->left, "updateStrategy OnDelete of %s, as it was found", r->name);
        return;
    }
    step->note = "its pods restart one after the other";
    if (r->way != BY_PARTITION)
        return;
    step->note = "one pod restarts, the others wait";
    upgrade_object_is(r->set, step_need(step), partition, last);
    if (!is_plain(r) && !operator_sees(r))
        partition_in_set(r, r->last);
}

/* The stage of the others; asked for, with what was seen of the first. */
static void others(const struct rolling *r)
{
    AUTO_FREE char *stage = str_format("rest of %s", r->name);
    AUTO_FREE char *pod = pod_name(r, r->last);
    AUTO_FREE char *note = str_format("%s is of %s, ready and alive, and a query ran on it", pod,
                                      r->m->choice->to);
    struct step *step = NULL;

    r->m->stage = plan_stage(r->m->plan, stage, FAIL_STOPS);
    r->m->stage->own_gate = true;
    r->m->stage->follows = true;
    if (r->way == BY_PARTITION)
        step = open_up(r);
    for (int64_t i = r->last - 1; i >= 0; i--)
        one_pod(r, i);
    if (step == NULL && r->m->stage->n > 0)
        step = r->m->stage->steps[0];
    if (step != NULL)
        step->note = arena_text(step->arena, note);
}

static void roll(const struct rolling *r)
{
    bool tested = r->first && r->way != BY_ITSELF && r->last > 0;

    r->m->stage = plan_stage(r->m->plan, r->name, FAIL_STOPS);
    r->m->stage->own_gate = true;
    image(r);
    if (r->last >= 0)
        one_pod(r, r->last);
    if (r->first && r->last >= 0)
        query(r);
    if (tested)
        others(r);
    for (int64_t i = r->last - 1; !tested && i >= 0; i--)
        one_pod(r, i);
    upgrade_rolled_wait(r->m, r->set, r->image);
    if (tested && r->way == BY_PARTITION)
        as_found(r);
}

/* --- which way ---------------------------------------------------------------------------------------- */

static bool is_on_delete(const json_t *strategy)
{
    return str_equal(json_str(strategy, "type"), ON_DELETE);
}

static enum way way_of(const struct rolling *r)
{
    const struct behaviour_row *row = operator_row(OP_ON_DELETE, r->m->op);
    struct strv *head = &r->m->plan->head;

    if (is_on_delete(strategy_of(r)))
        return BY_DELETE;
    if (is_on_delete(json_object_get(r->set, "strategy")))
        strv_addf(head, "Note     %s: its OnDelete was written by hand; what the operator writes with the image "
                  "is RollingUpdate", r->name);
    if (r->last <= 0 || !r->first)
        return BY_ITSELF;
    if (is_plain(r))
        return BY_PARTITION;
    bool field = operator_value(OP_ON_DELETE, r->m->op, ON_DELETE_SET_FIRST) != ON_DELETE_NEVER;
    if (field && json_int(r->m->facts, "crd_strategy") != 0)
        return BY_PARTITION;
    strv_addf(head, "Note     %s: no stop after its first pod: %s", r->name,
              field ? "the installed CRD has no updateStrategy"
              : row != NULL && row->says != NULL ? row->says : "the resource has no updateStrategy");
    return BY_ITSELF;
}

static bool is_first(const struct upgrading *m, const json_t *set)
{
    size_t i;
    json_t *one;

    json_array_foreach(json_object_get(m->facts, "sets"), i, one)
    {
        if (str_equal(json_str(one, "kind"), json_str(set, "kind")))
            return one == set;
    }
    return false;
}

/* A partition that was found there: its pods have to be let go as those of the first set. */
static bool holds_back(const json_t *set)
{
    return json_int(json_at(set, "object", "strategy", "rollingUpdate", NULL), "partition") > 0;
}

bool upgrade_nodes(struct upgrading *m, struct error *err)
{
    static const char *const kinds[] = {"BE", "CN"};
    size_t i;
    json_t *set;

    for (size_t k = 0; k < 2; k++) {
        json_array_foreach(json_object_get(m->facts, "sets"), i, set)
        {
            if (!str_equal(json_str(set, "kind"), kinds[k]))
                continue;
            AUTO_FREE char *to = upgrade_image(m, set, err);
            if (to == NULL)
                return false;
            if (!upgrade_set_differs(set, to))
                continue;
            struct rolling r = {.m = m, .set = set, .name = json_str(set, "name"), .image = to, .number = i,
                                .last = json_int(set, "replicas") - 1, .first = is_first(m, set) || holds_back(set)};
            r.way = way_of(&r);
            roll(&r);
        }
    }
    return true;
}

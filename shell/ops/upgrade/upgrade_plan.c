/* The plan of an upgrade: which way, in which order, what its page tells. */
#include <belay/backup.h>
#include <belay/proof.h>
#include <belay/writes.h>

#include "cluster_plan.h"
#include "kinds.h"
#include "upgrade_inside.h"
#include "views/views_aside.h"

char *upgrade_ways(const struct cluster *cluster)
{
    AUTO_STR text = {0};

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *f = &cluster->frontends[i];
        if (*f->pod != '\0' && f->query_port > 0)
            str_addf(&text, "%s%s%s:%u", text.len > 0 ? "," : "", NODE_POD, f->pod, f->query_port);
    }
    return text.len > 0 ? str_take(&text) : mem_text("");
}

static void head_images(struct upgrading *m)
{
    size_t i;
    json_t *set;

    json_array_foreach(json_object_get(m->facts, "sets"), i, set)
    {
        AUTO_FREE char *image = upgrade_image(m, set, NULL);
        const char *now = json_str_at(set, "object", "image", NULL);
        if (image != NULL)
            strv_addf(&m->plan->head, "Image    %s: %s%s%s", json_str(set, "name"), now,
                      str_equal(now, image) ? " already" : " to ", str_equal(now, image) ? "" : image);
        const char *helm = json_str_at(set, "object", "helm", NULL);
        if (*helm != '\0' && str_equal(json_str(set, "kind"), "FE"))
            strv_addf(&m->plan->head, "Note     the Helm release %s wrote this resource: put the new images "
                      "into its values too, or its next upgrade puts the old ones back", helm);
    }
}

static void head_return(struct upgrading *m)
{
    size_t number = plan_no_return(m->plan);
    AUTO_STR least = {0};
    AUTO_STR from = {0};

    release_text(m->from, &from);
    if (number == 0 && !m->down)
        strv_addf(&m->plan->head, "Return   the old images lead back from every step: %s can read what %s "
                  "writes", from.s, m->choice->to);
    if (number == 0)
        return;
    release_text(m->barred->least, &least);
    strv_addf(&m->plan->head, "Return   the old images lead back until step %zu, after which a frontend of "
              "%s leads and writes: older than %s cannot read that (%s). Then only \\restore leads back",
              number, m->choice->to, least.s, m->barred->source);
}

/* Above what the parts of the plan have to tell. */
static void head(struct upgrading *m)
{
    struct strv parts = m->plan->head;
    AUTO_STR from = {0};

    m->plan->head = (struct strv){0};
    release_text(m->from, &from);
    strv_addf(&m->plan->head, "%s %s to %s: %s", m->down ? "Down    " : "Up      ", from.s, m->choice->to,
              m->down ? "the followers, the leader, then the nodes"
                      : "the nodes, then the followers, the leader last");
    head_images(m);
    if (m->rules != NULL)
        strv_addf(&m->plan->head, "Rules    %s (\\preflight)", m->rules);
    if (m->form != NULL)
        strv_addf(&m->plan->head, "FEs      %s", m->form->title);
    if (upgrade_differs(m, true) || upgrade_differs(m, false))
        upgrade_head_writes(m);
    if (upgrade_differs(m, true))
        upgrade_head_conf(m);
    head_return(m);
    strv_add_all(&m->plan->head, &parts);
    strv_done(&parts);
}

/* Settings that keep the files of a backup stay, as after \backup --quiet. */
static const struct writes_choice whole_writes = {.keep = true};

/* What is to be so before a pod is touched: nothing refreshes, and the metadata is in a proved backup. */
static bool before(struct upgrading *m, struct error *err)
{
    if (json_object_get(m->facts, "proof") != NULL) {
        proof_add_take(m->plan, m->facts);
        proof_add_compare(m->plan, m->facts);
    }
    bool quiet = m->choice->quiet && !m->choice->pause_writes; /* which sets the same, and more */

    return upgrade_checker(m, true, err) &&
           (m->choice->leave_views || views_aside_away(m->plan, m->facts, err)) &&
           (!m->choice->pause_writes || writes_add_pause(m->plan, m->facts, &whole_writes, err)) &&
           (m->choice->no_backup ||
            backup_add(m->plan, m->facts, m->choice->backup, quiet, NULL, err));
}

static bool nodes(struct upgrading *m, struct error *err)
{
    return !upgrade_differs(m, false) ||
           (upgrade_balance(m, true, err) && upgrade_nodes(m, err) && upgrade_balance(m, false, err));
}

static bool frontends(struct upgrading *m, struct error *err)
{
    if (!upgrade_conf_before(m, err) || !upgrade_frontends(m, err))
        return false;
    upgrade_conf_after(m);
    return true;
}

static bool rolling(struct upgrading *m, struct error *err)
{
    return m->down ? frontends(m, err) && nodes(m, err)
                   : nodes(m, err) && frontends(m, err);
}

/* What this plan paused, in reverse. */
static bool writes_back(struct upgrading *m, struct error *err)
{
    size_t begins = m->plan->n;

    if (!m->choice->pause_writes)
        return true;
    if (!writes_add_resume(m->plan, m->facts, &whole_writes, err))
        return false;
    for (size_t i = begins; i < m->plan->n; i++)
        m->plan->stages[i]->follows = true;
    return true;
}

static bool after(struct upgrading *m, struct error *err)
{
    return writes_back(m, err) && (m->choice->leave_views || views_aside_back(m->plan, m->facts, err)) &&
           upgrade_checker(m, false, err);
}

/* An image alone, made before anything is asked, would be a surprise: the question that comes after it is
 * asked before it. */
static void ask_first(struct plan *plan)
{
    if (plan->n > 1 && plan->stages[1]->own_gate && plan->stages[0]->n > 0 &&
        plan->stages[0]->steps[0]->tier == TIER_ADDS)
        plan->stages[1]->own_gate = false;
}

static bool stages(struct upgrading *m, struct error *err)
{
    bool any = upgrade_differs(m, true) || upgrade_differs(m, false);

    if (any) {
        if (!before(m, err))
            return false;
        upgrade_image_before(m);
        if (!rolling(m, err) || !after(m, err))
            return false;
        upgrade_image_after(m);
        ask_first(m->plan);
    }
    probe_set(plan_final(m->plan), &probe_all_of_release, m->choice->to, m->through, NULL);
    /* A frontend that has just begun to lead shows views as inactive until it has loaded them. */
    m->plan->final_ms = any ? UPGRADE_ACTS_MS : 0;
    head(m);
    return true;
}

struct plan *upgrade_plan(const char *command, const json_t *facts, const struct upgrade_choice *choice,
                          struct error *err)
{
    struct upgrading m = {.facts = facts, .choice = choice, .cluster = {.leader = -1},
                          .operator = json_object_get(facts, "operator")};

    if (!cluster_from_json(json_object_get(facts, "cluster"), &m.cluster, err))
        return NULL;
    release_parse(json_str(m.operator, "version"), &m.op);
    m.through = upgrade_ways(&m.cluster);
    bool ok = upgrade_may(&m, err);
    if (ok)
        m.plan = cluster_plan(command, facts, err);
    ok = ok && m.plan != NULL && stages(&m, err);
    cluster_done(&m.cluster);
    free(m.through);
    free(m.rules);
    if (ok)
        return m.plan;
    plan_free(m.plan);
    return NULL;
}

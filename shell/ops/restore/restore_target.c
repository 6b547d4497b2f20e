/* What of a cluster decides how a restore changes it. */
#include "restore_target.h"

#include <inttypes.h>

#include <mem.h>
#include <operator.h>
#include <starrocks.h>

#include "restore_form.h"

#define PROBE_S 3600 /* an FE may load a large image for as long */

bool restore_role_by_hand(const struct restore_facts *facts)
{
    return starrocks_value(SR_FOREIGN_ROLE, facts->release, 0) == 0;
}

bool restore_by_cr(const struct restore_facts *facts)
{
    return facts->kind == RESTORE_OPERATOR && !facts->form->by_set;
}

char *restore_place(const struct restore_facts *facts, int64_t ordinal)
{
    return facts->form->holds ? restore_pod(&facts->set, ordinal)
                              : restore_helper_name(&facts->set, ordinal);
}

static void operator_target(const struct restore_facts *facts, struct restore_target *ret)
{
    *ret = (struct restore_target){
        .kind = RESTORE_CR_KIND,
        .name = facts->set.owner,
        .replicas = mem_text("/spec/starRocksFeSpec/replicas"),
        .image = mem_text("/spec/starRocksFeSpec/image"),
        .shown = mem_text(RESTORE_CR_SHOWN),
        .replicas_now = facts->cr_replicas,
        .probe_was = facts->cr_probe_s,
        .probe_new = PROBE_S};
    bool long_enough = facts->cr_probe_s == 0 || facts->cr_probe_s >= PROBE_S;
    if (!long_enough && operator_value(OP_PROBE_FIELD, facts->op.release, 1) != 0)
        ret->probe = mem_text("/spec/starRocksFeSpec/startupProbeFailureSeconds");
}

static void plain_target(const struct restore_facts *facts, struct restore_target *ret)
{
    const struct restore_set *set = &facts->set;

    *ret = (struct restore_target){
        .kind = "statefulsets.apps",
        .name = set->name,
        .replicas = mem_text("/spec/replicas"),
        .image = str_format("/spec/template/spec/containers/%zu/image", set->container),
        .shown = str_format("jsonpath={.metadata.generation} {.spec.replicas} "
                            "{.spec.template.spec.containers[%zu].image}", set->container),
        .replicas_now = set->replicas,
        .probe_was = set->probe_s / set->probe_period_s,
        .probe_new = PROBE_S / set->probe_period_s};
    if (set->probe_s >= 0 && set->probe_s < PROBE_S)
        ret->probe = str_format("/spec/template/spec/containers/%zu/startupProbe/failureThreshold",
                                set->container);
}

void restore_target_make(const struct restore_facts *facts, struct restore_target *ret)
{
    if (restore_by_cr(facts))
        operator_target(facts, ret);
    else
        plain_target(facts, ret);
}

void restore_target_done(struct restore_target *target)
{
    free(target->replicas);
    free(target->image);
    free(target->probe);
    free(target->shown);
}

const char *restore_switch(const struct restore_facts *facts)
{
    return starrocks_value(SR_RESET_SWITCH, facts->release, RESET_ELECTION_GROUP) ==
                   RESET_ELECTION_GROUP
               ? "bdbje_reset_election_group"
               : "metadata_failure_recovery";
}

/* The name of a pod among these frontends; NULL without one that is usable. free() it. */
static char *name_among(const struct cluster *cluster, const char *pod)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *f = &cluster->frontends[i];
        if (str_equal(f->pod, pod) && restore_plain(f->name) && strchr(f->name, '/') == NULL)
            return mem_text(f->name);
    }
    return NULL;
}

/* The name that pod 0 had at the backup, has, or would have, in the group. free() it. */
static char *first_node_name(const struct restore_facts *facts)
{
    AUTO_FREE char *pod = restore_pod(&facts->set, 0);
    struct cluster then = {.leader = -1};
    char *name = NULL;

    if (facts->archive.cluster != NULL && cluster_from_json(facts->archive.cluster, &then, NULL))
        name = name_among(&then, pod);
    cluster_done(&then);
    if (name == NULL)
        name = name_among(&facts->cluster, pod);
    if (name != NULL)
        return name;
    return str_format("%s.%s.%s.svc.cluster.local_%u_%" PRId64, pod, facts->set.service,
                      facts->set.ns, facts->edit_log_port, (int64_t)1);
}

char *restore_role_name(const struct restore_facts *facts)
{
    AUTO_FREE char *first = restore_pod(&facts->set, 0);
    const char *from = facts->archive.given ? facts->archive.pod : "";

    /* From an image alone the first start resets no group, and nothing corrects the name. */
    if (str_equal(from, first) || (!facts->image_only && !restore_role_by_hand(facts)))
        return mem_text("");
    return first_node_name(facts);
}

/* The ways to replace frontends one by one with the leader last: a row for each, the best first. */
#include <operator.h>

#include "upgrade_inside.h"

static bool is_plain(const struct upgrading *m)
{
    return str_equal(json_str_at(m->fe, "object", "kind", NULL), "statefulsets.apps");
}

static bool not_this_operator(const struct upgrading *m, const char *why, struct error *err)
{
    const struct behaviour_row *row = operator_row(OP_ON_DELETE, m->op);

    return error_set(err, ERR_VERDICT, "%s", row != NULL && row->says != NULL ? row->says : why);
}

/* helm upgrade leaves the CRDs as they are (Helm docs, "Custom Resource Definitions"). */
static bool crd_has_it(const struct upgrading *m, struct error *err)
{
    return json_int(m->facts, "crd_strategy") != 0 ||
           error_set(err, ERR_VERDICT, "the installed CRD has no updateStrategy: it is older than the "
                     "operator and would drop it from a patch");
}

/* An operator whose release is not known is taken for one that must be helped: that works on both. */
static bool can_by_resource(const struct upgrading *m, struct error *err)
{
    if (is_plain(m))
        return true;
    if (operator_value(OP_ON_DELETE, m->op, ON_DELETE_SET_FIRST) == ON_DELETE_BY_RESOURCE)
        return crd_has_it(m, err);
    return not_this_operator(m, "the operator's release is not known", err);
}

static bool can_set_first(const struct upgrading *m, struct error *err)
{
    if (is_plain(m))
        return error_set(err, ERR_VERDICT, "there is no operator");
    if (operator_value(OP_ON_DELETE, m->op, ON_DELETE_SET_FIRST) != ON_DELETE_NEVER)
        return crd_has_it(m, err);
    return not_this_operator(m, "", err);
}

/* A StatefulSet rolls from the highest ordinal down to 0 (Kubernetes docs, StatefulSets). */
static bool can_plainly(const struct upgrading *m, struct error *err)
{
    const struct frontend *leader = &m->cluster.frontends[m->cluster.leader];
    AUTO_FREE char *last = str_format("%s-0", json_str(m->fe, "name"));

    return str_equal(leader->pod, last) || m->cluster.n_frontends == 1 ||
           error_set(err, ERR_VERDICT, "the leader is %s, and a StatefulSet comes to ordinal 0 last",
                     *leader->pod != '\0' ? leader->pod : leader->host);
}

/* At 0 it acts on nothing, whatever its release (recorded with 1.11.5). */
static bool can_without(const struct upgrading *m, struct error *err)
{
    if (is_plain(m))
        return error_set(err, ERR_VERDICT, "there is no operator");
    if (json_int(m->operator, "found") == 1 && *json_str(m->operator, "name") != '\0')
        return true;
    return error_set(err, ERR_VERDICT, "%s", json_int(m->operator, "found") > 1
                     ? "there is more than one Deployment of an operator"
                     : "the operator's Deployment is not found, which must be kept at 0 meanwhile");
}

static const struct upgrade_form forms[] = {
    {"on-delete", "one by one, as belay deletes their pods (updateStrategy OnDelete)", can_by_resource,
     upgrade_by_resource},
    {"set-first", "one by one, as belay deletes their pods (OnDelete, by hand into the StatefulSet first)",
     can_set_first, upgrade_set_first},
    {"rolling", "by the StatefulSet itself, from the highest ordinal to 0, which leads", can_plainly,
     upgrade_plainly},
    {"operator-off", "one by one, as belay deletes their pods; the operator is at 0 meanwhile", can_without,
     upgrade_without},
};

#define N_FORMS (sizeof(forms) / sizeof(forms[0]))

bool upgrade_form_choose(struct upgrading *m, struct error *err)
{
    const char *asked = m->choice->form;
    AUTO_ERROR last = {0};

    for (size_t i = 0; i < N_FORMS; i++) {
        AUTO_ERROR why = {0};
        if (asked != NULL && !str_equal(asked, forms[i].name))
            continue;
        if (forms[i].can(m, &why)) {
            m->form = &forms[i];
            return true;
        }
        error_done(&last);
        error_copy(&last, &why);
    }
    if (asked != NULL && last.code == ERR_NONE) {
        error_set(err, ERR_USAGE, "there is no form \"%s\"", asked);
        return error_hint(err, "on-delete, set-first, rolling, operator-off");
    }
    error_set(err, ERR_VERDICT, "the frontends cannot be replaced with the leader last: %s", last.message);
    return error_hint(err, "\\leader tells who leads; the newest operator can do it in any order");
}

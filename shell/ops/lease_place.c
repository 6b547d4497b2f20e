/* Which Lease is the lock of a cluster, and whether there can be one. */
#include "lease_place.h"

#include <mem.h>

#include "session_inside.h"

/* Lease names are DNS subdomains; "belay-" and a cluster's name are far below their limit. */
#define PREFIX "belay-"

/* Did the user say which Kubernetes this is? */
static bool is_told(const struct session_options *options)
{
    return options->context != NULL || options->ns != NULL || options->cluster != NULL ||
           options->kubeconfig != NULL || options->via_port_forward;
}

/* The cluster, as far as it matters here. */
struct whose {
    const char *name;
    const char *ns;  /* from the names of its frontends; "": they tell none */
    bool by_kubectl; /* it is reached by kubectl in any case */
};

static bool find(struct session *session, const struct whose *cluster, struct lease_place *ret,
                 struct str *ret_why)
{
    AUTO_ERROR err = {0};

    *ret = (struct lease_place){0};
    if (!cluster->by_kubectl && cluster->ns[0] == '\0' && !is_told(session_options(session))) {
        str_add(ret_why, "its frontends are no pods, as far as their names tell");
        return false;
    }
    AUTO_FREE char *name = str_format(PREFIX "%s", cluster->name);
    struct kube *kube = session_kube(session, &err);
    if (kube == NULL)
        str_add(ret_why, err.message);
    else if (!kube_name_ok(name))
        str_addf(ret_why, "\"%s\" is no name that a Lease can have", name);
    if (kube == NULL || !kube_name_ok(name))
        return false;
    ret->kube = kube;
    ret->ns = mem_text(cluster->ns[0] != '\0' ? cluster->ns : kube_namespace(kube));
    ret->name = mem_text(name);
    return true;
}

bool lease_place_of_cluster(struct session *session, const struct cluster *cluster,
                            struct lease_place *ret, struct str *ret_why)
{
    struct whose whose = {.name = cluster->name, .ns = ""};

    for (size_t i = 0; whose.ns[0] == '\0' && i < cluster->n_frontends; i++)
        whose.ns = cluster->frontends[i].ns;
    return find(session, &whose, ret, ret_why);
}

static bool has_kubectl(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            if (plan->stages[i]->steps[k]->action.kind == ACTION_KUBECTL)
                return true;
        }
    }
    return false;
}

bool lease_place_of_plan(struct session *session, const struct plan *plan, struct lease_place *ret,
                         struct str *ret_why)
{
    AUTO_FREE char *ns = mem_text("");
    json_t *host;
    size_t i;

    json_array_foreach(json_object_get(plan->identity, "frontends"), i, host)
    {
        if (*ns == '\0' && json_is_string(host)) {
            free(ns);
            ns = cluster_namespace_of(json_string_value(host));
        }
    }
    const struct whose cluster = {.name = plan->cluster, .ns = ns, .by_kubectl = has_kubectl(plan)};
    return find(session, &cluster, ret, ret_why);
}

/*
 * How a FE is reached from here: the address belay was given, the FE's own host name, or kubectl
 * port-forward to its pod when the name means nothing outside the cluster.
 */
#include "cluster_address.h"
#include "session_inside.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <mem.h>

struct route {
    char *host; /* NODE_ENTRY: the entry */
    char *pod;
    struct forward *forward;
};

void route_done(struct session *session)
{
    for (size_t i = 0; i < session->n_routes; i++) {
        forward_stop(session->routes[i].forward);
        free(session->routes[i].host);
        free(session->routes[i].pod);
    }
    free(session->routes);
    session->routes = NULL;
    session->n_routes = 0;
}

/*
 * NAME.NAMESPACE.svc.DOMAIN is answered by the cluster's own DNS (Kubernetes docs, "DNS for Services
 * and Pods"), which a pod has and a DBA's machine seldom. A name server that does not know it may
 * keep us waiting for 5 s and more (resolv.conf(5)), and no ^C ends that. Every pod has the
 * environment variable (Kubernetes docs, "Accessing the Kubernetes API from a Pod").
 */
static bool means_nothing_here(const char *host)
{
    return (strstr(host, ".svc.") != NULL || str_ends(host, ".svc")) &&
           getenv("KUBERNETES_SERVICE_HOST") == NULL;
}

static bool resolves(const char *host)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;

    if (getaddrinfo(host, NULL, &hints, &list) != 0)
        return false;
    freeaddrinfo(list);
    return true;
}

static struct route *route_of(struct session *session, const char *host)
{
    for (size_t i = 0; i < session->n_routes; i++) {
        if (str_equal(session->routes[i].host, host))
            return &session->routes[i];
    }
    session->routes = mem_resize(session->routes, session->n_routes + 1, sizeof(*session->routes));
    struct route *route = &session->routes[session->n_routes++];
    *route = (struct route){.host = mem_text(host)};
    return route;
}

/* Why a forward does not begin is not told by what it says: the API server is asked for the pod. */
static bool forward_to(struct kube *kube, struct route *route, const char *pod, unsigned port, bool anew,
                       struct error *err)
{
    AUTO_ERROR why = {0};
    json_t *object = NULL;

    if (!anew && route->forward != NULL && forward_alive(route->forward) && str_equal(route->pod, pod))
        return true;
    forward_stop(route->forward);
    route->forward = forward_start(kube, pod, port, err);
    free(route->pod);
    route->pod = mem_text(pod);
    if (route->forward != NULL)
        return true;
    if (!kube_get(kube, "pods", pod, NULL, &object, &why))
        error_move(err, &why);
    else if (json_is_null(object))
        error_set(err, ERR_CONNECTION, "there is no pod %s", pod);
    json_decref(object);
    return false;
}

static void set_forward(const struct route *route, struct endpoint *ret)
{
    AUTO_FREE char *through = str_format("pod/%s", route->pod);

    endpoint_set_forward(ret, forward_port(route->forward), through);
}

static bool through_forward(struct session *session, const struct frontend *frontend, bool anew,
                            struct endpoint *ret, struct error *err)
{
    struct kube *kube = session_kube(session, err);

    if (kube == NULL || frontend->pod[0] == '\0') {
        if (kube != NULL)
            error_set(err, ERR_CONNECTION, "%s belongs to no pod that belay knows", frontend->host);
        return error_prefix(err, "FE %s cannot be reached from here", frontend->host);
    }
    struct route *route = route_of(session, frontend->host);
    if (!forward_to(kube, route, frontend->pod, frontend->query_port, anew, err))
        return false;
    set_forward(route, ret);
    return true;
}

/* --- the entry: a pod of the cluster's FE service ------------------------------------------------ */

#define SERVICE_END "-fe-service" /* the operator's name for it: CLUSTER-fe-service */

/* The service by the cluster's name, or the only one of its kind. New reference. */
static json_t *fe_service(struct session *session, struct kube *kube, struct error *err)
{
    const char *cluster = session->options.cluster;
    AUTO_FREE char *name = cluster != NULL ? str_format("%s" SERVICE_END, cluster) : NULL;
    AUTO_JSON *got = NULL;
    AUTO_STR names = {0};
    json_t *found = NULL;
    json_t *item;
    size_t n = 0;
    size_t i;

    if (!kube_get(kube, "services", name, NULL, &got, err))
        return NULL;
    if (name != NULL && !json_is_null(got))
        return json_incref(got);
    if (name != NULL) {
        error_set(err, ERR_CONNECTION, "namespace %s has no service %s", kube_namespace(kube), name);
        error_hint(err, "--cluster is the name of the cluster in Kubernetes: kubectl get services");
        return NULL;
    }
    json_array_foreach(json_object_get(got, "items"), i, item)
    {
        const char *other = json_str_at(item, "metadata", "name", NULL);
        if (!str_ends(other, SERVICE_END))
            continue;
        str_addf(&names, "%s%.*s", names.len > 0 ? ", " : "", (int)(strlen(other) - strlen(SERVICE_END)),
                 other);
        found = item;
        n++;
    }
    if (n == 1)
        return json_incref(found);
    error_set(err, ERR_CONNECTION, names.len > 0 ? "namespace %s has several clusters: %s"
                                                 : "namespace %s has no service of frontends%s",
              kube_namespace(kube), str_text(&names));
    error_hint(err, names.len > 0 ? "give --cluster NAME"
                                  : "give --namespace or --context, or --host for a frontend that is "
                                    "reached without Kubernetes");
    return NULL;
}

/* "a=b,c=d"; "": it selects nothing. */
static void selector_of(const json_t *service, struct str *ret)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)json_at(service, "spec", "selector", NULL), key, value)
        str_addf(ret, "%s%s=%s", ret->len > 0 ? "," : "", key, json_string_value(value));
}

static bool is_ready(const json_t *pod)
{
    json_t *condition;
    size_t i;

    json_array_foreach((json_t *)json_at(pod, "status", "conditions", NULL), i, condition)
    {
        if (str_equal(json_str(condition, "type"), "Ready"))
            return str_equal(json_str(condition, "status"), "True") &&
                   json_at(pod, "metadata", "deletionTimestamp", NULL) == NULL;
    }
    return false;
}

/* A forward to the first pod of the service that is ready and takes one. */
static bool begin_entry(struct session *session, struct kube *kube, struct route *route,
                        struct error *err)
{
    AUTO_JSON *service = fe_service(session, kube, err);
    AUTO_JSON *pods = NULL;
    AUTO_STR selector = {0};
    AUTO_ERROR last = {0};
    json_t *pod;
    size_t i;

    if (service == NULL)
        return false;
    selector_of(service, &selector);
    if (selector.len == 0)
        return error_set(err, ERR_CONNECTION, "service %s selects no pods",
                         json_str_at(service, "metadata", "name", NULL));
    if (!kube_get(kube, "pods", NULL, selector.s, &pods, err))
        return false;
    json_array_foreach(json_object_get(pods, "items"), i, pod)
    {
        AUTO_ERROR why = {0};
        if (!is_ready(pod))
            continue;
        if (forward_to(kube, route, json_str_at(pod, "metadata", "name", NULL), session->entry.port,
                       true, &why))
            return true;
        error_move(&last, &why);
    }
    if (last.code != ERR_NONE)
        return error_move(err, &last);
    error_set(err, ERR_CONNECTION, "service %s has no pod that is ready",
              json_str_at(service, "metadata", "name", NULL));
    return error_hint(err, "kubectl get pods -l %s", selector.s);
}

bool session_entry(struct session *session, bool anew, struct endpoint *ret, struct error *err)
{
    if (!session->entry.forwarded)
        return true;
    struct kube *kube = session_kube(session, err);
    if (kube == NULL)
        return false;
    struct route *route = route_of(session, NODE_ENTRY);
    if ((anew || route->forward == NULL || !forward_alive(route->forward)) &&
        !begin_entry(session, kube, route, err))
        return false;
    set_forward(route, ret);
    return true;
}

static const struct frontend *find(const struct cluster *cluster, const char *node)
{
    if (str_equal(node, NODE_LEADER))
        return cluster->leader >= 0 ? &cluster->frontends[cluster->leader] : NULL;
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (str_equal(cluster->frontends[i].host, node))
            return &cluster->frontends[i];
    }
    return NULL;
}

/* So is a pod's address, mostly: the network of pods ends with the cluster. */
static bool is_of_a_pod(const struct frontend *frontend)
{
    return cluster_is_address(frontend->host) && *frontend->pod != '\0' &&
           getenv("KUBERNETES_SERVICE_HOST") == NULL;
}

/* Straight to the FE's name when that can be reached, else through its pod. */
static bool address_of(struct session *session, const struct frontend *frontend, bool anew,
                       struct endpoint *ret, struct error *err)
{
    AUTO_ERROR local = {0};
    bool forward = session->options.via_port_forward;

    strv_done(&ret->others); /* this FE, and no other */
    /* The FE that belay was told to connect to: the address is known to work. */
    if (session->entry.host != NULL && !session->entry.forwarded &&
        cluster_same_host(session->entry.host, frontend->host))
        return true;

    if (!forward && (means_nothing_here(frontend->host) || is_of_a_pod(frontend)) &&
        through_forward(session, frontend, anew, ret, &local))
        return true;
    if (forward || !resolves(frontend->host))
        return local.code != ERR_NONE ? error_move(err, &local)
                                      : through_forward(session, frontend, anew, ret, err);
    endpoint_set_host(ret, frontend->host, frontend->query_port);
    return true;
}

/* "pod/NAME:PORT": asks nobody, since no other FE may answer. */
static bool to_pod(struct session *session, const char *node, bool anew, struct endpoint *ret,
                   struct error *err)
{
    const char *name = node + strlen(NODE_POD);
    const char *colon = strchrnul(name, ':');
    AUTO_FREE char *host = mem_text(node);
    AUTO_FREE char *pod = mem_textn(name, (size_t)(colon - name));
    unsigned long port = *colon == ':' ? strtoul(colon + 1, NULL, 10) : 0;
    const struct frontend frontend = {.host = host, .pod = pod, .query_port = (unsigned)port};

    if (port == 0 || port > 65535 || !kube_name_ok(pod))
        return error_set(err, ERR_UNKNOWN, "\"%s\" names no port of a pod", node);
    strv_done(&ret->others); /* this FE, and no other */
    return through_forward(session, &frontend, anew, ret, err);
}

/* "host/NAME:PORT": asks nobody either. */
static bool to_host(const char *node, struct endpoint *ret, struct error *err)
{
    const char *name = node + strlen(NODE_HOST);
    const char *colon = strrchr(name, ':');
    unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;

    if (port == 0 || port > 65535 || colon == name)
        return error_set(err, ERR_UNKNOWN, "\"%s\" names no port of a host", node);
    AUTO_FREE char *host = mem_textn(name, (size_t)(colon - name));
    strv_done(&ret->others); /* this FE, and no other */
    endpoint_set_host(ret, host, (unsigned)port);
    return true;
}

bool route_find(void *ctx, const char *node, bool anew, struct endpoint *ret, struct error *err)
{
    struct session *session = ctx;
    struct cluster cluster = {0};

    if (str_equal(node, NODE_ENTRY))
        return session_entry(session, anew, ret, err); /* the address belay was given */
    if (str_starts(node, NODE_POD))
        return to_pod(session, node, anew, ret, err);
    if (str_starts(node, NODE_HOST))
        return to_host(node, ret, err);
    if (!cluster_read(session, false, &cluster, err))
        return false;
    const struct frontend *frontend = find(&cluster, node);
    bool ok = true;
    if (frontend == NULL)
        ok = error_set(err, ERR_UNKNOWN, str_equal(node, NODE_LEADER)
                       ? "no FE says that it is the leader" : "no FE of that name is registered");
    else if (!frontend->alive || frontend->query_port == 0)
        ok = error_set(err, ERR_CONNECTION, "FE %s is not alive", frontend->host);
    else
        ok = address_of(session, frontend, anew, ret, err);
    cluster_done(&cluster);
    return ok;
}

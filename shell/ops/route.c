/*
 * How a FE is reached from here: the address belay was given, the FE's own host name, or kubectl
 * port-forward to its pod when the name means nothing outside the cluster.
 */
#include "session_inside.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <mem.h>

struct route {
    char *host;
    struct forward *forward;
};

void route_done(struct session *session)
{
    for (size_t i = 0; i < session->n_routes; i++) {
        forward_stop(session->routes[i].forward);
        free(session->routes[i].host);
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

static bool through_forward(struct session *session, const struct frontend *frontend, bool anew,
                            struct endpoint *ret, struct error *err)
{
    struct kube *kube = session_kube(session, err);
    struct route *route = NULL;

    if (kube == NULL || frontend->pod[0] == '\0') {
        if (kube != NULL)
            error_set(err, ERR_CONNECTION, "%s belongs to no pod that belay knows", frontend->host);
        return error_prefix(err, "FE %s cannot be reached from here", frontend->host);
    }
    for (size_t i = 0; i < session->n_routes; i++) {
        if (str_equal(session->routes[i].host, frontend->host))
            route = &session->routes[i];
    }
    if (route == NULL) {
        session->routes = mem_resize(session->routes, session->n_routes + 1, sizeof(*route));
        route = &session->routes[session->n_routes++];
        *route = (struct route){.host = mem_text(frontend->host)};
    }
    if (anew || route->forward == NULL || !forward_alive(route->forward)) {
        forward_stop(route->forward);
        route->forward = forward_start(kube, frontend->pod, frontend->query_port, err);
    }
    if (route->forward == NULL)
        return false;
    endpoint_set_host(ret, "127.0.0.1", forward_port(route->forward));
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

/* Straight to the FE's name when that can be reached, else through its pod. */
static bool address_of(struct session *session, const struct frontend *frontend, bool anew,
                       struct endpoint *ret, struct error *err)
{
    AUTO_ERROR local = {0};
    bool forward = session->options.via_port_forward;

    strv_done(&ret->others); /* this FE, and no other */
    /* The FE that belay was told to connect to: the address is known to work. */
    if (session->entry.host != NULL && cluster_same_host(session->entry.host, frontend->host))
        return true;

    if (!forward && means_nothing_here(frontend->host) &&
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
        return true; /* the address belay was given */
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

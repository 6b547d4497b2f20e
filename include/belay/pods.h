/* The pods behind frontends and nodes, as kubectl sees them. */
#ifndef BELAY_PODS_H
#define BELAY_PODS_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/session.h>
#include <belay/str.h>

struct pods {
    json_t *list; /* name → pod object */
};

/*
 * All pods of the cluster's namespace that carry its labels. Without kubectl the list is empty and
 * the note says why. Never an error: nodes are known by SQL.
 */
void pods_read(struct session *session, const struct cluster *cluster, struct pods *ret,
               struct str *note);
void pods_done(struct pods *pods);

/* Image of the pod's first container, "" when it is not known. Borrowed. */
const char *pods_image(const struct pods *pods, const char *pod);

/*
 * Checks that the frontends' pods exist, and finds those registered by address through their pod
 * IPs. Appends what is wrong to note: an empty list in a wrong namespace is a success to kubectl.
 */
void pods_check_frontends(struct session *session, struct cluster *cluster, struct str *note);

#endif

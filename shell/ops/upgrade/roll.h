/* The files of \roll: what they share. */
#ifndef BELAY_ROLL_H
#define BELAY_ROLL_H

#include "upgrade_inside.h"

/* A pod and the StatefulSet it comes from: facts, borrowed. */
struct roll_pod {
    const json_t *set;
    const json_t *pod;
};

/* In the order in which they are to be replaced: nodes, followers, the leader. free(*ret). */
size_t roll_pods(const json_t *facts, const struct cluster *cluster, struct roll_pod **ret);
/* Not of the image that its StatefulSet has now. */
bool roll_is_old(const struct roll_pod *pod);
/* The first of them that is not; NULL: all are. */
const struct roll_pod *roll_next(const struct roll_pod *pods, size_t n);

/* The frontend that runs in a pod; NULL: none is known. Borrowed. */
const struct frontend *roll_frontend(const struct cluster *cluster, const json_t *pod);

#endif

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

/* A plan for StatefulSets on its way. */
struct rolling {
    struct upgrading m; /* its plan is the caller's */
    struct upgrade_choice choice;
    char *release; /* of the image that is to come, "" when its tag tells none. Owned */
    struct roll_pod *pods;
    size_t n;
    unsigned n_replaced; /* so far, in this plan */
};

/*
 * What was before an upgrade, by the facts of its run, as "before" of other facts: {"run", "version" of the
 * leader, "backup" directory or "", "operator" replicas, "sets": {name: {"image", "object" and "set", its
 * strategies}}}. New reference.
 */
json_t *roll_before(const char *run, const json_t *facts, const char *backup);

/* facts are borrowed. false with the error; rolling_done afterwards only when it went well. */
bool rolling_begin(struct rolling *r, struct plan *plan, const json_t *facts, struct error *err);
void rolling_done(struct rolling *r);
/* What comes is of this image, and of the release that its tag names. */
void rolling_expect(struct rolling *r, const char *image);
/* Nobody but belay replaces its pods. */
bool roll_on_delete(const json_t *set);
/* In the stage of now: the pod goes, by its uid, what comes in its place is proved, and a frontend is told
 * again what belay has set. number: of the slots, from 1. */
bool rolling_replace(struct rolling *r, const struct roll_pod *pod, const char *image, unsigned number,
                     struct error *err);

#endif

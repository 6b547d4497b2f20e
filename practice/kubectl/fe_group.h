/*
 * The replication group of a frontend's bdb. The world plays one group at a time; what the others had
 * journaled when they ended is kept with their members, for the day that their files are put back.
 */
#ifndef PRACTICE_KUBECTL_FE_GROUP_H
#define PRACTICE_KUBECTL_FE_GROUP_H

#include "controllers.h"

/*
 * Why a frontend with the pod's bdb does not get into the group that runs; NULL: it is of it, or none
 * runs. free() it.
 */
char *group_refusal(struct controllers *c, const char *pod);

/* The pod's bdb is of a group that ended, and none runs now: that one is there again, with no process. */
bool group_return(struct controllers *c, const char *pod, struct error *err);

/* Another group begins; the one that was there is kept as it is now. Its members are still listed. */
bool group_new(struct controllers *c, struct error *err);

/* The pod's bdb is of the group that is there. */
bool group_join(struct controllers *c, const char *pod, struct error *err);

#endif

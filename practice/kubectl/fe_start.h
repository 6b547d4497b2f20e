/*
 * What happens when an FE container starts: the decisions of docker/dockerfiles/fe/fe_entrypoint.sh
 * and of the FE itself (NodeMgr, BDBEnvironment, ImageLoader), over the files in the pod's tree.
 */
#ifndef PRACTICE_KUBECTL_FE_START_H
#define PRACTICE_KUBECTL_FE_START_H

#include "controllers.h"

/*
 * Decides about the FE of a pod that is starting. ret_exits: the process ends at once; the reason
 * is in the pod's fe.log then. Otherwise identity files, members of the group and the node's row
 * are as the start leaves them; the caller starts the process.
 */
bool fe_start(struct controllers *c, const char *pod, bool *ret_exits, struct error *err);

#endif

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
 * are as the start leaves them; the caller starts the process. version: of the image, NULL: as it was.
 * address: under which the FE registers; "": by its name.
 */
bool fe_start(struct controllers *c, const char *pod, const char *version, const char *address,
              bool *ret_exits, struct error *err);

/*
 * The same without the script of a container: an FE without identity files founds a new cluster, or
 * takes, with a helper ("" for none), the place that ALTER SYSTEM ADD gave it.
 */
bool fe_start_on_host(struct controllers *c, const char *pod, const char *helper, bool *ret_exits,
                      struct error *err);

/*
 * RESTORE_CLUSTER_SNAPSHOT=true: its own image and bdb are deleted first, then the snapshot is fetched
 * (RestoreClusterSnapshotMgr.java). A new cluster id and token, the state of the snapshot. path NULL: no
 * such file is mounted.
 */
bool fe_start_from_snapshot(struct controllers *c, const char *pod, const char *path,
                            bool *ret_exits, struct error *err);

/* Writes ROLE, VERSION and what else a tree lacks, by the frontend's row. */
bool fe_identity(struct controllers *c, const char *pod, struct error *err);

#endif

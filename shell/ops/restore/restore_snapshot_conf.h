/* cluster_snapshot.yaml in its ConfigMap: a person wrote it, with keys that belay does not have. */
#ifndef BELAY_RESTORE_SNAPSHOT_CONF_H
#define BELAY_RESTORE_SNAPSHOT_CONF_H

#include <belay/json.h>

#define SNAPSHOT_MAP "belay-cluster-snapshot"
#define SNAPSHOT_YAML "cluster_snapshot.yaml"

/*
 * What is wrong with it, a clause without any text of the file; NULL: it names this path and this volume,
 * describes the volume, and nothing in it is left to be filled. free() it.
 */
char *snapshot_conf_problem(const json_t *map, const char *path, const char *volume);

#endif

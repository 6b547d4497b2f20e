/*
 * Of Kubernetes objects what the rules ask for, and no more: arguments, variables and annotations may hold
 * secrets, and facts are written to journals. Pure; new references.
 */
#ifndef BELAY_RULES_PICK_H
#define BELAY_RULES_PICK_H

#include <stdbool.h>

#include <belay/json.h>

/*
 * {"name", "component": fe|be|cn, "owner": StarRocksCluster or "", "image", "replicas", "policy", "strategy",
 * "partition", "grace_s", "pull", "probe_s", "claims": [template], "mounts": {path: {"volume", "kind"}},
 * "inits": [{"name", "paths"}], "env": {name: "reference"|"value"; HOST_TYPE: its value}, "when_scaled",
 * "when_deleted", "config_map", "generation", "observed", "current", "update", "updated", "ready"}.
 */
json_t *pick_set_facts(const json_t *set);

/* {"name", "component", "node", "ip", "image", "image_id", "ready", "restarts", "waiting", "started",
 * "ready_at", "going"}. */
json_t *pick_pod_facts(const json_t *pod, const char *component);

/* A StarRocksCluster: {"name", "labels", "annotations": {name: value of a few, "" of others}, "managers",
 * "generation", "phase", "reason", "spec"} with spec freed of variables, arguments and commands. */
json_t *pick_resource(const json_t *resource);

/* May the value of a setting of that name be a secret? */
bool pick_is_secret(const char *key);

/* fe.conf as {key: value}; the last one wins, values of keys that may be secret are left out. */
json_t *pick_conf(const char *text);

#endif

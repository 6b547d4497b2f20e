/* Patches of the operator's Deployment, and the probe that reads them back. */
#include "operator_steps.h"

#include <belay/str.h>
#include <mem.h>
#include <patch.h>

#include "kinds.h"

void operator_patch(const json_t *operator, const char *ns, struct action *action, int64_t from,
                    int64_t to)
{
    const char *there = json_str(operator, "namespace");
    AUTO_FREE char *option = str_format("--namespace=%s", there);
    AUTO_STR patch = {0};

    patch_add(&patch, "test", "/metadata/uid", "\"%s\"", json_str(operator, "uid"));
    if (from >= 0)
        patch_add(&patch, "test", "/spec/replicas", "%" PRId64, from);
    patch_add(&patch, "replace", "/spec/replicas", "%" PRId64, to);
    action_kubectl(action, NULL, "patch", "deployments.apps", json_str(operator, "name"), "--type=json",
                   "--field-manager=belay", "-p", patch_end(&patch), "-o",
                   "jsonpath={.metadata.generation} {.spec.replicas}",
                   str_equal(there, ns) ? NULL : option, NULL);
}

void operator_is(const json_t *operator, struct probe *probe, int64_t replicas)
{
    AUTO_FREE char *number = str_format("%" PRId64, replicas);

    probe_set(probe, &probe_deployment_is, json_str(operator, "namespace"), json_str(operator, "name"),
              json_str(operator, "uid"), json_str(operator, "selector"), number, NULL);
}

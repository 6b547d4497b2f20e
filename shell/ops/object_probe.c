/* What probes of Kubernetes objects begin with: the object as it is now. */
#include <belay/probe.h>
#include <kubectl.h>

#include "session_inside.h"

json_t *probe_object(struct world *world, const char *kind, const char *name, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    json_t *object = NULL;
    struct kube *kube = session_kube(session_of(world), &err);

    if (kube != NULL && kube_get(kube, kind, name, NULL, &object, &err))
        return object;
    evidence_failed(ret, NULL, &err);
    return NULL;
}

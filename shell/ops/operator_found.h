/* The operator's Deployment: where it is, whether it runs, its release. */
#ifndef BELAY_OPERATOR_FOUND_H
#define BELAY_OPERATOR_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <release.h>

struct kube;

/* Texts are owned, NULL where nothing usable was found. */
struct operator_found {
    size_t n; /* how many Deployments look like one */
    char *name, *ns, *uid;
    char *selector; /* of its pods */
    int64_t replicas;
    bool stopped;           /* there is one, and none of its pods is ready */
    char *version;          /* the tag of its image: "v1.11.5" */
    struct release release; /* major 0: not known */
};

/* Looks in kubectl's namespace, then in all: it may watch this one from another. What cannot be read
 * stays as it is in a zeroed ret. Free with operator_found_done. Blocks. */
void operator_find(struct kube *kube, struct operator_found *ret);
void operator_found_done(struct operator_found *found);

/* Does the installed CRD know a field, "src.spec.starRocksFeSpec.initContainers"? An older one drops it
 * from a patch with a mere warning (recorded). 1, 0, -1 cannot tell. Blocks. */
int operator_crd_knows(struct kube *kube, const char *field);

#endif

/* The resource types that the stand-in's API server knows, under all their names. */
#ifndef PRACTICE_KUBECTL_KINDS_H
#define PRACTICE_KUBECTL_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/str.h>

struct kind {
    const char *plural;   /* "statefulsets" */
    const char *singular; /* "statefulset" */
    const char *shorts;   /* short names by space, or "" */
    const char *group;    /* "apps", "" for the core group */
    const char *version;  /* "v1" */
    const char *kind;     /* "StatefulSet" */
    bool namespaced;
};

/* By plural, singular, short name or kind, with ".group" or ".version.group". NULL: unknown. */
const struct kind *kind_find(const char *word);

/* By apiVersion and kind of a manifest. NULL: unknown. */
const struct kind *kind_of_manifest(const char *api_version, const char *kind);

/* The pods kind, which several verbs need. */
const struct kind *kind_pods(void);

/* "statefulsets.apps", "pods": how errors and rights name it. free() it. */
char *kind_resource(const struct kind *kind);

/* "statefulset.apps/NAME", "pod/NAME": how -o name and messages name an object. free() it. */
char *kind_object(const struct kind *kind, const char *name);

#endif

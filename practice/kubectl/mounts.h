/* Claims of helper pods: what another pod's volume holds appears in the helper's tree. */
#ifndef PRACTICE_KUBECTL_MOUNTS_H
#define PRACTICE_KUBECTL_MOUNTS_H

#include <jansson.h>
#include <stdbool.h>

#include <belay/error.h>

/* Makes the pod's tree, with a link at each mount path of a claim that a component's pod has. */
bool mounts_make(const char *dir, const json_t *pod, struct error *err);

/*
 * Where the directory or file really is that a container of the pod sees at an absolute path; NULL:
 * it is on no claim. free() it.
 */
char *mounts_place(const char *dir, const json_t *pod, const json_t *container, const char *path);

/* Removes the tree of a pod that is no component's; the claims' content stays. */
bool mounts_remove(const char *dir, const json_t *pod, struct error *err);

/* Removes what a component's pod has in emptyDirs: it ends with the pod. */
bool mounts_forget(const char *dir, const json_t *pod, struct error *err);

#endif

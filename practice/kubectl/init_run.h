/* Init containers: they run before the pod's own at EVERY start of a pod, not only the first. */
#ifndef PRACTICE_KUBECTL_INIT_RUN_H
#define PRACTICE_KUBECTL_INIT_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

enum init_end { INIT_PASSED, INIT_FAILED, INIT_WAITS };

/*
 * Plays the init containers of a pod that is starting, in order, until one fails, and leaves
 * .status.initContainerStatuses. Those that a pod has behind it are not played again: a container
 * that crashes starts again without them, a pod that is made anew does not.
 *
 * No shell of this machine runs. What is played are `rm -rf` and `cp -r`, joined by &&, on the
 * pod's claims; what is on no claim is read from the image, the tree DIR/images/IMAGE with _ for
 * each / and : of its name; and a loop that sleeps for ever (INIT_WAITS: the container runs, exec gets
 * into it, the pod goes no further). Any other command ends as one that the image does not have.
 */
enum init_end init_run(const char *dir, json_t *pod, int64_t at);

#endif

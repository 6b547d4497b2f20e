/* Has an image reached a frontend? Judged by the files in its pod, as all about images. */
#ifndef BELAY_IMAGE_PUSHED_H
#define BELAY_IMAGE_PUSHED_H

#include <belay/probe.h>

struct world;

/*
 * Is an image whole on the disk of the pod's FE: of this journal id or later; form "v1" or "v2", whose
 * checksum is compared? Files that come beside it do not count: the leader pushes again and again. Blocks
 * for two calls of kubectl.
 */
void image_pushed_ask(struct world *world, const char *pod, const char *least, const char *form,
                      struct evidence *ret);

#endif

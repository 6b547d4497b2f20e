/*
 * Names for completion, read over a connection of their own by a thread that never touches the
 * shell's state. The line is never held up longer than 300 ms.
 */
#ifndef BELAY_NAMES_H
#define BELAY_NAMES_H

#include <complete.h>

/* complete_source.names: what is cached; asks for a refresh when the cache is old. ctx: the shell. */
bool names_give(void *ctx, enum complete_kind kind, struct complete_names *ret);

#endif

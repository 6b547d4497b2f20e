/* Approval of an undo: approving a plan also approves the way back it recorded. */
#ifndef BELAY_APPROVED_H
#define BELAY_APPROVED_H

#include <stdbool.h>

struct plan;

/*
 * Is every action of this plan an undo that the run with that digest recorded for a step it did,
 * and is no step of it worse than reversible (so that no full refresh is approved in silence)?
 */
bool approved_as_undo(const char *dir, const struct plan *plan, const char *digest);

#endif

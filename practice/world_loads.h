/* Routine loads: paused, resumed; what they have consumed stays while they rest. */
#ifndef PRACTICE_WORLD_LOADS_H
#define PRACTICE_WORLD_LOADS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

/* Pauses the job: its offset stays where it is, the transaction that it has open ends a little later. */
bool load_pause(struct world *w, int64_t id, const char *reason, struct error *err);

/* Resumes it: it is scheduled, and then goes on from its offset. */
bool load_resume(struct world *w, int64_t id, struct error *err);

/* Event handlers of world_advance: the job runs again; its last transaction has ended. */
bool load_scheduled(struct world *w, int64_t id, struct error *err);
bool load_left(struct world *w, int64_t transaction, struct error *err);

#endif

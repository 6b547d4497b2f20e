/* FE, BE and CN processes coming and going: election, heartbeats, quorum. */
#ifndef PRACTICE_WORLD_NODES_H
#define PRACTICE_WORLD_NODES_H

#include "world.h"

/* fe.id of the leader, 0 while an election runs. */
int64_t nodes_leader(struct world *w);

/* More than half of the electable FEs run: only then does a journal write return. */
bool nodes_quorum(struct world *w);

/* At least one BE or CN is alive as the leader sees it. */
bool nodes_any_alive(struct world *w);

/*
 * The FE process of a pod ends or starts (version NULL: as it was). A leader that ends starts an
 * election; one that starts replays the journal: what only memory held is gone.
 */
bool nodes_fe_stop(struct world *w, const char *pod, struct error *err);
bool nodes_fe_start(struct world *w, const char *pod, const char *version, struct error *err);

/* From now on the FE replays nothing, or (free) again what it missed. */
bool nodes_fe_stick(struct world *w, const char *pod, struct error *err);
bool nodes_fes_free(struct world *w, struct error *err);

/* The processes of the frontends that ALTER SYSTEM added start, and join. ERR_FAILED: no leader. */
bool nodes_start_added(struct world *w, struct error *err); /* world_join.c */

/* The BE or CN process of a pod ends or starts; "" or NULL pod: all of them. */
bool nodes_be_stop(struct world *w, const char *pod, struct error *err);
bool nodes_be_start(struct world *w, const char *pod, const char *version, struct error *err);

/* Another live FE becomes leader at once; refuses when there is none. */
bool nodes_move_leader(struct world *w, struct error *err);

/* Parts of world_advance: what is due at `now`. */
bool nodes_elect(struct world *w, struct error *err);
bool nodes_heartbeat(struct world *w, int64_t now, struct error *err);

#endif

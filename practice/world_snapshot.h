/*
 * Automated cluster snapshots (ClusterSnapshotMgr.java, ClusterSnapshotJob.java): the leader makes one
 * after the other, each replaces the one before. Their content lies below DIR/object-store.
 */
#ifndef PRACTICE_WORLD_SNAPSHOT_H
#define PRACTICE_WORLD_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

/* interval_s 0: what the configuration says. */
bool snapshot_on(struct world *w, int64_t interval_s, struct error *err);
/* What was finished goes away with it. */
bool snapshot_off(struct world *w, struct error *err);

/* Event handlers of world_advance: a new one is due; the job of that id goes on, with its content. */
bool snapshot_round(struct world *w, struct error *err);
bool snapshot_step(struct world *w, int64_t job, const char *content, struct error *err);

/* The content at a path of the object storage; NULL: nothing is there. free() it. */
char *snapshot_fetch(struct world *w, const char *path);

/*
 * An FE has put that content back, in which the job of this snapshot had just begun: it is finished
 * (resetSnapshotJobsStateAfterRestarted). Ids of its images; 0: it holds no such job.
 */
bool snapshot_restored(struct world *w, const char *path, int64_t *ret_image, int64_t *ret_starmgr,
                       struct error *err);

#endif

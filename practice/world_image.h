/* Checkpoints: from CREATE IMAGE to files in every FE's pod. */
#ifndef PRACTICE_WORLD_IMAGE_H
#define PRACTICE_WORLD_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

#include "pods.h"

struct world;

/* What the leader's release writes. */
struct image_forms image_forms(struct world *w);

/* ALTER SYSTEM CREATE IMAGE: only asks for a roll of the journal. */
bool image_request(struct world *w, struct error *err);

/* Writes the files of a new pod's first images (its row in fe has the ids). */
bool image_first(struct world *w, int64_t fe_id, struct error *err);

/* Event handlers of world_advance. */
bool image_round(struct world *w, struct error *err);             /* the daemon, every 60 s */
bool image_done(struct world *w, int64_t fe_id, struct error *err);
bool image_pull(struct world *w, int64_t fe_id, struct error *err);
bool image_starmgr(struct world *w, struct error *err);

/*
 * The newest release of which the metadata may have something: an FE that is older has to read it. A
 * leader's first entry says so; a whole image says that nothing older is left.
 */
#define IMAGE_WRITTEN_BY "written_by"
bool image_written_by(struct world *w, bool whole, struct error *err);

#endif

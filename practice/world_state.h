/*
 * What the metadata of the practice cluster says, as an image carries it: databases, tables, views,
 * users, members. An FE that is started as the first of a new group has the state of its image.
 */
#ifndef PRACTICE_WORLD_STATE_H
#define PRACTICE_WORLD_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

/*
 * The state as one word of text (a small database, gzip, base64); free() it. NULL where the cluster
 * is so large that each image would take seconds: its images do not carry it.
 */
char *state_take(struct world *w);

/*
 * Puts the cluster back to a state that state_take gave; refreshes that were open are gone. Nodes
 * that still run go on. ERR_VERDICT: the text is none; nothing was changed then.
 */
bool state_put(struct world *w, const char *text, struct error *err);

/*
 * The state in the bytes of an image; free() it. NULL: it carries none.
 */
char *state_in_image(const char *image, size_t len);

/* The member of the image's first value of LOCAL_META_STORE that holds it. */
#define STATE_MEMBER "practiceState"

#endif

/*
 * Judges one StarManager image (image/starmgr/image.N) while it streams by:
 *
 *   "STARMGR1", a header, sections, a footer. Header, section headers and footer are protobuf
 *   messages behind a varint length. A section: its header (field 1: type), then chunks behind
 *   varint lengths, a length of 0 ends it; a section header of type DONE (1) ends the sections.
 *   Header: 1 time in ms, 2 replayed journal id, 3 next id, 4 digest algorithm, 5 leader,
 *   10 MD5 of the header without field 10. Footer: 1 digest of all bytes from the first section
 *   header to the DONE header.
 *
 * staros com/staros/manager/StarManager.java, dumpMeta and loadMeta; field numbers and digests
 * compared with images recorded on 3.3.5, 3.5.16 and 4.1.0. FE up to 3.4.3 takes a cut-off file
 * without complaint (StarRocks PR 59031), so its start proves nothing.
 */
#ifndef BELAY_OPS_META_STARMGR_WALK_H
#define BELAY_OPS_META_STARMGR_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image_walk.h"

struct starmgr_facts {
    enum image_state state;
    uint64_t size;
    uint64_t journal_id; /* in its header */
    int64_t made_ms;     /* milliseconds since 1970, by its header */
    uint32_t sections;
    uint64_t where;
    char why[IMAGE_WHY];
};

struct starmgr_walk; /* opaque */

/* id is the N of the file name. Free with starmgr_walk_free, or by starmgr_walk_end. */
struct starmgr_walk *starmgr_walk_new(uint64_t id);
void starmgr_walk_free(struct starmgr_walk *walk);

/* Takes the next bytes, of any number. */
void starmgr_walk_feed(struct starmgr_walk *walk, const void *data, size_t len);

/* The file has ended here: the result. Frees take. */
void starmgr_walk_end(struct starmgr_walk *take, struct starmgr_facts *ret);

#endif

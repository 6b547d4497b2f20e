/*
 * Judges one FE image (image.N) while it streams by: format, blocks, checksums. Nothing of it is
 * kept. The formats, all integers big-endian:
 *
 *   v2   int32 4, int32 length, {"beid":N}, then blocks to the end of the file, each
 *        {"i":{"i":ID},"nj":n} and n JSON values, with nothing between them.
 *        checksum.N beside it holds the CRC-32 of all bytes.
 *
 *   v1   the same start; each block: its header, n values, a footer {"c":crc}, each behind an
 *        int32 length. The CRC-32 covers the block without its footer. No mark at the end.
 *
 *   2.5, 3.0   int32 -1, 92, 3, int64 journal id, int64, one byte, then opaque modules.
 *
 * StarRocks: fe-core com/starrocks/persist/ImageWriter.java, ImageLoader.java, metablock/
 * SRMetaBlockWriterV1.java and V2.java, server/GlobalStateMgr.java; compared with images recorded
 * on 3.3.5, 3.5.16 and 4.1.0.
 */
#ifndef BELAY_OPS_META_IMAGE_WALK_H
#define BELAY_OPS_META_IMAGE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_WHY 160

enum image_format { IMAGE_FORMAT_UNKNOWN, IMAGE_FORMAT_V2, IMAGE_FORMAT_V1, IMAGE_FORMAT_LEGACY };

enum image_state {
    IMAGE_WHOLE, /* v2: right in form; only its checksum file can prove the rest */
    IMAGE_DAMAGED,
    IMAGE_UNPROVABLE /* nothing wrong found, but a cut could not be seen: v1, 2.5, 3.0, newer */
};

struct image_facts {
    enum image_format format;
    enum image_state state;
    uint64_t size;
    uint32_t crc32;      /* of all bytes */
    uint32_t blocks;     /* complete ones */
    uint64_t where;      /* byte at which the damage was seen */
    char why[IMAGE_WHY]; /* "" when whole; plain ASCII */
};

struct image_walk; /* opaque */

/* id is the N of the file name. Free with image_walk_free, or by image_walk_end. */
struct image_walk *image_walk_new(uint64_t id);
void image_walk_free(struct image_walk *walk);

/* Takes the next bytes, of any number. */
void image_walk_feed(struct image_walk *walk, const void *data, size_t len);

/* The file has ended here: the result. Frees take. */
void image_walk_end(struct image_walk *take, struct image_facts *ret);

/* "v2", "v1", "2.5/3.0", "unknown". */
const char *image_format_name(enum image_format format);

#endif

/*
 * Reads a byte stream that may be gzip and checks it to its last byte: libarchive's own gzip filter
 * does not compare the CRC, and takes a tar that ends early between two members as complete.
 */
#ifndef BELAY_OPS_META_UNPACK_H
#define BELAY_OPS_META_UNPACK_H

#include <stdint.h>

#include "meta_tree.h"

enum unpack_trouble {
    UNPACK_FINE,
    UNPACK_DAMAGED,    /* cut off, wrong checksum, bytes after the end */
    UNPACK_READ_ERROR, /* the source could not be read */
    UNPACK_TOO_MUCH    /* it unpacks to far more than an honest file */
};

struct unpack; /* opaque */

/* read and ctx must live as long. Free with unpack_free. */
struct unpack *unpack_new(meta_reader *read, void *ctx);
void unpack_free(struct unpack *unpack);

/* Gives the next bytes: > 0, 0 at the end, -1 on trouble. */
ssize_t unpack_read(struct unpack *unpack, void *buf, size_t len);

/* What went wrong, and in words; borrowed. */
enum unpack_trouble unpack_trouble(const struct unpack *unpack);
const char *unpack_why(const struct unpack *unpack);

uint64_t unpack_total(const struct unpack *unpack);  /* bytes given */
uint64_t
unpack_filled(const struct unpack *unpack); /* of those, up to the last byte that is not 0 */

#endif

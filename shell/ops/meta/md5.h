/*
 * MD5, for comparing with the digests inside a StarManager image. It protects nothing, and
 * libcrypto refuses MD5 where it runs in FIPS mode, so it is computed here.
 */
#ifndef BELAY_OPS_META_MD5_H
#define BELAY_OPS_META_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_BYTES 16

struct md5 {
    uint32_t state[4];
    uint64_t len;      /* bytes taken so far */
    uint8_t block[64]; /* the unfinished block */
};

void md5_init(struct md5 *md5);
void md5_update(struct md5 *md5, const void *data, size_t len);
void md5_finish(struct md5 *md5, uint8_t ret[MD5_BYTES]);

#endif

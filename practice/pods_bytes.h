/* What pods.c, pods_image.c and pods_starmgr.c share: numbers in bytes, whole files. */
#ifndef BELAY_PRACTICE_PODS_BYTES_H
#define BELAY_PRACTICE_PODS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/str.h>

/* Big-endian 32 bit (Java's DataOutputStream) and little-endian 32 bit (JE's LogUtils). */
void bytes_be32(struct str *ret, uint32_t number);
void bytes_le32(struct str *ret, uint32_t number);

/* Protobuf base-128 varint. */
void bytes_varint(struct str *ret, uint64_t number);

/* Writes the whole file, replacing what was there. Not durable: a practice cluster need not be. */
bool bytes_to_file(const char *path, const void *data, size_t len, struct error *err);

#endif

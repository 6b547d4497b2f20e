/* Names of files in a metadata directory, and names that no honest copy of one holds. */
#ifndef BELAY_OPS_META_NAME_H
#define BELAY_OPS_META_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define META_NAME_MAX 512 /* bytes of a whole name */
#define META_DEPTH_MAX 16 /* components of a name */

enum meta_kind {
    META_KIND_IMAGE_V1, /* image/image.N */
    META_KIND_IMAGE_V2, /* image/v2/image.N */
    META_KIND_CHECKSUM, /* image/v2/checksum.N */
    META_KIND_STARMGR,  /* image/starmgr/image.N */
    META_KIND_ROLE,
    META_KIND_VERSION,
    META_KIND_JDB, /* bdb/XXXXXXXX.jdb; its number is the id */
    META_KIND_BDB_OTHER,
    META_KIND_LEFTOVER,   /* image.ckpt, *.part: an unfinished write */
    META_KIND_MISLEADING, /* FE takes an image id from this name, though it is no image.N */
    META_KIND_STRAY
};

/* What a file below the metadata directory is, by its name; *ret_id is its N, else 0. */
enum meta_kind meta_name_kind(const char *name, uint64_t *ret_id);

/*
 * NULL when the name is relative, plain and short, else what is wrong with it: "is absolute",
 * "holds ..", … One "/" at the end is allowed.
 */
const char *meta_name_fault(const char *name);

/*
 * Length of what stands before "image/" or "bdb/" in a whole name ("opt/fe/meta/" in
 * "opt/fe/meta/bdb/je.lck"); false when neither is in it.
 */
bool meta_name_prefix(const char *name, size_t *ret_len);

/* Decimal digits without sign or leading zero, at most INT64_MAX. */
bool meta_name_number(const char *text, uint64_t *ret);

#endif

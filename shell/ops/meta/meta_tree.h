/*
 * Judges a metadata directory of a frontend: a directory on disk, or a tar or tar.gz of one, which
 * is read without extracting anything. It asks no server.
 */
#ifndef BELAY_OPS_META_TREE_H
#define BELAY_OPS_META_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <belay/error.h>
#include <belay/list.h>

#include "digest.h"
#include "findings.h"
#include "image_walk.h"
#include "je_walk.h"
#include "meta_name.h"
#include "starmgr_walk.h"

/* Limits; what passes one is not read, and the verdict is "cannot tell". */
#define META_MEMBERS_MAX 100000
#define META_NAMES_MAX ((size_t)16 << 20)    /* bytes of all names together */
#define META_MEMBER_MAX ((uint64_t)64 << 30) /* bytes of one member */
#define META_TOTAL_MAX ((uint64_t)256 << 30)
#define META_RATIO_MAX 300                   /* unpacked / packed, looked at from … */
#define META_RATIO_FROM ((uint64_t)64 << 20) /* … this many unpacked bytes on */

enum meta_state { META_WHOLE, META_DAMAGED, META_CANNOT_TELL };

struct meta_member {
    char *name; /* below the metadata directory: "image/v2/image.3566" */
    enum meta_kind kind;
    uint64_t id; /* the N of an image or checksum, the number of a journal file */
    uint64_t size;
    char sha256[SHA256_HEX];
    struct image_facts *image;     /* of an FE image, else NULL */
    struct starmgr_facts *starmgr; /* of a StarManager image, else NULL */
    struct je_facts *je;           /* of a journal file, else NULL */
    bool has_sum;                  /* of a checksum file: it is a bare number */
    uint32_t sum;
};

struct meta_verdict {
    enum meta_state state;
    struct findings findings;
    struct strv lacks;           /* what a restore from it would lack; sentences without a dot */
    struct meta_member *members; /* files, by name */
    size_t n_members, cap_members;
    uint64_t image_id; /* the image that FE would load; 0: none */
    enum image_format image_format;
    bool checksum_ok;           /* a v2 image whose checksum file agrees */
    uint64_t starmgr_id;        /* newest StarManager image; 0: none */
    size_t jdb_files;           /* journal files of BDB JE, … */
    uint64_t jdb_entries;       /* … their entries … */
    uint64_t jdb_bytes;         /* … and bytes */
    size_t leftovers;           /* image.ckpt, *.part */
    bool has_role, has_version; /* the files are there */
    char *role;                 /* "FOLLOWER", "OBSERVER"; NULL: unknown, as below */
    char *node_name;            /* "host_9010_1690000000000" */
    char *host_type;            /* "IP", "FQDN" */
    char *run_mode;             /* "shared_data", "shared_nothing" */
    int64_t cluster_id;         /* 0: unknown */
};

#define AUTO_META_VERDICT __attribute__((cleanup(meta_verdict_done))) struct meta_verdict
void meta_verdict_done(struct meta_verdict *verdict);

/*
 * Judges the directory or archive at path. A directory may be the metadata directory (it holds
 * image/ or bdb/) or its parent (it holds meta/). false with ERR_USAGE when path is missing or
 * neither directory nor file, with ERR_UNKNOWN when it cannot be opened; what cannot be read inside
 * is a finding. Free the result with meta_verdict_done.
 */
bool meta_judge(const char *path, struct meta_verdict *ret, struct error *err);

/* Gives the next bytes of an archive: > 0 bytes, 0 at the end, -1 with errno on a read error. */
typedef ssize_t meta_reader(void *ctx, void *buf, size_t len);

/* Judges a tar or tar.gz that a function reads. */
void meta_judge_archive(meta_reader *read, void *ctx, struct meta_verdict *ret);

/* The member of that name, or NULL. */
const struct meta_member *meta_member_find(const struct meta_verdict *verdict, const char *name);

#endif

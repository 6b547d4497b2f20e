/*
 * The archive as a file in the pod, made after its stream broke: what has arrived of it stays, and the
 * next stream goes on behind it, in this process or another.
 */
#ifndef BELAY_BACKUP_SPOOL_H
#define BELAY_BACKUP_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/probe.h>

#include "image_files.h"
#include "image_place.h"

struct spool {
    char *id;        /* part of its name in the pod; NULL: none was begun */
    char *path;      /* in the pod; NULL until it is made */
    uint64_t size;
    char sha256[65]; /* "" until it is made */
};

/*
 * May a file be made there? Not where the container has a limit to what it may write to the node's
 * disk, or a volume one to its size: an eviction would be the end of the leader. Blocks.
 */
bool spool_may(const struct image_place *place);

/*
 * What an earlier try or process left in `part`, the directory of the unfinished backup; ret_files is
 * what the pod had when it was made. false: nothing, or nothing of this place.
 */
bool spool_load(struct spool *ret, const char *part, const struct image_place *place,
                struct image_files *ret_files);

/*
 * Makes it, where it is not there yet, with `files` as the list of the pod's files of before; blocks
 * for long. ERR_KUBE, ERR_UNKNOWN: it may be there; another call finds it. ERR_VERDICT: there is no
 * room for it, or what is there is not what was made, in which case it is gone.
 */
bool spool_make(struct spool *spool, const char *part, const struct image_place *place,
                const struct image_files *files, struct error *err);

/* Away with it, in the pod and here. false: the file in the pod may be left, err says where. */
bool spool_drop(struct spool *spool, const char *part, const struct image_place *place,
                struct error *err);

void spool_done(struct spool *spool);

enum spool_end {
    SPOOL_WHOLE,  /* so many bytes are there; their digest is still to be compared, read from disk */
    SPOOL_BROKEN, /* what arrived stays: another call goes on behind it */
    SPOOL_FAILED  /* on this side: the disk, ^C */
};

/*
 * Takes it into the file `path`, behind what is there already when that is its beginning, by as many
 * streams as it needs, as long as each brings something. Where each began is added to ret_offsets, an
 * array. Blocks. Not SPOOL_WHOLE: err says why.
 */
enum spool_end spool_fetch(struct world *world, const struct image_place *place,
                           const struct spool *spool, const char *path, json_t *ret_offsets,
                           struct error *err);

#endif

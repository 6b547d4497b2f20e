/*
 * Takes the members of a metadata tree one after another, hashes and walks each while it streams
 * by, and keeps what was learned. Used by the directory and by the archive reader.
 */
#ifndef BELAY_OPS_META_COLLECT_H
#define BELAY_OPS_META_COLLECT_H

#include <belay/str.h>

#include "meta_tree.h"

#define COLLECT_SMALL 65536 /* ROLE, VERSION and checksum files larger than this are damaged */

struct collect {
    struct meta_verdict *verdict;
    size_t name_bytes;
    uint64_t total;
    /* the open member */
    struct meta_member *member; /* NULL: none */
    struct sha256 *sha;
    struct image_walk *image;
    struct starmgr_walk *starmgr;
    struct je_walk *je;
    struct str small;
    bool keep_small;
    bool incomplete; /* not everything could be read: what is missing may be there */
    /* texts of the identity files, judged at the end */
    struct str role, version;
};

/* Frees what an open member holds; the verdict is the caller's. */
void collect_done(struct collect *collect);

/* Opens a member. false when a limit is passed: a finding says which, and reading must stop. */
bool collect_begin(struct collect *collect, const char *name);

/* Bytes of the open member. false when a limit is passed, as above. */
bool collect_data(struct collect *collect, const void *data, size_t len);

/* The member ended. whole: all of it was read; else a finding has said why not. */
void collect_end(struct collect *collect, bool whole);

/* All members were taken: judges them together and sets the state. */
void collect_judge(struct collect *collect);

/* The readers. They add findings and members. */
void collect_dir(struct collect *collect, int dir_fd);
void collect_tar(struct collect *collect, meta_reader *read, void *ctx);

#endif

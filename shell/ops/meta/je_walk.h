/*
 * Judges one log file of BDB JE (bdb/XXXXXXXX.jdb, the journal of FE) while it streams by. It is a
 * row of entries, little-endian:
 *
 *   uint32 checksum, byte type, byte flags, uint32 offset of the entry before, uint32 item length,
 *   with flag 0x20 or 0x08 an 8-byte VLSN, then the item.
 *
 * The checksum is the Adler-32 of all that follows it in the entry, with flag 0x10 (invisible, set
 * later in place) taken as 0. The first entry, type 25, is the file header: int64 time in ms,
 * uint32 file number, int64 offset of the last entry of the file before, uint32 log version.
 *
 * Berkeley DB Java Edition, com/sleepycat/je/log/LogEntryHeader.java and FileHeader.java (log
 * version 17 of 18.3, which StarRocks uses); every entry of the files recorded on FE 3.3.5, 3.5.16
 * and 4.1.0 agrees.
 */
#ifndef BELAY_OPS_META_JE_WALK_H
#define BELAY_OPS_META_JE_WALK_H

#include <stddef.h>
#include <stdint.h>

#define JE_WHY 128

enum je_state {
    JE_WHOLE,
    JE_TORN, /* whole up to an entry that is cut off: as while FE writes, or as a short copy */
    JE_DAMAGED
};

struct je_facts {
    enum je_state state;
    uint64_t size;
    uint64_t entries;
    uint64_t last_entry; /* its offset */
    uint64_t prev_last;  /* by the file header: offset of the last entry of the file before */
    uint32_t log_version;
    char why[JE_WHY]; /* "" when whole; plain ASCII */
};

struct je_walk; /* opaque */

/* file_number is what the file's name says. Free with je_walk_free, or by je_walk_end. */
struct je_walk *je_walk_new(uint64_t file_number);
void je_walk_free(struct je_walk *walk);

/* Takes the next bytes, of any number. */
void je_walk_feed(struct je_walk *walk, const void *data, size_t len);

/* The file has ended here: the result. Frees take. */
void je_walk_end(struct je_walk *take, struct je_facts *ret);

#endif

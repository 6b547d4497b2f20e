/* Judges one log file of BDB JE while it streams by. */
#include "je_walk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>

#include <zlib.h>

#include "mem.h"

#define FIXED 14 /* bytes of an entry header without VLSN */
#define VLSN 8
#define FLAGS 5 /* offset of the flags */
#define HAS_VLSN (0x20 | 0x08)
#define INVISIBLE 0x10
#define FILE_HEADER 25
#define FILE_HEADER_ITEM 24

enum state { IN_HEADER, IN_ITEM, TAKE_REST };

struct je_walk {
    struct je_facts facts;
    uint64_t file_number;
    enum state state;
    uint64_t start; /* of the open entry */
    uint8_t head[FIXED + VLSN];
    size_t have, need;
    uint32_t left; /* bytes of the item still to come */
    uint32_t adler;
    uint8_t item[FILE_HEADER_ITEM]; /* the item of the file header */
    size_t item_have;
};

struct je_walk *je_walk_new(uint64_t file_number)
{
    struct je_walk *walk = mem_alloc(sizeof(*walk));

    walk->file_number = file_number;
    walk->need = FIXED;
    return walk;
}

void je_walk_free(struct je_walk *walk)
{
    free(walk);
}

static void __attribute__((format(printf, 3, 4)))
give_up(struct je_walk *walk, enum je_state state, const char *fmt, ...)
{
    va_list ap;

    if (walk->state == TAKE_REST)
        return;
    walk->state = TAKE_REST;
    walk->facts.state = state;
    va_start(ap, fmt);
    vsnprintf(walk->facts.why, sizeof(walk->facts.why), fmt, ap);
    va_end(ap);
}

static uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t load64(const uint8_t *p)
{
    return load32(p) | (uint64_t)load32(p + 4) << 32;
}

/* The first entry is whole: what the file says about itself. */
static void take_file_header(struct je_walk *walk)
{
    const uint8_t *item = walk->item;

    walk->facts.prev_last = load64(item + 12);
    walk->facts.log_version = load32(item + 20);
    if (load32(item + 8) != walk->file_number)
        give_up(walk, JE_DAMAGED, "its header says that it is file %08" PRIx32 ".jdb",
                load32(item + 8));
}

/* An entry is whole. */
static void take_entry(struct je_walk *walk)
{
    if (walk->adler != load32(walk->head)) {
        give_up(walk, JE_DAMAGED, "the checksum of the entry at byte %" PRIu64 " is wrong",
                walk->start);
        return;
    }
    if (walk->facts.entries == 0)
        take_file_header(walk);
    walk->facts.entries++;
    walk->facts.last_entry = walk->start;
    if (walk->state == TAKE_REST)
        return;
    walk->state = IN_HEADER;
    walk->have = 0;
    walk->need = FIXED;
}

static void take_header(struct je_walk *walk)
{
    uint32_t len = load32(walk->head + 10);
    bool first = walk->facts.entries == 0;

    if (walk->need == FIXED && (walk->head[FLAGS] & HAS_VLSN) != 0) {
        walk->need += VLSN;
        return;
    }
    if (len > INT32_MAX || (first && (walk->head[4] != FILE_HEADER || len != FILE_HEADER_ITEM))) {
        give_up(walk, JE_DAMAGED,
                first ? "it does not start as a log file of BDB JE"
                      : "the entry at byte %" PRIu64 " has an impossible length",
                walk->start);
        return;
    }
    if (load32(walk->head + 6) != (uint32_t)walk->facts.last_entry) {
        give_up(walk, JE_DAMAGED, "the entry at byte %" PRIu64 " does not follow the one before",
                walk->start);
        return;
    }
    walk->head[FLAGS] &= (uint8_t)~INVISIBLE;
    walk->adler = (uint32_t)adler32(adler32(0, NULL, 0), walk->head + 4, (uInt)(walk->need - 4));
    walk->left = len;
    walk->state = IN_ITEM;
    if (len == 0)
        take_entry(walk);
}

static size_t feed_header(struct je_walk *walk, const uint8_t *p, size_t len)
{
    size_t used = walk->need - walk->have < len ? walk->need - walk->have : len;

    memcpy(walk->head + walk->have, p, used);
    walk->have += used;
    if (walk->have == walk->need)
        take_header(walk);
    return used;
}

static size_t feed_item(struct je_walk *walk, const uint8_t *p, size_t len)
{
    size_t used = walk->left < len ? walk->left : len;

    walk->adler = (uint32_t)adler32_z(walk->adler, p, used);
    if (walk->facts.entries == 0) {
        memcpy(walk->item + walk->item_have, p, used);
        walk->item_have += used;
    }
    walk->left -= (uint32_t)used;
    if (walk->left == 0)
        take_entry(walk);
    return used;
}

void je_walk_feed(struct je_walk *walk, const void *data, size_t len)
{
    const uint8_t *p = data;
    size_t pos = 0;

    while (pos < len && walk->state != TAKE_REST) {
        if (walk->state == IN_HEADER && walk->have == 0)
            walk->start = walk->facts.size + pos;
        if (walk->state == IN_HEADER)
            pos += feed_header(walk, p + pos, len - pos);
        else
            pos += feed_item(walk, p + pos, len - pos);
    }
    walk->facts.size += len;
}

void je_walk_end(struct je_walk *take, struct je_facts *ret)
{
    if (take->facts.entries == 0)
        give_up(take, JE_TORN,
                take->facts.size == 0 ? "it is empty" : "it is cut off in its header");
    else if (take->state == IN_ITEM || take->have > 0)
        give_up(take, JE_TORN, "its last entry, at byte %" PRIu64 ", is cut off", take->start);
    *ret = take->facts;
    je_walk_free(take);
}

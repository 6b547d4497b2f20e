/* Judges one StarManager image while it streams by. */
#include "starmgr_walk.h"

#include <inttypes.h>
#include <stdarg.h>

#include "md5.h"
#include "mem.h"

#define MAGIC "STARMGR1"
#define MAGIC_LEN 8
#define MESSAGE_MAX 65536 /* headers and footers take some dozens of bytes */
#define SECTIONS_MAX 10000
#define SECTION_DONE 1
#define SECTION_SERVICE_MGR 102
#define SECTION_WORKER_MGR 103

enum state {
    IN_MAGIC,
    HEADER_LEN, /* the …_LEN states read a varint */
    IN_HEADER,
    SECTION_LEN,
    IN_SECTION, /* its header */
    CHUNK_LEN,
    IN_CHUNK,
    FOOTER_LEN,
    IN_FOOTER,
    AT_END,
    TAKE_REST
};

struct starmgr_walk {
    struct starmgr_facts facts;
    uint64_t id;
    enum state state;
    uint64_t number; /* the varint so far */
    unsigned shift;
    uint64_t skip; /* bytes of the chunk still to come */
    size_t have, need;
    struct md5 md5; /* of the sections */
    bool has_services, has_workers;
    bool digest_known; /* the algorithm is one that we can compute */
    uint8_t buf[MESSAGE_MAX];
};

/* One field of a protobuf message. */
struct field {
    uint64_t number;
    uint64_t value;      /* of a varint */
    const uint8_t *data; /* of a length-delimited one, else NULL */
    size_t len;
    size_t start, end; /* the whole field in the message */
};

struct starmgr_walk *starmgr_walk_new(uint64_t id)
{
    struct starmgr_walk *walk = mem_alloc(sizeof(*walk));

    walk->id = id;
    walk->state = IN_MAGIC;
    walk->need = MAGIC_LEN;
    md5_init(&walk->md5);
    return walk;
}

void starmgr_walk_free(struct starmgr_walk *walk)
{
    free(walk);
}

static void __attribute__((format(printf, 3, 4)))
give_up(struct starmgr_walk *walk, enum image_state state, const char *fmt, ...)
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

/* Reads a varint at *pos and moves *pos behind it. */
static bool read_varint(const uint8_t *p, size_t len, size_t *pos, uint64_t *ret)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && *pos < len; shift += 7) {
        uint8_t byte = p[(*pos)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret = value;
            return true;
        }
    }
    return false;
}

/* Reads the field at *pos. false at the end, and, with *ret_bad, where it is no protobuf. */
static bool next_field(const uint8_t *p, size_t len, size_t *pos, struct field *ret, bool *ret_bad)
{
    uint64_t key, size = 0;

    if (*pos == len)
        return false;
    *ret = (struct field){.start = *pos};
    *ret_bad = true;
    if (!read_varint(p, len, pos, &key) || key >> 3 == 0)
        return false;
    ret->number = key >> 3;
    switch (key & 7) {
    case 0:
        if (!read_varint(p, len, pos, &ret->value))
            return false;
        break;
    case 1:
        size = 8;
        break;
    case 2:
        if (!read_varint(p, len, pos, &size) || size > len - *pos)
            return false;
        ret->data = p + *pos;
        ret->len = (size_t)size;
        break;
    case 5:
        size = 4;
        break;
    default:
        return false;
    }
    if (size > len - *pos)
        return false;
    *pos += (size_t)size;
    ret->end = *pos;
    *ret_bad = false;
    return true;
}

static void read_length(struct starmgr_walk *walk, enum state state)
{
    walk->state = state;
    walk->number = 0;
    walk->shift = 0;
}

static void take_header(struct starmgr_walk *walk)
{
    struct field f;
    size_t pos = 0;
    bool broken = false, right = false;
    uint8_t sum[MD5_BYTES];
    struct md5 md5;
    const uint8_t *want = NULL;

    md5_init(&md5);
    while (next_field(walk->buf, walk->have, &pos, &f, &broken)) {
        if (f.number != 10)
            md5_update(&md5, walk->buf + f.start, f.end - f.start);
        else if (f.data != NULL && f.len == MD5_BYTES)
            want = f.data;
        if (f.number == 1)
            walk->facts.made_ms = (int64_t)(f.value & INT64_MAX);
        if (f.number == 2)
            walk->facts.journal_id = f.value;
        if (f.number == 4 && f.data != NULL)
            walk->digest_known = f.len == 3 && memcmp(f.data, "MD5", 3) == 0;
    }
    md5_finish(&md5, sum);
    right = !broken && want != NULL && memcmp(want, sum, MD5_BYTES) == 0;
    if (!right)
        give_up(walk, IMAGE_DAMAGED, "the checksum of its header is wrong");
    else if (walk->facts.journal_id != walk->id)
        give_up(walk, IMAGE_DAMAGED, "its header names journal id %" PRIu64,
                walk->facts.journal_id);
    else
        read_length(walk, SECTION_LEN);
}

static void take_section(struct starmgr_walk *walk)
{
    struct field f;
    size_t pos = 0;
    bool broken = false;
    uint64_t type = 0;

    while (next_field(walk->buf, walk->have, &pos, &f, &broken)) {
        if (f.number == 1 && f.data == NULL)
            type = f.value;
    }
    if (broken || type == 0 || walk->facts.sections == SECTIONS_MAX) {
        give_up(walk, IMAGE_DAMAGED, "the header of section %" PRIu32 " cannot be read",
                walk->facts.sections + 1);
        return;
    }
    if (type == SECTION_DONE) {
        read_length(walk, FOOTER_LEN);
        return;
    }
    walk->has_services |= type == SECTION_SERVICE_MGR;
    walk->has_workers |= type == SECTION_WORKER_MGR;
    walk->facts.sections++;
    read_length(walk, CHUNK_LEN);
}

static void take_footer(struct starmgr_walk *walk)
{
    struct field f;
    size_t pos = 0;
    bool broken = false;
    const uint8_t *want = NULL;
    uint8_t sum[MD5_BYTES];

    while (next_field(walk->buf, walk->have, &pos, &f, &broken)) {
        if (f.number == 1 && f.data != NULL && f.len == MD5_BYTES)
            want = f.data;
    }
    md5_finish(&walk->md5, sum);
    if (broken)
        give_up(walk, IMAGE_DAMAGED, "its footer cannot be read");
    else if (walk->digest_known && (want == NULL || memcmp(want, sum, MD5_BYTES) != 0))
        give_up(walk, IMAGE_DAMAGED, "the digest of its sections is wrong");
    else if (!walk->has_services || !walk->has_workers)
        give_up(walk, IMAGE_DAMAGED, "it lacks the section of services or of workers");
    else
        walk->state = AT_END;
}

/* A length was read: goes on to what follows it. */
static void take_length(struct starmgr_walk *walk)
{
    static const enum state then[] = {
        [HEADER_LEN] = IN_HEADER, [SECTION_LEN] = IN_SECTION, [FOOTER_LEN] = IN_FOOTER};
    uint64_t len = walk->number;

    if (walk->state == CHUNK_LEN && len <= INT32_MAX) {
        walk->skip = len;
        if (len == 0)
            read_length(walk, SECTION_LEN);
        else
            walk->state = IN_CHUNK;
        return;
    }
    if (len == 0 || len > MESSAGE_MAX) {
        give_up(walk, IMAGE_DAMAGED, "it holds an impossible length");
        return;
    }
    walk->state = then[walk->state];
    walk->have = 0;
    walk->need = (size_t)len;
}

static void take_buffer(struct starmgr_walk *walk)
{
    if (walk->state == IN_HEADER)
        take_header(walk);
    else if (walk->state == IN_SECTION)
        take_section(walk);
    else if (walk->state == IN_FOOTER)
        take_footer(walk);
    else if (memcmp(walk->buf, MAGIC, MAGIC_LEN) == 0)
        read_length(walk, HEADER_LEN);
    else
        give_up(walk, IMAGE_DAMAGED, "no StarManager image: it must start with " MAGIC);
}

static size_t feed_buffer(struct starmgr_walk *walk, const uint8_t *p, size_t len)
{
    size_t used = walk->need - walk->have < len ? walk->need - walk->have : len;

    memcpy(walk->buf + walk->have, p, used);
    walk->have += used;
    if (walk->have == walk->need)
        take_buffer(walk);
    return used;
}

static size_t feed_chunk(struct starmgr_walk *walk, size_t len)
{
    size_t used = walk->skip < len ? (size_t)walk->skip : len;

    walk->skip -= used;
    if (walk->skip == 0)
        read_length(walk, CHUNK_LEN);
    return used;
}

static void feed_length(struct starmgr_walk *walk, uint8_t byte)
{
    if (walk->shift > 28) {
        give_up(walk, IMAGE_DAMAGED, "it holds an impossible length");
        return;
    }
    walk->number |= (uint64_t)(byte & 0x7f) << walk->shift;
    walk->shift += 7;
    if (byte < 0x80)
        take_length(walk);
}

static size_t feed_some(struct starmgr_walk *walk, const uint8_t *p, size_t len)
{
    switch (walk->state) {
    case HEADER_LEN:
    case SECTION_LEN:
    case CHUNK_LEN:
    case FOOTER_LEN:
        feed_length(walk, *p);
        return 1;
    case IN_CHUNK:
        return feed_chunk(walk, len);
    case AT_END:
        give_up(walk, IMAGE_DAMAGED, "bytes follow its footer");
        return len;
    case TAKE_REST:
        return len;
    case IN_MAGIC:
    case IN_HEADER:
    case IN_SECTION:
    case IN_FOOTER:
        break;
    }
    return feed_buffer(walk, p, len);
}

void starmgr_walk_feed(struct starmgr_walk *walk, const void *data, size_t len)
{
    const uint8_t *p = data;
    size_t pos = 0;

    while (pos < len) {
        bool digested = walk->state == SECTION_LEN || walk->state == IN_SECTION ||
                        walk->state == CHUNK_LEN || walk->state == IN_CHUNK;
        size_t used = feed_some(walk, p + pos, len - pos);
        if (digested)
            md5_update(&walk->md5, p + pos, used);
        pos += used;
        if (walk->state != TAKE_REST)
            walk->facts.where = walk->facts.size + pos;
    }
    walk->facts.size += len;
}

void starmgr_walk_end(struct starmgr_walk *take, struct starmgr_facts *ret)
{
    if (take->facts.size == 0)
        give_up(take, IMAGE_DAMAGED, "it is empty");
    else if (take->state != AT_END)
        give_up(take, IMAGE_DAMAGED, "it is cut off after %" PRIu64 " bytes", take->facts.size);
    else if (!take->digest_known)
        give_up(take, IMAGE_UNPROVABLE, "its digest algorithm is not known here");
    *ret = take->facts;
    starmgr_walk_free(take);
}

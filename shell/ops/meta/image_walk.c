/* Judges one FE image while it streams by. */
#include "image_walk.h"

#include <inttypes.h>
#include <stdarg.h>

#include <belay/json.h>

#include "digest.h"
#include "json_walk.h"
#include "mem.h"

#define META_VERSION 4     /* FeConstants.STARROCKS_META_VERSION since 3.1 */
#define LEGACY_VERSION 92  /* FeConstants.META_VERSION of 2.5 and 3.0 */
#define LEGACY_STARROCKS 3 /* their STARROCKS_META_VERSION */
#define LEGACY_HEAD 25     /* the two versions, journal id, batch end id, one flag */
#define SMALL_JSON 4096    /* headers and footers take some dozens of bytes */
#define BLOCKS_MAX 100000
#define NODE_MGR 1 /* SRMetaBlockID */
#define LOCAL_META_STORE 2

enum state {
    AT_VERSION,
    AT_HEAD_LEN,
    IN_HEAD,
    AT_FIRST_BLOCK, /* its first byte tells v1 from v2 */
    V2_HEADER,
    V2_VALUE,
    V1_LEN, /* length of the part that `part` names */
    V1_HEADER,
    V1_VALUE,
    V1_FOOTER,
    LEGACY_HEADER,
    TAKE_REST /* damaged, or nothing more can be checked */
};

struct image_walk {
    struct image_facts facts;
    uint64_t id;
    enum state state;
    enum state part; /* v1: what the length announces */
    uint8_t buf[SMALL_JSON];
    size_t have, need;   /* bytes of buf there, and wanted */
    uint64_t skip;       /* v1: bytes of the value still to come */
    int64_t values_left; /* of the open block */
    uint32_t block_crc;  /* v1 */
    bool has_node_mgr, has_local_store, has_named;
    struct json_walk json;
};

struct image_walk *image_walk_new(uint64_t id)
{
    struct image_walk *walk = mem_alloc(sizeof(*walk));

    walk->id = id;
    walk->state = AT_VERSION;
    walk->need = 4;
    return walk;
}

void image_walk_free(struct image_walk *walk)
{
    free(walk);
}

const char *image_format_name(enum image_format format)
{
    switch (format) {
    case IMAGE_FORMAT_V2:
        return "v2";
    case IMAGE_FORMAT_V1:
        return "v1";
    case IMAGE_FORMAT_LEGACY:
        return "2.5/3.0";
    case IMAGE_FORMAT_UNKNOWN:
        break;
    }
    return "unknown";
}

/* Ends the walk with a verdict; only the first one counts. */
static void __attribute__((format(printf, 3, 4)))
give_up(struct image_walk *walk, enum image_state state, const char *fmt, ...)
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

static void want(struct image_walk *walk, enum state state, size_t need)
{
    walk->state = state;
    walk->have = 0;
    walk->need = need;
}

static uint32_t int32_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t int64_at(const uint8_t *p)
{
    return (uint64_t)int32_at(p) << 32 | int32_at(p + 4);
}

static json_t *buffered_json(const struct image_walk *walk)
{
    json_t *value = json_parse((const char *)walk->buf, walk->have, SMALL_JSON, NULL);

    if (value != NULL && !json_is_object(value))
        json_drop(&value);
    return value;
}

static void take_version(struct image_walk *walk)
{
    uint32_t version = int32_at(walk->buf);

    if (version == META_VERSION)
        want(walk, AT_HEAD_LEN, 4);
    else if (version == UINT32_MAX)
        want(walk, LEGACY_HEADER, LEGACY_HEAD);
    else if (version > META_VERSION && version < 100)
        give_up(walk, IMAGE_UNPROVABLE, "metadata version %" PRIu32 " is newer than this program",
                version);
    else
        give_up(walk, IMAGE_DAMAGED, "no FE image: it must start with the number 4");
}

static void take_legacy(struct image_walk *walk)
{
    uint64_t id = int64_at(walk->buf + 8);

    walk->facts.format = IMAGE_FORMAT_LEGACY;
    if (int32_at(walk->buf) != LEGACY_VERSION || int32_at(walk->buf + 4) != LEGACY_STARROCKS)
        give_up(walk, IMAGE_DAMAGED, "the versions in its header are not those of 2.5 and 3.0");
    else if (id != walk->id)
        give_up(walk, IMAGE_DAMAGED, "its header names journal id %" PRIu64, id);
    else
        give_up(walk, IMAGE_UNPROVABLE,
                "format of 2.5 and 3.0: its header is right, the rest cannot be checked offline");
}

static void take_head(struct image_walk *walk)
{
    AUTO_JSON *head = buffered_json(walk);

    if (head == NULL || json_int(head, "beid") <= 0)
        give_up(walk, IMAGE_DAMAGED, "its header is not {\"beid\":number}");
    else
        want(walk, AT_FIRST_BLOCK, 1);
}

/* Reads a block header. false: the walk was given up. */
static bool take_block_header(struct image_walk *walk)
{
    AUTO_JSON *head = buffered_json(walk);
    int64_t id = json_int(json_at(head, "i", NULL), "i");
    int64_t count = json_int(head, "nj");
    bool named = *json_str(head, "n") != '\0';

    if (head == NULL || (id <= 0 && !named) || count <= 0 || count > INT32_MAX) {
        give_up(walk, IMAGE_DAMAGED, "the header of block %" PRIu32 " cannot be read",
                walk->facts.blocks + 1);
        return false;
    }
    if (walk->facts.blocks == BLOCKS_MAX) {
        give_up(walk, IMAGE_DAMAGED, "it has more than %d blocks", BLOCKS_MAX);
        return false;
    }
    walk->has_node_mgr |= id == NODE_MGR;
    walk->has_local_store |= id == LOCAL_META_STORE;
    walk->has_named |= named;
    walk->values_left = count;
    return true;
}

/* v2: takes bytes until they end or the walk is given up; returns how many. */
static size_t feed_v2(struct image_walk *walk, const uint8_t *p, size_t len)
{
    size_t used = 0;

    while (used < len && (walk->state == V2_HEADER || walk->state == V2_VALUE)) {
        enum json_walk_step step = json_walk_byte(&walk->json, p[used]);
        if (step == JSON_WALK_BAD) {
            give_up(walk, IMAGE_DAMAGED, "block %" PRIu32 " holds bytes that are not JSON",
                    walk->facts.blocks + 1);
            break;
        }
        if (walk->state == V2_HEADER) {
            if (walk->have == sizeof(walk->buf)) {
                give_up(walk, IMAGE_DAMAGED, "the header of block %" PRIu32 " is too long",
                        walk->facts.blocks + 1);
                break;
            }
            walk->buf[walk->have++] = p[used];
        }
        used++;
        if (step != JSON_WALK_VALUE)
            continue;
        if (walk->state == V2_HEADER) {
            if (take_block_header(walk))
                walk->state = V2_VALUE;
        } else if (--walk->values_left == 0) {
            walk->facts.blocks++;
            want(walk, V2_HEADER, 0);
        }
    }
    return used;
}

static void take_footer(struct image_walk *walk)
{
    AUTO_JSON *foot = buffered_json(walk);

    if (foot == NULL || !json_is_integer(json_at(foot, "c", NULL))) {
        give_up(walk, IMAGE_DAMAGED, "the footer of block %" PRIu32 " cannot be read",
                walk->facts.blocks + 1);
        return;
    }
    if (json_int(foot, "c") != (int64_t)walk->block_crc) {
        give_up(walk, IMAGE_DAMAGED, "the checksum of block %" PRIu32 " is wrong",
                walk->facts.blocks + 1);
        return;
    }
    walk->facts.blocks++;
    walk->block_crc = 0;
    walk->part = V1_HEADER;
    want(walk, V1_LEN, 4);
}

/* v1: a length was read; goes on to what it announces. */
static void take_length(struct image_walk *walk)
{
    uint32_t len = int32_at(walk->buf);

    if (walk->part != V1_FOOTER)
        walk->block_crc = crc32_add(walk->block_crc, walk->buf, 4);
    if (len > INT32_MAX || len == 0 || (walk->part != V1_VALUE && len > SMALL_JSON)) {
        give_up(walk, IMAGE_DAMAGED, "block %" PRIu32 " holds an impossible length",
                walk->facts.blocks + 1);
        return;
    }
    walk->skip = len;
    want(walk, walk->part, walk->part == V1_VALUE ? 0 : len);
}

static void next_value(struct image_walk *walk)
{
    walk->part = walk->values_left > 0 ? V1_VALUE : V1_FOOTER;
    want(walk, V1_LEN, 4);
}

static size_t feed_v1_value(struct image_walk *walk, const uint8_t *p, size_t len)
{
    size_t used = walk->skip < len ? (size_t)walk->skip : len;

    walk->block_crc = crc32_add(walk->block_crc, p, used);
    walk->skip -= used;
    if (walk->skip == 0) {
        walk->values_left--;
        next_value(walk);
    }
    return used;
}

/* The wanted bytes are in the buffer. */
static void take_buffer(struct image_walk *walk)
{
    switch (walk->state) {
    case AT_VERSION:
        take_version(walk);
        break;
    case AT_HEAD_LEN:
        if (int32_at(walk->buf) == 0 || int32_at(walk->buf) > SMALL_JSON)
            give_up(walk, IMAGE_DAMAGED, "its header has an impossible length");
        else
            want(walk, IN_HEAD, int32_at(walk->buf));
        break;
    case IN_HEAD:
        take_head(walk);
        break;
    case LEGACY_HEADER:
        take_legacy(walk);
        break;
    case V1_LEN:
        take_length(walk);
        break;
    case V1_HEADER:
        walk->block_crc = crc32_add(walk->block_crc, walk->buf, walk->have);
        if (take_block_header(walk))
            next_value(walk);
        break;
    case V1_FOOTER:
        take_footer(walk);
        break;
    case AT_FIRST_BLOCK:
    case V2_HEADER:
    case V2_VALUE:
    case V1_VALUE:
    case TAKE_REST:
        break;
    }
}

static size_t feed_buffer(struct image_walk *walk, const uint8_t *p, size_t len)
{
    size_t used = walk->need - walk->have < len ? walk->need - walk->have : len;

    memcpy(walk->buf + walk->have, p, used);
    walk->have += used;
    if (walk->have == walk->need)
        take_buffer(walk);
    return used;
}

static void choose_format(struct image_walk *walk, uint8_t first)
{
    if (first == '{') {
        walk->facts.format = IMAGE_FORMAT_V2;
        json_walk_init(&walk->json);
        want(walk, V2_HEADER, 0);
    } else {
        walk->facts.format = IMAGE_FORMAT_V1;
        walk->part = V1_HEADER;
        want(walk, V1_LEN, 4);
    }
}

static size_t feed_some(struct image_walk *walk, const uint8_t *p, size_t len)
{
    switch (walk->state) {
    case AT_FIRST_BLOCK:
        choose_format(walk, *p);
        return 0;
    case V2_HEADER:
    case V2_VALUE:
        return feed_v2(walk, p, len);
    case V1_VALUE:
        return feed_v1_value(walk, p, len);
    case TAKE_REST:
        return len;
    case AT_VERSION:
    case AT_HEAD_LEN:
    case IN_HEAD:
    case V1_LEN:
    case V1_HEADER:
    case V1_FOOTER:
    case LEGACY_HEADER:
        break;
    }
    return feed_buffer(walk, p, len);
}

void image_walk_feed(struct image_walk *walk, const void *data, size_t len)
{
    const uint8_t *p = data;
    size_t used = 0;

    walk->facts.crc32 = crc32_add(walk->facts.crc32, data, len);
    while (used < len) {
        used += feed_some(walk, p + used, len - used);
        if (walk->state != TAKE_REST)
            walk->facts.where = walk->facts.size + used;
    }
    walk->facts.size += len;
}

void image_walk_end(struct image_walk *take, struct image_facts *ret)
{
    bool at_end = (take->state == V2_HEADER && take->have == 0) ||
                  (take->state == V1_LEN && take->part == V1_HEADER && take->have == 0);

    if (take->facts.size == 0)
        give_up(take, IMAGE_DAMAGED, "it is empty");
    else if (take->state != TAKE_REST && !at_end)
        give_up(take, IMAGE_DAMAGED, "it is cut off after %" PRIu64 " bytes", take->facts.size);
    else if (!take->has_named && (!take->has_node_mgr || !take->has_local_store))
        give_up(take, IMAGE_DAMAGED, "it lacks block 1 (nodes) or 2 (databases and tables)");
    else if (take->facts.format == IMAGE_FORMAT_V1)
        give_up(take, IMAGE_UNPROVABLE,
                "%" PRIu32 " blocks with right checksums, but format v1 has no mark at its end",
                take->facts.blocks);
    *ret = take->facts;
    image_walk_free(take);
}

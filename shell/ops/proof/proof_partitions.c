/*
 * The visible version of every partition, in one statement whose rows are not kept. The server puts them
 * in order; that they come so is checked as they are written. A partition that is overwritten is another one
 * with the old name and a version of its own (fe-core InsertOverwriteJobRunner), so its id is noted too.
 */
#include <stdlib.h>

#include <clock.h>
#include <mem.h>
#include <release.h>
#include <starrocks.h>

#include "session_inside.h"
#include "proof_inside.h"

struct taking {
    struct proof_reading *reading;
    json_t *item; /* the partition whose rows come: one each physical partition */
    struct error why;
};

static bool flush(struct taking *taking)
{
    json_t *item = taking->item;

    taking->item = NULL;
    return item == NULL || proof_add(taking->reading->writer, PROOF_PARTITION, item, &taking->why);
}

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct taking *taking = ctx;

    (void)columns;
    return n == 5 || error_set(&taking->why, ERR_UNKNOWN, "the answer has %zu columns, not 5", n);
}

static int64_t number(struct cell cell)
{
    return cell.data != NULL ? strtoll(cell.data, NULL, 10) : 0;
}

static bool row(void *ctx, const struct cell *cells)
{
    struct taking *taking = ctx;
    const char *text[3];

    for (size_t i = 0; i < 3; i++)
        text[i] = cells[i].data != NULL ? cells[i].data : "";
    json_t *item = proof_item(text[0], text[1], text[2]);
    if (taking->item != NULL && proof_order(taking->item, item) == 0) {
        json_decref(item);
    } else if (flush(taking)) {
        json_put(item, "versions", json_array());
        taking->item = item;
    } else {
        json_decref(item);
        return false;
    }
    json_t *pair = json_array();
    json_array_append_new(pair, json_integer(number(cells[3])));
    json_array_append_new(pair, json_integer(number(cells[4])));
    json_array_append_new(json_object_get(taking->item, "versions"), pair);
    return true;
}

bool proof_read_partitions(struct proof_reading *reading, struct error *err)
{
    struct taking taking = {.reading = reading};
    struct query_sink sink = {&taking, begin, row, false, NULL};
    struct release release = {0};
    struct pool *pool = reading->session->pool;

    release_parse(reading->cluster->version, &release);
    if (starrocks_value(SR_PARTITIONS_META, release, 1) == 0)
        return true; /* nor does the other reading have it: there is nothing to compare */
    if (!proof_has_time(reading, PROOF_PARTITION))
        return true;
    int64_t left = reading->until - clock_ms();
    int64_t limit = pool_timeout(pool, left > 1 ? left : 1);
    bool ok = pool_read_rows(pool, NODE_LEADER,
                             "SELECT DB_NAME, TABLE_NAME, PARTITION_NAME, PARTITION_ID, VISIBLE_VERSION"
                             " FROM information_schema.partitions_meta"
                             " ORDER BY DB_NAME, TABLE_NAME, PARTITION_NAME, PARTITION_ID",
                             &sink, &taking.why) &&
              taking.why.code == ERR_NONE && flush(&taking);
    pool_timeout(pool, limit);
    json_decref(taking.item);
    ok = ok || proof_lack(reading, PROOF_PARTITION, &taking.why, err);
    error_done(&taking.why);
    return ok;
}

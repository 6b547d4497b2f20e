/* Plain views with their query, of a list that has the definitions of all views: a row is not kept. */
#include "session_inside.h"
#include "proof_inside.h"

struct taking {
    const json_t *wanted; /* {"database.name": true} */
    json_t *items;
    struct error why;
};

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct taking *taking = ctx;

    (void)columns;
    return n == 3 || error_set(&taking->why, ERR_UNKNOWN, "the answer has %zu columns, not 3", n);
}

/* Materialized views are in this list too, and have been read. */
static bool row(void *ctx, const struct cell *cells)
{
    struct taking *taking = ctx;
    const char *text[3];

    for (size_t i = 0; i < 3; i++)
        text[i] = cells[i].data != NULL ? cells[i].data : "";
    AUTO_FREE char *full = str_format("%s.%s", text[0], text[1]);
    AUTO_JSON *safe = json_text(full);
    if (json_object_get(taking->wanted, json_string_value(safe)) == NULL)
        return true;
    json_t *item = proof_item(text[0], text[1], "");
    json_put(item, "query", proof_query_sum(text[2]));
    json_array_append_new(taking->items, item);
    return true;
}

bool proof_read_plain_views(struct proof_reading *reading, struct error *err)
{
    AUTO_JSON *items = json_array();
    struct taking taking = {.wanted = reading->plain_views, .items = items};
    struct query_sink sink = {&taking, begin, row, false, NULL};
    AUTO_ERROR why = {0};

    if (!proof_has_time(reading, PROOF_PLAIN_VIEW))
        return true;
    size_t n = json_object_size(reading->plain_views);
    if (n == 0)
        return true;
    if (!pool_read_rows(reading->session->pool, NODE_LEADER,
                        "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.views",
                        &sink, &why) ||
        (taking.why.code != ERR_NONE && !error_move(&why, &taking.why)))
        return proof_lack(reading, PROOF_PLAIN_VIEW, &why, err);
    if (!proof_add_sorted(reading, PROOF_PLAIN_VIEW, items, err))
        return false;
    size_t written = proof_written(reading->writer, PROOF_PLAIN_VIEW);
    if (written == n)
        return true;
    error_set(&why, ERR_UNKNOWN, "the catalog holds %zu, the list shows %zu", n, written);
    return proof_lack(reading, PROOF_PLAIN_VIEW, &why, err);
}

/* Reads all that a proof holds, kind after kind, and notes what could not be read. */
#include <stdlib.h>

#include <clock.h>
#include <mem.h>
#include <quote.h>

#include "catalog.h"
#include "session_inside.h"
#include "proof_inside.h"

void proof_asked_done(struct proof_asked *asked)
{
    strv_done(&asked->patterns);
    strv_done(&asked->queries);
    json_decref(asked->counted);
    *asked = (struct proof_asked){0};
}

bool proof_has_time(struct proof_reading *reading, enum proof_kind kind)
{
    world_progress(session_world(reading->session), kind, PROOF_KINDS, proof_kind_name(kind));
    if (clock_ms() < reading->until)
        return true;
    proof_lacks(reading->writer, kind, "the time that was given is over: --seconds gives more");
    return false;
}

bool proof_lack(struct proof_reading *reading, enum proof_kind kind, struct error *why,
                struct error *err)
{
    if (why->code == ERR_STOPPED || why->code == ERR_OUTPUT)
        return error_move(err, why);
    if (world_leaving(session_world(reading->session)))
        return error_set(err, ERR_STOPPED, "interrupted");
    proof_lacks(reading->writer, kind, why->message != NULL ? why->message : "");
    error_done(why);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return proof_order(*(json_t *const *)a, *(json_t *const *)b);
}

bool proof_add_sorted(struct proof_reading *reading, enum proof_kind kind, json_t *items,
                      struct error *err)
{
    size_t n = json_array_size(items);
    json_t **order = mem_array(n + 1, sizeof(*order));
    json_t *last = NULL;
    AUTO_ERROR why = {0};
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        order[i] = json_incref(json_array_get(items, i));
    json_array_clear(items);
    qsort(order, n, sizeof(json_t *), by_name);
    for (size_t i = 0; i < n; i++) {
        /* One name twice, as of routine loads that ended: the first stands for both. */
        bool again = last != NULL && proof_order(last, order[i]) == 0;
        if (!ok || again) {
            json_decref(order[i]);
            continue;
        }
        json_decref(last);
        last = json_incref(order[i]);
        ok = proof_add(reading->writer, kind, order[i], &why);
    }
    json_decref(last);
    free(order);
    return ok || proof_lack(reading, kind, &why, err);
}

/* --- nodes ------------------------------------------------------------------------------------- */

static bool read_cluster(struct proof_reading *reading, struct error *err)
{
    const struct cluster *cluster = reading->cluster;
    json_t *item = proof_item("", cluster->name, "");

    json_put_str(item, "id", cluster->id);
    json_put_str(item, "run_mode", cluster->run_mode);
    json_put_str(item, "leader", cluster->leader >= 0 ? cluster->frontends[cluster->leader].host : "");
    /* A name is what belay calls it; who it is says the id. */
    json_put_str(item, "name", "");
    return proof_add(reading->writer, PROOF_CLUSTER, item, err);
}

static bool read_nodes(struct proof_reading *reading, struct error *err)
{
    const struct cluster *cluster = reading->cluster;
    AUTO_JSON *frontends = json_array();
    AUTO_JSON *nodes = json_array();

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *fe = &cluster->frontends[i];
        json_t *item = proof_item("", fe->host, "");
        json_put_str(item, "votes", str_equal(fe->role, "OBSERVER") ? "observer" : "follower");
        json_put_str(item, "version", fe->version);
        json_put_bool(item, "alive", fe->alive);
        json_array_append_new(frontends, item);
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const struct node *node = &cluster->nodes[i];
        json_t *item = proof_item(node->kind, node->host, "");
        json_put_str(item, "version", node->version);
        json_put_bool(item, "alive", node->alive);
        json_array_append_new(nodes, item);
    }
    return proof_add_sorted(reading, PROOF_FRONTEND, frontends, err) &&
           proof_add_sorted(reading, PROOF_NODE, nodes, err);
}

/* --- all of it --------------------------------------------------------------------------------- */

typedef bool reading_part(struct proof_reading *reading, struct error *err);

bool proof_read(struct proof_reading *reading, struct error *err)
{
    static reading_part *const parts[] = {
        read_cluster,           read_nodes,          proof_read_catalog,    proof_read_views,
        proof_read_plain_views, proof_read_partitions, proof_read_counts,   proof_read_volumes,
        proof_read_users,       proof_read_settings, proof_read_work,       proof_read_queries,
    };
    bool ok = true;

    reading->count = json_array();
    reading->plain_views = json_object();
    for (size_t i = 0; ok && i < sizeof(parts) / sizeof(parts[0]); i++)
        ok = parts[i](reading, err);
    json_decref(reading->count);
    json_decref(reading->databases);
    json_decref(reading->plain_views);
    return ok;
}

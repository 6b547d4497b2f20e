/* The inside of a session, for the files of ops/ only. */
#ifndef BELAY_SESSION_INSIDE_H
#define BELAY_SESSION_INSIDE_H

#include <belay/json.h>
#include <belay/session.h>
#include <connect.h>
#include <forward.h>
#include <kubectl.h>
#include <pool.h>
#include <release.h>
#include <world.h>

struct route;        /* a FE reached through a port-forward */
struct image_listing; /* image_probes.c: image files as they were seen */

struct session {
    struct session_options options;
    struct endpoint entry;
    struct pool *pool;
    struct kube *kube;
    bool kube_tried;
    char *no_kube;     /* why not */
    struct route *routes;
    size_t n_routes;
    json_t *addresses;     /* pods of frontends by address (cluster_address.c) */
    char *addresses_asked; /* the addresses for which they were asked; NULL: they were not */
    struct release leader_release;
    unsigned leader_release_on; /* the connection (pool_opened) on which it was asked; 0: it was not */
    unsigned leader_loaded_on;  /* the same, on which the leader was found to have loaded its views */
    struct image_listing *listed; /* owned; NULL: no image was found whole yet */
    struct world world;
};

/* pool_route callback: how to reach a node (route.c). */
bool route_find(void *ctx, const char *node, bool anew, struct endpoint *ret, struct error *err);
void route_done(struct session *session);

/* Takes NULL too (image_probes.c). */
void image_listing_free(struct image_listing *listing);

/* The tables of kinds (tables.c). */
extern const struct probe_kind *const ops_probes[];
extern const struct act_kind *const ops_acts[];
extern const struct act_kind *const ops_acts_here[]; /* those that change nothing of a cluster */
extern const struct slot_kind *const ops_slots[];

/* explain.c: world.explain. */
void explain_refusal(const struct action *action, struct error *err, bool *ret_busy,
                     bool *ret_unknown);

/* For probes (object_probe.c): an object, or a JSON null when there is none; NULL, with "cannot tell" in
 * the evidence, when that is not known. New reference. Blocks for one call of kubectl. */
struct evidence;
json_t *probe_object(struct world *world, const char *kind, const char *name, struct evidence *ret);

/* The session behind a world. */
struct session *session_of(const struct world *world);

#endif

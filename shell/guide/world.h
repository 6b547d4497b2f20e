/*
 * The world as the guided part sees it: where statements and kubectl calls go, which kinds of
 * probes, acts and slots exist, and whether a person wants to stop. Filled in by the layer above.
 */
#ifndef BELAY_WORLD_H
#define BELAY_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/probe.h>
#include <belay/plan.h>

struct fence;
struct kube;
struct pool;

struct world {
    struct pool *pool;
    struct kube *kube; /* NULL: none */
    const struct probe_kind *const *probes; /* NULL-terminated tables */
    const struct act_kind *const *acts;
    const struct slot_kind *const *slots;
    const struct act_kind *const *here; /* acts that change files of this machine only; or NULL */
    void *ctx;     /* the layer above's */
    int leave_fd;  /* readable: leave now */
    bool (*stop_wanted)(void *ctx); /* a person asked to stop after this step */
    /* Progress of a long act: done of total (0: not known), what in words. */
    void (*progress)(void *ctx, uint64_t done, uint64_t total, const char *what);
    /*
     * What a server's refusal means: shortens the error to its cause and adds what to do. *ret_busy:
     * the same may be sent again a little later. *ret_unknown: it may have happened all the same.
     */
    void (*explain)(const struct action *action, struct error *err, bool *ret_busy,
                    bool *ret_unknown);
    void *person; /* ctx of stop_wanted and progress */
    const json_t *bindings; /* of the running plan, for probes and acts; borrowed */
    struct fence *fence;    /* of the running plan; NULL: none is held. Borrowed */
};

bool world_stop_wanted(const struct world *world);
void world_progress(const struct world *world, uint64_t done, uint64_t total, const char *what);
/* true when a person wants to leave at once. */
bool world_leaving(const struct world *world);

#endif

/*
 * The fence: one operator at a time works on a cluster. A run that changes something holds a
 * Kubernetes Lease (lease.h) from before its first effect to its end, and renews it directly before
 * what must not be done by two; where there is no Kubernetes, the lock file of the state directory
 * (hold.h) is all there is, and it is said that it protects this machine only.
 *
 *   a step by kubectl, a transfer, a local act   the Lease is renewed directly before it
 *   a statement of the disruptive tier or above  the same, unless that was done within a second
 *   other statements                             renewed now and then
 *
 * A server that is sent a statement knows no Lease: there it is looked at and no more.
 */
#ifndef BELAY_FENCE_H
#define BELAY_FENCE_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/journal.h>
#include <belay/plan.h>

#include "guard.h"

struct lease;
struct lease_place;
struct world;
struct fence; /* opaque */

struct fence_config {
    struct world *world;       /* its wish to stop ends a wait here */
    struct lease_place *place; /* NULL: no Lease */
    const char *why_not;       /* … because: for people */
    const char *dir;           /* the state directory, whose lock file is held */
    const char *nonce;         /* of this process, in its record of the journal: tells its Lease from that
                                  of another that calls its run and itself the same */
    guard_ask *ask;            /* NULL: nobody to ask */
    void (*note)(void *ctx, const char *text); /* a line for people, untrusted */
    void *ctx;                 /* of ask and note */
};

/* Does a step of the plan change more than files of this machine, so that it is to be held? */
bool fence_wanted(const struct world *world, const struct plan *plan);

/* Was it taken by a process that kept its journal in this state directory? Reads that journal. */
bool fence_is_of(const char *dir, const struct lease *lease);

/*
 * Before anybody is asked: does another operator hold the Lease, whose time has not run out? Then
 * ERR_LEASE names the holder. What cannot be told yet is no refusal. Blocks for one or two calls.
 */
bool fence_look(const struct fence_config *config, struct error *err);

/*
 * Takes the Lease for the run of this journal, which gets a record that says so: by making it; anew
 * when the run held it before; from a run of this state directory that nobody works on now; from
 * another operator when it has expired and a person types its holder's name. What config points to
 * is borrowed for as long as the fence lives. NULL: ERR_LEASE names the holder, ERR_KUBE, ERR_OUTPUT. A
 * person who may not use Leases is told, and goes on without. Blocks. End it with fence_end.
 */
struct fence *fence_take(const struct fence_config *config, struct journal *journal,
                         struct error *err);

/*
 * Before the action of a step. false: it must not be sent; ERR_LEASE names who holds the Lease now,
 * ERR_KUBE when that could not be told. Blocks for a call of kubectl. fence NULL: true.
 */
bool fence_before(struct fence *fence, const struct step *step, struct error *err);

/* While one waits: renews now and then. What it finds is told by the next fence_before. */
void fence_idle(struct fence *fence);

/*
 * Gives the Lease back, or keeps it for who goes on with this run. false with the reason: it could
 * not be given back, and expires by itself. Frees the fence; NULL is allowed.
 */
bool fence_end(struct fence *take, bool keep, struct error *err);

#endif

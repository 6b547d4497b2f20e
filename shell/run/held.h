/*
 * What a run holds while it works: the lock file of its state directory, its journal, and the Lease of
 * the cluster where there is one.
 */
#ifndef BELAY_HELD_H
#define BELAY_HELD_H

#include <belay/journal.h>
#include <belay/json.h>
#include <belay/plan.h>
#include <fence.h>
#include <lease.h>
#include <runner.h>

struct shell;

struct held {
    struct shell *shell;
    const struct plan *plan;
    const char *earlier; /* the run that is gone on with; NULL: a new one */
    json_t *facts;       /* of the first record; borrowed */
    guard_ask *ask;        /* for taking over from another operator; NULL: nobody to ask */
    void (*note)(void *ctx, const char *text);
    void *ctx;             /* of ask and note */
    /* Filled here. */
    int lock;              /* -1: none */
    char *dir;             /* of the cluster's journals; NULL until held_open */
    bool fenced;           /* a Lease is wanted for the plan */
    struct lease_place place;
    char *why_not;         /* why it has none; NULL: it has one */
    char *nonce;
};

/*
 * Before anybody is asked: finds out whether the cluster has a Lease, and whether another operator
 * holds it. false: ERR_LEASE. held_close() in both cases. Blocks.
 */
bool held_look(struct held *held, struct error *err);

/*
 * Takes all of it: the lock file, the journal with its first record (or one that the run goes on), the
 * Lease. NULL: nothing may be sent, err says why, and a new run leaves no journal. Blocks.
 */
struct journal *held_open(struct held *held, const char *consent, struct error *err);

/* Gives all of it back; keep: but for the Lease, which waits for who goes on. journal NULL is allowed. */
void held_close(struct held *held, struct journal *take, bool keep);

#endif

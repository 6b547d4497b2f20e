/*
 * A Kubernetes Lease as the lock of a cluster: one operator at a time. What is sent and what the API
 * server answers was recorded on 1.32.0 with kubectl 1.32.4; a Lease fences nothing by itself, so its
 * holder renews it directly before what must not be done by two.
 *
 * Whoever holds it is told by three values: uid, holder, transitions. Renewing and taking over are
 * each one JSON patch that tests all three, so that neither can overwrite another holder, nor make a
 * Lease that is gone.
 */
#ifndef BELAY_LEASE_H
#define BELAY_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

#include "kubectl.h"

#define LEASE_SECONDS 60

/* Which Lease, and what is known of the API server's clock. */
struct lease_place {
    struct kube *kube;  /* borrowed */
    char *ns;
    char *name;         /* "belay-<cluster>" */
    int64_t ahead_ms;   /* of the server's clock before ours, when clock_known */
    bool clock_known;
};

void lease_place_done(struct lease_place *place);

/* One Lease as the server told it. Zero-initialised; texts are owned, "" where it has none. */
struct lease {
    char *uid;
    char *version;  /* resourceVersion */
    char *holder;   /* "anna@laptop/00007-20261124T063605Z" */
    char *acquired; /* as written: "2026-11-22T16:10:21.349333Z" */
    char *renewed;
    char *run;      /* annotations belay/run and belay/nonce */
    char *nonce;
    int64_t seconds;
    int64_t transitions;
};

void lease_done(struct lease *lease);

/* Who is to hold it; borrowed texts. */
struct lease_claim {
    const char *holder;
    const char *run;
    const char *nonce;
};

enum lease_end {
    LEASE_HELD,      /* done */
    LEASE_OTHER,     /* somebody else has it, or had it meanwhile: read it */
    LEASE_FORBIDDEN, /* this person may not: err says so */
    LEASE_FAILED     /* kubectl or the API failed, it may have been done: err */
};

/* Reads it. *ret_there false: there is none. ERR_KUBE. Blocks. */
bool lease_read(const struct lease_place *place, struct lease *ret, bool *ret_there,
                struct error *err);

/* Makes it. ret: uid, version, holder and transitions of what is held now. Blocks. */
enum lease_end lease_create(const struct lease_place *place, const struct lease_claim *claim,
                            struct lease *ret, struct error *err);

/* Renews what `held` says, in one call with nothing read before; its version and time become the new. */
enum lease_end lease_renew(const struct lease_place *place, struct lease *held, struct error *err);

/*
 * Takes over the Lease that was shown, and only that: also when it was renewed since, it fails. It
 * becomes what `shown` says afterwards.
 */
enum lease_end lease_take_over(const struct lease_place *place, const struct lease_claim *claim,
                               struct lease *shown, struct error *err);

/* Deletes it, by uid and version. LEASE_OTHER: it is no longer what was held. Blocks. */
enum lease_end lease_release(const struct lease_place *place, const struct lease *held,
                             struct error *err);

/*
 * Asks the API server what time it is (the Date of an answer): fills ahead_ms and clock_known. Where
 * it cannot be told they stay unknown, and our own clock is written. Blocks.
 */
void lease_ask_clock(struct lease_place *place);

/* Milliseconds until it expires by the server's clock, below 0: it has. Only with clock_known. */
int64_t lease_left_ms(const struct lease_place *place, const struct lease *lease);

/* "2026-11-22T16:10:21.349333Z" as milliseconds since 1970; -1: it is no such time. */
int64_t lease_time_ms(const char *text);

#endif

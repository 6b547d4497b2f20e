/* Who works on the cluster now: the holder of its Lease, and of the lock file of this machine. */
#ifndef BELAY_HOLDER_H
#define BELAY_HOLDER_H

#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/session.h>
#include <belay/str.h>

enum holder_state { HOLDER_HOLDS, HOLDER_EXPIRED, HOLDER_CANNOT_TELL };

struct holder {
    const char *kind;   /* "lease" or "lock file" */
    char *name;         /* "starrocks/belay-sr-prod", the path of the file */
    char *holder;
    enum holder_state state;
    char *acquired;     /* "2026-11-22T16:10:21Z", "" where it is not told: of a lock file */
    char *renewed;
    char *expires;
    int64_t transitions; /* how often it went from one to another since it was made; -1: a lock file */
};

struct holders {
    struct holder v[2];
    size_t n;
    char *cluster; /* its name */
    char *no_lease; /* why it can have no Lease; NULL: it can */
};

void holders_done(struct holders *holders);

/* Reads both. ERR_KUBE: there is Kubernetes, but the Lease cannot be read. Blocks. holders_done() also
 * after a failure. */
bool holders_read(struct session *session, struct holders *ret, struct error *err);

#endif

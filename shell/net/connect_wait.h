/* Waiting while a connection is made: a limit, a watcher. For the files of net/ only. */
#ifndef BELAY_CONNECT_WAIT_H
#define BELAY_CONNECT_WAIT_H

#include <poll.h>

#include "connect.h"

struct connect_wait {
    const struct connect_watch *watch; /* or NULL */
    const char *where;                 /* for the watcher: "fe:9030" */
    int64_t started;                   /* clock_ms() */
    int64_t limit_ms;
    bool stopped;                      /* the watcher ended it */
};

/*
 * Waits until fd has one of the events, at most most_ms (-1: no other limit than the wait's own).
 * 1: it has; 0: most_ms passed; -1: the limit is reached or the watcher gave up.
 */
int connect_wait_for(struct connect_wait *wait, int fd, short events, int most_ms);

#endif

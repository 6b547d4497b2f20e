/*
 * After its start a FE of 3.5.8 or later takes every view as inactive, without a reason, until a
 * background task has looked at its bases (fe-core MaterializedView.onReload); a view over one that
 * took too long is "base-mv inactive" then. In that time such a view is not judged.
 */
#ifndef BELAY_VIEW_RELOAD_H
#define BELAY_VIEW_RELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/session.h>

/* Could this be a view that the FE has not loaded yet? */
bool reload_doubts(bool active, const char *reason);

/*
 * For how many seconds more the leader may be loading its views, by its own start and heartbeat times
 * in SHOW FRONTENDS; 0: it is not, or its release does not do this. Blocks.
 */
int64_t reload_left(struct session *session);

/*
 * n views were just read that may only seem to be inactive. *ret_again: read them once more, somebody was
 * told why and a little time has gone by. false: nobody is there to wait (ERR_UNKNOWN), or a person wants
 * to leave (ERR_STOPPED). Blocks.
 */
bool reload_settled(struct session *session, size_t n, bool *ret_again, struct error *err);

#endif

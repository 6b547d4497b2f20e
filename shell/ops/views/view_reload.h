/*
 * After its start a FE of 3.5.8 or later takes every view as inactive, without a reason, until a
 * background task has looked at its bases (fe-core MaterializedView.onReload); a view over one that
 * took too long is "base-mv inactive" then. In that time such a view is not judged.
 */
#ifndef BELAY_VIEW_RELOAD_H
#define BELAY_VIEW_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/session.h>

/* Could this be a view that the FE has not loaded yet? */
bool reload_doubts(bool active, const char *reason);

/*
 * For how many seconds more the leader may be loading its views, by its own start and heartbeat times
 * in SHOW FRONTENDS; 0: it is not, or its release does not do this. Blocks.
 */
int64_t reload_left(struct session *session);

#endif

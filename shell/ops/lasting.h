/* The reason of a view that was journaled, as a follower shows it. */
#ifndef BELAY_LASTING_H
#define BELAY_LASTING_H

#include <stdbool.h>

#include <belay/session.h>

#include "views/view_seen.h"

/*
 * Asks a follower for the views that the probes name (database and name first), one query a
 * database. false: there is no follower to ask, and ret holds the views without an answer. The
 * probes must outlive ret; seen_done(ret) in both cases. Blocks.
 */
bool lasting_reasons(struct session *session, const struct probe *const *probes, size_t n,
                     struct seen_list *ret);

#endif

/* The reason of a view that was journaled, as a follower shows it. */
#ifndef BELAY_LASTING_H
#define BELAY_LASTING_H

#include <stdbool.h>

#include <belay/session.h>
#include <belay/str.h>

/* Appends the reason; false when there is no follower to ask or it does not show the view. */
bool lasting_reason(struct session *session, const char *database, const char *name,
                    struct str *ret);

#endif

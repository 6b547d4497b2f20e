/* Names for completion that no statement asks for: runs, favourites, addresses of FEs. */
#ifndef BELAY_NAMES_LOCAL_H
#define BELAY_NAMES_LOCAL_H

#include <belay/list.h>
#include <complete.h>

struct shell;

/* Fills room, sorted, when the key is of such a kind; false: it is not, room is untouched. */
bool names_local(struct shell *shell, const struct complete_key *key, struct strv *room);

#endif

/* Views that their users had taken down, as earlier runs saw them. */
#ifndef BELAY_PAUSES_SEEN_H
#define BELAY_PAUSES_SEEN_H

#include <belay/json.h>
#include <belay/views.h>

/*
 * {id: run} of the inactive views whose reason was the user's when a run last saw it, though it reads
 * otherwise now. New reference; empty when no journal can be read (reading the ledger says so).
 */
json_t *pauses_seen(struct session *session, const char *cluster_id, const struct views *views);

#endif

/* Reads one list of names from a server; the cache's thread calls it. */
#ifndef BELAY_NAMES_READ_H
#define BELAY_NAMES_READ_H

#include <stdbool.h>

#include <belay/list.h>
#include <complete.h>
#include <query.h>

/* What belongs to one key. Views of all databases come as three lists: all, active, inactive. */
struct names_lists {
    struct strv all;
    struct strv active;
    struct strv inactive;
};

void names_lists_done(struct names_lists *lists);

/*
 * Fills ret (zeroed) with what the server has under the key, sorted. false: it could not be asked
 * (connection_lost says why) or it refused. Blocks for as long as the limits say, for each
 * statement; only statements that read are sent.
 */
bool names_read(struct connection *connection, const struct query_limits *limits,
                const struct complete_key *key, struct names_lists *ret);

#endif

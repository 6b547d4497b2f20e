/* What the server's help tables say about a topic. */
#ifndef BELAY_HELP_SERVER_H
#define BELAY_HELP_SERVER_H

#include <stdbool.h>

struct shell;

/*
 * Shows it. false: it knows nothing of it, or there is no server; nothing is printed then, and no
 * connection is opened for it. Blocks, at most OWN_STATEMENT_MS.
 */
bool help_server(struct shell *shell, const char *topic);

#endif

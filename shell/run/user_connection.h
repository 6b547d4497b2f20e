/* The user's own connection as it is opened: several servers, waiting for one, the first statements. */
#ifndef BELAY_USER_CONNECTION_H
#define BELAY_USER_CONNECTION_H

#include <connect.h>

struct shell;

/*
 * Opens it and runs the --init-command statements. Blocks at most --connect-timeout for each server
 * that was named; with --wait until one answers, the time is over or ^C. Says on stderr which server
 * answered when it was not the first. NULL with ERR_CONNECTION, ERR_STOPPED after ^C.
 */
struct connection *user_connection_open(struct shell *shell, const struct endpoint *endpoint,
                                        struct error *err);

#endif

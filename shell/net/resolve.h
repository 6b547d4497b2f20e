/* Names of hosts, looked up within a limit. */
#ifndef BELAY_RESOLVE_H
#define BELAY_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct connect_wait;

/*
 * Looks the name up so that the library's own look-up, which nothing can stop, finds the answer at
 * hand. Blocks at most for the time that is left in `wait`; a look-up that hangs goes on in a thread
 * of its own and is forgotten. ERR_CONNECTION when there is no such name or no answer.
 */
bool resolve_host(const char *host, struct connect_wait *wait, struct error *err);

#endif

/* What a person can do about a connection that was not made. */
#ifndef BELAY_CONNECT_HINT_H
#define BELAY_CONNECT_HINT_H

#include <belay/error.h>

struct endpoint;
struct shell;

/*
 * Gives err (NULL: nothing), with which the connection to endpoint failed, a hint that names the
 * address and what to look at. One that has a hint keeps it. Under a classic name: nothing.
 */
void connect_hint(const struct shell *shell, const struct endpoint *endpoint, struct error *err);

#endif

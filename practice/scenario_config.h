/* fe.conf items: what an FE starts with. */
#ifndef PRACTICE_SCENARIO_CONFIG_H
#define PRACTICE_SCENARIO_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

/*
 * Gives an FE that starts its items anew: those that its release has, with the release's defaults,
 * and over them what fe.conf in its pod says. What was set by SQL is gone, as in a real FE.
 */
bool config_load(struct world *w, int64_t fe_id, struct error *err);

#endif

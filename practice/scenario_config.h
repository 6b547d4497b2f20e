/* fe.conf items of a new cluster. */
#ifndef PRACTICE_SCENARIO_CONFIG_H
#define PRACTICE_SCENARIO_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct scenario;
struct world;

/* Gives an FE its items: those that its release has, with the release's defaults. */
bool config_load(struct world *w, int64_t fe_id, const struct scenario *s, struct error *err);

#endif

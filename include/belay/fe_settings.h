/*
 * FE settings that belay changes or watches. ADMIN SET FRONTEND CONFIG changes the memory of each FE: a
 * FE that restarts is back at its fe.conf. What belay changed and has not put back is in the ledger.
 */
#ifndef BELAY_FE_SETTINGS_COMMANDS_H
#define BELAY_FE_SETTINGS_COMMANDS_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/result.h>
#include <belay/session.h>

/* Cluster, the settings on every FE, the ledger's entries. New reference in ret. Blocks. */
bool settings_gather(struct session *session, json_t **ret, struct error *err);

/* fe, key, observed, wanted, now, set_by_run, survives_restart: a row for each setting and FE. Adds
 * columns and rows. */
void settings_result(const json_t *facts, struct result *ret);

/* Puts back what the ledger says belay changed. Free with plan_free; NULL with the error. */
struct plan *settings_back_plan(const char *command, const json_t *facts, struct error *err);

/* Sets again, where a FE has forgotten it, what belay changed and has not put back. The same. */
struct plan *settings_apply_plan(const char *command, const json_t *facts, struct error *err);

#endif

/*
 * What bringing views up makes the cluster refresh: foretold from the release, the view and its last
 * refreshes; and afterwards what really happened.
 */
#ifndef BELAY_FORECAST_H
#define BELAY_FORECAST_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/result.h>
#include <belay/session.h>

struct str;

/*
 * Adds facts["history"], what a forecast goes by: last refreshes, rows. facts must hold "cluster" and
 * "views". That it cannot be read is a fact too. Blocks; two statements, whatever the number of views.
 */
void forecast_gather(struct session *session, json_t *facts);

/*
 * What ACTIVE would refresh of each view that the patterns (or NULL) choose, were it down. Fills ret, and
 * ret_sum with one line. ERR_UNKNOWN, ret filled: of some it cannot be told. Blocks.
 */
bool forecast_read(struct session *session, const char *only, const char *except,
                   struct result *ret, struct str *ret_sum, struct error *err);

/*
 * What really happened after this run of a plan up (NULL: the newest), beside what had been foretold.
 * Fills ret, and ret_sum with one line, and writes both to forecast-<run>.json beside the journal.
 * ERR_USAGE: there is no such run; ERR_UNKNOWN, ERR_VERDICT, ERR_OUTPUT. Blocks.
 */
bool forecast_compare(struct session *session, const char *run, struct result *ret,
                      struct str *ret_sum, struct error *err);

#endif

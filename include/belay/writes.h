/*
 * What still writes to a cluster, kind by kind: transactions, routine loads, jobs, pipes, task runs,
 * statistics, compactions, nodes being emptied. Only with statements that its release has.
 */
#ifndef BELAY_WRITES_H
#define BELAY_WRITES_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/result.h>
#include <belay/session.h>

/*
 * {"writes": [{"kind": "routine loads", "n": 2, "names": ["sales.orders_in", …]} …],
 *  "idle": ["pipes" …], "unknown": [{"kind", "why"} …], "ended": {database: number of transactions}}: a list that cannot be read is unknown, never
 * nothing. New reference; NULL: a person wants out (ERR_STOPPED). Blocks.
 */
json_t *writes_read(struct session *session, const struct cluster *cluster, struct error *err);

/* "routine loads: 2 (sales.orders_in, sales.returns_in)" for each that writes, "cannot tell pipes: …"
 * for each that could not be read; added. Untrusted texts. */
void writes_say(const json_t *writes, struct strv *ret);

/* "3 transactions ended in sales" for each database in which some did between two readings: what is so
 * short that neither saw it; added. */
void writes_between(const json_t *before, const json_t *after, struct strv *ret);

/* The same as kind, n, which, error: a row for each kind. Adds columns and rows. */
void writes_result(const json_t *writes, struct result *ret);

#endif

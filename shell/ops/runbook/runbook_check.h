/* What a runbook may do, and how far each of it goes. */
#ifndef BELAY_RUNBOOK_CHECK_H
#define BELAY_RUNBOOK_CHECK_H

#include <stdbool.h>

#include <belay/list.h>
#include <belay/plan.h>
#include <belay/str.h>

/* How long a proof may take. */
#define RUNBOOK_MAX_SECONDS (24 * 3600)

/*
 * Is the statement one that a step may send? ret_tier: the least that it asks consent for. false: ret_why,
 * without a dot.
 */
bool runbook_sql_ok(const char *sql, bool has_undo, enum tier *ret_tier, struct str *ret_why);

/* Is the statement one that a probe may send: a single one that only reads? The same. */
bool runbook_query_ok(const char *sql, struct str *ret_why);

/* Is the argument vector of kubectl one that a step may run? input: the text that comes with it, or NULL. The same. */
bool runbook_kubectl_ok(const struct strv *words, bool has_undo, const char *input, enum tier *ret_tier,
                        struct str *ret_why);

/* … one that a probe may: get, a kind, names. The same. */
bool runbook_get_ok(const struct strv *words, struct str *ret_why);

/* A probe that a runbook may name, with that many arguments. NULL: ret_why. */
const struct probe_kind *runbook_probe(const char *name, size_t n_args, struct str *ret_why);

#endif

/*
 * What still writes to a cluster, kind by kind: transactions, routine loads, jobs, pipes, task runs,
 * statistics, compactions, nodes being emptied; how it is paused, waited for, and resumed. Only with
 * statements that its release has.
 */
#ifndef BELAY_WRITES_H
#define BELAY_WRITES_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
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

/* --- paused, and resumed ----------------------------------------------------------------------- */

struct writes_choice {
    const char *only; /* patterns on database.name, or NULL */
    const char *except;
    long timeout_s;   /* how long each kind of work that runs is waited for; 0: ten minutes */
    bool keep;        /* the plan resume: settings that keep the files of a backup stay */
};

/*
 * What both plans are made of: {"cluster", "writes": {"jobs": [{"kind", "id", "database", "name",
 * "state", …}], "unknown": [{"kind", "why"}], "settings": {key: {host: value}}, "unread": {host: why},
 * "ledger": {"settings": {…}, "works": {"KIND ID": {"kind", "id", "key": database.name, "database",
 * "name", "state" as it was, "seen": how the pause was seen, "run", "at"}}}}}. New reference in ret.
 * Blocks.
 */
bool writes_gather(struct session *session, json_t **ret, struct error *err);

/*
 * Adds to a plan, from these facts: first what goes on by itself paused, then the FE settings, then the
 * waits for what runs. false: ERR_USAGE (a pattern), ERR_UNKNOWN (a list or an old value is not known).
 */
bool writes_add_pause(struct plan *plan, const json_t *facts, const struct writes_choice *choice,
                      struct error *err);
/*
 * The way back in reverse: of what the same plan pauses, or the ledger says belay paused, and of nothing
 * else. What somebody resumed, stopped or paused anew meanwhile stays as he wants it. The same errors.
 */
bool writes_add_resume(struct plan *plan, const json_t *facts, const struct writes_choice *choice,
                       struct error *err);

/* Each of them as a plan of its own. Free with plan_free; NULL with the error. */
struct plan *writes_pause_plan(const char *command, const json_t *facts,
                               const struct writes_choice *choice, struct error *err);
struct plan *writes_resume_plan(const char *command, const json_t *facts,
                                const struct writes_choice *choice, struct error *err);

/* "routine load sales.orders_in was paused by run R, …" for each that a ledger (NULL: none) has; added. */
void writes_in_force(const json_t *ledger, struct strv *ret);

/* The same as one sentence about their number; nothing when there is none. */
void writes_held(const json_t *ledger, struct strv *ret);

/* As writes_say, of what writes now, without the tasks that belay suspended, which are listed as before;
 * added. false: it cannot be told. Blocks. */
bool writes_left(struct session *session, struct strv *ret, struct error *err);

/* "routine load sales.orders_in: PAUSED: reason" for each job of a plan resume that does not go on after
 * it; added. Blocks. */
void writes_not_back(struct session *session, const struct plan *plan, struct strv *ret);

#endif

/*
 * Proof that a cluster is what it was: invariants noted before an upgrade and compared with what is
 * there afterwards.
 */
#ifndef BELAY_PROOF_H
#define BELAY_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/result.h>
#include <belay/session.h>
#include <belay/str.h>

struct proof_wants {
    const struct strv *tables; /* patterns on database.name: their rows are counted; or NULL */
    const char *queries;       /* file of SELECTs of the user's own; or NULL */
    int64_t seconds;           /* so long at most; 0: ten minutes */
    bool down;                 /* for a plan: an older release is what is wanted */
};

/*
 * Reads the cluster and writes a new file (0600): path, or NULL: one in the cluster's own directory.
 * ret_path: where; ret_sum: "3 frontends, 25 tables …"; both appended. ret_lacks: {kind: why} that
 * could not be read, new reference. false: ERR_USAGE, ERR_OUTPUT, ERR_CONNECTION, ERR_UNKNOWN,
 * ERR_STOPPED, and no file. Blocks for seconds and one statement more at most.
 */
bool proof_take(struct session *session, const struct proof_wants *wants, const char *path,
                struct str *ret_path, struct str *ret_sum, json_t **ret_lacks, struct error *err);

/*
 * Reads the cluster again and compares: with path, or NULL: the newest in the cluster's own
 * directory. down: an older release is what was wanted. Fills ret (class, what, before, after,
 * verdict) and appends one line to ret_sum. false: ERR_VERDICT: something was lost, ERR_UNKNOWN: of
 * something it cannot be told (ret is filled in both cases); or as above. What came out is also
 * written beside the newest, for \report. Blocks likewise.
 */
bool proof_compare(struct session *session, const char *path, bool down, int64_t seconds,
                   struct result *ret, struct str *ret_sum, struct error *err);

/* --- as part of a plan ---------------------------------------------------------------------------- */

/* Adds facts["proof"]: tables and down of wants. Asks nothing of the cluster. */
void proof_gather(const struct proof_wants *wants, json_t *facts);

/* Adds the stage "proof" with one step that takes it; facts hold "cluster" and "proof". It binds
 * {proof}, the file. */
void proof_add_take(struct plan *plan, const json_t *facts);

/* Adds to what the plan asks at its end: nothing of {proof} is lost. */
void proof_add_compare(struct plan *plan, const json_t *facts);

#endif

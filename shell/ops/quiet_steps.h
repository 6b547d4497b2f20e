/* Steps that set the FE settings of know/quiet.c, and that put them back. */
#ifndef BELAY_QUIET_STEPS_H
#define BELAY_QUIET_STEPS_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/plan.h>
#include <quiet.h>

/* What the steps are made of; all borrowed. */
struct quiet_way {
    const struct cluster *cluster;
    const json_t *values; /* {key: {host: value}} as observed */
    const json_t *unread; /* {host: why} */
    const json_t *ledger; /* {key: entry}: what belay set and has not put back */
    const char *away;     /* begins the id of a step that sets one: "quiet" */
    const char *back;     /* … of one that puts it back */
    const char *by;       /* noted with what is set, and only what has this note is put back, also what
                             stays longer, newest first; NULL: all of the ledger but what stays */
    bool keeps;           /* with `by`: what stays longer is left */
};

/* Does the row count for this cluster? */
bool quiet_counts(const struct quiet_setting *row, const struct cluster *cluster);

/* The row's value, or a better one that some FE has already ({host: value}). Borrowed. */
const char *quiet_value(const struct quiet_setting *row, const json_t *values);

/* Sets what is not as it should be; that what stays longer stays so is proved at the end. false:
 * ERR_UNKNOWN, an old value is not known. */
bool quiet_away(struct plan *plan, struct stage *stage, const struct quiet_way *way,
                struct error *err);

/* Puts back what this plan sets, or what the ledger says was set. The same. */
bool quiet_back(struct plan *plan, struct stage *stage, const struct quiet_way *way,
                struct error *err);

#endif

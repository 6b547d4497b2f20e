/* Shared by the plans that pause views by their refresh clause and give it back. */
#ifndef BELAY_VIEWS_GENTLE_H
#define BELAY_VIEWS_GENTLE_H

#include "views_plan.h"

/* What a changed clause needs to be sent: "REFRESH MANUAL" for any paused form. */
#define GENTLE_MANUAL "REFRESH MANUAL"

/* ERR_FAILED with the reason on a release where a changed clause does not always take effect. */
bool gentle_is_known(const struct making *making, struct error *err);

/* The ledger's entry about this view's clause; NULL: belay did not pause it. Borrowed. */
const json_t *gentle_entry(const struct making *making, const struct view *view);

/* Can this view be paused by its clause on this release? */
bool gentle_can_pause(const struct making *making, const struct view *view);

struct gentle_change {
    const char *verb; /* of the step's id, and what the ledger notes: "pause" or "resume" */
    const char *now;  /* the clause that SHOW CREATE shows now … */
    const char *then; /* … and that it must show afterwards */
    const char *sql;  /* what is sent for it … */
    const char *undo; /* … and back */
    const char *cost; /* what it makes dear; NULL: nothing */
};

/* Adds the step. It is dropped and listed when the view or its clause is another one by then. NULL with
 * the error when the name cannot be quoted. */
struct step *gentle_step(struct stage *stage, const struct view *view,
                         const struct gentle_change *change, struct error *err);

/* Final proofs: the clause of each chosen view, the flag of each other one. */
void gentle_final(struct making *making, const struct view *view, const struct gentle_change *change);
void gentle_final_left(struct making *making, const struct view *view);

#endif

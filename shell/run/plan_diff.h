/* What differs between a saved plan and the one that the world gives now. */
#ifndef BELAY_PLAN_DIFF_H
#define BELAY_PLAN_DIFF_H

#include <belay/output.h>
#include <belay/plan.h>

/* Prints a line a step: "-" only in the saved plan, "+" only in the one of now, "~" otherwise in both, with
 * what of it was (-) and is (+) below, shortened. */
void plan_diff_show(struct sink *out, const struct plan *saved, const struct plan *now);

#endif

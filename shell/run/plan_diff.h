/* What differs between a saved plan and the one that the world gives now. */
#ifndef BELAY_PLAN_DIFF_H
#define BELAY_PLAN_DIFF_H

#include <belay/output.h>
#include <belay/plan.h>

/* Prints a line a step: "-" as it was saved, "+" as it is now. */
void plan_diff_show(struct sink *out, const struct plan *saved, const struct plan *now);

#endif

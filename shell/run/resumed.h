/* How far an earlier process came with a plan. */
#ifndef BELAY_RESUMED_H
#define BELAY_RESUMED_H

#include <belay/journal.h>
#include <belay/output.h>
#include <belay/plan.h>

/* "Done     5 of 12 steps; goes on at step 6, …": one line below the page, before the question. */
void resumed_show(struct sink *sink, const struct plan *plan, const struct journal_file *earlier);

struct world;

/*
 * "Open     6  …: failed; now: active": the first steps that are to be done, how they ended before, and what
 * the cluster says of them now. world NULL: it is not asked. Blocks.
 */
void resumed_open(struct sink *sink, struct world *world, const struct plan *plan,
                  const struct journal_file *earlier);

#endif

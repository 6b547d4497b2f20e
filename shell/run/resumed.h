/* How far an earlier process came with a plan. */
#ifndef BELAY_RESUMED_H
#define BELAY_RESUMED_H

#include <belay/journal.h>
#include <belay/output.h>
#include <belay/plan.h>

/* "Done     5 of 12 steps; goes on at step 6, …": one line below the page, before the question. */
void resumed_show(struct sink *sink, const struct plan *plan, const struct journal_file *earlier);

#endif

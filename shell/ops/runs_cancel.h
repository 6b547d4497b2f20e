/* One step that ends the open refreshes of a view, for every plan that has such steps. */
#ifndef BELAY_RUNS_CANCEL_H
#define BELAY_RUNS_CANCEL_H

#include <belay/plan.h>
#include <belay/views.h>

/* NULL with the error when the name cannot be quoted. */
struct step *cancel_step(struct stage *stage, const struct view *view, bool force, struct error *err);

#endif

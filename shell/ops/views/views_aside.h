/* Schedules of views that are off while another plan runs, and on again at its end. */
#ifndef BELAY_VIEWS_ASIDE_H
#define BELAY_VIEWS_ASIDE_H

#include <belay/plan.h>

/*
 * The way there: REFRESH MANUAL for every view that can be paused so (views_gentle_away.c), then a wait
 * until no refresh of them runs. Views that cannot be are left and named. facts: of views_gather(); the
 * plan keeps them. Nothing is added where this release cannot do it. false with the error.
 */
bool views_aside_away(struct plan *plan, const json_t *facts, struct error *err);

/* The exact old clauses of the same views back. Made of the same facts. */
bool views_aside_back(struct plan *plan, const json_t *facts, struct error *err);

#endif

/* The head of a plan up. */
#ifndef BELAY_VIEWS_UP_HEAD_H
#define BELAY_VIEWS_UP_HEAD_H

#include "views_plan.h"

/* What ACTIVE of the chosen views costs on this release, as forecast and by the release's habits. */
void up_head_lines(struct making *making, size_t chosen);

/*
 * How many views that belay took down stay down after this plan; nothing where none does. Unless the
 * views were chosen by pattern, the plan is then short of what it was asked for.
 */
void up_note_down_still(struct making *making, bool chosen);

#endif

/*
 * What a plan down must leave up: views over a base that is inactive and stays so, and what stands on
 * them, because the next start of an FE takes a view over an inactive base down.
 */
#include "views_plan.h"

/* An inactive view below that is left as it was found: then this one could never be activated again,
 * so it has no undo and is not taken down (recorded on 3.3.5 to 4.1.0). NULL: none. */
const struct view *making_left_base(const struct making *making, const struct view *view)
{
    for (size_t i = 0; i < view->bases.n; i++) {
        const struct view *base = making_base(making, view, i);
        if (!base->active && making_entry(making, base) == NULL)
            return base;
    }
    return NULL;
}

/* A base that is up over such a view, at whatever depth: the next start of an FE takes it down, and then
 * the same is true of what stands on it. NULL: none. */
const struct view *making_lost_base(const struct making *making, const struct view *view)
{
    for (size_t i = 0; i < view->bases.n; i++) {
        const struct view *base = making_base(making, view, i);
        if (making->lost[base - making->views.v])
            return base;
    }
    return NULL;
}

/* Bases come before dependants. */
void making_find_lost(struct making *making)
{
    making->lost = mem_array(making->views.n + 1, sizeof(*making->lost));
    for (size_t i = 0; i < making->views.n; i++) {
        size_t place = making->order[i];
        const struct view *view = &making->views.v[place];
        making->lost[place] = view->active && (making_left_base(making, view) != NULL ||
                                               making_lost_base(making, view) != NULL);
    }
}

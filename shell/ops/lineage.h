/*
 * Who stands on whom, with the catalog beside it: bases that were dropped, made again or renamed are
 * noted at the view, and a renamed base is followed by its id.
 */
#ifndef BELAY_LINEAGE_H
#define BELAY_LINEAGE_H

#include <belay/views.h>

#include "catalog.h"

/* From rows of sys.object_dependencies. catalog may be NULL: nothing is compared with it then.
 * ERR_FAILED: a circle. */
bool lineage_of_rows(struct views *views, const struct result *rows, const struct catalog *catalog,
                     struct error *err);

/* From the definitions, for releases without that table (before 3.1). */
bool lineage_of_text(struct views *views, const struct catalog *catalog, struct error *err);

/* One edge; "" for what is not known. Borrowed. */
struct edge {
    const char *id, *catalog, *database, *name; /* of what the view stands on */
    const char *type;                           /* UNKNOWN: the FE cannot reach it */
};

/* Adds what it says to the view; lineage_finish orders and levels when all are there. */
void lineage_add(struct views *views, struct view *view, const struct edge *edge,
                 const struct catalog *catalog);
bool lineage_finish(struct views *views, struct error *err);

#endif

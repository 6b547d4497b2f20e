/*
 * Who stands on whom, with the catalog beside it: bases that were dropped, made again or renamed are
 * noted at the view, and a renamed base is followed by its id.
 */
#ifndef BELAY_LINEAGE_H
#define BELAY_LINEAGE_H

#include <belay/json.h>
#include <belay/str.h>
#include <belay/views.h>

#include "catalog.h"

/* From rows of sys.object_dependencies. catalog may be NULL: nothing is compared with it then; else
 * catalog_views() was called for these views. ERR_FAILED: a circle. */
bool lineage_of_rows(struct views *views, const struct result *rows, struct catalog *catalog,
                     struct error *err);

/* From the definitions, for releases without that table (before 3.1). plain: {database.name: query} of
 * the plain views in between, which are followed; NULL: none can be read. */
bool lineage_of_text(struct views *views, struct catalog *catalog, const json_t *plain,
                     struct error *err);

/* One edge; "" for what is not known. Borrowed. */
struct edge {
    const char *id, *catalog, *database, *name; /* of what the view stands on */
    const char *type;                           /* UNKNOWN: the FE cannot reach it */
};

/* What was found about the views so far, in any order; begins zeroed but for the first two. */
struct lineage {
    struct views *views;
    struct catalog *catalog;
    struct found *v;
    size_t n;
    size_t cap;
    struct str name; /* of the edge in hand */
};

/* Adds what it says about the view. */
void lineage_add(struct lineage *lineage, const struct view *view, const struct edge *edge);
/* Adds a note; text is copied. */
void lineage_note(struct lineage *lineage, const struct view *view, const char *text);
/* Puts all of it into the views, in order and each once, and fills their levels. Frees lineage. */
bool lineage_finish(struct lineage *lineage, struct error *err);

#endif

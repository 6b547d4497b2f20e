/*
 * What the leader's catalog holds: the tables and views of all databases, by SHOW PROC '/dbs' and
 * '/dbs/<id>'. It needs no node and hides nothing by privilege on a view (recorded on 3.3.5, 3.4.8,
 * 3.5.16 and 4.1.0), so lists of views are measured by it.
 */
#ifndef BELAY_CATALOG_H
#define BELAY_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/session.h>
#include <places.h>

struct object {
    const char *id;
    const char *full; /* database.name */
    bool is_view; /* an asynchronous materialized view */
    bool is_plain_view;
    uint32_t view; /* its place in the list of views: catalog_views() */
};

struct catalog {
    struct object *v; /* those of one database stand together */
    size_t n;
    size_t n_views;
    struct places *by_full; /* made when first a name is looked for */
    struct places *by_id;
    struct arena *arena; /* of its texts */
};

void catalog_done(struct catalog *catalog);

/*
 * Reads it, one query a database; information_schema and sys are left out. ERR_UNKNOWN when it cannot
 * be told, with what to do. Free with catalog_done. Blocks.
 */
bool catalog_read(struct session *session, struct catalog *ret, struct error *err);

/* Makes the rest of what was put into v; for tests as well. */
void catalog_index(struct catalog *catalog);

/* Notes at each object the view of its name; NO_PLACE where there is none in this list. */
struct views;
void catalog_views(struct catalog *catalog, const struct views *views);

/* The object, borrowed; NULL: there is none. */
const struct object *catalog_by_name(struct catalog *catalog, const char *full);
const struct object *catalog_by_id(const struct catalog *catalog, const char *id);

/* Is this one of the databases that every cluster has for itself? */
bool catalog_is_system(const char *database);

#endif

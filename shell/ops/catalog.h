/*
 * What the leader's catalog holds: the tables and views of all databases, by SHOW PROC '/dbs' and
 * '/dbs/<id>'. It needs no node and hides nothing by privilege on a view (recorded on 3.3.5, 3.4.8,
 * 3.5.16 and 4.1.0), so lists of views are measured by it.
 */
#ifndef BELAY_CATALOG_H
#define BELAY_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/session.h>

struct object {
    char *id;
    char *full;   /* database.name */
    bool is_view; /* an asynchronous materialized view */
    bool is_plain_view;
};

struct catalog {
    struct object *v; /* sorted by full */
    size_t n;
    size_t n_views;
    size_t *by_id;    /* their places, sorted by id */
};

void catalog_done(struct catalog *catalog);

/*
 * Reads it, one query a database; information_schema and sys are left out. ERR_UNKNOWN when it cannot
 * be told, with what to do. Free with catalog_done. Blocks.
 */
bool catalog_read(struct session *session, struct catalog *ret, struct error *err);

/* Makes by_id of what was put into v; for tests as well. */
void catalog_sort(struct catalog *catalog);

/* The object, borrowed; NULL: there is none. */
const struct object *catalog_by_name(const struct catalog *catalog, const char *full);
const struct object *catalog_by_id(const struct catalog *catalog, const char *id);

/* Is this one of the databases that every cluster has for itself? */
bool catalog_is_system(const char *database);

#endif

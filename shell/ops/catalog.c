/* Reads what the leader's catalog holds. */
#include "catalog.h"

#include <arena.h>
#include <belay/result.h>
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>

#define MAX_OBJECTS 2000000

void catalog_done(struct catalog *catalog)
{
    places_free(catalog->by_full);
    places_free(catalog->by_id);
    arena_free(catalog->arena);
    free(catalog->v);
    *catalog = (struct catalog){0};
}

void catalog_index(struct catalog *catalog)
{
    const struct object *v = catalog->v;

    catalog->n_views = 0;
    for (size_t i = 0; i < catalog->n; i++)
        catalog->n_views += v[i].is_view;
    if (catalog->n == 0)
        return;
    catalog->by_id = places_new(&v->id, sizeof(*v), catalog->n);
}

void catalog_views(struct catalog *catalog, const struct views *views)
{
    for (size_t i = 0; i < catalog->n; i++) {
        struct object *object = &catalog->v[i];
        const struct view *view = object->is_view ? views_find(views, object->full) : NULL;
        object->view = view != NULL ? (uint32_t)(view - views->v) : NO_PLACE;
    }
}

static const struct object *object_at(const struct catalog *catalog, uint32_t place)
{
    return place != NO_PLACE ? &catalog->v[place] : NULL;
}

const struct object *catalog_by_name(struct catalog *catalog, const char *full)
{
    if (catalog->by_full == NULL && catalog->n > 0)
        catalog->by_full = places_new(&catalog->v->full, sizeof(*catalog->v), catalog->n);
    return object_at(catalog, places_find(catalog->by_full, full));
}

const struct object *catalog_by_id(const struct catalog *catalog, const char *id)
{
    return object_at(catalog, places_find(catalog->by_id, id));
}

bool catalog_is_system(const char *database)
{
    return str_equal(database, "information_schema") || str_equal(database, "sys");
}

static bool read_database(struct session *session, const char *db_id, const char *database,
                          struct catalog *ret, size_t *cap, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (*db_id == '\0' || strspn(db_id, "0123456789") != strlen(db_id))
        return error_set(err, ERR_UNKNOWN, "database %s has no usable id", database);
    if (!session_readf(session, NODE_LEADER, &rows, err, "SHOW PROC '/dbs/%s'", db_id))
        return false;
    if (ret->n + rows.n_rows > MAX_OBJECTS)
        return error_set(err, ERR_UNKNOWN, "more than %d tables and views", MAX_OBJECTS);
    int id = result_find(&rows, "TableId"), name = result_find(&rows, "TableName");
    int kind = result_find(&rows, "Type");
    ret->v = mem_grow(ret->v, cap, ret->n + rows.n_rows, sizeof(*ret->v));
    for (size_t i = 0; i < rows.n_rows; i++)
        ret->v[ret->n++] = (struct object){
            .id = arena_text(ret->arena, result_text_at(&rows, i, id)),
            .full = arena_join(ret->arena, database, ".", result_text_at(&rows, i, name), NULL),
            .is_view = str_ends(result_text_at(&rows, i, kind), "MATERIALIZED_VIEW"),
            .is_plain_view = str_equal(result_text_at(&rows, i, kind), "VIEW"),
            .view = NO_PLACE,
        };
    return true;
}

bool catalog_read(struct session *session, struct catalog *ret, struct error *err)
{
    AUTO_RESULT databases = {0};
    size_t cap = 0;
    bool ok = true;

    *ret = (struct catalog){0};
    if (!session_read(session, NODE_LEADER, "SHOW PROC '/dbs'", &databases, err)) {
        error_prefix(err, "cannot tell which databases there are");
        if (err == NULL || err->code != ERR_FAILED) /* not reached: a privilege would not help */
            return false;
        err->code = ERR_UNKNOWN;
        return error_hint(err, "SHOW PROC needs the OPERATE privilege (role db_admin)");
    }
    ret->arena = arena_new();
    for (size_t i = 0; ok && i < databases.n_rows; i++) {
        const char *name = result_text(&databases, i, "DbName");
        if (!catalog_is_system(name))
            ok = read_database(session, result_text(&databases, i, "DbId"), name, ret, &cap, err);
    }
    catalog_index(ret);
    if (!ok)
        catalog_done(ret);
    return ok;
}

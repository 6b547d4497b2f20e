/* Reads what the leader's catalog holds. */
#include "catalog.h"

#include <belay/result.h>
#include <belay/str.h>
#include <mem.h>

#define MAX_OBJECTS 2000000

void catalog_done(struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->n; i++) {
        free(catalog->v[i].id);
        free(catalog->v[i].full);
    }
    free(catalog->v);
    free(catalog->by_id);
    *catalog = (struct catalog){0};
}

static int by_full(const void *a, const void *b)
{
    return strcmp(((const struct object *)a)->full, ((const struct object *)b)->full);
}

static int by_id(const void *a, const void *b, void *ctx)
{
    const struct object *v = ctx;

    return strcmp(v[*(const size_t *)a].id, v[*(const size_t *)b].id);
}

void catalog_sort(struct catalog *catalog)
{
    if (catalog->n > 0)
        qsort(catalog->v, catalog->n, sizeof(*catalog->v), by_full);
    free(catalog->by_id);
    catalog->by_id = mem_array(catalog->n + 1, sizeof(*catalog->by_id));
    catalog->n_views = 0;
    for (size_t i = 0; i < catalog->n; i++) {
        catalog->by_id[i] = i;
        catalog->n_views += catalog->v[i].is_view;
    }
    qsort_r(catalog->by_id, catalog->n, sizeof(*catalog->by_id), by_id, catalog->v);
}

const struct object *catalog_by_name(const struct catalog *catalog, const char *full)
{
    struct object key = {.full = (char *)full};

    return catalog->n == 0 ? NULL
                           : bsearch(&key, catalog->v, catalog->n, sizeof(key), by_full);
}

const struct object *catalog_by_id(const struct catalog *catalog, const char *id)
{
    size_t low = 0, high = catalog->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct object *object = &catalog->v[catalog->by_id[middle]];
        int order = strcmp(id, object->id);
        if (order == 0)
            return object;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
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
    ret->v = mem_grow(ret->v, cap, ret->n + rows.n_rows, sizeof(*ret->v));
    for (size_t i = 0; i < rows.n_rows; i++)
        ret->v[ret->n++] = (struct object){
            .id = mem_text(result_text(&rows, i, "TableId")),
            .full = str_format("%s.%s", database, result_text(&rows, i, "TableName")),
            .is_view = str_ends(result_text(&rows, i, "Type"), "MATERIALIZED_VIEW"),
            .is_plain_view = str_equal(result_text(&rows, i, "Type"), "VIEW"),
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
    for (size_t i = 0; ok && i < databases.n_rows; i++) {
        const char *name = result_text(&databases, i, "DbName");
        if (!catalog_is_system(name))
            ok = read_database(session, result_text(&databases, i, "DbId"), name, ret, &cap, err);
    }
    catalog_sort(ret);
    if (!ok)
        catalog_done(ret);
    return ok;
}

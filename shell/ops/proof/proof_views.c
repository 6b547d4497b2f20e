/*
 * Materialized views with flag and definition, database after database: the list of one comes row by row,
 * of a row only the digests are kept, and the catalog says which there must be. So it takes the same
 * memory however long the definitions are.
 */
#include <stdlib.h>

#include <arena.h>
#include <belay/views.h>
#include <mem.h>
#include <quote.h>

#include "catalog.h"
#include "ddl.h"
#include "session_inside.h"
#include "views/view_list.h"
#include "views/view_reload.h"
#include "proof_inside.h"

#define MS_A_VIEW 2 /* the FE writes the definition of each */

struct kept {
    const char *name;
    const char *json; /* the item; without a definition where the list has it cut off */
};

struct taking {
    struct proof_reading *reading;
    const char *database;
    const json_t *paths; /* {name: storage path} of the views that the catalog holds */
    struct result shape; /* the columns of the list */
    struct view_columns at;
    struct arena *arena;
    struct kept *v;
    size_t n, cap;
    size_t doubts; /* views that may only seem to be inactive */
    struct error why;
};

static void taking_done(struct taking *taking)
{
    result_done(&taking->shape);
    arena_free(taking->arena);
    free(taking->v);
    error_done(&taking->why);
}

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct taking *taking = ctx;

    for (size_t i = 0; i < n; i++)
        result_column(&taking->shape, columns[i].name, COLUMN_TEXT);
    taking->at = view_columns(&taking->shape);
    return true;
}

/* A synchronous view is no table of the catalog; where no column says what it is (2.5), its definition
 * has no refresh clause. */
static bool is_sync(const struct taking *taking, const struct result *row, const char *path, const char *ddl)
{
    AUTO_STR clause = {0};

    if (taking->at.refresh >= 0)
        return view_row_is_sync(row, 0, &taking->at);
    return path == NULL && !ddl_refresh_clause(ddl, &clause);
}

static json_t *view_item(const struct taking *taking, const struct result *row, const char *name,
                         const char *path, const char *ddl)
{
    json_t *item = proof_item(taking->database, name, "");
    bool active = strcasecmp(view_cell(row, 0, taking->at.active), "true") == 0;
    const char *reason = view_cell(row, 0, taking->at.reason);

    json_put_str(item, "id", view_cell(row, 0, taking->at.id));
    if (taking->at.active >= 0)
        json_put_bool(item, "active", active);
    if (!active && *reason != '\0')
        json_put_str(item, "reason", reason);
    if (path != NULL && strcasecmp(path, "NULL") != 0 && *path != '\0')
        json_put_str(item, "path", path);
    if (view_ddl_is_whole(ddl))
        json_put(item, "definition", proof_definition(ddl));
    return item;
}

static bool row(void *ctx, const struct cell *cells)
{
    struct taking *taking = ctx;
    /* The list's shape with this one row, which is borrowed. */
    struct result one = taking->shape;
    one.cells = (struct cell *)cells;
    one.n_rows = 1;
    const char *name = view_name_cell(&one, 0, taking->at.name);
    const char *ddl = view_cell(&one, 0, taking->at.ddl);
    AUTO_JSON *safe = json_text(name);
    const char *path = json_string_value(json_object_get(taking->paths, json_string_value(safe)));

    if (is_sync(taking, &one, path, ddl))
        return true;
    if (path == NULL)
        return error_set(&taking->why, ERR_UNKNOWN, "cannot tell which views there are: %s.%s is in the "
                         "list and not in the catalog; views are being made or dropped just now",
                         taking->database, name);
    AUTO_JSON *item = view_item(taking, &one, name, path, ddl);
    AUTO_FREE char *json = json_canonical(item);
    taking->v = mem_grow(taking->v, &taking->cap, taking->n + 1, sizeof(*taking->v));
    taking->v[taking->n++] = (struct kept){.name = arena_text(taking->arena, json_str(item, "name")),
                                           .json = arena_text(taking->arena, json)};
    taking->doubts += taking->at.active >= 0 && !json_flag(item, "active") &&
                      reload_doubts(false, json_str(item, "reason"));
    return true;
}

static bool read_list(struct taking *taking, struct error *err)
{
    struct query_sink sink = {taking, begin, row, false, NULL};
    struct pool *pool = taking->reading->session->pool;
    AUTO_STR name = {0};
    AUTO_FREE char *sql = NULL;

    if (!quote_name(taking->database, &name, err))
        return false;
    sql = str_format("SHOW MATERIALIZED VIEWS FROM %s", name.s);
    int64_t limit = pool_timeout(pool, 0);
    pool_timeout(pool, limit + (int64_t)json_object_size(taking->paths) * MS_A_VIEW);
    bool ok = pool_read_rows(pool, NODE_LEADER, sql, &sink, err);
    pool_timeout(pool, limit);
    return ok && (taking->why.code == ERR_NONE || error_move(err, &taking->why));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct kept *)a)->name, ((const struct kept *)b)->name);
}

static bool same_names(const struct taking *taking, struct error *err)
{
    if (taking->n == json_object_size(taking->paths))
        return true;
    return error_set(err, ERR_UNKNOWN, "cannot tell which views there are: of %s the catalog holds %zu, the "
                     "list shows %zu (\\nodes tells whether a node is alive, SHOW GRANTS what this user may "
                     "see)", taking->database, json_object_size(taking->paths), taking->n);
}

/* What the list has cut off is asked for. */
static bool define(const struct taking *taking, json_t *item, const char *name, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR full = {0};

    if (json_object_get(item, "definition") != NULL)
        return true;
    if (!quote_name2(taking->database, name, &full, err) ||
        !session_readf(taking->reading->session, NODE_LEADER, &rows, err,
                       "SHOW CREATE MATERIALIZED VIEW %s", full.s))
        return error_prefix(err, "cannot read the definition of %s.%s", taking->database, name);
    json_put(item, "definition", proof_definition(result_text(&rows, 0, "Create Materialized View")));
    return true;
}

static bool write_views(struct taking *taking, struct error *err)
{
    bool ok = true;

    qsort(taking->v, taking->n, sizeof(*taking->v), by_name);
    for (size_t i = 0; ok && i < taking->n; i++) {
        json_t *item = json_parse(taking->v[i].json, strlen(taking->v[i].json), SIZE_MAX, err);
        ok = item != NULL && define(taking, item, taking->v[i].name, err);
        if (ok)
            ok = proof_add(taking->reading->writer, PROOF_VIEW, item, err);
        else
            json_decref(item);
    }
    return ok;
}

/* The views of one database, which has some; again while the leader loads them. */
static bool read_views(struct proof_reading *reading, const char *database, const json_t *paths,
                       struct error *err)
{
    bool ok = true;

    for (bool again = true; ok && again;) {
        struct taking taking = {
            .reading = reading, .database = database, .paths = paths, .arena = arena_new()};
        ok = read_list(&taking, err) && same_names(&taking, err) &&
             reload_settled(reading->session, taking.doubts, &again, err) &&
             (again || write_views(&taking, err));
        taking_done(&taking);
    }
    return ok;
}

/* {name: storage path} of those that the catalog holds in this database. New reference; NULL with err. */
static json_t *catalog_paths(struct proof_reading *reading, const json_t *database, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!proof_database_rows(reading, database, &rows, err))
        return NULL;
    json_t *paths = json_object();
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (str_ends(result_text(&rows, i, "Type"), "MATERIALIZED_VIEW"))
            json_put_str(paths, result_text(&rows, i, "TableName"), result_text(&rows, i, "StoragePath"));
    }
    return paths;
}

bool proof_read_views(struct proof_reading *reading, struct error *err)
{
    AUTO_ERROR why = {0};
    json_t *database;
    size_t i;

    json_array_foreach(reading->databases, i, database)
    {
        if (catalog_is_system(json_str(database, "name")))
            continue;
        if (!proof_has_time(reading, PROOF_VIEW))
            return true;
        AUTO_JSON *paths = catalog_paths(reading, database, &why);
        if (paths == NULL || (json_object_size(paths) > 0 &&
                              !read_views(reading, json_str(database, "name"), paths, &why)))
            return proof_lack(reading, PROOF_VIEW, &why, err);
    }
    return true;
}

/*
 * Reads the views of all databases at the leader: one query for the list, one a database for the
 * catalog that measures it, one for who stands on whom.
 */
#include <belay/views.h>

#include <arena.h>
#include <belay/str.h>
#include <mem.h>
#include <quote.h>
#include <starrocks.h>

#include "catalog.h"
#include "lineage.h"
#include "session_inside.h"
#include "view_list.h"
#include "view_reload.h"

#define MAX_VIEWS 200000
#define MS_A_VIEW 2 /* the FE writes the definition of each for its list, asked for or not */

struct reading {
    struct session *session;
    struct catalog catalog;
    struct release release;
    bool with_ddl;
    struct views *views;
    size_t cap;
};

static void add_view(struct reading *reading, const struct result *rows, size_t row,
                     const struct view_columns *at, const char *database)
{
    struct views *views = reading->views;
    bool active = strcasecmp(view_cell(rows, row, at->active), "true") == 0;
    const char *name = view_name_cell(rows, row, at->name);

    views->v = mem_grow(views->v, &reading->cap, views->n + 1, sizeof(*views->v));
    views->v[views->n++] = (struct view){
        .id = view_cell(rows, row, at->id),
        .database = database,
        .name = name,
        .full = arena_join(views->arena, database, ".", name, NULL),
        .active = active,
        .flag_unknown = at->active < 0,
        .reason = active ? "" : view_cell(rows, row, at->reason),
        .refresh = view_cell(rows, row, at->refresh),
        .last_state = view_cell(rows, row, at->state),
        .last_finished = view_cell(rows, row, at->finished),
        .ddl = view_cell(rows, row, at->ddl),
        .clause = "",
    };
}

/* A synchronous view is no table of the catalog; where no column says what it is (2.5), its
 * definition has no refresh clause. */
static bool is_sync(struct reading *reading, const struct result *rows, size_t row,
                    const struct view_columns *at, const char *database)
{
    AUTO_FREE char *full = NULL;
    AUTO_STR clause = {0};

    if (at->refresh >= 0)
        return view_row_is_sync(rows, row, at);
    full = str_format("%s.%s", database, view_name_cell(rows, row, at->name));
    return catalog_by_name(&reading->catalog, full) == NULL &&
           !ddl_refresh_clause(view_cell(rows, row, at->ddl), &clause);
}

/* The rows stay with the views, which borrow their texts. */
static void keep_answer(struct views *views, struct result *take)
{
    views->answers = mem_resize(views->answers, views->n_answers + 1, sizeof(*views->answers));
    views->answers[views->n_answers++] = *take;
    *take = (struct result){0};
}

/* database: whose rows these are when they do not say it themselves. */
static bool take_list(struct reading *reading, struct result *take, const char *database,
                      struct error *err)
{
    const struct result *rows = take;
    struct view_columns at = view_columns(rows);
    const char *whole = arena_text(reading->views->arena, database);
    struct views *views = reading->views;

    views->v = mem_grow(views->v, &reading->cap, views->n + rows->n_rows, sizeof(*views->v));
    for (size_t i = 0; i < rows->n_rows; i++) {
        const char *db = at.database >= 0 ? view_name_cell(rows, i, at.database) : whole;
        if (is_sync(reading, rows, i, &at, db))
            reading->views->n_sync++;
        else
            add_view(reading, rows, i, &at, db);
    }
    keep_answer(reading->views, take);
    if (reading->views->n > MAX_VIEWS)
        return error_set(err, ERR_UNKNOWN, "more than %d views", MAX_VIEWS);
    return true;
}

static bool read_by_show(struct reading *reading, const char *database, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR name = {0};

    return quote_name(database, &name, err) &&
           session_readf(reading->session, NODE_LEADER, &rows, err,
                         "SHOW MATERIALIZED VIEWS FROM %s", name.s) &&
           take_list(reading, &rows, database, err);
}

/* Database after database, only those in which the catalog holds views. */
static bool read_all_by_show(struct reading *reading, struct error *err)
{
    const struct catalog *catalog = &reading->catalog;
    AUTO_FREE char *last = NULL;
    bool ok = true;

    for (size_t i = 0; ok && i < catalog->n; i++) {
        const struct object *object = &catalog->v[i];
        size_t len = strcspn(object->full, "."); /* a database's name has no dot (recorded) */
        if (!object->is_view ||
            (last != NULL && strncmp(last, object->full, len) == 0 && last[len] == '\0'))
            continue;
        free(last);
        last = mem_textn(object->full, len);
        ok = read_by_show(reading, last, err);
    }
    return ok;
}

/* How many nodes scan, by what SHOW BACKENDS and SHOW COMPUTE NODES say; -1 when they do not. */
static int alive_nodes(struct session *session)
{
    struct cluster cluster;
    int alive = 0;

    if (!cluster_read(session, true, &cluster, NULL))
        return -1;
    for (size_t i = 0; i < cluster.n_nodes; i++)
        alive += cluster.nodes[i].alive;
    cluster_done(&cluster);
    return alive;
}

static bool cannot_tell(struct session *session, struct error *err)
{
    if (err == NULL || err->code != ERR_FAILED) /* not reached, or given up: that is why */
        return error_prefix(err, "cannot tell which views there are");
    err->code = ERR_UNKNOWN;
    error_prefix(err, "cannot tell which views there are");
    if (alive_nodes(session) == 0)
        return error_hint(err, "no backend or compute node is alive (\\nodes), and this release "
                          "needs one for the list of views");
    return error_hint(err, "\\nodes tells whether a node is alive that can answer");
}

static bool read_list(struct reading *reading, struct error *err)
{
    bool by_text = starrocks_value(SR_LINEAGE_TABLE, reading->release, 1) == 0;
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};
    AUTO_ERROR local = {0};

    view_select(reading->release, VIEW_REFRESHES, reading->with_ddl || by_text, &sql);
    if (session_read(reading->session, NODE_LEADER, sql.s, &rows, &local))
        return take_list(reading, &rows, "", err);
    /* Where the list wants a node, SHOW may do without: 4.1 does, and the others while no history of
     * task runs is archived (recorded). */
    if (local.code == ERR_FAILED && read_all_by_show(reading, NULL))
        return true;
    error_move(err, &local);
    return cannot_tell(reading->session, err);
}

/* What to do when the catalog holds views that the list does not show. */
static bool hint_at_short_list(struct session *session, struct error *err)
{
    int alive = alive_nodes(session);

    if (alive == 0)
        return error_hint(err, "no backend or compute node is alive (\\nodes): then 3.5 answers "
                          "with an empty list and no error");
    return error_hint(err, "this user may not see every view: SET ROLE ALL was sent, SHOW GRANTS "
                      "tells what it has; or views are being made or dropped just now: ask again");
}

/* The first name, by bytes, that only one of them has. NULL: none. */
static void first_missing(const struct reading *reading, const bool *held, const char **ret_catalog,
                          const char **ret_list)
{
    const struct catalog *catalog = &reading->catalog;
    const struct views *views = reading->views;

    for (size_t i = 0; i < catalog->n; i++) {
        const struct object *object = &catalog->v[i];
        if (object->is_view && object->view == NO_PLACE &&
            (*ret_catalog == NULL || strcmp(object->full, *ret_catalog) < 0))
            *ret_catalog = object->full;
    }
    for (size_t i = 0; i < views->n && *ret_list == NULL; i++)
        *ret_list = held[i] ? NULL : views->v[i].full;
}

/* Both must name the same views; the first difference is shown. An empty list is no proof either. */
static bool same_names(const struct reading *reading, struct error *err)
{
    const struct catalog *catalog = &reading->catalog;
    const struct views *views = reading->views;
    bool *held = mem_array(views->n + 1, sizeof(*held));
    const char *in_catalog = NULL;
    const char *in_list = NULL;

    for (size_t i = 0; i < catalog->n; i++) {
        if (catalog->v[i].view != NO_PLACE)
            held[catalog->v[i].view] = true;
    }
    first_missing(reading, held, &in_catalog, &in_list);
    free(held);
    if (in_catalog == NULL && in_list == NULL)
        return true;
    bool missing = in_list == NULL || (in_catalog != NULL && strcmp(in_catalog, in_list) < 0);
    error_set(err, ERR_UNKNOWN, "cannot tell which views there are: the catalog holds %zu, the "
              "list shows %zu (first difference: %s, %s)", catalog->n_views, views->n,
              missing ? in_catalog : in_list, missing ? "not in the list" : "not in the catalog");
    return missing ? hint_at_short_list(reading->session, err)
                   : error_hint(err, "views are being made or dropped just now: ask again");
}

/* SHOW CREATE gives the same text (recorded on 3.3.5, 3.4.8, 3.5.16 and 4.1.0), so it is only asked
 * for what the list did not give whole. */
bool views_define(struct session *session, struct views *views, struct view *view,
                  struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR name = {0};
    AUTO_STR clause = {0};

    if (!view_ddl_is_whole(view->ddl)) {
        if (!quote_name2(view->database, view->name, &name, err) ||
            !session_readf(session, NODE_LEADER, &rows, err, "SHOW CREATE MATERIALIZED VIEW %s",
                           name.s))
            return error_prefix(err, "cannot read the definition of %s", view->full);
        view->ddl = arena_text(views->arena, result_text(&rows, 0, "Create Materialized View"));
    }
    ddl_refresh_clause(view->ddl, &clause); /* none: it stays unknown, and only what needs it says so */
    view->clause = arena_text(views->arena, str_text(&clause));
    return true;
}

/* {database.name: query} of the plain views; of some the query may be hidden (""). New reference; NULL:
 * there are none, or they cannot be read. */
static json_t *read_plain_views(struct reading *reading)
{
    AUTO_RESULT rows = {0};
    bool any = false;

    for (size_t i = 0; i < reading->catalog.n; i++)
        any = any || reading->catalog.v[i].is_plain_view;
    if (!any || !session_read(reading->session, NODE_LEADER,
                              "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM "
                              "information_schema.views", &rows, NULL))
        return NULL;
    json_t *plain = json_object();
    for (size_t i = 0; i < rows.n_rows; i++) {
        AUTO_FREE char *full = str_format("%s.%s", result_text(&rows, i, "TABLE_SCHEMA"),
                                          result_text(&rows, i, "TABLE_NAME"));
        json_put_str(plain, full, result_text(&rows, i, "VIEW_DEFINITION"));
    }
    return plain;
}

static bool read_lineage(struct reading *reading, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (reading->views->n == 0)
        return true;
    if (starrocks_value(SR_LINEAGE_TABLE, reading->release, 1) == 0) {
        AUTO_JSON *plain = read_plain_views(reading);
        return lineage_of_text(reading->views, &reading->catalog, plain, err);
    }
    if (!session_read(reading->session, NODE_LEADER,
                      "SELECT object_database, object_name, ref_object_id, ref_object_database, "
                      "ref_object_name, ref_object_catalog, ref_object_type "
                      "FROM sys.object_dependencies", &rows, err)) {
        error_prefix(err, "cannot tell which view stands on which");
        if (err == NULL || err->code != ERR_FAILED)
            return false;
        err->code = ERR_UNKNOWN;
        return error_hint(err, "sys.object_dependencies needs a live backend or compute node "
                          "(\\nodes)");
    }
    return lineage_of_rows(reading->views, &rows, &reading->catalog, err);
}

/* The two statements over all views get time in proportion to what the catalog holds. */
static bool read_views(struct reading *reading, struct error *err)
{
    struct pool *pool = reading->session->pool;
    int64_t limit = pool_timeout(pool, 0);

    pool_timeout(pool, limit + (int64_t)reading->catalog.n_views * MS_A_VIEW);
    bool ok = read_list(reading, err);
    if (ok) {
        views_sort(reading->views);
        catalog_views(&reading->catalog, reading->views);
    }
    ok = ok && same_names(reading, err) && read_lineage(reading, err);
    pool_timeout(pool, limit);
    return ok;
}

static bool read_once(struct reading *reading, struct error *err)
{
    bool ok = catalog_read(reading->session, &reading->catalog, err) &&
              view_release(reading->session, NODE_LEADER, &reading->release, err) &&
              read_views(reading, err);

    for (size_t i = 0; ok && reading->with_ddl && i < reading->views->n; i++) {
        if (i + MEM_AHEAD < reading->views->n)
            mem_soon(reading->views->v[i + MEM_AHEAD].ddl);
        ok = views_define(reading->session, reading->views, &reading->views->v[i], err);
    }
    return ok;
}

/* How many of these may only seem to be inactive. */
static size_t doubts(const struct views *views)
{
    size_t n = 0;

    for (size_t i = 0; i < views->n; i++)
        n += !views->v[i].flag_unknown && reload_doubts(views->v[i].active, views->v[i].reason);
    return n;
}

bool views_read(struct session *session, bool with_ddl, struct views *ret, struct error *err)
{
    for (bool again = true; again;) {
        struct reading reading = {.session = session, .with_ddl = with_ddl, .views = ret};
        *ret = (struct views){.arena = arena_new()};
        session_forget(session, NODE_LEADER); /* it may be another one by now */
        bool ok = read_once(&reading, err);
        catalog_done(&reading.catalog);
        ok = ok && reload_settled(session, doubts(ret), &again, err);
        if (!ok || again)
            views_done(ret);
        if (!ok)
            return false;
    }
    return true;
}

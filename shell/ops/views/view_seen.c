/* Reads what the cluster says about the views that probes ask for. */
#include "view_seen.h"

#include <belay/result.h>
#include <belay/str.h>
#include <mem.h>
#include <quote.h>

#include "session_inside.h"
#include "view_list.h"

/* So many views are named in one SELECT (a group of steps has up to 64); beyond that whole databases
 * are read. */
#define MAX_NAMED 256

static int by_name(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    int order = strcmp(x->database, y->database);

    return order != 0 ? order : strcmp(x->name, y->name);
}

void seen_start(struct seen_list *list, const struct probe *const *probes, size_t n)
{
    size_t kept = 0;

    *list = (struct seen_list){.v = mem_array(n + 1, sizeof(*list->v))};
    for (size_t i = 0; i < n; i++)
        list->v[i] = (struct seen){.database = probes[i]->args.v[0], .name = probes[i]->args.v[1]};
    if (n > 0)
        qsort(list->v, n, sizeof(*list->v), by_name);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_name(&list->v[kept - 1], &list->v[i]) != 0)
            list->v[kept++] = list->v[i];
    }
    list->n = kept;
}

static void forget(struct seen *seen)
{
    free(seen->id);
    free(seen->reason);
    free(seen->ddl);
    free(seen->failed);
}

void seen_done(struct seen_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        forget(&list->v[i]);
    free(list->v);
    *list = (struct seen_list){0};
}

static struct seen *find(const struct seen_list *list, const char *database, const char *name)
{
    struct seen key = {.database = database, .name = name};

    return list->n == 0 ? NULL : bsearch(&key, list->v, list->n, sizeof(key), by_name);
}

const struct seen *seen_of(const struct seen_list *list, const struct probe *probe)
{
    return find(list, probe->args.v[0], probe->args.v[1]);
}

/* database: what the rows are about when they do not say it themselves, or NULL. */
static void take(struct seen_list *list, const struct result *rows, const char *database)
{
    struct view_columns at = view_columns(rows);

    for (size_t i = 0; i < rows->n_rows; i++) {
        const char *db = at.database >= 0 ? view_name_cell(rows, i, at.database) : database;
        struct seen *seen = find(list, db != NULL ? db : "", view_name_cell(rows, i, at.name));
        if (seen == NULL || view_row_is_sync(rows, i, &at))
            continue;
        forget(seen);
        *seen = (struct seen){
            .database = seen->database,
            .name = seen->name,
            .listed = true,
            .flag_known = at.active >= 0,
            .active = strcasecmp(view_cell(rows, i, at.active), "true") == 0,
            .reason_known = at.reason >= 0,
            .id = mem_text(view_cell(rows, i, at.id)),
            .ddl = mem_text(view_cell(rows, i, at.ddl)),
        };
        seen->reason = mem_text(seen->active ? "" : view_cell(rows, i, at.reason));
    }
}

/* The end of the run of entries of one database that begins at `from`. */
static size_t run_end(const struct seen_list *list, size_t from)
{
    size_t end = from;

    while (end < list->n && str_equal(list->v[end].database, list->v[from].database))
        end++;
    return end;
}

/* TABLE_SCHEMA = 'sales' AND TABLE_NAME IN ('a', 'b'), for the entries from..end, of one database. */
static bool add_condition(const struct seen_list *list, size_t from, size_t end, struct str *sql,
                          struct error *err)
{
    str_add(sql, "TABLE_SCHEMA = ");
    bool ok = quote_text(list->v[from].database, sql, err);
    for (size_t i = from; ok && i < end; i++) {
        str_add(sql, i == from ? " AND TABLE_NAME IN (" : ", ");
        ok = quote_text(list->v[i].name, sql, err);
    }
    str_addc(sql, ')');
    return ok;
}

static bool read_named(struct session *session, struct release release, struct seen_list *list,
                       bool with_ddl, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    view_select(release, VIEW_STATE, with_ddl, &sql);
    for (size_t i = 0, end; i < list->n; i = end) {
        end = run_end(list, i);
        str_add(&sql, i == 0 ? " WHERE " : " OR ");
        if (!add_condition(list, i, end, &sql, err))
            return false;
    }
    if (!session_read(session, NODE_LEADER, sql.s, &rows, err))
        return false;
    take(list, &rows, NULL);
    return true;
}

static bool read_database(struct session *session, const char *node, struct release release,
                          struct seen_list *list, const char *database, bool with_ddl,
                          struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    view_select(release, VIEW_STATE, with_ddl, &sql);
    str_add(&sql, " WHERE TABLE_SCHEMA = ");
    if (!quote_text(database, &sql, err) || !session_read(session, node, sql.s, &rows, err))
        return false;
    take(list, &rows, database);
    return true;
}

/* Answered without a node by 4.1, and by all where no history of task runs is archived. */
static bool read_by_show(struct session *session, struct seen_list *list, const char *database,
                         struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR quoted = {0};

    if (!quote_name(database, &quoted, err) ||
        !session_readf(session, NODE_LEADER, &rows, err, "SHOW MATERIALIZED VIEWS FROM %s",
                       quoted.s))
        return false;
    take(list, &rows, database);
    return true;
}

static void fail(struct seen_list *list, size_t from, size_t end, const struct error *err)
{
    for (size_t i = from; i < end; i++)
        list->v[i].failed = mem_text(err->message);
}

/* Which of those that the list does not show does the catalog hold? One answer for the database. */
static void look_up(struct session *session, struct seen_list *list, size_t from, size_t end)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};
    AUTO_STR path = {0};

    str_addf(&path, "/dbs/%s", list->v[from].database);
    str_add(&sql, "SHOW PROC ");
    bool ok = quote_text(path.s, &sql, NULL) &&
              session_read(session, NODE_LEADER, sql.s, &rows, NULL);
    for (size_t i = from; i < end; i++)
        list->v[i].in_catalog = ok ? 0 : -1;
    for (size_t i = 0; i < rows.n_rows; i++) {
        struct seen *seen = find(list, list->v[from].database, result_text(&rows, i, "TableName"));
        if (seen != NULL && str_ends(result_text(&rows, i, "Type"), "MATERIALIZED_VIEW"))
            seen->in_catalog = 1;
    }
}

static bool any_missing(const struct seen_list *list, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        if (!list->v[i].listed && list->v[i].failed == NULL)
            return true;
    }
    return false;
}

/* Can another statement succeed where this one failed? Not when the FE could not be reached. */
static bool worth_another(const struct error *err)
{
    return err->code == ERR_FAILED;
}

/* One database after the other; `named`: why the SELECT that names the views failed, or NULL. */
static void read_databases(struct session *session, struct release release, struct seen_list *list,
                           bool with_ddl, const struct error *named)
{
    for (size_t i = 0, end; i < list->n; i = end) {
        AUTO_ERROR err = {0};
        AUTO_ERROR second = {0};
        const char *database = list->v[i].database;
        end = run_end(list, i);
        if (named != NULL)
            error_copy(&err, named);
        else if (read_database(session, NODE_LEADER, release, list, database, with_ddl, &err))
            continue;
        if (!worth_another(&err) || !read_by_show(session, list, database, &second))
            fail(list, i, end, &err);
    }
}

void seen_read(struct session *session, struct seen_list *list, bool with_ddl)
{
    struct release release;
    AUTO_ERROR err = {0};
    bool ok = view_release(session, NODE_LEADER, &release, &err);

    if (!ok)
        fail(list, 0, list->n, &err);
    else if (list->n > MAX_NAMED)
        read_databases(session, release, list, with_ddl, NULL);
    else if (!read_named(session, release, list, with_ddl, &err))
        read_databases(session, release, list, with_ddl, &err);
    for (size_t i = 0, end; i < list->n; i = end) {
        end = run_end(list, i);
        /* A leader that has just changed: forget the connection, so that it is found again. */
        if (list->v[i].failed != NULL)
            session_forget(session, NODE_LEADER);
        if (any_missing(list, i, end))
            look_up(session, list, i, end);
    }
}

void seen_read_at(struct session *session, const char *host, struct seen_list *list)
{
    struct release release;
    AUTO_ERROR err = {0};

    if (!view_release(session, host, &release, &err)) {
        fail(list, 0, list->n, &err);
        return;
    }
    for (size_t i = 0, end; i < list->n; i = end) {
        error_done(&err);
        end = run_end(list, i);
        if (!read_database(session, host, release, list, list->v[i].database, false, &err))
            fail(list, i, end, &err);
    }
}

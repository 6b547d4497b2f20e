/*
 * One list of names, by statements that the FE answers itself: what scans information_schema needs a
 * live node, and completion is wanted most when there is none. MySQL and MariaDB know most of them;
 * where they do not, a second statement is theirs.
 */
#include "read.h"

#include <belay/str.h>
#include <quote.h>

#define MAX_NAMES 200000

/* Lists that need no name in their statement. */
static const struct plain {
    enum complete_kind kind;
    const char *sql;
    const char *column;    /* NULL: the first */
    const char *otherwise; /* sent when the server knows no such statement; NULL: nothing */
} plain[] = {
    {COMPLETE_CATALOG, "SHOW CATALOGS", "Catalog", NULL},
    {COMPLETE_VARIABLE, "SHOW VARIABLES", NULL, NULL},
    {COMPLETE_USER, "SHOW USERS", "User",
     "SELECT CONCAT('''', user, '''@''', host, '''') AS User FROM mysql.user"},
    {COMPLETE_ROLE, "SHOW ROLES", "Name",
     "SELECT ROLE_NAME AS Name FROM information_schema.APPLICABLE_ROLES"},
    {COMPLETE_WAREHOUSE, "SHOW WAREHOUSES", "Name", NULL},
    {COMPLETE_VOLUME, "SHOW STORAGE VOLUMES", NULL, NULL},
    {COMPLETE_RESOURCE, "SHOW RESOURCES", "Name", NULL},
    {COMPLETE_REPOSITORY, "SHOW REPOSITORIES", "RepoName", NULL},
};

struct reader {
    struct connection *connection;
    const struct query_limits *limits;
};

void names_lists_done(struct names_lists *lists)
{
    strv_done(&lists->all);
    strv_done(&lists->active);
    strv_done(&lists->inactive);
}

static bool ask(const struct reader *reader, const char *sql, struct result *ret)
{
    return query_result(reader->connection, sql, reader->limits, ret, NULL);
}

/* column NULL: the first, whatever it is called (Tables_in_sales). */
static void take(const struct result *rows, const char *column, struct strv *ret)
{
    int at = column == NULL ? 0 : result_find(rows, column);
    if (at < 0 || rows->n_columns == 0)
        return;
    for (size_t i = 0; i < rows->n_rows && ret->n < MAX_NAMES; i++) {
        const char *name = rows->cells[i * rows->n_columns + (size_t)at].data;
        if (name != NULL)
            strv_add(ret, name);
    }
}

static bool read_column(const struct reader *reader, const char *sql, const char *column,
                        struct strv *ret)
{
    AUTO_RESULT rows = {0};

    if (!ask(reader, sql, &rows))
        return false;
    take(&rows, column, ret);
    return true;
}

static bool read_plain(const struct reader *reader, const struct plain *list, struct strv *ret)
{
    return read_column(reader, list->sql, list->column, ret) ||
           (list->otherwise != NULL && !connection_lost(reader->connection) &&
            read_column(reader, list->otherwise, list->column, ret));
}

/* Appends [`catalog`.]`database`; false: a name that cannot be quoted. */
static bool add_path(const struct complete_key *key, struct str *sql)
{
    if (key->catalog != NULL) {
        if (!quote_name(key->catalog, sql, NULL))
            return false;
        if (key->database != NULL)
            str_addc(sql, '.');
    }
    return key->database == NULL || quote_name(key->database, sql, NULL);
}

/* "SHOW TABLES FROM " and the path. */
static bool read_from(const struct reader *reader, const char *head,
                      const struct complete_key *key, const char *column, struct strv *ret)
{
    AUTO_STR sql = {0};

    str_add(&sql, head);
    if (!add_path(key, &sql))
        return false;
    if (key->table != NULL) {
        str_addc(&sql, '.');
        if (!quote_name(key->table, &sql, NULL))
            return false;
    }
    return read_column(reader, sql.s, column, ret);
}

/* Synchronous ones (ROLLUP) belong to their table and are no names of their own. */
static bool read_mvs(const struct reader *reader, const struct complete_key *key,
                     const char *before, struct names_lists *ret)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    str_add(&sql, "SHOW MATERIALIZED VIEWS FROM ");
    if (!add_path(key, &sql) || !ask(reader, sql.s, &rows))
        return false;
    for (size_t i = 0; i < rows.n_rows && ret->all.n < MAX_NAMES; i++) {
        AUTO_FREE char *name = str_format("%s%s%s", before, *before != '\0' ? "." : "",
                                          result_text(&rows, i, "name"));
        if (str_equal(result_text(&rows, i, "refresh_type"), "ROLLUP"))
            continue;
        bool active = str_equal(result_text(&rows, i, "is_active"), "true");
        strv_add(&ret->all, name);
        strv_add(active ? &ret->active : &ret->inactive, name);
    }
    return true;
}

static bool read_views(const struct reader *reader, struct names_lists *ret)
{
    AUTO_STRV databases = {0};

    if (!read_column(reader, "SHOW DATABASES", NULL, &databases))
        return false;
    for (size_t i = 0; i < databases.n && !connection_lost(reader->connection); i++) {
        struct complete_key key = {.kind = COMPLETE_MV, .database = databases.v[i]};
        if (!str_equal(key.database, "information_schema") && !str_equal(key.database, "sys"))
            read_mvs(reader, &key, key.database, ret);
    }
    return !connection_lost(reader->connection);
}

/* "2 10.0.0.7:9030 LEADER"; releases before 3.5 have no Id (recorded on 3.3.5 and 3.4.8): 0. */
static bool read_frontends(const struct reader *reader, struct strv *ret)
{
    AUTO_RESULT rows = {0};

    if (!ask(reader, "SHOW FRONTENDS", &rows))
        return false;
    for (size_t i = 0; i < rows.n_rows && i < MAX_NAMES; i++) {
        const char *id = result_text(&rows, i, "Id");
        strv_addf(ret, "%s %s:%s %s", *id != '\0' ? id : "0", result_text(&rows, i, "IP"),
                  result_text(&rows, i, "QueryPort"), result_text(&rows, i, "Role"));
    }
    return true;
}

/* The first column is the name of what is inside, whatever it is called (name, DbId, …). */
static bool read_proc(const struct reader *reader, const char *dir, struct strv *ret)
{
    AUTO_STR sql = {0};

    str_add(&sql, "SHOW PROC ");
    return quote_text(dir, &sql, NULL) && read_column(reader, sql.s, NULL, ret);
}

static bool read_key(const struct reader *reader, const struct complete_key *key,
                     struct names_lists *ret)
{
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (plain[i].kind == key->kind)
            return read_plain(reader, &plain[i], &ret->all);
    }
    if (key->kind == COMPLETE_PROC)
        return read_proc(reader, key->database, &ret->all);
    if (key->kind == COMPLETE_FRONTEND)
        return read_frontends(reader, &ret->all);
    if (key->kind == COMPLETE_VIEW)
        return read_views(reader, ret);
    if (key->kind == COMPLETE_MV)
        return read_mvs(reader, key, "", ret);
    if (key->kind == COMPLETE_TABLE)
        return read_from(reader, "SHOW TABLES FROM ", key, NULL, &ret->all);
    if (key->kind == COMPLETE_COLUMN)
        return read_from(reader, "SHOW COLUMNS FROM ", key, "Field", &ret->all);
    if (key->kind == COMPLETE_DATABASE)
        return read_from(reader, key->catalog == NULL ? "SHOW DATABASES" : "SHOW DATABASES FROM ",
                         key, NULL, &ret->all);
    return false;
}

bool names_read(struct connection *connection, const struct query_limits *limits,
                const struct complete_key *key, struct names_lists *ret)
{
    struct reader reader = {connection, limits};

    if (!read_key(&reader, key, ret)) {
        names_lists_done(ret);
        *ret = (struct names_lists){0};
        return false;
    }
    strv_sort(&ret->all);
    strv_sort(&ret->active);
    strv_sort(&ret->inactive);
    return true;
}

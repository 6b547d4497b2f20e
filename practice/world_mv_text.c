/* The texts of a view: its DDL, and the query with every column's database. */
#include <string.h>

#include "world.h"
#include "world_db.h"
#include "world_mv.h"
#include "world_release.h"

/* Past a quoted text or `name` that begins at p. */
static const char *past_quoted(const char *p)
{
    char quote = *p++;
    while (*p != '\0' && *p != quote)
        p += *p == '\\' && p[1] != '\0' && quote != '`' ? 2 : 1;
    return *p == '\0' ? p : p + 1;
}

/* Stored queries say FROM `db`.`table`: the database of the table that is named at `name`. */
static bool database_of(const char *query, const char *name, size_t len, struct str *ret)
{
    for (const char *p = query; *p != '\0';) {
        if (*p != '`') {
            p = *p == '\'' || *p == '"' ? past_quoted(p) : p + 1;
            continue;
        }
        const char *end = past_quoted(p);
        bool table = p - query >= 5 && (memcmp(p - 5, "FROM ", 5) == 0 ||
                                        memcmp(p - 5, "JOIN ", 5) == 0);
        if (table && end[0] == '.' && strncmp(end + 1, name, len) == 0) {
            str_addn(ret, p, (size_t)(end - p));
            return true;
        }
        p = end;
    }
    return false;
}

void mv_expanded_query(const char *query, bool one_line, struct str *ret)
{
    for (const char *p = query; *p != '\0';) {
        const char *end = *p == '`' || *p == '\'' || *p == '"' ? past_quoted(p) : p + 1;
        bool table = *p == '`' && *end == '.' && (p == query || p[-1] != '.');
        AUTO_STR db = {0};
        if (table && database_of(query, p, (size_t)(end - p), &db))
            str_addf(ret, "%s.", str_text(&db));
        if (one_line && *p == '\n')
            str_addc(ret, ' ');
        else
            str_addn(ret, p, (size_t)(end - p));
        p = end;
    }
}

static void add_columns(struct world *w, int64_t object, struct str *ret)
{
    AUTO_STMT *row = db_prepare(world_db(w), NULL,
                                "SELECT name FROM col WHERE object_id = ?1 ORDER BY position", "i",
                                object);
    const char *between = "";
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        str_addf(ret, "%s`%s`", between, db_column(row, 0));
        between = ", ";
    }
}

/* Only double quotes are escaped: newlines come raw (recorded on 3.3.5 and 4.1.0). */
static void add_comment(const char *comment, struct str *ret)
{
    str_add(ret, "\nCOMMENT \"");
    for (const char *p = comment; *p != '\0'; p++) {
        if (*p == '"')
            str_addc(ret, '\\');
        str_addc(ret, *p);
    }
    str_addc(ret, '"');
}

unsigned mv_hash_place(const char *key, unsigned places)
{
    uint32_t hash = 0;
    for (const char *p = key; *p != '\0'; p++)
        hash = hash * 31 + (unsigned char)*p;
    return (hash ^ (hash >> 16)) & (places - 1);
}

/* What users set, and two that every view has. */
static void add_hashed(struct world *w, int64_t mv, bool shared, struct str *ret)
{
    for (unsigned at = 0; at < 16; at++) {
        AUTO_STMT *row = db_prepare(
            world_db(w), NULL,
            "SELECT name, value FROM (SELECT name, value FROM mv_property WHERE mv_id = ?1 UNION"
            " SELECT 'replicated_storage', 'true' UNION SELECT 'replication_num', ?2)", "is", mv,
            shared ? "1" : "3");
        while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
            if (mv_hash_place(db_column(row, 0), 16) == at)
                str_addf(ret, "\"%s\" = \"%s\",\n", db_column(row, 0), db_column(row, 1));
        }
    }
}

static void add_properties(struct world *w, int64_t mv, struct str *ret)
{
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    bool shared = str_equal(mode, "shared_data");
    str_add(ret, "\nPROPERTIES (\n");
    add_hashed(w, mv, shared, ret);
    str_add(ret, shared ? "\"datacache.enable\" = \"true\",\n"
                          "\"enable_async_write_back\" = \"false\",\n"
                          "\"storage_volume\" = \"builtin_storage_volume\",\n"
                          "\"warehouse\" = \"default_warehouse\"\n"
                        : "\"storage_medium\" = \"HDD\"\n");
}

/* Which query SHOW CREATE and the lists show. */
static void add_query(struct world *w, sqlite3_stmt *row, bool expanded, struct str *ret)
{
    bool written = release_has(release_of_leader(w), TRAIT_QUERY_AS_WRITTEN) &&
                   sqlite3_column_type(row, 4) != SQLITE_NULL;
    if (expanded)
        mv_expanded_query(db_column(row, 3), false, ret);
    else
        str_add(ret, db_column(row, written ? 4 : 3));
}

bool mv_ddl(struct world *w, int64_t mv, bool expanded, struct str *ret, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT name, comment, coalesce(partition_by, iif(partition_column"
                                " = '', '', '(`' || partition_column || '`)')), query, written"
                                " FROM object WHERE id = ?1", "i", mv);
    if (row == NULL)
        return false;
    if (sqlite3_step(row) != SQLITE_ROW)
        return error_set(err, ERR_FAILED, "no object %lld", (long long)mv);
    str_addf(ret, "CREATE MATERIALIZED VIEW `%s` (", db_column(row, 0));
    add_columns(w, mv, ret);
    str_addc(ret, ')');
    add_comment(db_column(row, 1)[0] == '\0' ? "MATERIALIZED_VIEW" : db_column(row, 1), ret);
    if (db_column(row, 2)[0] != '\0')
        str_addf(ret, "\nPARTITION BY %s", db_column(row, 2));
    str_add(ret, "\nDISTRIBUTED BY RANDOM\n");
    if (!mv_refresh_clause(w, mv, ret, err))
        return false;
    add_properties(w, mv, ret);
    str_add(ret, ")\nAS ");
    add_query(w, row, expanded, ret);
    str_addc(ret, ';');
    return true;
}

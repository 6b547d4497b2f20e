/* SQLite with less to write; what was prepared once is kept for the next time. */
#include "world_db.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#include "mem.h"

/*
 * Statements that nobody uses now, each in the place that its text gives it. A list of a hundred
 * thousand views asks the same few questions about each. Connections of clients are threads.
 */
#define KEPT 256
static sqlite3_stmt *kept[KEPT];
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t place_of(const char *sql)
{
    size_t hash = 5381;

    for (const char *c = sql; *c != '\0'; c++)
        hash = hash * 33 + (unsigned char)*c;
    return hash % KEPT;
}

/* Puts `in` into the place and gives what was there. */
static sqlite3_stmt *swap(size_t place, sqlite3_stmt *in)
{
    pthread_mutex_lock(&kept_lock);
    sqlite3_stmt *out = kept[place];
    kept[place] = in;
    pthread_mutex_unlock(&kept_lock);
    return out;
}

/* One that was kept, or NULL. */
static sqlite3_stmt *kept_for(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = swap(place_of(sql), NULL);

    if (stmt == NULL || (sqlite3_db_handle(stmt) == db && strcmp(sqlite3_sql(stmt), sql) == 0))
        return stmt;
    sqlite3_finalize(swap(place_of(sql), stmt));
    return NULL;
}

void db_finalize(sqlite3_stmt **stmt)
{
    if (*stmt == NULL)
        return;
    sqlite3_reset(*stmt);
    sqlite3_clear_bindings(*stmt);
    sqlite3_finalize(swap(place_of(sqlite3_sql(*stmt)), *stmt));
    *stmt = NULL;
}

void db_forget(sqlite3 *db)
{
    for (size_t i = 0; i < KEPT; i++) {
        sqlite3_stmt *stmt = swap(i, NULL);
        if (stmt != NULL && sqlite3_db_handle(stmt) != db)
            stmt = swap(i, stmt);
        sqlite3_finalize(stmt);
    }
}

bool db_fail(sqlite3 *db, struct error *err)
{
    return error_set(err, ERR_FAILED, "practice cluster state: %s", sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare_list(sqlite3 *db, struct error *err, const char *sql,
                                  const char *types, va_list args)
{
    sqlite3_stmt *stmt = kept_for(db, sql);
    if (stmt == NULL && sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        db_fail(db, err);
        error_hint(err, "%s", sql);
        return NULL;
    }
    for (int i = 0; types[i] != '\0'; i++) {
        int rc = SQLITE_MISUSE;
        if (types[i] == 'i')
            rc = sqlite3_bind_int64(stmt, i + 1, va_arg(args, int64_t));
        else if (types[i] == 's')
            rc = sqlite3_bind_text(stmt, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        if (rc != SQLITE_OK) {
            db_fail(db, err);
            error_hint(err, "%s", sql);
            sqlite3_finalize(stmt);
            return NULL;
        }
    }
    return stmt;
}

sqlite3_stmt *db_prepare(sqlite3 *db, struct error *err, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare_list(db, err, sql, types, args);
    va_end(args);
    return stmt;
}

bool db_run(sqlite3 *db, struct error *err, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    AUTO_STMT *stmt = prepare_list(db, err, sql, types, args);
    va_end(args);
    if (stmt == NULL)
        return false;
    int rc = SQLITE_ROW;
    while (rc == SQLITE_ROW)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_DONE)
        return true;
    db_fail(db, err);
    return error_hint(err, "%s", sql);
}

bool db_script(sqlite3 *db, struct error *err, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return db_fail(db, err);
}

int64_t db_int(sqlite3 *db, int64_t fallback, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    AUTO_STMT *stmt = prepare_list(db, NULL, sql, types, args);
    va_end(args);
    if (stmt == NULL || sqlite3_step(stmt) != SQLITE_ROW ||
        sqlite3_column_type(stmt, 0) == SQLITE_NULL)
        return fallback;
    return sqlite3_column_int64(stmt, 0);
}

char *db_text(sqlite3 *db, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    AUTO_STMT *stmt = prepare_list(db, NULL, sql, types, args);
    va_end(args);
    if (stmt == NULL || sqlite3_step(stmt) != SQLITE_ROW)
        return NULL;
    return mem_text((const char *)sqlite3_column_text(stmt, 0));
}

const char *db_column(sqlite3_stmt *row, int i)
{
    const unsigned char *text = sqlite3_column_text(row, i);
    return text == NULL ? "" : (const char *)text;
}

/* SQLite with less to write. */
#include "world_db.h"

#include <stdarg.h>

#include "mem.h"

void db_finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
    *stmt = NULL;
}

bool db_fail(sqlite3 *db, struct error *err)
{
    return error_set(err, ERR_FAILED, "practice cluster state: %s", sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare_list(sqlite3 *db, struct error *err, const char *sql,
                                  const char *types, va_list args)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
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

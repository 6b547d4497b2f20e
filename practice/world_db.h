/* SQLite with less to write: bind by a type string, run, or fetch one value. */
#ifndef PRACTICE_WORLD_DB_H
#define PRACTICE_WORLD_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

#define AUTO_STMT __attribute__((cleanup(db_finalize))) sqlite3_stmt

/* For AUTO_STMT: the statement is kept for the next db_prepare of the same text. */
void db_finalize(sqlite3_stmt **stmt);
/* Before a database is closed: drops what is kept of it. */
void db_forget(sqlite3 *db);

/*
 * Prepares sql and binds ?1, ?2, … by `types`: 'i' int64_t, 's' const char * (NULL binds NULL;
 * copied). Returns NULL with the error set (ERR_FAILED). db_finalize() it.
 */
sqlite3_stmt *db_prepare(sqlite3 *db, struct error *err, const char *sql, const char *types, ...);

/* Prepares, binds and runs to the end; rows are dropped. */
bool db_run(sqlite3 *db, struct error *err, const char *sql, const char *types, ...);

/* Runs several statements without parameters. */
bool db_script(sqlite3 *db, struct error *err, const char *sql);

/* First column of the first row; `fallback` when there is no row or anything fails. */
int64_t db_int(sqlite3 *db, int64_t fallback, const char *sql, const char *types, ...);

/* The same as text, NULL for SQL NULL or no row; free() it. */
char *db_text(sqlite3 *db, const char *sql, const char *types, ...);

/* Column i of the current row; "" for NULL. Borrowed until the next step. */
const char *db_column(sqlite3_stmt *row, int i);

/* Sets the error from the connection's last failure. Always returns false. */
bool db_fail(sqlite3 *db, struct error *err);

#endif

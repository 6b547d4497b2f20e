/* Tables of information_schema and sys: columns by release, and what fills them. */
#ifndef PRACTICE_FE_SCHEMA_TABLES_H
#define PRACTICE_FE_SCHEMA_TABLES_H

#include <stdbool.h>

#include <belay/error.h>

#include "exec.h"

struct schema_table;
struct select_need;

/* By database and table name without case; NULL: the release has no such table. */
const struct schema_table *schema_table_find(const char *db, const char *name, int release);

/* Name and type ("varchar(64)") of each column that the release has. */
void schema_table_describe(const struct schema_table *table, int release,
                           void (*visit)(void *, const char *, const char *), void *ctx);

/*
 * Creates the temporary table `as` with what the statement needs of the release's columns and of
 * the rows that the FE sees.
 * lasting: materialized views as the journal has them, not as the leader's memory does.
 */
bool schema_table_load(struct exec *x, const struct schema_table *table,
                       const struct select_need *need, const char *as, bool lasting,
                       struct error *err);

/* Which rule decides where the table is evaluated. */
enum schema_scan { SCAN_NODE, SCAN_MVS, SCAN_TABLES, SCAN_TASK_RUNS };
enum schema_scan schema_table_scan(const struct schema_table *table);

#endif

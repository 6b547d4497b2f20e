/* The texts of a new view's query: as the FE stores it, and as it was written. */
#ifndef PRACTICE_FE_VIEW_TEXT_H
#define PRACTICE_FE_VIEW_TEXT_H

#include "exec.h"

/*
 * Writes the statement's query as AstToSQLBuilder.java does: every column with its table, every
 * table with its database (`db` unless it has one), every alias after AS, clauses on lines of their
 * own. The tables go to `ret_bases` as database and name by turns.
 */
void view_text_stored(struct exec *x, const char *db, struct str *ret, struct strv *ret_bases);

/* The query, or the whole statement, as it was written. */
void view_text_written(const struct exec *x, bool whole, struct str *ret);

#endif

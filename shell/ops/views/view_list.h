/*
 * Rows of views, whichever statement gave them: information_schema.materialized_views or SHOW
 * MATERIALIZED VIEWS, whose columns have other names for the same things; and the SELECT that names
 * only columns that a release has.
 */
#ifndef BELAY_VIEW_LIST_H
#define BELAY_VIEW_LIST_H

#include <stdbool.h>

#include <belay/result.h>
#include <belay/session.h>
#include <belay/str.h>
#include <release.h>

/* Positions of the columns; -1: this release, or this statement, does not give it. */
struct view_columns {
    int database, name, id;
    int refresh, active, reason;
    int state, finished;
    int ddl;
};

struct view_columns view_columns(const struct result *rows);

/* The cell as text; "" for SQL NULL, for the words "NULL" and \N by which the FE says the same, and
 * for a column that is not there. Borrowed. */
const char *view_cell(const struct result *rows, size_t row, int column);
/* The same for names: a view may be called NULL. */
const char *view_name_cell(const struct result *rows, size_t row, int column);

/* Is the row about a synchronous view (a rollup of its table)? */
bool view_row_is_sync(const struct result *rows, size_t row, const struct view_columns *columns);

enum view_need {
    VIEW_STATE,     /* who it is, flag, reason */
    VIEW_REFRESHES, /* … and its last refresh */
};

/* Appends "SELECT … FROM information_schema.materialized_views" with what the release has of it;
 * with_ddl: the definition too. */
void view_select(struct release release, enum view_need need, bool with_ddl, struct str *sql);

/* The release of the FE that answers at this node; major 0 when its text says none. The leader's is
 * asked once, until it is looked for again. Blocks. */
bool view_release(struct session *session, const char *node, struct release *ret,
                  struct error *err);

/* A definition as the FE writes it, whole: CREATE … ; */
bool view_ddl_is_whole(const char *ddl);

#endif

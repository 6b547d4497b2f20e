/* SELECT: rewritten token by token into SQLite's dialect over temporary tables, and run. */
#ifndef PRACTICE_FE_SELECT_H
#define PRACTICE_FE_SELECT_H

#include <stdbool.h>

#include "exec.h"

/*
 * Runs `SELECT columns FROM table WHERE db_column = db`, filtered by the statement's own WHERE,
 * which sees the columns by the names that `columns` gives them. Whether a BE/CN is needed is the
 * caller's question.
 */
bool select_where(struct exec *x, const char *columns, const char *table, const char *db_column,
                  const char *db);

/* A table of a FROM clause, made available. */
struct select_table {
    char *as;    /* its temporary table */
    char *alias; /* how the statement calls it when it gives no alias */
};

/*
 * What a statement needs of a table that it names at tokens table … after - 1: a large cluster's
 * lists are read by key, as an FE does, instead of in full. Without tokens: all of it.
 */
struct select_need {
    const struct tokens *tokens; /* borrowed */
    size_t first, last, table, after;
    bool star; /* every column */
};
struct select_need select_need(const struct tokens *tokens, size_t first, size_t last, size_t table,
                               size_t after);
bool select_needs_column(const struct select_need *need, const char *name);
/*
 * Appends " AND (…)" for each condition of its WHERE over the keys (names by comma) alone. Only
 * rows that the statement drops anyway are left out by them.
 */
void select_need_rows(const struct select_need *need, const char *keys, struct str *ret);

/* Appends the text in quotes, which are doubled inside. */
void select_add_quoted(struct str *ret, char quote, const char *text);

/* Loads `db.name` for the statement, once. false: the answer says why not. */
bool select_load(struct exec *x, const char *db, const char *name, const struct select_need *need,
                 struct strv *loaded, struct select_table *ret);

/*
 * Rewrites tokens first … last - 1; inside: the query of a view that the statement reads. false: the
 * answer says why not.
 */
bool select_rewrite(struct exec *x, const struct tokens *tokens, size_t first, size_t last,
                    bool inside, struct strv *loaded, struct str *ret);

/* Drops the temporary tables. */
void select_unload(struct exec *x, const struct strv *loaded);

/* How SQLite's result of the select list is to be called and typed. */
struct select_item {
    size_t first, last; /* its tokens */
};

/* The top-level select list; returns the number of items (at most max). */
size_t select_items(const struct tokens *tokens, size_t first, size_t last,
                    struct select_item *ret, size_t max);

/* The name the FE gives a column without an alias; free() it. NULL: it has one, or is a star. */
char *select_item_name(const struct tokens *tokens, const struct select_item *item);

/*
 * Value and type of @x or @@x as the statement sees it, its hint SET_VAR included. *ret is NULL for
 * an @x that was not set. false: the answer says that there is no such variable. free() *ret.
 */
bool select_variable(struct exec *x, const char *name, char **ret, enum variable_kind *ret_kind);

/* The SQL functions of the practice FE, once for the state's connection. */
struct server;
bool select_functions(struct server *s, struct error *err);

#endif

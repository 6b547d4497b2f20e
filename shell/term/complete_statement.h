/*
 * A statement taken apart for completion: words and names, each path of names one item, and the
 * parentheses that they stand in. For the files of completion only.
 */
#ifndef BELAY_COMPLETE_STATEMENT_H
#define BELAY_COMPLETE_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/list.h>
#include <belay/str.h>

#include "token.h"

#define ITEM_PARTS 4 /* catalog, database, table, column: what is behind is not looked at */

enum item_kind { ITEM_PATH, ITEM_STRING, ITEM_NUMBER, ITEM_PUNCT };

struct item {
    enum item_kind kind;
    struct token part[ITEM_PARTS]; /* of a path; else part[0] is the token */
    unsigned parts;
    size_t group;       /* the parentheses that it stands in; 0: none */
    bool behind_cursor;
};

/* Parentheses: where they are and what stands before them. */
struct group {
    size_t outer;
    size_t opener; /* the item before the parenthesis; SIZE_MAX: none */
};

struct statement {
    struct item *v;
    size_t n;
    size_t cap;
    size_t before; /* of them, how many stand before the cursor and are whole */
    struct group *groups;
    size_t n_groups;
    size_t cap_groups;
    size_t group;         /* the parentheses that the cursor is in */
    /* The name under the cursor: */
    size_t start;         /* where it begins in the text; the cursor when none is being typed */
    struct strv parts;    /* whole parts before it, without quotes */
    struct str prefix;    /* the part under the cursor, without quotes */
    bool if_exists;       /* IF EXISTS was there; it is no item */
    bool quoted;          /* a backtick was typed */
    size_t last_start;    /* where the part under the cursor begins */
};

/* Reads the statement that begins at text[from], to its end. Done with statement_done. */
void statement_read(const char *text, size_t from, size_t cursor, struct statement *ret);
void statement_done(struct statement *statement);

/* Is the item this word (in upper case), and not a quoted name or a path? */
bool item_is(const struct item *item, const char *word);

/* Is it one of "A|B|C"? */
bool item_is_any(const struct item *item, const char *words, size_t len);

bool item_is_punct(const struct item *item, char c);

/* A part of a path without its quotes; the caller frees it. */
char *item_part(const struct item *item, unsigned part);

/* A table that the statement names, and what it is called there. */
struct table_ref {
    const struct item *path;
    const struct item *alias; /* NULL: none */
    size_t group;
};

/* The tables whose columns the cursor may name, the nearest first; at most max. */
size_t statement_tables(const struct statement *statement, struct table_ref *ret, size_t max);

/*
 * Do the items before the cursor end in this pattern? Words in upper case, "A|B" one of several,
 * "*" any name or text, "..." any items, other signs themselves; "^" at its beginning: from the
 * beginning of the statement.
 */
bool statement_matches(const struct statement *statement, const char *pattern);

#endif

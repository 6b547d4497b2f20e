/*
 * What a statement leaves behind in its session, read from its text: no server tells it (StarRocks
 * tracks no session state), and a new connection has none of it.
 */
#ifndef BELAY_SESSION_TEXT_H
#define BELAY_SESSION_TEXT_H

#include <stddef.h>

enum session_part {
    SESSION_DATABASE, /* name: "db" or "catalog.db", without quotes */
    SESSION_CATALOG,  /* name; there is no current database in it */
    SESSION_ROLES,    /* sql sets them again */
    SESSION_NAMES,    /* the same for SET NAMES and SET CHARACTER SET */
    SESSION_VARIABLE, /* name in lower case ("@x" for a variable of the user's own); sql sets it again */
    SESSION_UNSET,    /* name: like a variable, but back at its default */
    SESSION_OPAQUE,   /* name: a variable whose value the text does not tell */
    SESSION_HELD,     /* name, in words: a transaction, a lock, a temporary table, … begins */
    SESSION_FREED     /* name, in the same words: it ended */
};

/* name is never NULL; sql only for the parts that say so. Both are the caller's until it returns. */
typedef void session_visit(void *ctx, enum session_part part, const char *name, const char *sql);

/*
 * Visits each part of the session that the text changes once it has run, in its order: USE, SET in
 * all its forms but those that outlive the session, PREPARE, BEGIN, LOCK TABLES, CREATE TEMPORARY
 * TABLE, EXECUTE AS. Several statements in one text count one after another.
 */
void session_parts(const char *sql, size_t len, session_visit *visit, void *ctx);

#endif

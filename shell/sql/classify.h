/*
 * What kind of statement is this? By its leading words and shape, never by asking the server.
 * Unknown is never READS: only what is known to read may be sent a second time.
 */
#ifndef BELAY_CLASSIFY_H
#define BELAY_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>

struct str;

enum sql_class {
    SQL_READS,    /* SELECT without INTO OUTFILE, SHOW, DESC, EXPLAIN, … */
    SQL_SESSION,  /* SET of session variables, USE, SET ROLE, SET CATALOG */
    SQL_CHANGES,  /* INSERT, CREATE, ALTER, ADMIN SET, SET GLOBAL, …, and anything unknown */
    SQL_DESTROYS  /* DROP, TRUNCATE, DELETE/UPDATE without WHERE, INSERT OVERWRITE, ALTER SYSTEM
                     DROP/DECOMMISSION, ALTER TABLE … DROP PARTITION, CANCEL/… see classify.c */
};

/*
 * The class of the statement; of several, the class of the one that does most. The words are those
 * the server would see, not the client: "DELETE FROM t --WHERE x" has no WHERE. Where the two
 * differ about "#", the worse reading counts.
 */
enum sql_class sql_classify(const char *sql, size_t len);

/*
 * For a destructive statement: what it names, in words for a question, for example
 * "DROP TABLE sales.orders" or "DELETE FROM t (no WHERE)". Appends to ret a line or so, without
 * secrets; untrusted text, escape it.
 */
void sql_destroys_what(const char *sql, size_t len, struct str *ret);

/*
 * Is there an UPDATE or a DELETE FROM among the statements that has neither WHERE nor LIMIT? What
 * --safe-updates refuses; a WHERE in a subquery, a string or a comment is none.
 */
bool sql_updates_all(const char *sql, size_t len);

/* The first word in upper case ("SELECT"), comments and hints skipped; at most cap - 1 bytes. */
void sql_first_word(const char *sql, size_t len, char *ret, size_t cap);

#endif

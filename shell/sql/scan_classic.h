/* The classic client's own way of reading, for belay under the name mysql or mariadb. */
#ifndef BELAY_SCAN_CLASSIC_H
#define BELAY_SCAN_CLASSIC_H

#include "scan.h"

/* Length of the multi-byte character at `at`, 0 when there is none (libmariadb's mb_valid). */
typedef unsigned scan_multibyte(const char *at, const char *end);

struct scan_classic {
    bool keep_comments;        /* --comments */
    bool named_commands;       /* -G: words count at the start of every line */
    bool binary;               /* --binary-mode, and the text is not typed */
    bool typed;                /* lines from the keyboard */
    bool mysql;                /* Oracle's client: it has resetconnection and \x besides */
    bool given;                /* the text of -e: its lines keep a carriage return */
    const char *const *longs;  /* belay's long commands that begin with a letter unknown to the
                                  classic client; NULL-terminated, borrowed */
};

/*
 * A scanner that reads line by line as client/mysql.cc of MariaDB 10.11 does: comments are dropped
 * unless kept, words count on a line of their own or as the whole of a statement, what follows a
 * letter on its line is its arguments, and all of it can be changed by what a command did in between
 * (delimiter, character set, SQL mode). The items differ from scan_new's:
 *
 *   SCAN_STATEMENT  text[0 … len) is sent; text[0 … whole_len) is what --xml shows
 *   SCAN_LETTER     text: the line from the backslash on
 *   SCAN_WORD       text: the line, or the statement, that consists of it
 *   SCAN_UNKNOWN    letter: no command; the text is kept in the statement if reading goes on
 *   SCAN_NUL        text: the statement up to a NUL byte; reading must stop
 *   SCAN_LONG       one of how->longs at the start of a statement
 *
 * line is that of the line on which the statement's first text stood. Free with scan_free.
 */
struct scanner *scan_new_classic(const struct scan_classic *how);

/* How the text fed from now on is encoded; trails: a character may end with a byte that means
 * something to SQL (gbk, sjis, cp932, big5 …). NULL: a byte is a character. */
void scan_set_multibyte(struct scanner *scanner, scan_multibyte *valid, bool trails);

/* The SQL modes that change what a backslash means (status of the server's last answer). */
void scan_set_modes(struct scanner *scanner, bool ansi_quotes, bool no_backslash_escapes);

/* Replaces the statement typed so far. */
void scan_set_pending(struct scanner *scanner, const char *text, size_t len);

/* Has the classic client a command of this letter? */
bool scan_classic_knows(char letter);

#endif
